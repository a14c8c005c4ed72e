// Is a plan's time true for programs of every kind, as far as the machine has no say in it? The pilot and the search of
// bench/plan_kinds.h in time that only passes on paper: seconds for hundreds of plans.
//
//   sterlet-bench-plan [known|chosen|held] [SEEDS] [BUDGET] [START]
//
// START: seconds that each program takes to start, more than its own 0.15. Of each plan the search is as long as its median
// number of trials, as in bench/plan_kinds.py. One row a kind: how far the planned time is off for each seed, the mean of
// its size, and of how many seeds it is within 20%; two trials at once.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "plan_kinds.h"
#include "sterlet/base/text.h"
#include "sterlet/plan/model.h"
#include "sterlet/plan/pilot.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/study/study.h"
#include "sterlet/studyfile/study_file.h"

namespace {

namespace base = sterlet::base;
namespace exec = sterlet::exec;
namespace plan = sterlet::plan;
namespace study = sterlet::study;
namespace studyfile = sterlet::studyfile;
using base::Result;
using exec::Event;
using plan_kinds::Kind;
using plan_kinds::Training;

constexpr int kAtOnce = 2;
double start_more = 0;  // Seconds.

class PaperClock final : public base::Clock {
 public:
  std::int64_t wall_ms() const override { return 1'764'000'000'000 + now_ms; }
  std::int64_t steady_ms() const override { return now_ms; }
  std::int64_t now_ms = 0;
};

Training train(const Kind& kind, const base::Json& params, std::uint64_t seed) {
  base::RandomStream chance({.seed = seed, .stream = base::Stream::kPractice});
  Training training = kind.train(plan_kinds::Params(params), chance);
  training.start_seconds += start_more;
  return training;
}

double seconds_of(const Training& training) {
  return training.start_seconds + training.fails_at.value_or(training.steps) * training.step_seconds;
}

/// Programs whose events are known as they start.
class PaperExecutor final : public exec::Executor {
 public:
  PaperExecutor(PaperClock& clock, const Kind& kind) : clock_(clock), kind_(kind) {}

  Result<void> launch(const exec::Launch& launch) override {
    const Training training = train(kind_, launch.params, launch.seed);
    const auto at = [&](double seconds) { return clock_.now_ms + std::llround(1000 * seconds); };
    const auto tell = [&](double seconds, decltype(Event::what) what) {
      events_.emplace(at(seconds), Event{.id = launch.id, .what = std::move(what)});
    };
    Event::Hello hello;
    if (training.tells_steps && training.reports) hello.steps = training.steps;
    tell(training.start_seconds, hello);
    for (int step = 1; step <= training.fails_at.value_or(training.steps) && training.reports; ++step) {
      tell(training.start_seconds + step * training.step_seconds,
           Event::Report{.step = step, .metrics = {{"loss", training.loss + training.noise + 0.5 / step}}, .ack = {}});
    }
    if (!training.reports) tell(seconds_of(training), Event::Value{.values = {training.loss + training.noise}});
    Event::Exited exited;
    if (training.fails_at) exited.cause = exec::Cause::kError, exited.reason = "diverged";
    tell(seconds_of(training), exited);
    running_ += 1;
    return {};
  }
  std::vector<Event> wait(std::optional<std::int64_t> timeout_ms, std::span<const int>) override {
    const std::int64_t until = clock_.now_ms + timeout_ms.value_or(0);
    if (events_.empty() || events_.begin()->first > until) {
      clock_.now_ms = until;
      return {};
    }
    clock_.now_ms = std::max(clock_.now_ms, events_.begin()->first);
    std::vector<Event> due;
    while (!events_.empty() && events_.begin()->first <= clock_.now_ms) {
      due.push_back(std::move(events_.begin()->second));
      if (std::holds_alternative<Event::Exited>(due.back().what)) running_ -= 1;
      events_.erase(events_.begin());
    }
    return due;
  }
  void kill(const exec::AttemptId& id, const std::string& reason) override {
    std::erase_if(events_, [&](const auto& each) { return each.second.id == id; });
    events_.emplace(clock_.now_ms,
                    Event{.id = id, .what = Event::Exited{.cause = exec::Cause::kStopped, .reason = reason}});
  }
  void end(const exec::AttemptId& id, const std::string& reason) override { kill(id, reason); }
  bool acknowledge(std::uint64_t, bool) override { return true; }
  bool send(const exec::AttemptId&, const base::Json&) override { return false; }
  void hold(const exec::AttemptId&, bool) override {}
  std::optional<std::size_t> capacity() const override { return std::nullopt; }
  std::size_t running() const override { return running_; }
  void end_leftovers(const std::string&) override {}

