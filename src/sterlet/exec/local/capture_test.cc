#include "sterlet/exec/local/capture.h"

#include <chrono>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "sterlet/base/text.h"

namespace sterlet::exec {
namespace {

constexpr std::int64_t kLongMs = 120'000;

base::Result<Captured> capture(const std::string& script, std::int64_t time_ms = kLongMs) {
  return capture_output({"sh", "-c", script}, time_ms, base::system_clock());
}

// A zombie runs no more; whether somebody takes its end is not ours to say.
bool is_running(std::int64_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const std::size_t name = text.rfind(')');
  return name != std::string::npos && text.substr(name, 3) != ") Z";
}

TEST(Capture, ReadsBothStreamsAndTheExitCode) {
  const auto captured = capture("echo out; echo err >&2; read line || echo nothing to read; exit 3");
  ASSERT_TRUE(captured) << captured.error().message();
  EXPECT_EQ(captured->text, "out\nerr\nnothing to read\n");
  EXPECT_EQ(captured->exit_code, 3);
}

TEST(Capture, KeepsSoMuchAndReadsTheRest) {
  const auto captured = capture("head -c 3000000 /dev/zero | tr '\\0' x; echo; exit 0");
  ASSERT_TRUE(captured) << captured.error().message();
  EXPECT_EQ(captured->text, std::string(256 * 1024, 'x'));
  EXPECT_EQ(captured->exit_code, 0);
}

TEST(Capture, SaysWhyAProgramDoesNotStart) {
  const auto captured = capture_output({"no-such-program-here"}, kLongMs, base::system_clock());
  ASSERT_FALSE(captured);
  EXPECT_NE(captured.error().message().find("no-such-program-here: no such program"), std::string::npos)
      << captured.error().message();
}

// A program that ends while a child of its holds the pipe open: the child ends with it.
TEST(Capture, LeavesNothingOfItsGroup) {
  const auto captured = capture("sleep 1000 & echo $!");
  ASSERT_TRUE(captured) << captured.error().message();
  const auto child = base::parse_integer(captured->text.substr(0, captured->text.find('\n')));
  ASSERT_TRUE(child) << captured->text;
  while (is_running(*child)) std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

TEST(Capture, EndsWhatTakesTooLong) {
  const auto captured = capture("sleep 1000", 200);
  ASSERT_FALSE(captured);
  EXPECT_EQ(captured.error().code, base::ErrorCode::kTimeout);
  EXPECT_EQ(captured.error().message(), "'sh -c sleep 1000' was still running after 0.2s, so it was ended");
}

}  // namespace
}  // namespace sterlet::exec
