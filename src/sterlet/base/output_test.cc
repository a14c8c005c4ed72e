#include "sterlet/base/output.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include <gtest/gtest.h>

namespace sterlet::base {
namespace {

struct Pipe {
  Pipe() { EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0); }
  ~Pipe() {
    close(ends[0]);
    close(ends[1]);
  }
  std::string take() {
    std::string text(1 << 16, '\0');
    const ssize_t count = read(ends[0], text.data(), text.size());
    text.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    return text;
  }
  std::array<int, 2> ends{-1, -1};
};

TEST(Output, WritesWhatIsFlushedInOrder) {
  Pipe pipe;
  Output out(pipe.ends[1]);
  out.write("a");
  out.write(std::string(10000, 'b'));  // More than the buffer holds.
  out.write("c");
  out.flush();
  EXPECT_EQ(pipe.take(), "a" + std::string(10000, 'b') + "c");
  EXPECT_EQ(out.failure(), 0);
}

TEST(Output, IsSilentOnceTheReaderHasGone) {
  signal(SIGPIPE, SIG_IGN);
  Pipe pipe;
  close(pipe.ends[0]);
  Output out(pipe.ends[1]);
  for (int i = 0; i < 3; ++i) {
    out.write("nobody reads this\n");
    out.flush();
  }
  EXPECT_EQ(out.failure(), EPIPE);
  pipe.ends[0] = -1;
}

TEST(Output, KeepsTheReasonOfAFullDisk) {
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  Output out(full);
  out.write("text");
  EXPECT_EQ(out.failure(), 0) << "not yet tried";
  out.flush();
  EXPECT_EQ(out.failure(), ENOSPC);
  close(full);
}

TEST(Output, TellsADescriptorThatIsClosed) {
  Output out(-1);
  out.write(std::string(10000, 'x'));
  EXPECT_EQ(out.failure(), EBADF);
}

TEST(Output, WaitsWhereTheDescriptorDoesNotBlock) {
  Pipe pipe;
  ASSERT_EQ(fcntl(pipe.ends[1], F_SETFL, O_NONBLOCK), 0);
  const std::string text(300000, 'y');  // More than a pipe holds.
  const pid_t reader = fork();
  ASSERT_GE(reader, 0);
  if (reader == 0) {
    close(pipe.ends[1]);
    std::size_t count = 0;
    std::array<char, 4096> part{};
    for (ssize_t n = 0; (n = read(pipe.ends[0], part.data(), part.size())) > 0;) count += static_cast<std::size_t>(n);
    _exit(count == text.size() ? 0 : 1);
  }
  EXPECT_EQ(write_all(pipe.ends[1], text), 0);
  close(pipe.ends[1]);
  pipe.ends[1] = -1;
  int status = 0;
  ASSERT_EQ(waitpid(reader, &status, 0), reader);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace sterlet::base
