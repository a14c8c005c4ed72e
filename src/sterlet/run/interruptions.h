#pragma once

#include <vector>

namespace sterlet::run {

/// Requests to end that come as signals (Ctrl-C, TERM, HUP), read from a signalfd.
class Interruptions final {
 public:
  /// `fd`: a signalfd that does not block, borrowed; -1: nobody ever interrupts.
  explicit Interruptions(int fd) : fd_(fd) {}

  /// Reads one signal, if one has come; true then. To be called until it says false.
  bool read_one();
  int count() const { return count_; }
  int last_signal() const { return last_signal_; }  ///< Its number; 0: none has come.
  /// What to wait on, beside other things: the signalfd, or nothing.
  std::vector<int> descriptors() const;

 private:
  int fd_;
  int count_ = 0;
  int last_signal_ = 0;
};

}  // namespace sterlet::run