 private:
  PaperClock& clock_;
  const Kind& kind_;
  std::multimap<std::int64_t, Event> events_;  // By when.
  std::size_t running_ = 0;
};

Result<studyfile::StudyFile> file_of(const Kind& kind, std::uint64_t seed, const std::string& budget) {
  const std::string text = fmt::format(
      "study: paper\nobjective: loss\ncommand: [train]\nparams:\n{}seed: {}\nworkers: {}\npruner: none\n"
      "failures_max: 1000\nbudget: {{{}}}\n",
      kind.params, seed, kAtOnce, budget);
  auto file = studyfile::parse_study_text(study::strategies(), text, "paper.yaml", "/tmp");
  if (!file) return base::fail(file.error().front());
  return std::move(*file);
}

struct Planned {
  plan::Choice choice;
  double pilot_seconds = 0;
};

// As `sterlet plan` does with a budget of so much time.
Result<Planned> planned(const Kind& kind, std::uint64_t seed, double budget) {
  STERLET_TRY(const studyfile::StudyFile file, file_of(kind, seed, fmt::format("time: {}s", budget)));
  PaperClock clock;
  PaperExecutor executor(clock, kind);
  const plan::PilotOptions options{.folder = "/tmp/paper",
                                   .part_seconds = std::clamp(0.05 * budget, 3.0, 30.0),
                                   .patience_seconds = std::clamp(0.025 * budget, 60.0, 600.0),
                                   .whole_seconds = std::min(0.15 * budget, 60.0),
                                   .guided_seconds = std::min(0.3 * budget, 60.0),
                                   .at_once = kAtOnce};
  STERLET_TRY(const plan::PilotResult pilot, plan::run_pilot(file, executor, clock, options));
  STERLET_TRY(plan::Facts facts, plan::gather_facts(file.spec, file.space, pilot, std::nullopt));
  facts.machine.cores = kAtOnce;
  facts.is_pruner_open = false;
  const plan::Plan plan = plan::make_plan(facts);
  for (const plan::Choice& choice : plan.choices) {
    if (choice.strategy == plan::Strategy::kParallel) return Planned{choice, pilot.seconds};
  }
  return base::fail(base::ErrorCode::kNotFound, "the plan has no search");
}

// How long the search takes.
Result<double> taken(const Kind& kind, std::uint64_t seed, std::int64_t trials) {
  STERLET_TRY(studyfile::StudyFile file, file_of(kind, seed, fmt::format("trials: {}", trials)));
  STERLET_TRY(const auto search, study::Study::open(std::move(file), {}));
  struct Running {
    double end = 0;
    study::Claim claim;
    Training training;
    bool operator<(const Running& other) const { return end > other.end; }
  };
  std::priority_queue<Running> running;
  double now = 0;
  while (true) {
    while (running.size() < kAtOnce) {
      STERLET_TRY(auto claim, search->ask());
      if (!claim) break;
      const Training training =
          train(kind, search->space().to_json(claim->point), 1000 * seed + static_cast<std::uint64_t>(claim->number));
      running.push({.end = now + seconds_of(training), .claim = *std::move(claim), .training = training});
    }
    if (running.empty()) return now;
    const Running ended = running.top();
    running.pop();
    now = ended.end;
    study::Outcome outcome{.values = {ended.training.loss + ended.training.noise + 0.5 / ended.training.steps}};
    if (ended.training.fails_at) outcome = {.state = sterlet::storage::State::kFailed, .reason = "diverged"};
    STERLET_PASS(search->tell(ended.claim.number, ended.claim.attempt, std::move(outcome)));
  }
}

Result<void> run(plan_kinds::Set set, std::uint64_t seeds, double budget) {
  fmt::print("| program | pilot | trials | off by seed | mean size | within 20% |\n|---|---|---|---|---|---|\n");
  double all = 0, count = 0, within_all = 0;
  for (const Kind& kind : plan_kinds::kinds()) {
    if (kind.set != set) continue;
    std::string offs;
    double sizes = 0, within = 0, pilots = 0, trials = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      STERLET_TRY(const Planned one, planned(kind, seed, budget));
      const auto number = std::max<std::int64_t>(1, std::llround(one.choice.trials[1]));
      STERLET_TRY(const double took, taken(kind, seed, number));
      const double off = 3600 * one.choice.hours[1] / took - 1;
      offs += fmt::format("{}{:+.0f}", offs.empty() ? "" : " ", 100 * off);
      sizes += std::fabs(off);
      within += std::fabs(off) <= 0.2 ? 1 : 0;
      pilots += one.pilot_seconds;
      trials += static_cast<double>(number);
    }
    const auto n = static_cast<double>(seeds);
    fmt::print("| {} | {:.1f} s | {:.0f} | {} | {:.0f}% | {:.0f} |\n", kind.name, pilots / n, trials / n, offs,
               100 * sizes / n, within);
    std::fflush(stdout);
    all += sizes;
    within_all += within;
    count += n;
  }
  fmt::print("\nWithin 20%: {:.0f} of {:.0f}; off by {:.0f}% in the mean.\n", within_all, count, 100 * all / count);
  return {};
}

}  // namespace

int main(int count, char** arguments) {
  const std::string set = count > 1 ? arguments[1] : "known";
  const auto seeds = base::parse_integer(count > 2 ? arguments[2] : "5");
  const auto budget = base::parse_number(count > 3 ? arguments[3] : "40");
  const auto start = base::parse_number(count > 4 ? arguments[4] : "0");
  if (!seeds || !budget || !start || *seeds < 1 || !(*budget > 0) || *start < 0) {
    fmt::print(stderr, "say [known|chosen|held] [SEEDS] [BUDGET] [START]\n");
    return 2;
  }
  start_more = *start;
  const auto done = run(set == "known"    ? plan_kinds::Set::kKnown
                        : set == "chosen" ? plan_kinds::Set::kChosenBy
                                          : plan_kinds::Set::kHeldBack,
                        static_cast<std::uint64_t>(*seeds), *budget);
  if (!done) fmt::print(stderr, "{}\n", done.error().message());
  return done ? 0 : 1;
}
