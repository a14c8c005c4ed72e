#include "sterlet/context/summary.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <vector>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/context/bytes.h"

namespace sterlet::context {

namespace {

using base::Json;

constexpr std::size_t kFirstLineMax = std::size_t{64} << 10;
constexpr int kDimensionsMax = 8;

bool ends_with(std::string_view text, std::string_view ending) {
  if (text.size() < ending.size()) return false;
  return std::equal(ending.rbegin(), ending.rend(), text.rbegin(),
                    [](char a, char b) { return a == static_cast<char>(std::tolower(static_cast<unsigned char>(b))); });
}

// Fields of one line, quotes aware.
std::vector<std::string> fields_of(std::string_view line, char separator) {
  std::vector<std::string> fields(1);
  bool is_quoted = false;
  for (const char c : line) {
    if (c == '"') {
      is_quoted = !is_quoted;
    } else if (c == separator && !is_quoted) {
      fields.emplace_back();
    } else if (c != '\r') {
      fields.back() += c;
    }
  }
  return fields;
}

// An idx file: 0, 0, the type, the number of dimensions, their sizes in big-endian order, the data.
Json idx_summary(std::string_view head, std::int64_t bytes) {
  if (head.size() < 4 || head[0] != 0 || head[1] != 0) return nullptr;
  const int type = static_cast<unsigned char>(head[2]), dimensions = static_cast<unsigned char>(head[3]);
  int width = 0;
  if (type == 0x08 || type == 0x09) width = 1;
  if (type == 0x0B) width = 2;
  if (type == 0x0C || type == 0x0D) width = 4;
  if (type == 0x0E) width = 8;
  if (width == 0 || dimensions < 1 || dimensions > kDimensionsMax) return nullptr;
  const std::size_t start = 4 + 4 * static_cast<std::size_t>(dimensions);
  if (head.size() < start) return nullptr;
  std::int64_t expected = width;
  Json shape = Json::array();
  std::int64_t items = 0;
  for (int i = 0; i < dimensions; ++i) {
    const auto size = static_cast<std::int64_t>(big_endian(head.substr(4 + 4 * static_cast<std::size_t>(i), 4)));
    if (size != 0 && expected > bytes / size) return nullptr;  // More than the file holds.
    expected *= size;
    if (i == 0) {
      items = size;
    } else {
      shape.push_back(size);
    }
  }
  if (expected + static_cast<std::int64_t>(start) != bytes) return nullptr;
  Json json{{"items", items}};
  if (!shape.empty()) json["shape"] = shape;
  return json;
}

}  // namespace

Summary::Summary(const std::string& path, std::int64_t bytes) : bytes_(bytes) {
  if (ends_with(path, ".csv")) format_ = Format::kTable;
  if (ends_with(path, ".tsv")) {
    format_ = Format::kTable;
    separator_ = '\t';
  }
  if (ends_with(path, "-ubyte") || ends_with(path, ".idx")) format_ = Format::kIdx;
  if (ends_with(path, ".npy")) format_ = Format::kNpy;
  if (ends_with(path, ".npz")) format_ = Format::kNpz;
  if (ends_with(path, ".parquet")) format_ = Format::kParquet;
}

void Summary::add(std::string_view chunk) {
  if (format_ != Format::kTable || chunk.empty()) return;
  lines_ += std::count(chunk.begin(), chunk.end(), '\n');
  last_ = chunk.back();
  if (has_first_line_) return;
  const std::size_t end = chunk.find('\n');
  first_line_ += chunk.substr(0, std::min(end, kFirstLineMax));
  has_first_line_ = end != std::string_view::npos || first_line_.size() >= kFirstLineMax;
}

Json Summary::table() const {
  const std::int64_t lines = lines_ + (last_ == '\n' ? 0 : 1);
  if (lines == 0 || first_line_.size() >= kFirstLineMax) return nullptr;
  const std::vector<std::string> fields = fields_of(first_line_, separator_);
  const bool has_header =
      std::none_of(fields.begin(), fields.end(), [](const auto& field) { return base::parse_number(field); });
  return {{"rows", lines - (has_header ? 1 : 0)}, {"columns", fields.size()}};
}

Json Summary::finish(int fd) const {
  std::array<char, 4 + 4 * kDimensionsMax> head{};
  switch (format_) {
    case Format::kNone:
      break;
    case Format::kTable:
      return table();
    case Format::kIdx: {
      const ssize_t count = ::pread(fd, head.data(), head.size(), 0);
      return count < 0 ? Json() : idx_summary({head.data(), static_cast<std::size_t>(count)}, bytes_);
    }
    case Format::kNpy: {
      const std::string text = npy_text(read_at(fd, 0, 1024));
      return text.empty() ? Json() : Json{{"arrays", {{"array", text}}}};
    }
    case Format::kNpz:
      return npz_summary(fd, bytes_);
    case Format::kParquet:
      return parquet_summary(fd, bytes_);
  }
  return nullptr;
}

}  // namespace sterlet::context
