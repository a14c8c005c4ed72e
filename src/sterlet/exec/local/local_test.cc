#include "sterlet/exec/local/local.h"
#include "sterlet/exec/session.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <set>
#include <tuple>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sterlet/base/clock.h"
#include "sterlet/base/rng.h"
#include "sterlet/exec/channel/sender.h"
#include "sterlet/exec/fd.h"
#include "sterlet/exec/local/process_scan.h"
#include "sterlet/exec/executor_fixture.h"
#include "sterlet/exec/test_support.h"

namespace sterlet::exec {
namespace {

class LocalTest : public ExecutorFixture {
 protected:
  void SetUp() override { make({.grace_ms = 10'000, .leftover_grace_ms = 2'000, .memory_check_ms = 20}); }

  void make(LocalOptions options) {
    executor_.reset();
    session_ = new_session();
    auto made = make_local_executor(session_, options);
    ASSERT_TRUE(made) << made.error().message();
    executor_ = std::move(*made);
  }

  std::size_t living() const { return scan_processes(session_).processes.size(); }
};

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

TEST_F(LocalTest, TellsEndsAlsoWhereSterletWasStartedWithItsChildrensEndsIgnored) {
  executor_.reset();
  ::signal(SIGCHLD, SIG_IGN);
  make({});
  EXPECT_EQ(exit_of(command({"true"})).cause, Cause::kFinished);
  executor_.reset();
  EXPECT_EQ(::signal(SIGCHLD, SIG_DFL), SIG_IGN);
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

/// Pids of our children whose name is the guardian's.
std::vector<pid_t> guardians() {
  std::vector<pid_t> found;
  std::ifstream children(fmt::format("/proc/self/task/{}/children", ::getpid()));
  for (pid_t pid; children >> pid;) {
    if (read_whole(fmt::format("/proc/{}/comm", pid)) == "sterlet-guard\n") found.push_back(pid);
  }
  return found;
}

/// The machine's clock, moved on at will.
class MovedClock final : public base::Clock {
 public:
  std::int64_t wall_ms() const override { return base::system_clock().wall_ms() + moved_ms; }
  std::int64_t steady_ms() const override { return base::system_clock().steady_ms() + moved_ms; }
  std::int64_t moved_ms = 0;
};

// What kills our process group at any moment leaves the guardian.
TEST_F(LocalTest, TheGuardianHasASessionOfItsOwnOnceThereIsAnExecutor) {
  const auto pids = guardians();  // Without waiting for it.
  ASSERT_EQ(pids.size(), 1U);
  EXPECT_EQ(::getsid(pids.front()), pids.front());
}

TEST_F(LocalTest, WhileSterletWasStoppedNoTimeLimitRuns) {
  static MovedClock clock;  // Outlives the executor, whatever fails here.
  executor_.reset();
  session_ = new_session();
  auto made = make_local_executor(session_, {}, clock);
  ASSERT_TRUE(made) << made.error().message();
  executor_ = std::move(*made);
  auto launch = command({"sleep", "1000"});
  launch.limits.seconds = 100;
  ASSERT_TRUE(executor_->launch(launch));
  EXPECT_TRUE(executor_->wait(0, {}).empty());
  clock.moved_ms += 3'600'000;  // Ctrl-Z for an hour.
  for (int second = 0; second < 80; ++second) {
    ASSERT_TRUE(executor_->wait(0, {}).empty()) << second;
    clock.moved_ms += 1'000;
  }
  std::vector<Event> events;
  while (events.empty()) {
    clock.moved_ms += 1'000;
    events = executor_->wait(20, {});
  }
  EXPECT_EQ(of_kind<Event::Exited>(events).at(0).cause, Cause::kTimeLimit);
}

TEST_F(LocalTest, WhileAProgramIsHeldItsTimeLimitDoesNotRun) {
  static MovedClock clock;
  executor_.reset();
  session_ = new_session();
  auto made = make_local_executor(session_, {}, clock);
  ASSERT_TRUE(made) << made.error().message();
  executor_ = std::move(*made);
  auto launch = command({"sleep", "1000"});
  launch.limits.seconds = 100;
  ASSERT_TRUE(executor_->launch(launch));
  const auto pass = [&](int seconds) {
    for (int second = 0; second < seconds; ++second) {
      clock.moved_ms += 1'000;
      if (!executor_->wait(0, {}).empty()) return second;
    }
    return seconds;
  };
  EXPECT_EQ(pass(40), 40);
  executor_->hold(launch.id, true);
  EXPECT_EQ(pass(1'000), 1'000);
  executor_->hold(launch.id, false);
  EXPECT_EQ(pass(50), 50);
  std::vector<Event> events;
  while (events.empty()) {
    clock.moved_ms += 1'000;
    events = executor_->wait(20, {});
  }
  EXPECT_EQ(of_kind<Event::Exited>(events).at(0).cause, Cause::kTimeLimit);
}

TEST_F(LocalTest, AGuardianThatWasKilledIsReplaced) {
  std::vector<pid_t> pids;
  ASSERT_TRUE(eventually([&] { return !(pids = guardians()).empty(); }));
  ASSERT_EQ(pids.size(), 1U);
  // While it waits for a trial, and between trials.
  ASSERT_TRUE(executor_->launch(command({"sleep", "1000"})));
  ::kill(pids[0], SIGKILL);
  std::vector<pid_t> fresh;
  const auto is_replaced = [&] {
    executor_->wait(10, {});
    fresh = guardians();
    return fresh.size() == 1 && fresh != pids;
  };
  EXPECT_TRUE(eventually(is_replaced));
  executor_->kill({0, 1}, "");
  collect_exits(*executor_);
  pids = fresh;
  ::kill(pids[0], SIGKILL);
  EXPECT_TRUE(eventually(is_replaced));
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

TEST_F(LocalTest, ASupervisorKilledAfterItsGuardianLeavesNothing) {
  executor_.reset();
  const std::string session = new_session();
  const pid_t supervisor = fork_supervisor(session, shell("(setsid sleep 1000 &); sleep 1000"));
  ASSERT_TRUE(eventually([&] { return scan_processes(session).processes.size() >= 3; }));
  const auto guardian_of = [&] {
    std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", supervisor));
    for (pid_t pid; children >> pid;) {
      if (read_whole(fmt::format("/proc/{}/comm", pid)) == "sterlet-guard\n") return pid;
    }
    return 0;
  };
  const pid_t first = guardian_of();
  ASSERT_GT(first, 0);
  ::kill(first, SIGKILL);
  // One look a time: of two, the first could find the dead one, and the second find it gone and no other there yet.
  ASSERT_TRUE(eventually([&] {
    const pid_t now = guardian_of();
    return now > 0 && now != first;
  }));
  ::kill(supervisor, SIGKILL);
  int status = 0;
  ASSERT_EQ(::waitpid(supervisor, &status, 0), supervisor);
  EXPECT_TRUE(eventually([&] { return scan_processes(session).processes.empty() && folders_of(session) == 0; }));
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

std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

TEST_F(LocalTest, ALaunchThatFailsIsAnErrorOfThatLaunchAlone) {
  // Descriptors run out at each of the places where one is opened. The other attempt hears and tells all the while.
  ASSERT_TRUE(executor_->launch(python(R"(
s = connect(); f = s.makefile()
for i in range(1, 1000):
    say(s, {'report': {'step': i, 'metrics': {'a': 1}}, 'ack': True})
    if 'stop' in json.loads(f.readline()): break
)",
                                       7)));
  std::int64_t reports = 0;
  const auto go_round = [&] {
    const auto events = collect(*executor_, [](const auto& all) { return !all.empty(); });
    for (const Event& event : events) {
      const auto* report = std::get_if<Event::Report>(&event.what);
      ASSERT_NE(report, nullptr);
      ++reports;
      executor_->acknowledge(report->ack.value(), false);
    }
  };
  go_round();
  const std::size_t before = open_descriptors();
  rlimit whole{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &whole), 0);
  std::size_t failures = 0;
  bool launched = false;
  for (std::size_t more = 0; !launched && more < 40; ++more) {
    auto launch = shell("exit 0", 8);
    launch.stdout_pattern = R"((?<a>\d+))";
    rlimit tight = whole;
    // What is opened next has the lowest free number; the highest in use may lie above.
    tight.rlim_cur = static_cast<rlim_t>(before) + more;
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
    const auto outcome = executor_->launch(launch);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &whole), 0);
    launched = outcome.has_value();
    if (launched) break;
    ++failures;
    EXPECT_EQ(outcome.error().code, base::ErrorCode::kUnreachable) << outcome.error().message();
    EXPECT_NE(outcome.error().message().find("ulimit -n"), std::string::npos) << outcome.error().message();
    EXPECT_EQ(open_descriptors(), before);
    EXPECT_EQ(executor_->running(), 1U);
    go_round();
  }
  EXPECT_TRUE(launched);
  EXPECT_GE(failures, 8U);
  EXPECT_GE(reports, static_cast<std::int64_t>(failures));
}

TEST_F(LocalTest, AChannelHasADescriptorForItsFirstConnection) {
  // Descriptors run out once the attempt has begun: what it tells is heard, one connection after the other.
  const std::string gate = folder_.file("gate");
  ASSERT_TRUE(executor_->launch(python("import time\nwhile not os.path.exists('" + gate + R"('): time.sleep(0.01)
for i in range(1, 6):
    s = connect(); f = s.makefile()
    say(s, {'report': {'step': i, 'metrics': {'a': 1}}, 'ack': True})
    f.readline(); f.close(); s.close()
)")));
  std::vector<Fd> used;
  rlimit whole{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &whole), 0);
  std::ofstream(gate) << "open";
  rlimit tight = whole;
  tight.rlim_cur = 200;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  for (int fd; (fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;) used.emplace_back(fd);
  std::size_t reports = 0;
  std::size_t exits = 0;
  for (int i = 0; i < 200 && exits == 0; ++i) {
    for (const Event& event : executor_->wait(1000, {})) {
      if (const auto* report = std::get_if<Event::Report>(&event.what)) {
        ++reports;
        executor_->acknowledge(report->ack.value(), false);
      }
      const auto* exited = std::get_if<Event::Exited>(&event.what);
      if (exited == nullptr) continue;
      ++exits;
      EXPECT_EQ(exited->cause, Cause::kFinished) << exited->reason;
    }
  }
  used.clear();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &whole), 0);
  EXPECT_EQ(reports, 5U);
  EXPECT_EQ(exits, 1U);
}

TEST_F(LocalTest, AFolderOfSocketsThatWasRemovedIsMadeAgain) {
  const std::string tell = "s = connect(); say(s, {'value': 1})\nimport shutil\n";
  auto events = run(python(tell + "shutil.rmtree(os.path.dirname(os.environ['STERLET_CHANNEL']))", 1));
  EXPECT_EQ(of_kind<Event::Value>(events).size(), 1U);
  events = run(python(tell, 2));
  EXPECT_EQ(of_kind<Event::Value>(events).size(), 1U);
  executor_.reset();
  EXPECT_EQ(folders_of(session_), 0U);
}

TEST_F(LocalTest, ASiblingsChannelIsClosedToATrial) {
  const std::string path = folder_.file("path");
  ASSERT_TRUE(executor_->launch(
      shell("echo \"$STERLET_CHANNEL\" > " + path + ".part; mv " + path + ".part " + path + "; sleep 1000", 1)));
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(path); }));
  const auto events = run(python("s = socket.socket(socket.AF_UNIX)\ns.connect(open('" + path + R"(').read().strip())
say(s, {'value': 666})
print(s.makefile().readline(), end='')
)",
                                 2));
  EXPECT_TRUE(of_kind<Event::Value>(events).empty());
  const std::string said = read_whole(folder_.file("trial-2/stdout-1.log"));
  EXPECT_TRUE(said.starts_with("{\"error\":\"this is the channel of attempt 1 of trial 1, and process ")) << said;
  EXPECT_NE(said.find("belongs to attempt 1 of trial 2; use the STERLET_CHANNEL of its own environment"),
            std::string::npos)
      << said;
  // A process that carries no marks at all may be the trial's own, in a container, say.
  EXPECT_TRUE(send_to_channel(read_whole(path).substr(0, read_whole(path).find('\n')), {{"value", 1}}, false));
  EXPECT_EQ(of_kind<Event::Value>(collect(*executor_, [](const auto& all) { return !all.empty(); })).size(), 1U);
}

