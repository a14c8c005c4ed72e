#include "sterlet/plan/pilot.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/plan/pilot_points.h"
#include "sterlet/run/devices.h"
#include "sterlet/run/interruptions.h"
#include "sterlet/run/launch.h"
#include "sterlet/run/trial_folder.h"

namespace sterlet::plan {

namespace {

using base::ErrorCode;
using base::Result;
using exec::AttemptId;
using exec::Event;

constexpr std::int64_t kLookMs = 100;
constexpr std::int64_t kCheckpointMs = 5000;  // How long a checkpoint that was asked for is waited for.
constexpr std::size_t kReportsEnough = 12;    // With these, and kSecondsEnough, a pace is known well enough.
constexpr double kSecondsEnough = 3;
constexpr std::size_t kDrawReports = 3;  // Of a point drawn, whose pace is only one of several.
constexpr std::size_t kDrawsMin = 5;
constexpr std::size_t kDrawsEnough = 8;  // So many are worth more than the usual time of a part.
constexpr double kPatience = 1.5;        // Times as long as the training alone may the second part be.
constexpr double kMemoryShare = 0.9;     // Of the machine's, for all programs together.
constexpr std::size_t kDrawsMax = 24;
constexpr double kAlike = 1.3;  // Trainings whose times differ by less than this factor are alike.
constexpr std::string_view kEnough = "the pilot has seen enough";

class Pilot final {
 public:
  Pilot(const studyfile::StudyFile& study, exec::Executor& executor, const base::Clock& clock,
        const PilotOptions& options)
      : study_(study),
        executor_(executor),
        clock_(clock),
        options_(options),
        interruptions_(options.signal_fd),
        gpus_(options.gpus, study.spec.resources.gpu_share),
        points_(study, options.steps) {}

  Result<PilotResult> run() {
    const std::int64_t start_ms = clock_.steady_ms();
    auto result = run_parts();
    if (!result) end_all();
    if (!result) return result;
    result->seconds = static_cast<double>(clock_.steady_ms() - start_ms) / 1000;
    return result;
  }

 private:
  struct Program {
    Training training;
    std::int64_t started_ms = 0;
    std::int64_t asked_ms = -1;  // When it was asked for a checkpoint.
    std::vector<int> gpus;
    std::string failure;
    bool has_spoken = false;  // Reported, or told its value.
    bool is_ended = false;
  };

  Result<PilotResult> run_parts() {
    PilotResult result;
    STERLET_TRY(const std::int64_t first, start(true, options_.threads_alone));
    STERLET_PASS(watch([&] { return is_seen_alone(first); }));
    Program& alone = programs_[first];
    STERLET_PASS(check(alone));
    if (!alone.is_ended) STERLET_PASS(take_checkpoint(first));
    STERLET_PASS(stop(first));
    result.alone = programs_[first].training;

    part_start_ms_ = clock_.steady_ms();
    const double alone_seconds = result.alone.seconds;
    part_seconds_ = std::max(options_.part_seconds, std::min(options_.patience_seconds, kPatience * alone_seconds));
    longest_seconds_ = std::max(part_seconds_, options_.whole_seconds);
    // Trainings whose length the point decides say how long they take by their ends alone.
    needs_ends_ = result.alone.is_whole && !result.alone.steps && kPatience * alone_seconds <= longest_seconds_;
    at_once_ = result.at_once = room_for(result.alone);
    std::vector<std::int64_t> beside;
    if (at_once_ > 1) {
      STERLET_TRY(const std::int64_t again, start(true, options_.threads_beside));
      beside.push_back(again);
    }
    STERLET_PASS(watch_beside(beside));
    for (const std::int64_t number : beside) {
      const Program& program = programs_[number];
      result.beside.push_back(program.training);
      result.beside.back().has_failed = !program.failure.empty();
    }
    return result;
  }

