#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sterlet/exec/executor.h"
#include "sterlet/exec/executor_fixture.h"
#include "sterlet/exec/local/local.h"
#include "sterlet/exec/local/process_scan.h"
#include "sterlet/exec/session.h"
#include "sterlet/exec/test_support.h"

namespace sterlet::exec {
namespace {

/// One kind of executor. A new kind is a row below, and passes all of this unchanged.
struct Kind {
  const char* name;
  base::Result<std::unique_ptr<Executor>> (*make)(const std::string& session);
  /// Processes of a session that live.
  std::size_t (*living)(const std::string& session);
};

const Kind kKinds[] = {
    {.name = "local",
     .make = [](const std::string& session) { return make_local_executor(session, {.memory_check_ms = 20}); },
     .living = [](const std::string& session) { return scan_processes(session).processes.size(); }},
};

class ExecutorTest : public ExecutorFixture, public testing::WithParamInterface<Kind> {
 protected:
  void SetUp() override {
    session_ = new_session();
    auto made = GetParam().make(session_);
    ASSERT_TRUE(made) << made.error().message();
    executor_ = std::move(*made);
  }
  std::size_t living() const { return GetParam().living(session_); }
};

INSTANTIATE_TEST_SUITE_P(Kinds, ExecutorTest, testing::ValuesIn(kKinds),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST_P(ExecutorTest, SaysItsCapacityAndWhatRuns) {
  EXPECT_GE(executor_->capacity().value_or(1), 1U);
  EXPECT_EQ(executor_->running(), 0U);
  ASSERT_TRUE(executor_->launch(command({"sleep", "1000"})));
  EXPECT_EQ(executor_->running(), 1U);
  executor_->kill({0, 1}, "");
  EXPECT_EQ(of_kind<Event::Exited>(collect_exits(*executor_)).size(), 1U);
  EXPECT_EQ(executor_->running(), 0U);
}

TEST_P(ExecutorTest, TheSameAttemptIsNotLaunchedTwiceAtOnce) {
  ASSERT_TRUE(executor_->launch(command({"sleep", "1000"})));
  const auto again = executor_->launch(command({"sleep", "1000"}));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, base::ErrorCode::kConflict);
  EXPECT_EQ(executor_->running(), 1U);
}

TEST_P(ExecutorTest, NobodyIsThereToHearOfAnAttemptThatDoesNotRun) {
  EXPECT_FALSE(executor_->send({7, 1}, {{"stop", base::Json::object()}}));
  EXPECT_FALSE(executor_->acknowledge(7, true));
  executor_->end({7, 1}, "nothing");
  executor_->kill({7, 1}, "nothing");
  executor_->hold({7, 1}, true);
  EXPECT_TRUE(executor_->wait(0, {}).empty());
}

TEST_P(ExecutorTest, TellsCheckpointsByTheirWholePaths) {
  const auto launch = python(
      "s = connect()\nsay(s, {'checkpoint': {'step': 3, 'path': 'ck-3'}})\n"
      "say(s, {'checkpoint': {'step': 4, 'path': '/tmp/ck-4'}})");
  const auto told = of_kind<Event::Checkpoint>(run(launch));
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].path, launch.trial_folder + "/checkpoints/ck-3");
  EXPECT_EQ(told[1].path, "/tmp/ck-4");
}

TEST_P(ExecutorTest, AProgramHearsThatItIsNotWorthMoreTime) {
  const auto launch = python(R"(
s = connect(); f = s.makefile()
say(s, {'hello': {'protocol': 1}})
message = json.loads(f.readline())
say(s, {'value': 1 if 'prune' in message else 0})
)");
  ASSERT_TRUE(executor_->launch(launch));
  collect(*executor_, [](const auto& all) { return !of_kind<Event::Hello>(all).empty(); });
  EXPECT_TRUE(executor_->send(launch.id, {{"prune", base::Json::object()}}));
  const auto events = collect_exits(*executor_);
  ASSERT_EQ(of_kind<Event::Value>(events).size(), 1U);
  EXPECT_EQ(of_kind<Event::Value>(events)[0].values, std::vector<double>{1});
  EXPECT_EQ(of_kind<Event::Exited>(events).at(0).cause, Cause::kFinished);
}

