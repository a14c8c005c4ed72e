#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/clock.h"
#include "sterlet/cli/printer.h"

namespace sterlet::cli {

enum class Style { kPlain, kBold, kFaint, kBar, kBest, kBad, kChosen };

/// A line of a display: pieces of text, each in a style. The texts may be anybody's.
class Line final {
 public:
  Line() = default;
  explicit Line(std::string_view text) { add(text); }
  Line& add(std::string_view text, Style style = Style::kPlain);
  /// Cut to so many columns, with colours where wanted, without a line end.
  std::string text(int columns, bool colour) const;

 private:
  struct Piece {
    std::string text;
    Style style;
  };
  std::vector<Piece> pieces_;
};

/// Lines at the bottom of a terminal that are drawn again in their place; what is said is printed above them and stays.
/// Lines that have no room on the screen are left out, the last ones first, since what has scrolled away cannot be drawn
/// again. A terminal that was closed makes it silent, as Printer does.
class Block final {
 public:
  Block(Printer& printer, const base::Clock& clock, bool colour) : printer_(printer), clock_(clock), colour_(colour) {}

  /// Draws these lines in place of the last ones; nothing where they are the same.
  void draw(const std::vector<Line>& lines);
  /// Prints a sentence where the lines were; the next draw() puts them below it.
  void say(std::string_view sentence);
  /// Whether the lines are so old that they should be drawn again.
  bool is_due() const;
  /// Columns that a line may take.
  int columns() const { return printer_.columns() - 1; }
  /// Lines that have room.
  int rows() const { return printer_.rows() - 1; }

 private:
  std::string go_up();

  Printer& printer_;
  const base::Clock& clock_;
  bool colour_;
  std::vector<std::string> drawn_;  // What stands there now ...
  int drawn_columns_ = 0;           // ... and how wide the terminal was.
  std::int64_t drawn_ms_ = 0;
};

}  // namespace sterlet::cli
