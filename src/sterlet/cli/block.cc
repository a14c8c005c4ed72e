#include "sterlet/cli/block.h"

#include <utility>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/base/utf8.h"

namespace sterlet::cli {

namespace {

constexpr std::int64_t kRedrawMs = 500;

const char* code_of(Style style) {
  switch (style) {
    case Style::kPlain:
      return "";
    case Style::kBold:
      return "1";
    case Style::kFaint:
      return "2";
    case Style::kBar:
      return "36";
    case Style::kBest:
      return "1;32";
    case Style::kBad:
      return "31";
    case Style::kChosen:
      return "7";
  }
  return "";
}

// Columns without the codes of colours.
std::size_t visible_columns(std::string_view text) {
  std::string bare;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\x1b') {
      at = std::min(text.find('m', at), text.size());
    } else {
      bare += text[at];
    }
  }
  return base::columns_of(bare);
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
  std::vector<std::string> texts;
  const std::size_t shown = std::min(lines.size(), static_cast<std::size_t>(std::max(1, rows())));
  for (std::size_t i = 0; i < shown; ++i) texts.push_back(lines[i].text(columns(), colour_));
  if (texts == drawn_ && columns() == drawn_columns_) return;
  // Each line is written over the old one, so that nothing is blank in between.
  std::string out = go_up();
  for (const std::string& text : texts) out += text + "\x1b[K\n";
  printer_.raw(out + "\x1b[J");
  drawn_ = std::move(texts);
  drawn_columns_ = columns();
}

void Block::say(std::string_view sentence) {
  if (!drawn_.empty()) printer_.raw(go_up() + "\x1b[J");
  drawn_.clear();
  printer_.line(sentence);
}

bool Block::is_due() const { return clock_.steady_ms() - drawn_ms_ >= kRedrawMs; }

// To the beginning of the lines, wherever in its line the cursor is: a terminal echoes a typed ^C. A terminal that has
// become narrower has broken the longer ones.
std::string Block::go_up() {
  std::size_t lines = drawn_.size();
  if (lines == 0) return {};
  if (columns() < drawn_columns_) {
    const auto width = static_cast<std::size_t>(columns() + 1);
    for (const std::string& text : drawn_) lines += (std::max<std::size_t>(1, visible_columns(text)) - 1) / width;
  }
  return fmt::format("\r\x1b[{}A", lines);
}

}  // namespace sterlet::cli
