// How fast a study is: one measurement a process, its result one line of JSON on stdout. bench/run calls this beside
// bench/optuna_speed.py, which does the same work with Optuna and prints the same lines.
//
//   sterlet-bench ask-tell TRIALS             ask and tell in memory
//   sterlet-bench ask-tell-named TRIALS       the same, each point also made into named values
//   sterlet-bench memory TRIALS               peak memory of a study in memory, 5 reports a trial
//   sterlet-bench storage FILE WORKERS SECONDS COMMITS
//                                             claim + 5 reports + finish by worker processes on one SQLite file.
//                                             COMMITS a trial: 1 (as `tune`: a finish shares the commit of the next
//                                             claim, and those within 10 ms share a wait for the disk, after which
//                                             they count as finished), 2 (claim; reports and finish; each waits for
//                                             the disk), 7 (each call)
//   sterlet-bench turns FILE WORKERS SECONDS  the same by one process, as a `tune` with so many workers: what ends in a
//                                             turn, and what is claimed in its place, share a commit
//   sterlet-bench fill FILE TRIALS            a finished study for the next one
//   sterlet-bench open FILE                   opens that study and takes in its trials
//   sterlet-bench disk FILE                   commits a second that the disk allows at best: 8 KiB written + fdatasync
//   sterlet-bench start NAME TIMES PROGRAM... wall time from start to end of a program, median
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "sterlet/base/clock.h"
#include "sterlet/base/json.h"
#include "sterlet/base/process.h"
#include "sterlet/base/text.h"
#include "sterlet/exec/session.h"
#include "sterlet/storage/open.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/study/study.h"
#include "sterlet/studyfile/study_file.h"

namespace {

using sterlet::base::Json;
using sterlet::base::Result;
using sterlet::storage::State;
using sterlet::study::Claim;
using sterlet::study::Outcome;
using sterlet::study::Study;
using Timer = std::chrono::steady_clock;

namespace base = sterlet::base;
namespace storage = sterlet::storage;
namespace study = sterlet::study;
namespace studyfile = sterlet::studyfile;

constexpr int kReportsPerTrial = 5;
constexpr int kWorkersMax = 256;
constexpr double kSyncSeconds = 0.010;  // As the supervisor's.
constexpr std::string_view kStudyName = "speed";

// The 10-d mixed space of the comparison: 4 float, 2 of them on a log scale; 3 int; 3 categorical.
constexpr std::string_view kStudyText = R"(
study: speed
objective: {metric: loss, direction: minimize}
command: ["true"]
sampler: random
params:
  dropout: {type: float, low: 0, high: 0.5}
  momentum: {type: float, low: 0.5, high: 0.99}
  learning_rate: {type: float, low: 1e-5, high: 0.1, scale: log}
  weight_decay: {type: float, low: 1e-8, high: 0.01, scale: log}
  layers: {type: int, low: 1, high: 8}
  hidden_units: {type: int, low: 8, high: 512}
  batch_size: {type: int, low: 16, high: 256}
  optimizer: {type: categorical, choices: [sgd, momentum, adam]}
  activation: {type: categorical, choices: [relu, tanh, gelu, silu]}
  schedule: {type: categorical, choices: [none, cosine]}
seed: 1
)";

double seconds_since(Timer::time_point start) { return std::chrono::duration<double>(Timer::now() - start).count(); }

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double cpu_seconds(int who) {
  rusage usage{};
  getrusage(who, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Of this program alone; getrusage's figure would count what ran in this process before it.
double peak_megabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:"))
      return static_cast<double>(std::strtoull(line.c_str() + 6, nullptr, 10)) * 1024 / 1e6;
  }
  return 0;
}

void print_line(const std::string& name, double value, const std::string& unit, Json details) {
  Json line = {{"tool", "sterlet"}, {"name", name}, {"value", value}, {"unit", unit}};
  for (const auto& [key, detail] : details.items()) line[key] = detail;
  fmt::print("{}\n", base::json_line(line));
}

