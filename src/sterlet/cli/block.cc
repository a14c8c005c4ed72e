#include "sterlet/cli/block.h"

#include <utility>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/base/utf8.h"

namespace sterlet::cli {

namespace {

constexpr std::int64_t kRedrawMs = 200;

const char* code_of(Style style) {
  switch (style) {
    case Style::kPlain:
      return "";
    case Style::kBold:
      return "1";
    case Style::kBar:
      return "36";
    case Style::kBest:
      return "1;32";
    case Style::kBad:
      return "31";
  }
  return "";
}

}  // namespace

Line& Line::add(std::string_view text, Style style) {
  pieces_.push_back({base::printable(text), style});
  return *this;
}

std::string Line::text(int columns, bool colour) const {
  std::string line;
  auto left = static_cast<std::size_t>(std::max(0, columns));
  for (const Piece& piece : pieces_) {
    const std::string_view shown = base::first_columns(piece.text, left);
    left -= base::columns_of(shown);
    if (!shown.empty()) {
      line += colour && piece.style != Style::kPlain ? fmt::format("\x1b[{}m{}\x1b[0m", code_of(piece.style), shown)
                                                     : std::string(shown);
    }
    if (shown.size() < piece.text.size()) break;  // A wide character may leave a column that nothing else may take.
  }
  return line;
}

void Block::draw(const std::vector<Line>& lines) {
  drawn_ms_ = clock_.steady_ms();
  std::string out = clear();
  for (const Line& line : lines) out += line.text(columns(), colour_) + "\n";
  lines_ = lines.size();
  printer_.raw(out);
}

void Block::say(std::string_view sentence) {
  printer_.raw(clear());
  printer_.line(sentence);
}

bool Block::is_due() const { return clock_.steady_ms() - drawn_ms_ >= kRedrawMs; }

std::string Block::clear() {
  const std::size_t lines = std::exchange(lines_, 0);
  return lines > 0 ? fmt::format("\x1b[{}A\x1b[J", lines) : std::string();
}

}  // namespace sterlet::cli
