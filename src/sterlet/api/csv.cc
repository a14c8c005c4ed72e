#include "sterlet/api/csv.h"

#include <utility>

#include <fmt/format.h>

namespace sterlet::api {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

class Reader final {
 public:
  explicit Reader(std::string_view text) : text_(text) {
    if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
  }

  base::Result<std::vector<CsvRow>> run() {
    while (at_ < text_.size()) {
      CsvRow row{.line = line_};
      while (true) {
        STERLET_TRY(std::string cell, cell());
        row.cells.push_back(std::move(cell));
        if (at_ == text_.size() || text_[at_] != ',') break;
        ++at_;
      }
      end_line();
      if (row.cells.size() > 1 || !row.cells.front().empty()) rows_.push_back(std::move(row));
    }
    return std::move(rows_);
  }

 private:
  bool is_at_end() const {
    return at_ == text_.size() || text_[at_] == ',' || text_[at_] == '\n' || text_[at_] == '\r';
  }

  void end_line() {
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') ++at_;
    ++line_;
  }

  base::Result<std::string> cell() {
    std::string cell;
    if (at_ == text_.size() || text_[at_] != '"') {
      while (!is_at_end()) cell += text_[at_++];
      return cell;
    }
    const std::size_t begun = line_;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"' && (at_ + 1 == text_.size() || text_[at_ + 1] != '"')) {
        ++at_;
        if (is_at_end()) return cell;
        return base::fail(base::ErrorCode::kInvalidArgument, "something stands behind a closing quote",
                          "write a quote within quotes twice", fmt::format("{}", line_));
      }
      if (text_[at_] == '"') ++at_;
      if (text_[at_] == '\n') ++line_;
      cell += text_[at_];
    }
    return base::fail(base::ErrorCode::kInvalidArgument, "a quote is never closed", "close it",
                      fmt::format("{}", begun));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::vector<CsvRow> rows_;
};

}  // namespace

base::Result<std::vector<CsvRow>> parse_csv(std::string_view text) { return Reader(text).run(); }

}  // namespace sterlet::api