Result<studyfile::StudyFile> study_file() {
  auto file = studyfile::parse_study_text(study::strategies(), kStudyText, "speed.yaml", "/");
  if (!file) return base::fail(file.error().front());
  return std::move(*file);
}

// A cheap stand-in for training; both tools compute the same.
double loss_of(const Claim& claim, int step) { return claim.point.values[0] + 1.0 / (1 + step); }

Result<std::unique_ptr<Study>> open_speed_study(storage::Storage* storage, const std::string& session) {
  STERLET_TRY(studyfile::StudyFile file, study_file());
  return Study::open(std::move(file), {.storage = storage, .session = session});
}

Result<Claim> claim_one(Study& study) {
  STERLET_TRY(auto claim, study.ask());
  if (!claim) return base::fail(base::ErrorCode::kConflict, "the study handed out no trial");
  return std::move(*claim);
}

Result<void> ask_tell(const std::string& name, std::int64_t trials, bool named) {
  STERLET_TRY(const auto study, open_speed_study(nullptr, ""));
  std::size_t named_count = 0;
  const double cpu_before = cpu_seconds(RUSAGE_SELF);
  const auto start = Timer::now();
  for (std::int64_t i = 0; i < trials; ++i) {
    STERLET_TRY(const Claim claim, claim_one(*study));
    if (named) named_count += study->space().to_json(claim.point).size();
    STERLET_PASS(study->tell(claim.number, claim.attempt, {.values = {loss_of(claim, 0)}}));
  }
  const double seconds = seconds_since(start);
  const double cpu = cpu_seconds(RUSAGE_SELF) - cpu_before;
  STERLET_CHECK(!named || named_count == static_cast<std::size_t>(trials) * 10, "every trial has ten named values");
  print_line(name, static_cast<double>(trials) / seconds, "trials/s",
             {{"trials", trials},
              {"seconds", seconds},
              {"cpu_us_per_trial", cpu / static_cast<double>(trials) * 1e6},
              {"peak_mb", peak_megabytes()}});
  return {};
}

Result<void> report_and_tell(Study& study, const Claim& claim) {
  for (int step = 1; step <= kReportsPerTrial; ++step) {
    STERLET_PASS(study.report(claim.number, claim.attempt, step, {{"loss", loss_of(claim, step)}}));
  }
  return study.tell(claim.number, claim.attempt, {.values = {loss_of(claim, kReportsPerTrial)}});
}

struct Load {
  std::string name;
  int processes = 1;
  int at_once = 1;  ///< Trials that a process has in hand.
  int commits = 1;  ///< A trial: 7, 2, or 1 that the next trial's claim shares.
  double seconds = 1;
};

// One worker: own connection, own session, as a supervisor has them.
class Worker final {
 public:
  static Result<std::unique_ptr<Worker>> open(const std::string& path) {
    auto worker = std::make_unique<Worker>();
    STERLET_TRY(worker->storage_, storage::open_sqlite(path, {}));
    const std::string session = sterlet::exec::new_session();
    STERLET_TRY(worker->study_, open_speed_study(worker->storage_.get(), session));
    const base::ProcessIdentity process = base::this_process();
    const std::int64_t now = base::system_clock().wall_ms();
    STERLET_PASS(worker->study_->sessions().beat({.id = session,
                                                  .host = process.host,
                                                  .pid = process.pid,
                                                  .pid_start = process.start,
                                                  .started_ms = now,
                                                  .beat_ms = now}));
    return worker;
  }

  /// Runs trials for that long, one at a time, with 2 or 7 commits each; how many were finished.
  Result<std::int64_t> run_singly(double seconds, int commits) {
    const auto start = Timer::now();
    std::int64_t finished = 0;
    for (; seconds_since(start) < seconds; ++finished) {
      STERLET_TRY(const Claim claim, claim_one(*study_));
      if (commits == 2) {
        STERLET_TRY(auto transaction, study_->begin());
        STERLET_PASS(report_and_tell(*study_, claim));
        STERLET_PASS(transaction.commit());
      } else {
        STERLET_PASS(report_and_tell(*study_, claim));
      }
    }
    return finished;
  }

