#include "sterlet.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace {

/// Tests of the C++ client; the other end of the channel is held by the test itself.
class ClientTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = "/tmp/sterlet-client-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    ::setenv("STERLET_UNSENT", (folder_ + "/unsent-1").c_str(), 1);
  }
  void TearDown() override {
    for (const char* name : {"STERLET_CHANNEL", "STERLET_UNSENT", "STERLET_PARAMS", "STERLET_INACTIVE"})
      ::unsetenv(name);
    if (end_ >= 0) ::close(end_);
    std::filesystem::remove_all(folder_);
  }

  void write_params(const std::string& json) const {
    std::ofstream(folder_ + "/params.json") << json;
    ::setenv("STERLET_PARAMS", (folder_ + "/params.json").c_str(), 1);
  }

  /// A trial whose channel is a descriptor.
  std::optional<sterlet::Trial>& start(const sterlet::TrialOptions& options = {}) {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    end_ = ends[0];
    ::setenv("STERLET_CHANNEL", ("fd:" + std::to_string(ends[1])).c_str(), 1);
    return trial_.emplace(options), trial_;
  }

  /// The lines that come until the other side closes.
  std::vector<std::string> read_all(int socket) const {
    std::string text;
    char buffer[4096];
    for (ssize_t got; (got = ::read(socket, buffer, sizeof(buffer))) > 0;)
      text.append(buffer, static_cast<std::size_t>(got));
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
  }

  std::size_t marks() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_))
      count += entry.path().filename() == "channel" ? 0 : 1;
    return count;
  }

  std::int64_t report_until_late() {
    std::int64_t step = 0;
    while (marks() == 0) trial_->report(++step, {{"loss", 1.0}});
    return step;
  }

  std::string folder_;
  int end_ = -1;
  std::optional<sterlet::Trial> trial_;
};

/// A program of steps(): its state is the number of steps that it trained.
TEST_F(ClientTest, StepsNumbersItsCheckpointsByTheStepsThatAreDoneAndGoesBackToThem) {
  ::setenv("STERLET_CHECKPOINT_DIR", folder_.c_str(), 1);
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  end_ = ends[0];
  ::setenv("STERLET_CHANNEL", ("fd:" + std::to_string(ends[1])).c_str(), 1);
  sterlet::TrialOptions can;
  can.live = can.restores = true;
  trial_.emplace(can);
  const auto say = [&](const std::string& line) {
    ASSERT_EQ(::write(end_, (line + "\n").data(), line.size() + 1), static_cast<ssize_t>(line.size() + 1));
  };
  int done = 0;
  std::vector<std::int64_t> trained, skipped;
  sterlet::StepCallbacks callbacks;
  callbacks.save = [&](const std::string& path) { return static_cast<bool>(std::ofstream(path) << done); };
  callbacks.load = [&](const std::string& path) { std::ifstream(path) >> done; };
  callbacks.use = [](const sterlet::Values& values) {
    if (values.at("rate").number() > 1) throw sterlet::Refusal("too large");
  };
  callbacks.skip = [&](std::int64_t steps) { skipped.push_back(steps); };
  for (const std::int64_t step : trial_->steps(3, callbacks)) {
    EXPECT_EQ(step, ++done);
    trained.push_back(step);
    trial_->report(step, {{"loss", trial_->get("rate", 0.1)}});
    if (trained.size() == 1) say(R"({"checkpoint":{}})");
    if (trained.size() == 2) say(R"({"set":{"rate":0.2}})");
    if (trained.size() == 3)
      say(R"({"restore":{"path":")" + folder_ + R"(/step-1-1-1","skip_steps":4,"set":{"rate":2}}})");
  }
  EXPECT_EQ(trained, (std::vector<std::int64_t>{1, 2, 3, 2, 3}));
  EXPECT_EQ(skipped, (std::vector<std::int64_t>{4}));
  trial_.reset();
  ::unsetenv("STERLET_CHECKPOINT_DIR");
  const std::vector<std::string> heard = read_all(end_);
  EXPECT_EQ(
      std::vector<std::string>(heard.begin() + 1, heard.end()),
      (std::vector<std::string>{
          R"({"hello":{"client":"cpp","live":true,"loop":true,"protocol":1,"restores":true,"steps":3}})",
          R"({"report":{"metrics":{"loss":0.1},"step":1}})", R"({"checkpoint":{"path":"step-1-1-1","step":1}})",
          R"({"report":{"metrics":{"loss":0.1},"step":2}})", R"({"applied":{"set":{"rate":0.2},"step":2}})",
          R"({"report":{"metrics":{"loss":0.2},"step":3}})",
          R"({"restored":{"path":")" + folder_ + R"(/step-1-1-1","skipped_steps":4,"step":1}})",
          R"({"refused":{"reason":"too large","set":{"rate":2}}})", R"({"report":{"metrics":{"loss":0.2},"step":2}})",
          R"({"report":{"metrics":{"loss":0.2},"step":3}})", R"({"read":{"params":["rate"]}})"}));
}