TEST_P(ExecutorTest, MessagesThatBelongTogetherAreHeardInTheirOrder) {
  const auto launch = python(R"(
s = connect(); f = s.makefile()
say(s, {'hello': {'protocol': 1}})
heard = [list(json.loads(f.readline()))[0] for _ in range(2)]
say(s, {'values': [int(heard[0] == 'checkpoint'), int(heard[1] == 'set')]})
)");
  ASSERT_TRUE(executor_->launch(launch));
  collect(*executor_, [](const auto& all) { return !of_kind<Event::Hello>(all).empty(); });
  const std::vector<base::Json> messages = {{{"checkpoint", base::Json::object()}}, {{"set", {{"rate", 0.5}}}}};
  EXPECT_TRUE(executor_->send_all(launch.id, messages));
  const auto values = of_kind<Event::Value>(collect_exits(*executor_));
  ASSERT_EQ(values.size(), 1U);
  EXPECT_EQ(values[0].values, (std::vector<double>{1, 1}));
}

TEST_P(ExecutorTest, WhatIsHeldStandsStillAndMayStillBeEnded) {
  const auto launch = python(R"(
s = connect(); f = s.makefile(); i = 0
while True:
    i += 1
    say(s, {'report': {'step': i, 'metrics': {'a': 1}}, 'ack': True})
    f.readline()
)");
  ASSERT_TRUE(executor_->launch(launch));
  const auto one_more = [&] {
    const auto reports = of_kind<Event::Report>(
        collect(*executor_, [](const auto& all) { return !of_kind<Event::Report>(all).empty(); }));
    ASSERT_EQ(reports.size(), 1U);
    ASSERT_TRUE(executor_->acknowledge(reports[0].ack.value(), false));
  };
  one_more();
  executor_->hold(launch.id, true);
  for (const Event& event : executor_->wait(200, {})) {  // One report may have been on its way.
    executor_->acknowledge(std::get<Event::Report>(event.what).ack.value(), false);
  }
  EXPECT_TRUE(executor_->wait(200, {}).empty());
  executor_->hold(launch.id, false);
  one_more();
  executor_->hold(launch.id, true);
  executor_->end(launch.id, "enough");
  EXPECT_EQ(of_kind<Event::Exited>(collect_exits(*executor_)).at(0).reason, "enough");
}

TEST_P(ExecutorTest, NothingOfALiveSessionIsALeftoverOfAnother) {
  ASSERT_TRUE(executor_->launch(command({"sleep", "1000"})));
  executor_->end_leftovers(new_session());
  executor_->end_leftovers("");
  EXPECT_EQ(living(), 1U);
}