  int room_for(const Training& one) const {
    if (one.memory_bytes <= 0 || options_.memory_bytes <= 0) return options_.at_once;
    const double room =
        kMemoryShare * static_cast<double>(options_.memory_bytes) / static_cast<double>(one.memory_bytes);
    return std::max(1, std::min(options_.at_once, static_cast<int>(std::min(room, 4096.0))));
  }

  // Keeps as many running as will later, until the defaults were seen enough and enough points, or the time is over.
  Result<void> watch_beside(std::vector<std::int64_t>& beside) {
    const bool has_first = !beside.empty();
    std::size_t draws = 0, seen = 0, guesses_seen = 0;
    while (!is_part_over(seen, guesses_seen)) {
      std::size_t running = 0;
      seen = guesses_seen = 0;
      for (std::size_t i = 0; i < beside.size(); ++i) {
        Program& program = programs_[beside[i]];
        const bool is_first = has_first && i == 0;
        const bool is_enough =
            is_first ? is_paced(program, kReportsEnough) : !needs_ends_ && is_paced(program, kDrawReports);
        if (!program.is_ended && is_enough && !is_first) STERLET_PASS(stop(beside[i]));
        if (!program.is_ended) ++running;
        if (is_first || (!is_enough && !program.is_ended)) continue;
        ++seen;
        if (program.training.is_guess) ++guesses_seen;
      }
      const bool is_first_seen =
          !has_first || programs_[beside[0]].is_ended || is_paced(programs_[beside[0]], kReportsEnough);
      if (is_first_seen && draws >= kDrawsMax && seen == draws) break;
      for (; running < static_cast<std::size_t>(at_once_) && draws < kDrawsMax; ++running, ++draws) {
        STERLET_TRY(const std::int64_t number, start(false, options_.threads_beside));
        beside.push_back(number);
      }
      // Whoever runs on in less company would seem faster than it is.
      if (running < static_cast<std::size_t>(at_once_)) break;
      STERLET_PASS(look());
    }
    for (const std::int64_t number : beside) STERLET_PASS(stop(number));
    return {};
  }

  bool is_part_over(std::size_t seen, std::size_t guesses_seen) const {
    const double seconds = static_cast<double>(clock_.steady_ms() - part_start_ms_) / 1000;
    const bool is_guided =
        std::any_of(programs_.begin(), programs_.end(), [](const auto& each) { return each.second.training.is_guess; });
    if (seen < kDrawsMin || (is_guided && guesses_seen < kDrawsEnough)) {
      return seconds >= std::max(longest_seconds_, options_.guided_seconds);
    }
    return seconds >= (seen >= kDrawsEnough && are_alike() ? part_seconds_ : longest_seconds_);
  }
  // Of points whose trainings take all the same time, a few say enough.
  bool are_alike() const {
    std::size_t count = 0;
    double least = std::numeric_limits<double>::infinity(), most = 0;
    for (const auto& [number, program] : programs_) {
      if (!program.training.is_whole) continue;
      ++count;
      least = std::min(least, program.training.seconds);
      most = std::max(most, program.training.seconds);
    }
    return count >= kDrawsEnough / 2 && most <= kAlike * least;
  }
  double age(const Program& program) const {
    return static_cast<double>(clock_.steady_ms() - program.started_ms) / 1000;
  }
  bool is_paced(const Program& program, std::size_t reports) const {
    return program.training.reports.size() >= reports &&
           program.training.reports.back().seconds >= kSecondsEnough * static_cast<double>(reports) / kReportsEnough;
  }
  // A training whose length is not known is waited for as long as the part may take.
  bool is_seen_alone(std::int64_t number) {
    const Program& program = programs_[number];
    if (program.is_ended) return true;
    const bool is_length_known = options_.is_length_known || program.training.steps;
    if (is_length_known && is_paced(program, kReportsEnough)) return true;
    // A program that loads for long, or reports seldom, gets the time for a few reports.
    const bool is_enough = is_length_known && program.training.reports.size() >= kDrawReports;
    return age(program) >=
           (is_enough ? options_.part_seconds : std::max(options_.part_seconds, options_.patience_seconds));
  }