  /// The same with `at_once` trials in hand, as `tune` runs its workers: all that they said, and what is claimed in
  /// their place, share one commit; the disk is waited for every 10 ms, and only then do trials count as finished.
  Result<std::int64_t> run_in_turns(double seconds, int at_once) {
    const auto start = Timer::now();
    auto synced = start;
    study_->defer_sync(true);
    std::int64_t finished = 0;
    std::vector<Claim> claims;
    do {
      STERLET_TRY(auto transaction, study_->begin());
      for (const Claim& claim : claims) STERLET_PASS(report_and_tell(*study_, claim));
      finished += static_cast<std::int64_t>(claims.size());
      claims.clear();
      while (static_cast<int>(claims.size()) < at_once && seconds_since(start) < seconds) {
        STERLET_TRY(Claim claim, claim_one(*study_));
        claims.push_back(std::move(claim));
      }
      STERLET_PASS(transaction.commit());
      if (seconds_since(synced) < kSyncSeconds) continue;
      STERLET_PASS(study_->sync());
      synced = Timer::now();
    } while (!claims.empty());
    STERLET_PASS(study_->sync());
    return finished;
  }

 private:
  std::unique_ptr<storage::Storage> storage_;
  std::unique_ptr<Study> study_;
};

// In a child: says "open" by a byte, waits until the pipe `go` is closed, then works and says how many it finished.
Result<void> work(const std::string& path, const Load& load, int go, int answer) {
  STERLET_TRY(const auto worker, Worker::open(path));
  std::int64_t finished = 0;
  if (write(answer, &finished, sizeof(finished)) != sizeof(finished)) return {};
  char byte = 0;
  while (read(go, &byte, 1) == 1) continue;
  if (load.commits == 1) {
    STERLET_TRY(finished, worker->run_in_turns(load.seconds, load.at_once));
  } else {
    STERLET_TRY(finished, worker->run_singly(load.seconds, load.commits));
  }
  if (write(answer, &finished, sizeof(finished)) != sizeof(finished)) return {};
  return {};
}

void remove_storage(const std::string& path) {
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
}

// Every finished trial must be there, with its reports: a fast storage that loses something is not fast.
Result<void> check_stored(const std::string& path, std::int64_t finished) {
  STERLET_TRY(const auto storage, storage::open_sqlite(path, {.must_exist = true}));
  STERLET_TRY(const auto study, Study::open_existing(std::string(kStudyName), {.storage = storage.get()}));
  const auto complete = std::count_if(study->records().begin(), study->records().end(),
                                      [](const auto& record) { return record.state == State::kComplete; });
  std::size_t reports = 0;
  for (std::int64_t trial = 0; trial < complete; ++trial) {
    STERLET_TRY(const auto rows, storage->load_reports(study->storage_id(), trial, 1));
    reports += rows.size();
  }
  if (complete == finished && static_cast<std::int64_t>(study->records().size()) == finished &&
      reports == static_cast<std::size_t>(finished) * kReportsPerTrial) {
    return {};
  }
  return base::fail(base::ErrorCode::kConflict,
                    fmt::format("{} trials were finished, but {} of {} are stored COMPLETE, with {} reports", finished,
                                complete, study->records().size(), reports));
}

