#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include "sterlet/base/clock.h"

namespace sterlet::cli {

/// What a printer wrote, through a pipe.
class Sink final {
 public:
  Sink() { EXPECT_EQ(pipe2(ends_.data(), O_CLOEXEC | O_NONBLOCK), 0); }
  ~Sink() {
    close(ends_[0]);
    close(ends_[1]);
  }
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  int fd() const { return ends_[1]; }
  std::string take() const {
    std::string text(1 << 16, '\0');
    const ssize_t count = read(ends_[0], text.data(), text.size());
    text.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    return text;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

/// Time as the test says.
class HeldClock final : public base::Clock {
 public:
  std::int64_t wall_ms() const override { return now_ms; }
  std::int64_t steady_ms() const override { return now_ms; }
  std::int64_t now_ms = 1'000'000;
};

}  // namespace sterlet::cli