TEST_P(ExecutorTest, TellsReportsInOrderOverSeveralConnections) {
  const auto events = run(python(R"(
for i in range(50):
    s = connect(); say(s, {'report': {'metrics': {'i': i}}}); s.close()
s = connect()
for i in range(50, 3000): say(s, {'report': {'metrics': {'i': i}}})
say(s, {'value': 0.5})
os._exit(0)
)"));
  ASSERT_EQ(events.size(), 3002U);
  for (int i = 0; i < 3000; ++i) {
    const auto& report = std::get<Event::Report>(events[static_cast<std::size_t>(i)].what);
    EXPECT_EQ(report.step, i + 1);
    EXPECT_EQ(report.metrics[0].second, i);
  }
  EXPECT_EQ(std::get<Event::Value>(events[3000].what).values[0], 0.5);
  EXPECT_EQ(std::get<Event::Exited>(events[3001].what).cause, Cause::kFinished);
  EXPECT_EQ(executor_->running(), 0U);
}

TEST_P(ExecutorTest, WhatAKilledProgramSaidIsNotLost) {
  const auto events = run(python(R"(
for i in range(200):
    s = connect(); say(s, {'report': {'metrics': {'i': i}}})
os.kill(os.getpid(), 9)
)"));
  EXPECT_EQ(of_kind<Event::Report>(events).size(), 200U);
  const auto exit = std::get<Event::Exited>(events.back().what);
  EXPECT_EQ(exit.cause, Cause::kSignal);
  EXPECT_EQ(exit.code, SIGKILL);
  EXPECT_NE(exit.reason.find("was killed by signal 9 after"), std::string::npos) << exit.reason;
  EXPECT_NE(exit.reason.find("often a sign of too little memory"), std::string::npos);
}

TEST_P(ExecutorTest, AnswersWhoWaitsAndSendsMessages) {
  auto launch = python(R"(
s = connect(); f = s.makefile()
say(s, {'hello': {'protocol': 1, 'live': True}})
say(s, {'report': {'step': 4, 'metrics': {'a': 1}}, 'ack': True})
answer = json.loads(f.readline())
assert answer == {'ack': {'step': 4, 'prune': True}}, answer
say(s, {'value': 1})
message = json.loads(f.readline())
assert message == {'set': {'rate': 0.5}}, message
say(s, {'applied': {'step': 4, 'set': message['set']}})
)");
  EXPECT_FALSE(executor_->send(launch.id, {{"stop", base::Json::object()}}));
  ASSERT_TRUE(executor_->launch(launch));
  auto events = collect(*executor_, [](const auto& all) { return !of_kind<Event::Report>(all).empty(); });
  executor_->acknowledge(of_kind<Event::Report>(events).at(0).ack.value(), true);
  collect(*executor_, [](const auto& all) { return !of_kind<Event::Value>(all).empty(); });
  EXPECT_TRUE(executor_->send(launch.id, {{"set", {{"rate", 0.5}}}}));
  events = collect_exits(*executor_);
  EXPECT_EQ(of_kind<Event::Applied>(events).size(), 1U);
  EXPECT_EQ(of_kind<Event::Exited>(events).at(0).cause, Cause::kFinished)
      << of_kind<Event::Exited>(events).at(0).reason;
}

TEST_P(ExecutorTest, ReadsMetricsFromStdoutAndKeepsTheLog) {
  auto launch = shell("echo hello; echo step 5 loss 0.5; echo step 6 loss nan; printf 'step 7 loss 1e-3'");
  launch.stdout_pattern = R"(step (?<step>\d+) loss (?<loss>\S+))";
  const auto reports = of_kind<Event::Report>(run(launch));
  ASSERT_EQ(reports.size(), 3U);
  EXPECT_EQ(reports[0].step, 5);
  EXPECT_EQ(reports[2].step, 7);
  EXPECT_EQ(reports[2].metrics[0], (std::pair<std::string, double>("loss", 1e-3)));
  EXPECT_EQ(read_whole(launch.trial_folder + "/stdout-1.log"),
            "hello\nstep 5 loss 0.5\nstep 6 loss nan\nstep 7 loss 1e-3");
}

TEST_P(ExecutorTest, CountsMatchesWhereThePatternHasNoStep) {
  auto launch = shell("i=0; while [ $i -lt 2000 ]; do echo loss=$i; i=$((i+1)); done; head -c 100000 /dev/zero");
  launch.stdout_pattern = R"(loss=(?<loss>\S+))";
  const auto reports = of_kind<Event::Report>(run(launch));
  ASSERT_EQ(reports.size(), 2000U);
  EXPECT_EQ(reports.back().step, 2000);
  EXPECT_EQ(reports.back().metrics[0].second, 1999);
}

TEST_P(ExecutorTest, AGrandchildHoldingThePipeDoesNotHang) {
  auto launch = shell("sleep 1000 & echo loss=1");
  launch.stdout_pattern = R"(loss=(?<loss>\S+))";
  const auto events = run(launch);
  EXPECT_EQ(of_kind<Event::Report>(events).size(), 1U);
  EXPECT_EQ(of_kind<Event::Exited>(events).size(), 1U);
  EXPECT_EQ(living(), 0U);
}

TEST_P(ExecutorTest, PassesArgumentsAndEnvironmentByteForByte) {
  std::vector<std::string> nasty = {"; rm -rf x", "$(touch x)", "`touch x`", "'", "\"",         "a\nb",    "-rf",
                                    "",           "f\xC3\xBCr", "\\",        "*", "%s ${x} {}", "\xFF\xFE"};
  std::vector<std::string> argv = {"python3", "-c",
                                   "import os, sys\n"
                                   "for a in sys.argv[1:]: sys.stdout.buffer.write(os.fsencode(a) + b'\\0')\n"
                                   "for i in range(len(sys.argv) - 1):\n"
                                   "    sys.stdout.buffer.write(os.environb[b'V%d' % i] + b'\\0')\n"};
  std::string expected;
  argv.insert(argv.end(), nasty.begin(), nasty.end());
  auto launch = command(argv);
  for (std::size_t i = 0; i < nasty.size(); ++i) launch.environment.emplace_back(fmt::format("V{}", i), nasty[i]);
  for (int twice = 0; twice < 2; ++twice) {
    for (const auto& text : nasty) expected += text + std::string(1, '\0');
  }
  EXPECT_EQ(exit_of(launch).cause, Cause::kFinished);
  EXPECT_EQ(read_whole(launch.trial_folder + "/stdout-1.log"), expected);
}

TEST_P(ExecutorTest, AnInheritedResumePathIsNotPassedOn) {
  ::setenv("STERLET_RESUME", "/of/another", 1);
  auto launch = shell("echo \"<${STERLET_RESUME-none}>\"");
  run(launch);
  ::unsetenv("STERLET_RESUME");
  EXPECT_EQ(read_whole(launch.trial_folder + "/stdout-1.log"), "<none>\n");
}

TEST_P(ExecutorTest, TellsAnErrorWithItsLastLine) {
  const auto exit = exit_of(shell("echo \"no data\" >&2; echo >&2; exit 3"));
  EXPECT_EQ(exit.cause, Cause::kError);
  EXPECT_EQ(exit.code, 3);
  EXPECT_TRUE(exit.reason.starts_with("sh ended with exit code 3 after ")) << exit.reason;
  EXPECT_TRUE(exit.reason.ends_with(" s: no data")) << exit.reason;
}

TEST_P(ExecutorTest, TellsASignal) {
  const auto exit = exit_of(shell("kill -SEGV $$"));
  EXPECT_EQ(exit.cause, Cause::kSignal);
  EXPECT_EQ(exit.code, SIGSEGV);
  EXPECT_NE(exit.reason.find("signal 11 (Segmentation fault)"), std::string::npos) << exit.reason;
}

TEST_P(ExecutorTest, EndsAtTheTimeLimit) {
  auto launch = command({"sleep", "1000"});
  launch.limits.seconds = 0.2;
  const auto exit = exit_of(launch);
  EXPECT_EQ(exit.cause, Cause::kTimeLimit);
  EXPECT_GE(exit.seconds, 0.2);
  EXPECT_NE(exit.reason.find("its time limit being 0.2 s"), std::string::npos) << exit.reason;
}

TEST_P(ExecutorTest, EndsAtTheMemoryLimitWithItsHelpers) {
  // The memory is a helper's, in a session of its own.
  auto launch = command({"python3", "-c",
                         "import subprocess, sys\n"
                         "p = subprocess.Popen([sys.executable, '-c',"
                         " 'x = b\"1\" * (300 << 20)\\nimport time; time.sleep(1000)'], start_new_session=True)\n"
                         "p.wait()\n"});
  launch.limits.memory_bytes = std::int64_t{150} << 20;
  const auto exit = exit_of(launch);
  EXPECT_EQ(exit.cause, Cause::kOutOfMemory);
  EXPECT_NE(exit.reason.find("more than its limit of 150 MiB"), std::string::npos) << exit.reason;
  EXPECT_EQ(living(), 0U);
}

TEST_P(ExecutorTest, SaysWhyAProgramWasNotStarted) {
  const auto expect_reason = [&](const Launch& launch, const std::string& reason) {
    const auto exit = exit_of(launch);
    EXPECT_EQ(exit.cause, Cause::kNotStarted);
    EXPECT_EQ(exit.reason, reason);
  };
  expect_reason(command({"python3x"}), "python3x: no such program; install it, or write its path in the command");
  expect_reason(command({"./train"}),
                "./train: no such program in " + folder_.path() + "; check its path in the command");
  std::ofstream(folder_.file("train.py")) << "print(1)\n";
  expect_reason(command({"./train.py"}),
                "./train.py: not a program one may run; make it one with chmod +x, or write its interpreter before it "
                "in the command");
  ::chmod(folder_.file("train.py").c_str(), 0755);
  expect_reason(command({"./train.py"}),
                "./train.py: not in a form this system can run; begin it with a line like #!/bin/sh, or write its "
                "interpreter before it in the command");
  std::ofstream(folder_.file("train.py")) << "#!/none/python\n";
  expect_reason(command({"./train.py"}),
                "./train.py: what its first line (#!) names is not there; install it, or write the interpreter before "
                "it in the command");
  auto launch = command({"true"});
  launch.folder = folder_.file("none");
  expect_reason(launch, folder_.file("none") +
                            ": cannot work in this folder (No such file or directory); make it, or name another one");
  expect_reason(command({"true", std::string("a\0b", 3)}),
                "true: argument 1 holds a NUL byte, which no program can be given");
  expect_reason(command({}), "the command is empty; name a program in it");
  EXPECT_EQ(executor_->running(), 0U);
}

TEST_P(ExecutorTest, ATrialFolderThatCannotBeMadeIsAnError) {
  auto launch = command({"true"});
  launch.trial_folder = "/proc/none/trial";
  const auto launched = executor_->launch(launch);
  ASSERT_FALSE(launched);
  EXPECT_EQ(launched.error().code, base::ErrorCode::kDisk);
}

TEST_P(ExecutorTest, EndStopsWithItsReason) {
  const auto launch = shell("trap 'echo saved; exit 0' TERM; echo loss=1; while :; do sleep 0.05; done");
  auto tapped = launch;
  tapped.stdout_pattern = R"(loss=(?<loss>\S+))";
  ASSERT_TRUE(executor_->launch(tapped));
  collect(*executor_, [](const auto& all) { return !of_kind<Event::Report>(all).empty(); });
  executor_->end(launch.id, "no longer needed");
  const auto exit = of_kind<Event::Exited>(collect_exits(*executor_)).at(0);
  EXPECT_EQ(exit.cause, Cause::kStopped);
  EXPECT_EQ(exit.reason, "no longer needed");
  EXPECT_EQ(read_whole(launch.trial_folder + "/stdout-1.log"), "loss=1\nsaved\n");
}

TEST_P(ExecutorTest, WhoEndedByItselfIsNotCalledStopped) {
  const auto launch = command({"true"});
  ASSERT_TRUE(executor_->launch(launch));
  ASSERT_TRUE(eventually([&] { return living() == 0; }));
  executor_->end(launch.id, "too late");
  EXPECT_EQ(of_kind<Event::Exited>(collect_exits(*executor_)).at(0).cause, Cause::kFinished);
}

TEST_P(ExecutorTest, OtherAttemptsOutliveAnEnd) {
  ASSERT_TRUE(executor_->launch(command({"sleep", "1000"}, 1)));
  ASSERT_TRUE(executor_->launch(shell("setsid sleep 1000 & exit 0", 2)));
  collect_exits(*executor_);
  EXPECT_EQ(living(), 1U);
  EXPECT_FALSE(executor_->launch(command({"sleep", "1000"}, 1)));
  executor_->kill({1, 1}, "");
  EXPECT_EQ(of_kind<Event::Exited>(collect_exits(*executor_)).at(0).cause, Cause::kStopped);
  EXPECT_EQ(living(), 0U);
}

TEST_P(ExecutorTest, SixtyFourAtOnce) {
  // Each speaks on its stdout; none ends before all have spoken.
  std::vector<Event> events;
  const std::string gate = folder_.file("gate");
  for (std::int64_t trial = 0; trial < 64; ++trial) {
    auto launch = shell("echo number=$STERLET_TRIAL; while ! [ -e " + gate + " ]; do sleep 0.1; done", trial);
    launch.stdout_pattern = R"(number=(?<number>\d+))";
    ASSERT_TRUE(executor_->launch(launch));
  }
  EXPECT_EQ(executor_->running(), 64U);
  events = collect(*executor_, [](const auto& all) { return of_kind<Event::Report>(all).size() >= 64; });
  std::set<std::int64_t> told;
  for (const Event& event : events) {
    ASSERT_TRUE(std::holds_alternative<Event::Report>(event.what));
    EXPECT_EQ(std::get<Event::Report>(event.what).metrics[0].second, static_cast<double>(event.id.trial));
    told.insert(event.id.trial);
  }
  EXPECT_EQ(told.size(), 64U);
  std::ofstream(gate) << "open";
  const auto exits = of_kind<Event::Exited>(collect_exits(*executor_, 64));
  EXPECT_EQ(exits.size(), 64U);
  for (const auto& exit : exits) EXPECT_EQ(exit.cause, Cause::kFinished) << exit.reason;
}

TEST_P(ExecutorTest, WaitWatchesOtherDescriptors) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  EXPECT_TRUE(executor_->wait(0, {}).empty());
  EXPECT_TRUE(executor_->wait(std::nullopt, {}).empty());  // Nothing could ever happen.
  ASSERT_EQ(::write(ends[1], "x", 1), 1);
  EXPECT_TRUE(executor_->wait(std::nullopt, std::vector<int>{ends[0]}).empty());
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_P(ExecutorTest, NothingIsLeftWhenTheExecutorGoes) {
  ASSERT_TRUE(executor_->launch(shell("setsid sleep 1000 & sleep 1000")));
  ASSERT_TRUE(eventually([&] { return living() >= 3; }));
  executor_.reset();
  EXPECT_EQ(living(), 0U);
}

TEST_P(ExecutorTest, AProgramThatCouldNotTellAllIsNotCalledFinished) {
  const auto exit = exit_of(shell(": > \"$STERLET_UNSENT.1\"; exit 0", 1));
  EXPECT_EQ(exit.cause, Cause::kUnheard);
  EXPECT_NE(exit.reason.find("its last messages never came"), std::string::npos) << exit.reason;
  EXPECT_FALSE(std::filesystem::exists(folder_.file("trial-1/unsent-1.1")));
  EXPECT_EQ(exit_of(shell(": > \"$STERLET_UNSENT.1\"; exit 3", 2)).cause, Cause::kError);
  EXPECT_EQ(exit_of(shell("exit 0", 1)).cause, Cause::kFinished);
}

}  // namespace
}  // namespace sterlet::exec