TEST_F(LocalTest, LogsKeepTheirHeadAndTheirTail) {
  make({.grace_ms = 10'000, .leftover_grace_ms = 2'000, .memory_check_ms = 20, .log_bytes_max = 65'536});
  auto tapped = shell("i=0; while [ $i -lt 20000 ]; do echo loss=$i; i=$((i+1)); done", 1);
  tapped.stdout_pattern = R"(loss=(?<loss>\S+))";
  EXPECT_EQ(of_kind<Event::Report>(run(tapped)).size(), 20000U);
  run(command({"python3", "-c", "import sys\nfor i in range(100000): print('line', i, file=sys.stderr)"}, 2));
  for (const auto& [log, first, last] : {std::tuple("trial-1/stdout-1.log", "loss=0\n", "loss=19999\n"),
                                         std::tuple("trial-2/stderr-1.log", "line 0\n", "line 99999\n")}) {
    const std::string text = read_whole(folder_.file(log));
    EXPECT_LE(text.size(), 65'536U);
    EXPECT_TRUE(text.starts_with(first)) << text.substr(0, 100);
    EXPECT_TRUE(text.ends_with(last)) << text.substr(text.size() - 100);
    EXPECT_NE(text.find("bytes were cut out here"), std::string::npos);
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
  executor_->end_leftovers(session);
  int status = 0;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  executor_->end_leftovers("");  // No mark is nobody's.
}

TEST(NewSession, IsThirtyTwoHexadecimalDigitsAndNew) {
  const std::string mark = new_session();
  EXPECT_EQ(mark.size(), 32U);
  EXPECT_EQ(mark.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(mark, new_session());
}

}  // namespace
}  // namespace sterlet::exec