  // Of those that have ended.
  PilotResult seen() const {
    PilotResult out{.at_once = at_once_};
    for (const auto& [number, program] : programs_) {
      if (!program.is_ended) continue;
      Training& training = number == 0 ? out.alone : out.beside.emplace_back();
      training = program.training;
      training.has_failed = !program.failure.empty();
    }
    return out;
  }

  Result<std::int64_t> start(bool is_default, int threads) {
    const auto number = static_cast<std::int64_t>(next_);
    const auto [point, is_guess] = is_default ? PilotPoints::Next{points_.first()} : points_.next(seen(), next_);
    base::Json params = study_.space.to_json(point);
    ++next_;
    Program program;
    for (std::size_t i = 0; i < point.values.size(); ++i) {
      const double value = point.values[i];
      program.training.unit.push_back(std::isnan(value) ? value : study_.space.axis(i).unit(value));
    }
    program.training.is_default = is_default;
    program.training.is_guess = is_guess;
    // The defaults are compared with themselves; a search gives each trial a seed of its own, by which times may differ.
    const std::int64_t seeded = is_default ? 0 : number;
    program.gpus = gpus_.take(study_.spec.resources.gpu);
    exec::Launch launch = run::make_launch(study_.spec, {.id = {.trial = number, .attempt = 1},
                                                         .params = std::move(params),
                                                         .seed = run::trial_seed(study_.spec.seed.value_or(0), seeded),
                                                         .trial_folder = run::trial_folder(options_.folder, number),
                                                         .gpus = program.gpus,
                                                         .threads = threads});
    if (!launch.limits.memory_bytes && options_.memory_bytes > 0) launch.limits.memory_bytes = options_.memory_bytes;
    program.started_ms = clock_.steady_ms();
    STERLET_PASS(executor_.launch(launch));
    programs_.emplace(number, std::move(program));
    return number;
  }

  template <typename Condition>
  Result<void> watch(Condition is_over) {
    while (!is_over()) STERLET_PASS(look());
    return {};
  }

  Result<void> look() {
    for (const Event& event : executor_.wait(kLookMs, interruptions_.descriptors())) take(event);
    if (interruptions_.read_one()) {
      return base::fail(ErrorCode::kInterrupted, "the pilot was interrupted, so there is no plan", {},
                        study_.spec.name);
    }
    return {};
  }

  void take(const Event& event) {
    const auto found = programs_.find(event.id.trial);
    if (found == programs_.end()) return;
    Program& program = found->second;
    if (const auto* report = std::get_if<Event::Report>(&event.what)) {
      take_report(program, *report);
    } else if (const auto* told = std::get_if<Event::Value>(&event.what)) {
      program.has_spoken = true;
      if (!told->values.empty()) {
        program.training.value = study_.spec.objectives.front().minimised(told->values.front());
      }
    } else if (const auto* hello = std::get_if<Event::Hello>(&event.what)) {
      program.training.is_live = program.training.is_live || hello->live;
      program.training.restores = program.training.restores || hello->restores;
      if (hello->steps) program.training.steps = hello->steps;
    } else if (const auto* checkpoint = std::get_if<Event::Checkpoint>(&event.what)) {
      if (program.asked_ms >= 0 && !program.training.checkpoint_seconds) {
        program.training.checkpoint_seconds = static_cast<double>(clock_.steady_ms() - program.asked_ms) / 1000;
        program.training.checkpoint_bytes = run::contents_of(checkpoint->path).bytes;
      }
    } else if (const auto* failed = std::get_if<Event::Failed>(&event.what)) {
      program.failure = failed->reason;
    } else if (const auto* exited = std::get_if<Event::Exited>(&event.what)) {
      take_exit(program, *exited);
    }
  }

