#include "sterlet/cli/printer.h"

#include <sys/ioctl.h>

#include <algorithm>

#include "sterlet/base/text.h"
#include "sterlet/base/utf8.h"

namespace sterlet::cli {

void Printer::line(std::string_view text) { raw(base::printable(text) + "\n"); }

void Printer::text(std::string_view text) { raw(base::printable_lines(text)); }

void Printer::table(const std::vector<std::vector<std::string>>& rows) { raw(table_text(rows)); }

void Printer::json(const base::Json& value) { raw(base::printable_json(base::json_line(value)) + "\n"); }

void Printer::raw(std::string_view bytes) {
  out_.write(bytes);
  if (is_at_once_) flush();
}

int Printer::columns() const {
  constexpr int kColumnsMin = 20, kColumnsDefault = 80;
  winsize size{};
  return ioctl(out_.fd(), TIOCGWINSZ, &size) == 0 && size.ws_col >= kColumnsMin ? size.ws_col : kColumnsDefault;
}

int Printer::rows() const {
  constexpr int kRowsMin = 3, kRowsDefault = 24;
  winsize size{};
  return ioctl(out_.fd(), TIOCGWINSZ, &size) == 0 && size.ws_row >= kRowsMin ? size.ws_row : kRowsDefault;
}

std::string table_text(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  std::vector<std::vector<std::string>> cells = rows;
  for (auto& row : cells) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (std::size_t i = 0; i < row.size(); ++i) {
      row[i] = base::printable(row[i]);
      widths[i] = std::max(widths[i], base::columns_of(row[i]));
    }
  }
  std::string text;
  for (const auto& row : cells) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i] + std::string(widths[i] + 2 - base::columns_of(row[i]), ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace sterlet::cli
