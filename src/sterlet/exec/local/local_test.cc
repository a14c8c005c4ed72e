#include "sterlet/exec/local/local.h"
#include "sterlet/exec/session.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sterlet/base/rng.h"
#include "sterlet/exec/local/process_scan.h"
#include "sterlet/exec/test_support.h"

namespace sterlet::exec {
namespace {

/// Python's side of the channel, in a few lines: say(message) sends, hear() waits for a line.
constexpr const char* kPythonClient = R"(
import json, os, socket, sys
def connect():
    s = socket.socket(socket.AF_UNIX)
    s.connect(os.environ['STERLET_CHANNEL'])
    return s
def say(s, message): s.sendall((json.dumps(message) + '\n').encode())
)";

class LocalTest : public testing::Test {
 protected:
  void SetUp() override { make({.grace_ms = 10'000, .leftover_grace_ms = 2'000, .memory_check_ms = 20}); }

  void make(LocalOptions options) {
    executor_.reset();
    session_ = new_session();
    auto made = make_local_executor(session_, options);
    ASSERT_TRUE(made) << made.error().message();
    executor_ = std::move(*made);
  }

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

  std::size_t living() const { return scan_processes(session_).processes.size(); }

  TestFolder folder_;
  std::string session_;
  std::unique_ptr<Executor> executor_;
};

TEST_F(LocalTest, TellsReportsInOrderOverSeveralConnections) {
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

TEST_F(LocalTest, WhatAKilledProgramSaidIsNotLost) {
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

TEST_F(LocalTest, AnswersWhoWaitsAndSendsMessages) {
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

TEST_F(LocalTest, ReadsMetricsFromStdoutAndKeepsTheLog) {
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

TEST_F(LocalTest, CountsMatchesWhereThePatternHasNoStep) {
  auto launch = shell("i=0; while [ $i -lt 2000 ]; do echo loss=$i; i=$((i+1)); done; head -c 100000 /dev/zero");
  launch.stdout_pattern = R"(loss=(?<loss>\S+))";
  const auto reports = of_kind<Event::Report>(run(launch));
  ASSERT_EQ(reports.size(), 2000U);
  EXPECT_EQ(reports.back().step, 2000);
  EXPECT_EQ(reports.back().metrics[0].second, 1999);
}

TEST_F(LocalTest, AGrandchildHoldingThePipeDoesNotHang) {
  auto launch = shell("sleep 1000 & echo loss=1");
  launch.stdout_pattern = R"(loss=(?<loss>\S+))";
  const auto events = run(launch);
  EXPECT_EQ(of_kind<Event::Report>(events).size(), 1U);
  EXPECT_EQ(of_kind<Event::Exited>(events).size(), 1U);
  EXPECT_EQ(living(), 0U);
}

TEST_F(LocalTest, PassesArgumentsAndEnvironmentByteForByte) {
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

TEST_F(LocalTest, GivesTheTrialItsEnvironment) {
  auto launch = shell(
      "cat \"$STERLET_PARAMS\"; echo $STERLET_TRIAL $STERLET_ATTEMPT $STERLET_SEED "
      "$STERLET_CHECKPOINT_DIR \"<$STERLET_RESUME>\" $STERLET_SESSION $CUDA_VISIBLE_DEVICES; "
      "pwd; ls /proc/self/fd | wc -l; cat",
      12);
  launch.params = base::Json{{"rate", 0.5}, {"name", "\xC3\xBC\n"}};
  launch.seed = 18446744073709551615U;
  launch.resume_path = "/a b/ck.pt";
  launch.gpus = {2, 0};
  EXPECT_EQ(exit_of(launch).cause, Cause::kFinished);
  // Four descriptors: 0, 1, 2 and the one that ls itself opens.
  EXPECT_EQ(read_whole(launch.trial_folder + "/stdout-1.log"),
            "{\"rate\":0.5,\"name\":\"\xC3\xBC\\n\"}\n12 1 18446744073709551615 " + launch.trial_folder +
                "/checkpoints </a b/ck.pt> " + session_ + " 2,0\n" + folder_.path() + "\n4\n");
  EXPECT_TRUE(std::filesystem::is_directory(launch.trial_folder + "/checkpoints"));
}

TEST_F(LocalTest, AnInheritedResumePathIsNotPassedOn) {
  ::setenv("STERLET_RESUME", "/of/another", 1);
  auto launch = shell("echo \"<${STERLET_RESUME-none}>\"");
  run(launch);
  ::unsetenv("STERLET_RESUME");
  EXPECT_EQ(read_whole(launch.trial_folder + "/stdout-1.log"), "<none>\n");
}

TEST_F(LocalTest, TellsAnErrorWithItsLastLine) {
  const auto exit = exit_of(shell("echo \"no data\" >&2; echo >&2; exit 3"));
  EXPECT_EQ(exit.cause, Cause::kError);
  EXPECT_EQ(exit.code, 3);
  EXPECT_TRUE(exit.reason.starts_with("sh ended with exit code 3 after ")) << exit.reason;
  EXPECT_TRUE(exit.reason.ends_with(" s: no data")) << exit.reason;
}

TEST_F(LocalTest, TellsASignal) {
  const auto exit = exit_of(shell("kill -SEGV $$"));
  EXPECT_EQ(exit.cause, Cause::kSignal);
  EXPECT_EQ(exit.code, SIGSEGV);
  EXPECT_NE(exit.reason.find("signal 11 (Segmentation fault)"), std::string::npos) << exit.reason;
}

TEST_F(LocalTest, EndsAtTheTimeLimit) {
  auto launch = command({"sleep", "1000"});
  launch.limits.seconds = 0.2;
  const auto exit = exit_of(launch);
  EXPECT_EQ(exit.cause, Cause::kTimeLimit);
  EXPECT_GE(exit.seconds, 0.2);
  EXPECT_NE(exit.reason.find("its time limit being 0.2 s"), std::string::npos) << exit.reason;
}

TEST_F(LocalTest, EndsAtTheMemoryLimitWithItsHelpers) {
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

TEST_F(LocalTest, SaysWhyAProgramWasNotStarted) {
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

TEST_F(LocalTest, ATrialFolderThatCannotBeMadeIsAnError) {
  auto launch = command({"true"});
  launch.trial_folder = "/proc/none/trial";
  const auto launched = executor_->launch(launch);
  ASSERT_FALSE(launched);
  EXPECT_EQ(launched.error().code, base::ErrorCode::kDisk);
}

TEST_F(LocalTest, EndStopsWithItsReason) {
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

TEST_F(LocalTest, WhoIgnoresTermIsKilled) {
  make({.grace_ms = 100, .leftover_grace_ms = 100, .memory_check_ms = 250});
  auto launch = shell("trap '' TERM; echo loss=1; while :; do sleep 1000; done");
  launch.stdout_pattern = R"(loss=(?<loss>\S+))";
  ASSERT_TRUE(executor_->launch(launch));
  collect(*executor_, [](const auto& all) { return !of_kind<Event::Report>(all).empty(); });
  executor_->end(launch.id, "enough");
  const auto exit = of_kind<Event::Exited>(collect_exits(*executor_)).at(0);
  EXPECT_EQ(exit.cause, Cause::kStopped);
  EXPECT_EQ(living(), 0U);
}

TEST_F(LocalTest, WhoEndedByItselfIsNotCalledStopped) {
  const auto launch = command({"true"});
  ASSERT_TRUE(executor_->launch(launch));
  ASSERT_TRUE(eventually([&] { return living() == 0; }));
  executor_->end(launch.id, "too late");
  EXPECT_EQ(of_kind<Event::Exited>(collect_exits(*executor_)).at(0).cause, Cause::kFinished);
}

TEST_F(LocalTest, DoubleForkedProcessesEndWithTheirAttempt) {
  make({.grace_ms = 100, .leftover_grace_ms = 100, .memory_check_ms = 250});
  // One that heeds TERM and one that does not, both in sessions of their own and orphans before their attempt ends.
  const auto exit =
      exit_of(shell("(setsid sleep 1000 &) ; (setsid sh -c 'trap \"\" TERM; sleep 1000; sleep 1000' &); exit 0"));
  EXPECT_EQ(exit.cause, Cause::kFinished);
  EXPECT_EQ(living(), 0U);
}

TEST_F(LocalTest, WhatIsForkedWhileItsAttemptEndsIsNotMissed) {
  // The last fork comes after the leader's end, perhaps behind the back of a look at all processes.
  make({.grace_ms = 100, .leftover_grace_ms = 0, .memory_check_ms = 250});
  for (std::int64_t trial = 0; trial < 100; trial += 4) {
    for (int i = 0; i < 4; ++i) {
      ASSERT_TRUE(executor_->launch(shell("(setsid sh -c 'sleep 1000 & exit 0' & exit 0) & exit 0", trial + i)));
    }
    collect_exits(*executor_, 4);
  }
  ASSERT_TRUE(eventually([&] { return scan_processes(session_).unclear_start < 0; }));
  EXPECT_EQ(living(), 0U);
}

/// Children of ours by their names: "sleep", "sleep".
std::vector<std::string> names_of_children() {
  std::vector<std::string> found;
  std::ifstream children(fmt::format("/proc/self/task/{}/children", ::getpid()));
  for (pid_t pid; children >> pid;) {
    std::string name = read_whole(fmt::format("/proc/{}/comm", pid));
    if (name != "sterlet-guard\n") found.push_back(name);
  }
  return found;
}

TEST_F(LocalTest, DaemonsWithoutAnyMarkEndWithTheLastAttemptTheyMayBelongTo) {
  make({.grace_ms = 100, .leftover_grace_ms = 0, .memory_check_ms = 250});
  ASSERT_TRUE(executor_->launch(command({"sleep", "1000"}, 1)));
  ASSERT_TRUE(executor_->launch(shell("env -i setsid sleep 1001 & exit 0", 2)));
  collect_exits(*executor_);  // Of trial 2; the daemon may be trial 1's.
  executor_->kill({1, 1}, "");
  collect_exits(*executor_);
  EXPECT_EQ(names_of_children(), std::vector<std::string>());
}

TEST_F(LocalTest, ChildrenOfOthersAreNeitherEndedNorWaitedFor) {
  const pid_t ours = ::fork();
  if (ours == 0) {
    ::execlp("sleep", "sleep", "1000", nullptr);
    ::_exit(127);
  }
  const pid_t dead = ::fork();
  if (dead == 0) ::_exit(7);
  EXPECT_EQ(exit_of(shell("(setsid sleep 1000 &); exit 0")).cause, Cause::kFinished);
  executor_.reset();
  int status = 0;
  ASSERT_EQ(::waitpid(dead, &status, 0), dead);
  EXPECT_EQ(WEXITSTATUS(status), 7);
  EXPECT_EQ(::waitpid(ours, &status, WNOHANG), 0);
  ::kill(ours, SIGKILL);
  ASSERT_EQ(::waitpid(ours, &status, 0), ours);
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
}

TEST_F(LocalTest, DeadOrphansAreReapedAndTheProcessIsASubreaperOnlyMeanwhile) {
  exit_of(shell("for i in 1 2 3; do (setsid true &); done; sleep 0.2"));
  EXPECT_EQ(names_of_children(), std::vector<std::string>());
  int is_subreaper = 0;
  ::prctl(PR_GET_CHILD_SUBREAPER, &is_subreaper);
  EXPECT_EQ(is_subreaper, 1);
  executor_.reset();
  ::prctl(PR_GET_CHILD_SUBREAPER, &is_subreaper);
  EXPECT_EQ(is_subreaper, 0);
}

TEST_F(LocalTest, LeftoversThatBecomeOneProgramAfterAnotherEndWithTheirAttempt) {
  // For moments such a process shows no environment, and so no mark: it must not be taken for somebody else's then.
  make({.grace_ms = 100, .leftover_grace_ms = 0, .memory_check_ms = 250});
  const std::string chain = folder_.file("chain.sh");
  std::ofstream(chain) << "[ $1 -gt 0 ] && exec sh " << chain << " $(($1 - 1)); exec sleep 1000";
  for (std::int64_t round = 0; round < 10; ++round) {
    for (std::int64_t trial = 0; trial < 16; ++trial) {
      ASSERT_TRUE(executor_->launch(shell("(setsid sh " + chain + " 3000 &)", round * 16 + trial)));
    }
    collect_exits(*executor_, 16);
    ASSERT_TRUE(eventually([&] { return scan_processes(session_).unclear_start < 0; }));
    ASSERT_EQ(living(), 0U);
  }
}

TEST_F(LocalTest, OtherAttemptsOutliveAnEnd) {
  ASSERT_TRUE(executor_->launch(command({"sleep", "1000"}, 1)));
  ASSERT_TRUE(executor_->launch(shell("setsid sleep 1000 & exit 0", 2)));
  collect_exits(*executor_);
  EXPECT_EQ(living(), 1U);
  EXPECT_FALSE(executor_->launch(command({"sleep", "1000"}, 1)));
  executor_->kill({1, 1}, "");
  EXPECT_EQ(of_kind<Event::Exited>(collect_exits(*executor_)).at(0).cause, Cause::kStopped);
  EXPECT_EQ(living(), 0U);
}

TEST_F(LocalTest, SixtyFourAtOnce) {
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

TEST_F(LocalTest, WaitWatchesOtherDescriptors) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  EXPECT_TRUE(executor_->wait(0, {}).empty());
  EXPECT_TRUE(executor_->wait(std::nullopt, {}).empty());  // Nothing could ever happen.
  ASSERT_EQ(::write(ends[1], "x", 1), 1);
  EXPECT_TRUE(executor_->wait(std::nullopt, std::vector<int>{ends[0]}).empty());
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_F(LocalTest, NothingIsLeftWhenTheExecutorGoes) {
  ASSERT_TRUE(executor_->launch(shell("setsid sleep 1000 & sleep 1000")));
  ASSERT_TRUE(eventually([&] { return living() >= 3; }));
  executor_.reset();
  EXPECT_EQ(living(), 0U);
}

/// Pids of our children whose name is the guardian's.
std::vector<pid_t> guardians() {
  std::vector<pid_t> found;
  std::ifstream children(fmt::format("/proc/self/task/{}/children", ::getpid()));
  for (pid_t pid; children >> pid;) {
    if (read_whole(fmt::format("/proc/{}/comm", pid)) == "sterlet-guard\n") found.push_back(pid);
  }
  return found;
}

TEST_F(LocalTest, WorksOnWithoutItsGuardian) {
  std::vector<pid_t> pids;
  ASSERT_TRUE(eventually([&] { return !(pids = guardians()).empty(); }));
  for (const pid_t pid : pids) ::kill(pid, SIGKILL);
  EXPECT_EQ(exit_of(command({"true"})).cause, Cause::kFinished);
  executor_.reset();
  EXPECT_TRUE(guardians().empty());
}

/// A process that makes an executor and launches a trial with a child in a session of its own, then waits for ever.
pid_t fork_supervisor(const std::string& session, const Launch& launch) {
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  ::setpgid(0, 0);
  auto executor = make_local_executor(session);
  if (!executor || !(*executor)->launch(launch)) ::_exit(1);
  for (;;) (*executor)->wait(1000, {});
}

std::size_t folders_of(const std::string& session) {
  std::size_t count = 0;
  for (const char* variable : {"XDG_RUNTIME_DIR", "TMPDIR", ""}) {
    const char* root = *variable == '\0' ? "/tmp" : ::getenv(variable);
    struct stat about {};
    if (root != nullptr && ::stat(fmt::format("{}/sterlet-{:.16}", root, session).c_str(), &about) == 0) ++count;
  }
  return count;
}

TEST_F(LocalTest, AKilledSupervisorLeavesNothing) {
  // Killed alone, and killed with its whole process group, as a terminal or a batch system may do.
  for (const bool group : {false, true}) {
    executor_.reset();
    const std::string session = new_session();
    auto launch = shell("(setsid sleep 1000 &); trap '' TERM HUP; sleep 1000; sleep 1000");
    const pid_t supervisor = fork_supervisor(session, launch);
    ASSERT_TRUE(eventually([&] { return scan_processes(session).processes.size() >= 3; }));
    ASSERT_GE(folders_of(session), 1U);
    if (group) ::kill(-supervisor, SIGHUP);
    ::kill(group ? -supervisor : supervisor, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(supervisor, &status, 0), supervisor);
    EXPECT_TRUE(eventually([&] { return scan_processes(session).processes.empty(); }));
    EXPECT_TRUE(eventually([&] { return folders_of(session) == 0; }));
  }
}

TEST_F(LocalTest, ASupervisorKilledAtAnyMomentLeavesNothing) {
  // Killed while it starts one trial after the other, each with a child in a session of its own: before, between and
  // amid the forks. The seed gives the moments.
  executor_.reset();
  base::RandomStream random({.seed = 7, .trial = 0, .stream = base::Stream::kSpace, .attempt = 0});
  for (int round = 0; round < 20; ++round) {
    const std::string session = new_session();
    const pid_t supervisor = ::fork();
    if (supervisor == 0) {
      auto executor = make_local_executor(session);
      for (std::int64_t trial = 0; executor; ++trial) {
        if (!(*executor)->launch(shell("setsid sleep 1000 & wait", trial))) ::_exit(1);
      }
    }
    ::poll(nullptr, 0, static_cast<int>(random.below(60)));
    ::kill(supervisor, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(supervisor, &status, 0), supervisor);
    EXPECT_TRUE(eventually([&] { return scan_processes(session).processes.empty() && folders_of(session) == 0; }))
        << "round " << round;
  }
}

TEST_F(LocalTest, EndsWhatAnEarlierSessionLeft) {
  // A process with the mark and no supervisor at all, as after a crash that took the guardian, too.
  const std::string session = new_session();
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::execlp("env", "env", ("STERLET_SESSION=" + session).c_str(), "sleep", "1000", nullptr);
    ::_exit(127);
  }
  ASSERT_TRUE(eventually([&] { return !scan_processes(session).processes.empty(); }));
  end_session_leftovers(session);
  int status = 0;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  end_session_leftovers("");  // No mark is nobody's.
}

TEST(NewSession, IsThirtyTwoHexadecimalDigitsAndNew) {
  const std::string mark = new_session();
  EXPECT_EQ(mark.size(), 32U);
  EXPECT_EQ(mark.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(mark, new_session());
}

}  // namespace
}  // namespace sterlet::exec