TEST_F(ClientTest, StepsWithoutSterletIsARange) {
  sterlet::Trial alone;
  std::vector<std::int64_t> steps;
  for (const std::int64_t step : alone.steps(3)) steps.push_back(step);
  EXPECT_EQ(steps, (std::vector<std::int64_t>{1, 2, 3}));
  sterlet::TrialOptions can;
  can.restores = true;
  sterlet::Trial restoring(can);
  EXPECT_THROW(restoring.steps(3), std::invalid_argument);
}

TEST_F(ClientTest, TellsWhatItMeasured) {
  start()->report(3, {{"loss", 0.5}});
  trial_->finish(0.25);
  trial_.reset();
  const auto heard = read_all(end_);
  ASSERT_EQ(heard.size(), 3U);
  EXPECT_EQ(heard[0], R"({"hello":{"client":"cpp","live":false,"protocol":1,"restores":false}})");
  EXPECT_EQ(heard[1], R"({"report":{"metrics":{"loss":0.5},"step":3}})");
  EXPECT_EQ(heard[2], R"({"value":0.25})");
}

TEST_F(ClientTest, AStopWaitsForTheCheckpointBeforeItInAProgramThatGoesOnFromThere) {
  const std::string asked = "{\"checkpoint\":{}}\n{\"stop\":{}}\n";
  for (const bool restores : {true, false}) {
    start({.live = true, .restores = restores});
    ASSERT_EQ(::write(end_, asked.data(), asked.size()), static_cast<ssize_t>(asked.size()));
    trial_->report(1, {{"loss", 1.0}});
    EXPECT_EQ(trial_->should_stop(), !restores);
    const auto messages = trial_->poll();
    ASSERT_EQ(messages.size(), 2U);
    EXPECT_EQ(messages[0].kind, sterlet::Message::Kind::kCheckpoint);
    EXPECT_TRUE(trial_->should_stop());
    trial_.reset();
    ::close(std::exchange(end_, -1));
  }
}

