#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sterlet/exec/executor.h"
#include "sterlet/exec/test_support.h"

namespace sterlet::exec {

/// Python's side of the channel, in a few lines: say(message) sends, hear() waits for a line.
inline constexpr const char* kPythonClient = R"(
import json, os, socket, sys
def connect():
    s = socket.socket(socket.AF_UNIX)
    s.connect(os.environ['STERLET_CHANNEL'])
    return s
def say(s, message): s.sendall((json.dumps(message) + '\n').encode())
)";

/// A folder, an executor that the test makes, and launches in a line.
class ExecutorFixture : public testing::Test {
 protected:
  Launch command(std::vector<std::string> argv, std::int64_t trial = 0) const {
    Launch launch;
    launch.id = {.trial = trial, .attempt = 1};
    launch.argv = std::move(argv);
    launch.folder = folder_.path();
    launch.trial_folder = folder_.file(fmt::format("trial-{}", trial));
    launch.params = base::Json{{"x", 1}};
    return launch;
  }
  Launch shell(const std::string& script, std::int64_t trial = 0) const { return command({"sh", "-c", script}, trial); }
  Launch python(const std::string& script, std::int64_t trial = 0) const {
    return command({"python3", "-c", kPythonClient + script}, trial);
  }

  std::vector<Event> run(const Launch& launch) {
    const auto launched = executor_->launch(launch);
    EXPECT_TRUE(launched) << launched.error().message();
    return collect_exits(*executor_);
  }
  Event::Exited exit_of(const Launch& launch) {
    const auto exits = of_kind<Event::Exited>(run(launch));
    EXPECT_EQ(exits.size(), 1U);
    return exits.empty() ? Event::Exited{} : exits[0];
  }

  TestFolder folder_;
  std::string session_;
  std::unique_ptr<Executor> executor_;
};

}  // namespace sterlet::exec