Result<void> storage_speed(const std::string& path, const Load& load) {
  remove_storage(path);
  {
    STERLET_TRY(const auto first, Worker::open(path));  // The study is made before the clock starts.
  }
  std::array<int, 2> go{}, answers{};
  STERLET_CHECK(pipe(go.data()) == 0 && pipe(answers.data()) == 0, "two pipes can be made");
  for (int i = 0; i < load.processes; ++i) {
    const pid_t child = fork();
    STERLET_CHECK(child >= 0, "a process can be started");
    if (child != 0) continue;
    close(go[1]);
    const auto result = work(path, load, go[0], answers[1]);
    if (!result) fmt::print(stderr, "sterlet-bench: a worker: {}\n", result.error().message());
    _exit(result ? 0 : 1);
  }
  close(answers[1]);
  std::int64_t count = 0, finished = 0;
  int open_count = 0;
  while (open_count < load.processes && read(answers[0], &count, sizeof(count)) == sizeof(count)) ++open_count;
  const auto start = Timer::now();
  close(go[1]);
  while (read(answers[0], &count, sizeof(count)) == sizeof(count)) finished += count;
  const double elapsed = seconds_since(start);
  bool all_well = open_count == load.processes;
  for (int status = 0; wait(&status) > 0;) all_well = all_well && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (!all_well) return base::fail(base::ErrorCode::kConflict, "a worker failed; see the line above");
  STERLET_PASS(check_stored(path, finished));
  print_line(load.name, static_cast<double>(finished) / elapsed, "trials/s",
             {{"trials", finished},
              {"seconds", elapsed},
              {"cpu_us_per_trial", cpu_seconds(RUSAGE_CHILDREN) / static_cast<double>(finished) * 1e6}});
  return {};
}

Result<void> fill(const std::string& path, std::int64_t trials) {
  remove_storage(path);
  STERLET_TRY(const auto storage, storage::open_sqlite(path, {}));
  STERLET_TRY(const auto study, open_speed_study(storage.get(), sterlet::exec::new_session()));
  STERLET_TRY(auto transaction, study->begin());
  for (std::int64_t i = 0; i < trials; ++i) {
    STERLET_TRY(const Claim claim, claim_one(*study));
    STERLET_PASS(report_and_tell(*study, claim));
  }
  return transaction.commit();
}

Result<void> open_study(const std::string& path) {
  const auto start = Timer::now();
  STERLET_TRY(const auto storage, storage::open_sqlite(path, {.must_exist = true}));
  STERLET_TRY(const auto study, Study::open_existing(std::string(kStudyName), {.storage = storage.get()}));
  const auto best = study->best();
  const double seconds = seconds_since(start);
  STERLET_CHECK(best.size() == 1, "a study of one objective has one best trial");
  print_line("open", seconds * 1e3, "ms",
             {{"trials", study->records().size()}, {"cpu_ms", cpu_seconds(RUSAGE_SELF) * 1e3}});
  print_line("memory-storage", peak_megabytes(), "MB", {{"trials", study->records().size()}});
  return {};
}

Result<void> memory(std::int64_t trials) {
  STERLET_TRY(const auto study, open_speed_study(nullptr, ""));
  for (std::int64_t i = 0; i < trials; ++i) {
    STERLET_TRY(const Claim claim, claim_one(*study));
    STERLET_PASS(report_and_tell(*study, claim));
  }
  print_line("memory", peak_megabytes(), "MB", {{"trials", trials}});
  return {};
}

Result<void> disk(const std::string& path) {
  constexpr std::size_t kBytes = 8192;
  constexpr int kFilePages = 400, kWrites = 1000;
  const int file = open(path.c_str(), O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600);
  STERLET_CHECK(file >= 0, "the folder can be written");
  const std::vector<char> bytes(kBytes, 'x');
  const auto write_at = [&](int page) {
    return pwrite(file, bytes.data(), kBytes, static_cast<off_t>(kBytes) * page) == static_cast<ssize_t>(kBytes);
  };
  for (int i = 0; i < kFilePages; ++i) STERLET_CHECK(write_at(i), "the disk has room");
  fsync(file);
  const auto start = Timer::now();
  for (int i = 0; i < kWrites; ++i) STERLET_CHECK(write_at(i % kFilePages) && fdatasync(file) == 0, "the disk works");
  print_line("disk", kWrites / seconds_since(start), "syncs/s", Json::object());
  close(file);
  std::filesystem::remove(path);
  return {};
}