TEST_F(ClientTest, ANameThatTheStudyDoesNotHaveIsAnErrorUnderSterlet) {
  EXPECT_EQ(sterlet::Trial().get("learning_rte", 0.5), 0.5);
  write_params(R"({"learning_rate":0.1,"units":[3,4]})");
  EXPECT_EQ(sterlet::Trial().get("learning_rte", 0.5), 0.5);  // An old Sterlet does not say what there is.
  ::setenv("STERLET_INACTIVE", "momentum,decay", 1);
  const sterlet::Trial trial;
  EXPECT_EQ(trial.get("learning_rate", 0.5), 0.1);
  EXPECT_EQ(trial.get("momentum", 0.9), 0.9);
  const auto refusal = [&](const std::string& name) -> std::string {
    try {
      trial.get(name, 1.0);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(refusal("learning_rte"), "the study has no parameter 'learning_rte'; did you mean 'learning_rate'?");
  EXPECT_EQ(refusal("momentun"), "the study has no parameter 'momentun'; did you mean 'momentum'?");
  EXPECT_EQ(refusal("width"), "the study has no parameter 'width'; it has learning_rate, units, momentum, decay");
  EXPECT_THROW(trial.get_list("unit_count", {}), std::runtime_error);
  EXPECT_TRUE(trial.has("units"));
  EXPECT_FALSE(trial.has("momentum"));
  EXPECT_FALSE(trial.has("width"));
}

TEST_F(ClientTest, TellsAtItsEndWhatItWasAskedFor) {
  write_params(R"({"rate":0.1,"width":3,"depth":2})");
  start();
  trial_->get("width", 1);
  static_cast<void>(trial_->has("rate"));
  trial_.reset();
  const auto heard = read_all(end_);
  ASSERT_EQ(heard.size(), 2U);
  EXPECT_EQ(heard[1], R"({"read":{"params":["rate","width"]}})");
}

TEST_F(ClientTest, WhatSterletDoesNotTakeIsKeptAndSentOnceItListensAgain) {
  start();
  std::int64_t last = report_until_late();
  for (int i = 0; i < 1000; ++i) trial_->report(++last, {{"loss", 1.0}});
  trial_->finish(0.25);
  EXPECT_EQ(marks(), 1U);
  std::vector<std::string> heard;
  std::thread reader([&] { heard = read_all(end_); });
  trial_.reset();  // As at the program's end: it waits until all is sent.
  reader.join();
  ASSERT_EQ(heard.size(), static_cast<std::size_t>(last) + 2);
  for (std::int64_t step = 1; step <= last; ++step)
    EXPECT_EQ(heard[static_cast<std::size_t>(step)],
              R"({"report":{"metrics":{"loss":1},"step":)" + std::to_string(step) + "}}");
  EXPECT_EQ(heard.back(), R"({"value":0.25})");
  EXPECT_EQ(marks(), 0U);
}

TEST_F(ClientTest, OfTooManyReportsTheNewestIsKeptAndSoIsAllElse) {
  start();
  std::int64_t last = report_until_late();
  trial_->checkpointed(last, "ck");
  const std::string name(1000, 'x');
  for (int i = 0; i < 20'000; ++i) trial_->report(++last, {{name, 1.0}});
  trial_->finish(0.25);
  std::vector<std::string> heard;
  std::thread reader([&] { heard = read_all(end_); });
  trial_.reset();
  reader.join();
  ASSERT_GT(heard.size(), 3U);
  EXPECT_LT(heard.size(), static_cast<std::size_t>(last));
  EXPECT_EQ(heard.back(), R"({"value":0.25})");
  EXPECT_NE(heard[heard.size() - 2].find(R"("step":)" + std::to_string(last) + "}"), std::string::npos);
  EXPECT_NE(
      std::find_if(heard.begin(), heard.end(), [](const auto& line) { return line.find(R"({"checkpoint")") == 0; }),
      heard.end());
}

TEST_F(ClientTest, AProgramThatEndsWithMessagesUnsentLeavesAMark) {
  start();
  report_until_late();
  ::close(end_);
  end_ = -1;
  trial_.reset();
  EXPECT_EQ(marks(), 1U);
}

TEST_F(ClientTest, AConnectionThatWasClosedIsMadeAgain) {
  const std::string path = folder_ + "/channel";
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, path.size());
  ASSERT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(::listen(listener, 8), 0);
  ::setenv("STERLET_CHANNEL", path.c_str(), 1);
  trial_.emplace();
  ::close(::accept(listener, nullptr, nullptr));
  while (trial_->active()) trial_->report(1, {{"loss", 1.0}});
  trial_->finish(3);
  trial_.reset();  // Without the pause between two tries.
  const int again = ::accept(listener, nullptr, nullptr);
  const auto heard = read_all(again);
  ::close(again);
  ::close(listener);
  ASSERT_GE(heard.size(), 2U);
  EXPECT_EQ(heard.front().find(R"({"hello")"), 0U);
  EXPECT_EQ(heard.back(), R"({"value":3})");
  EXPECT_EQ(marks(), 0U);
}

}  // namespace
