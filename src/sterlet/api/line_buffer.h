#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sterlet::api {

/// Cuts a stream of bytes into lines of a bounded length.
///
/// A line longer than the limit is dropped as it comes, and given once as too long when it ends: whatever is sent, no
/// more than the limit and one piece is held. Each byte is looked at once. An empty line is given as any other.
class LineBuffer final {
 public:
  struct Line {
    std::string_view text;  ///< Without its end; valid until the next call. Empty where it is too long.
    bool is_too_long = false;
  };

  explicit LineBuffer(std::size_t length_max) : length_max_(length_max) {}

  /// Takes the next piece of the stream.
  void add(std::string_view piece);
  /// Ends the stream: what is left is the last line.
  void end();
  /// The next whole line; nothing until more is added.
  std::optional<Line> next();

 private:
  std::size_t length_max_;
  std::string unread_;
  std::size_t begin_ = 0;    // Of the line that next() looks for.
  std::size_t scanned_ = 0;  // No line ends between begin_ and here.
  bool is_dropping_ = false;
};

}  // namespace sterlet::api