  void take_report(Program& program, const Event::Report& report) {
    if (report.ack) executor_.acknowledge(*report.ack, false);
    program.has_spoken = true;
    const studyfile::Objective& objective = study_.spec.objectives.front();
    double value = std::numeric_limits<double>::quiet_NaN();
    for (const auto& [name, number] : report.metrics) {
      if (name == objective.metric) value = objective.minimised(number);
    }
    std::vector<Seen>& reports = program.training.reports;
    if (!reports.empty() && reports.back().step >= report.step) {
      if (reports.back().step == report.step && std::isfinite(value)) reports.back().value = value;
      return;
    }
    reports.push_back({.seconds = age(program), .step = report.step, .value = value});
  }

  void take_exit(Program& program, const Event::Exited& exited) {
    program.is_ended = true;
    gpus_.give_back(program.gpus);
    program.training.seconds = age(program);
    program.training.memory_bytes = exited.memory_bytes;
    if (exited.cause == exec::Cause::kStopped) return;
    if (exited.cause == exec::Cause::kFinished && program.failure.empty()) {
      program.training.is_whole = true;
    } else if (program.failure.empty()) {
      program.failure = exited.reason;
    }
  }

  Result<void> check(const Program& program) const {
    if (!program.failure.empty()) {
      return base::fail(ErrorCode::kInvalidArgument, fmt::format("the pilot's program failed: {}", program.failure),
                        "mend it, and plan again", study_.spec.name);
    }
    if (program.has_spoken) return {};
    const std::string time = base::duration_text(std::round(age(program) * 10) / 10);
    if (program.is_ended) {
      return base::fail(ErrorCode::kInvalidArgument,
                        fmt::format("the pilot's program ended after {} without reporting anything", time),
                        "let it report its metrics (docs/channel.md), or give metrics: a pattern", study_.spec.name);
    }
    return base::fail(ErrorCode::kInvalidArgument, fmt::format("the pilot's program reported nothing in {}", time),
                      "give it longer with --pilot-time 5m, or say what a step takes with --seconds-per-step",
                      study_.spec.name);
  }

  Result<void> take_checkpoint(std::int64_t number) {
    Program& program = programs_[number];
    program.asked_ms = clock_.steady_ms();
    if (!executor_.send({.trial = number, .attempt = 1}, {{"checkpoint", base::Json::object()}})) return {};
    return watch([&] {
      return program.is_ended || program.training.checkpoint_seconds.has_value() ||
             clock_.steady_ms() - program.asked_ms >= kCheckpointMs;
    });
  }

  Result<void> stop(std::int64_t number) {
    Program& program = programs_[number];
    if (program.is_ended) return {};
    executor_.kill({.trial = number, .attempt = 1}, std::string(kEnough));
    return watch([&] { return program.is_ended; });
  }

  // Nothing runs on in a folder that is removed.
  void end_all() {
    for (auto& [number, program] : programs_) {
      if (!program.is_ended) executor_.kill({.trial = number, .attempt = 1}, std::string(kEnough));
    }
    while (executor_.running() > 0) {
      for (const Event& event : executor_.wait(kLookMs, {})) take(event);
    }
  }

  const studyfile::StudyFile& study_;
  exec::Executor& executor_;
  const base::Clock& clock_;
  const PilotOptions& options_;
  run::Interruptions interruptions_;
  run::GpuSlots gpus_;
  std::map<std::int64_t, Program> programs_;  // By trial number.
  std::uint64_t next_ = 0;
  std::int64_t part_start_ms_ = 0;
  PilotPoints points_;
  // Of the second part: how long it takes, how long where it saw few points, and whether these are waited for to their
  // ends.
  double part_seconds_ = 0, longest_seconds_ = 0;
  int at_once_ = 1;
  bool needs_ends_ = false;
};

}  // namespace

Result<PilotResult> run_pilot(const studyfile::StudyFile& study, exec::Executor& executor, const base::Clock& clock,
                              const PilotOptions& options) {
  return Pilot(study, executor, clock, options).run();
}

}  // namespace sterlet::plan
