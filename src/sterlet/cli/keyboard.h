#pragma once

#include <termios.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/cli/printer.h"

namespace sterlet::cli {

/// What was typed: a key with a name, or text (UTF-8, one character).
struct Key {
  enum class Name { kText, kUp, kDown, kPageUp, kPageDown, kHome, kEnd, kEnter, kEscape, kBackspace };
  Name name = Name::kText;
  std::string text = {};
  bool operator==(const Key&) const = default;
};

/// The keys in what a terminal sent; what is no key that we know is left out.
std::vector<Key> parse_keys(std::string_view bytes);

/// While it lives, the terminal shows a screen of our own, and gives each key at once, without showing it. Ctrl-C and
/// Ctrl-\ stay signals; Ctrl-Z does nothing.
class FullScreen final {
 public:
  /// Nothing where stdin is no terminal. Borrows the printer.
  static std::optional<FullScreen> open(Printer& printer);
  FullScreen(FullScreen&& other) noexcept;
  FullScreen& operator=(FullScreen&&) = delete;
  ~FullScreen();

  /// What was typed since the last call; it does not wait.
  static std::vector<Key> read();

 private:
  FullScreen(Printer& printer, const termios& before);
  Printer* printer_;  // Null: moved from.
  termios before_;
};

}  // namespace sterlet::cli
