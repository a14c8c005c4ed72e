#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace sterlet::base {

/// A stream that a person or another program reads (stdout, stderr), written with write(2) alone.
///
/// Nothing here throws, and no failure ends the program: where the terminal was closed, the reader of the pipe has gone
/// or the disk is full, the stream keeps the reason and is silent from then on. So a run never depends on whether
/// somebody still reads what it says. SIGPIPE must be ignored (main.cc does). For one thread.
class Output final {
 public:
  /// Borrows the descriptor. Its last bytes are written by flush() alone, so that no destructor writes.
  explicit Output(int fd) : fd_(fd) {}
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  /// Writes bytes as they are; buffers up to 8 KiB.
  void write(std::string_view bytes) noexcept;
  void flush() noexcept;

  /// The errno of the first write that failed; 0 while all went well.
  int failure() const noexcept { return failure_; }
  bool is_terminal() const noexcept;
  int fd() const noexcept { return fd_; }

 private:
  void write_through(std::string_view bytes) noexcept;

  int fd_;
  int failure_ = 0;
  std::size_t used_ = 0;
  std::array<char, 8192> buffer_;
};

/// Writes all of the bytes: goes on after a signal and after a part, waits where the descriptor does not block.
/// Returns 0, or the errno of what failed.
int write_all(int fd, std::string_view bytes) noexcept;

}  // namespace sterlet::base