Result<void> start_up(const std::string& name, int times, char** program) {
  std::vector<double> wall_ms;
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  for (int i = 0; i < times; ++i) {
    const auto start = Timer::now();
    pid_t child = 0;
    int status = 0;
    if (posix_spawnp(&child, program[0], &quiet, nullptr, program, environ) != 0 || waitpid(child, &status, 0) < 0 ||
        !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
      return base::fail(base::ErrorCode::kNotFound, fmt::format("{} did not run", program[0]));
    }
    wall_ms.push_back(seconds_since(start) * 1e3);
  }
  posix_spawn_file_actions_destroy(&quiet);
  Json line = {{"tool", name}, {"name", "start"}, {"value", median(wall_ms)}, {"unit", "ms"}, {"times", times}};
  line["cpu_ms"] = cpu_seconds(RUSAGE_CHILDREN) / times * 1e3;
  fmt::print("{}\n", base::json_line(line));
  return {};
}

Result<void> run(const std::vector<std::string>& arguments, char** argv) {
  const auto number = [&](std::size_t index, std::int64_t most) -> Result<std::int64_t> {
    const auto value = base::parse_integer(arguments[index]);
    if (value && *value >= 1 && *value <= most) return *value;
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("'{}' is not a number from 1 to {}", arguments[index], most));
  };
  constexpr std::int64_t kTrialsMax = 10'000'000, kSecondsMax = 3600;
  const std::string what = arguments.empty() ? "" : arguments[0];
  const std::size_t count = arguments.size();
  if ((what == "ask-tell" || what == "ask-tell-named") && count == 2) {
    STERLET_TRY(const std::int64_t trials, number(1, kTrialsMax));
    return ask_tell(what, trials, what == "ask-tell-named");
  }
  if (what == "storage" && count == 5) {
    STERLET_TRY(const std::int64_t workers, number(2, kWorkersMax));
    STERLET_TRY(const std::int64_t seconds, number(3, kSecondsMax));
    STERLET_TRY(const std::int64_t commits, number(4, 7));
    return storage_speed(arguments[1], {.name = fmt::format("storage-{}-workers-{}-commits", workers, commits),
                                        .processes = static_cast<int>(workers),
                                        .commits = static_cast<int>(commits),
                                        .seconds = static_cast<double>(seconds)});
  }
  if (what == "turns" && count == 4) {
    STERLET_TRY(const std::int64_t at_once, number(2, kWorkersMax));
    STERLET_TRY(const std::int64_t seconds, number(3, kSecondsMax));
    return storage_speed(arguments[1], {.name = fmt::format("storage-turns-of-{}", at_once),
                                        .at_once = static_cast<int>(at_once),
                                        .seconds = static_cast<double>(seconds)});
  }
  if (what == "fill" && count == 3) {
    STERLET_TRY(const std::int64_t trials, number(2, kTrialsMax));
    return fill(arguments[1], trials);
  }
  if (what == "memory" && count == 2) {
    STERLET_TRY(const std::int64_t trials, number(1, kTrialsMax));
    return memory(trials);
  }
  if (what == "open" && count == 2) return open_study(arguments[1]);
  if (what == "disk" && count == 2) return disk(arguments[1]);
  if (what == "start" && count >= 4) {
    STERLET_TRY(const std::int64_t times, number(2, 1000));
    return start_up(arguments[1], static_cast<int>(times), argv + 4);
  }
  return base::fail(base::ErrorCode::kInvalidArgument, "say what to measure", "see the head of bench/speed.cc");
}

}  // namespace

int main(int argc, char** argv) {
  const auto result = run({argv + 1, argv + argc}, argv);
  if (result) return 0;
  fmt::print(stderr, "sterlet-bench: {}\n", result.error().message());
  return 2;
}
