#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/output.h"

namespace sterlet::cli {

/// kWhole: written when the buffer is full or flush() is called. kLines: at once, as on a terminal always.
enum class Buffering { kWhole, kLines };

/// The one place where the command line prints. What programs, study files and notes say passes base::printable here,
/// so that no text of theirs can move the cursor or hide another's. Like base::Output it never throws for a failed
/// write and never ends a run.
class Printer final {
 public:
  Printer(int fd, Buffering buffering) : out_(fd), is_at_once_(buffering == Buffering::kLines || out_.is_terminal()) {}

  /// One sentence or line, with a line end.
  void line(std::string_view text);
  /// Text of several lines that end with line ends, such as help, a study file or a logbook.
  void text(std::string_view text);
  /// Columns aligned, two blanks between.
  void table(const std::vector<std::vector<std::string>>& rows);
  /// One line of JSON.
  void json(const base::Json& value);
  /// Bytes as they are: a program's own output, our own colours.
  void raw(std::string_view bytes);

  void flush() { out_.flush(); }
  /// The errno of the first write that failed; 0 while all went well. After it nothing is printed.
  int failure() const { return out_.failure(); }
  bool is_terminal() const { return out_.is_terminal(); }
  /// Columns of the terminal; 80 where it is none.
  int columns() const;
  /// Lines of the terminal; 24 where it is none.
  int rows() const;

 private:
  base::Output out_;
  bool is_at_once_;
};

/// What Printer::table writes. Cells are made printable.
std::string table_text(const std::vector<std::vector<std::string>>& rows);

}  // namespace sterlet::cli
