#include "sterlet/cli/tuning.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include <fmt/format.h>

#include "sterlet/api/documents.h"
#include "sterlet/base/process.h"
#include "sterlet/base/text.h"
#include "sterlet/cli/best_trials.h"
#include "sterlet/cli/command_line.h"
#include "sterlet/cli/display.h"
#include "sterlet/cli/planning.h"
#include "sterlet/cli/population.h"
#include "sterlet/cli/session.h"
#include "sterlet/cli/staleness.h"
#include "sterlet/cli/study_doctor.h"
#include "sterlet/exec/session.h"
#include "sterlet/run/devices.h"
#include "sterlet/run/runner.h"
#include "sterlet/run/trial_folder.h"
#include "sterlet/study/strategies/registry.h"

namespace sterlet::cli {

namespace {

constexpr int kNoSuccess = 3;
constexpr int kWorkersMax = 1024;

std::int64_t attempt_count(const study::Study& study) {
  std::int64_t count = 0;
  for (const storage::TrialRecord& record : study.records()) count += record.attempt;
  return count;
}

// Why the trial that could not be started last could not.
std::string unstarted_reason(const study::Study& study) {
  const storage::TrialRecord* last = nullptr;
  for (const storage::TrialRecord& record : study.records()) {
    if (study::is_unstarted(record) && (last == nullptr || record.ended_ms >= last->ended_ms)) last = &record;
  }
  return last == nullptr ? std::string() : last->reason;
}

void print_summary(const Context& context, const study::Study& study, study::Pause pause) {
  if (context.json) {
    base::Json json = api::summary_json(study);
    json["ended"] = study::text_of(pause);
    return context.out.json(json);
  }
  if (study.best_measured().empty()) {
    context.err.line(fmt::format("no trial was successful; sterlet ls {} shows why", study.spec().name));
    return;
  }
  print_best(context, study, study.best(), "best: ");
}

// Which limit ended the run, and how to go on; empty where something else did, or nothing.
std::string end_text(const study::Study& study, study::Pause pause, bool is_nothing_run) {
  const studyfile::StudySpec& spec = study.spec();
  const std::string why = study::describe(pause, spec);
  const std::string nothing = is_nothing_run ? ", so nothing was run" : "";
  const auto count = study.records().size();
  switch (pause) {
    case study::Pause::kTrials: {
      if (!is_nothing_run) return why;
      const auto failed = study.failed_trials().size();
      const std::string again = failed == 0 ? std::string()
                                            : fmt::format("; sterlet retry {} --failed runs the {} again that failed",
                                                          spec.name, failed == 1 ? "one" : std::to_string(failed));
      return fmt::format("{}{}{}; to go on, add --trials {}", why, nothing, again, 2 * count);
    }
    case study::Pause::kTime:
      return is_nothing_run ? fmt::format("{}{}; to go on, add --time {}", why, nothing,
                                          base::duration_text(2 * spec.budget.seconds.value_or(0)))
                            : why;
    case study::Pause::kSpace:
      return spec.budget.trials
                 ? fmt::format("{} ({} of the budget's {} trials){}", why, count, *spec.budget.trials, nothing)
                 : why + nothing;
    case study::Pause::kTarget:
      return why + nothing;
    case study::Pause::kRequested:
    case study::Pause::kAgain:
    case study::Pause::kTrained:
      return why;
    case study::Pause::kNone:
    case study::Pause::kFailures:
    case study::Pause::kUnstarted:
    case study::Pause::kAmended:
    case study::Pause::kUnfit:
      break;
  }
  return {};
}

// What an interrupted run has left, and how to go on.
std::string interrupted_text(const OpenStudy& open) {
  const study::Study& study = *open.study;
  const auto& limit = study.spec().budget.trials;
  std::uint64_t ended = 0, again = 0;
  for (const storage::TrialRecord& record : study.records()) {
    if (record.state == storage::State::kRemoved || record.state == storage::State::kCancelled) continue;
    ++(study::is_final(record.state) ? ended : again);
  }
  std::string text =
      fmt::format("interrupted; {}{} kept", base::count_text(ended, "finished trial"), ended == 1 ? " is" : " are");
  if (limit) text += fmt::format(" of the budget's {}", *limit);
  if (again > 0) text += fmt::format(", and {} to be run on", again == 1 ? "1 is" : fmt::format("{} are", again));
  std::vector<std::string> words{"sterlet", "resume", study.spec().name};
  std::error_code ignored;
  if (!std::filesystem::equivalent(open.storage_path, "sterlet.db", ignored)) {
    words.insert(words.end(), {"--storage", open.storage_path});
  }
  return fmt::format("{}; to go on: {}", text, shell_text(words));
}

void add_workers_option(CLI::App& command, TuningOptions& options) {
  command.add_option("--workers,-w", options.workers, "trials at once (default: the study's, else one a core)")
      ->check(CLI::Range(1, kWorkersMax));
}

void add_limit_options(CLI::App& command, TuningOptions& options) {
  command.add_option("--trials,-n", options.trials, "trials in all, in place of the study's budget")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1000000000}));
  command.add_option("--time,-t", options.time, "running time in all, as 90s, 30m or 2h");
}

}  // namespace

void add_running_options(CLI::App& command, TuningOptions& options) {
  add_workers_option(command, options);
  command.add_option("--progress", options.progress, "rich, plain, json or none (default: rich on a terminal)");
}

void add_tuning_limits(CLI::App& command, TuningOptions& options) {
  add_limit_options(command, options);
  add_workers_option(command, options);
}

void add_tuning_options(CLI::App& command, TuningOptions& options) {
  add_limit_options(command, options);
  add_running_options(command, options);
}

base::Result<void> refuse_babysitting(const studyfile::StudySpec& spec) {
  if (study::strategy_of(spec).is_tuned) return {};
  return base::fail(base::ErrorCode::kConflict,
                    fmt::format("its strategy is {}: one model, trained under watch", spec.strategy.name),
                    fmt::format("run sterlet babysit {}", spec.name), spec.name);
}

base::Result<studyfile::Budget> budget_of(const TuningOptions& options, studyfile::Budget budget) {
  if (options.trials) budget.trials = options.trials;
  if (!options.time.empty()) {
    budget.seconds = base::parse_duration(options.time);
    if (!budget.seconds || *budget.seconds <= 0) {
      return base::fail(base::ErrorCode::kInvalidArgument,
                        fmt::format("--time cannot be '{}'", base::printable(options.time)),
                        "write it as 90s, 30m or 2h");
    }
  }
  return budget;
}

namespace {

// Whether the run is over; false: the study was changed, and goes on as it is now.
base::Result<bool> run_once(Context& context, OpenStudy& open, const TuningOptions& options, const std::string& session,
                            const RunPlace& place) {
  study::Study& study = *open.study;
  const studyfile::StudySpec& spec = study.spec();
  if (spec.command.empty()) {
    return base::fail(base::ErrorCode::kBadStudyFile, "the study has no command to run",
                      "add command: [python3, train.py], or drive it with sterlet ask-tell", spec.name);
  }
  STERLET_TRY(const Progress progress, choose_progress(context, options.progress));
  run::RunOptions run_options;
  run_options.gpus = run::find_gpus(context.parts.environment("CUDA_VISIBLE_DEVICES"));
  STERLET_TRY(run_options.workers,
              run::count_workers(spec, options.workers, base::available_cores(), run_options.gpus));
  run_options.threads = run::count_threads(spec, run_options.workers, base::available_cores());
  run_options.trials_folder =
      place.trials_folder.empty() ? run::trials_folder(open.trials_home, study.stored()) : place.trials_folder;
  run_options.mailbox = &open.storage->mailbox();
  run_options.ends_at_once = place.ends_at_once;
  run_options.takes_changes = place.takes_changes;
  if (place.trials_folder.empty()) run_options.context = context_options(context, open.storage_path);
  run_options.session = session_record(context, session);
  base::prepend_to_path(base::program_folder());  // For sterlet report and sterlet-train, wherever they were built.
  run_options.signal_fd = block_signals();
  STERLET_PASS(study.sessions().beat(
      run_options.session));  // Before there is anything that would have to be cleaned up after it.
  STERLET_TRY(auto executor, context.parts.make_executor(session));
  STERLET_PASS(study.refresh());
  const std::int64_t attempts_before = attempt_count(study);
  auto display = make_display(progress, context, study,
                              {.workers = run_options.workers,
                               .storage = place.trials_folder.empty() ? open.storage_path : std::string(),
                               .trials_folder = run_options.trials_folder});
  const auto result = run::run_study(study, *executor, context.parts.clock, *display, run_options);
  display->ended();
  executor.reset();
  if (result) STERLET_PASS(study.sessions().leave(run_options.session));
  close(run_options.signal_fd);
  if (!result) return base::fail(result.error());
  if (place.takes_changes && result->pause == study::Pause::kAmended && result->interruptions == 0) return false;
  if (study::strategy_of(spec).is_one_point) {
    print_replay(context, study);
  } else if (!context.quiet || context.json)
    print_summary(context, study, result->pause);
  const bool is_nothing_run = attempt_count(study) == attempts_before;
  if (!context.quiet && !context.json && place.trials_folder.empty()) {
    const std::string end = end_text(study, result->pause, is_nothing_run);
    if (!end.empty()) context.err.line(fmt::format("{}: {}", spec.name, end));
    if (result->interruptions == 0 && !is_nothing_run && spec.strategy.name == "parallel") {
      print_main_finding(context, study);
    }
    if (result->interruptions == 0 && !is_nothing_run) STERLET_PASS(print_plan_comparison(context, study));
  }
  if (result->pause == study::Pause::kAmended && !context.quiet) {
    context.err.line(
        fmt::format("{}: {} while this one ran, so it starts no more trials; to go on, run sterlet resume {}",
                    spec.name, study::text_of(result->pause), spec.name));
  }
  if (result->pause == study::Pause::kUnfit) {
    return base::fail(base::ErrorCode::kInvalidArgument, study.unfit(), {}, spec.name);
  }
  if (result->pause == study::Pause::kUnstarted) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("its program cannot be started ({})", unstarted_reason(study)),
                      "mend that, then run sterlet tune or sterlet resume again: the budget is as it was, and the same "
                      "trials run first",
                      spec.name);
  }
  if (result->pause == study::Pause::kFailures) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("{} trials failed in a row, so the study was ended", spec.failures_max),
                      fmt::format("see why with sterlet ls {0} and sterlet logs {0} {1}; once it is mended, sterlet "
                                  "resume {0} goes on, and sterlet retry {0} --failed runs them again",
                                  spec.name, study.records().size() - 1),
                      spec.name);
  }
  if (result->interruptions > 0) {
    if (!context.quiet && !context.json && place.trials_folder.empty()) {
      context.err.line(fmt::format("{}: {}", spec.name, interrupted_text(open)));
    }
    context.exit_code = 128 + result->last_signal;
  } else if (study.best_measured().empty()) {
    context.exit_code = kNoSuccess;
  }
  return true;
}

}  // namespace

base::Result<void> run_trials(Context& context, OpenStudy& open, const TuningOptions& options, std::string session,
                              const RunPlace& place) {
  while (true) {
    STERLET_TRY(const bool is_over, run_once(context, open, options, session, place));
    if (is_over) return {};
    session = exec::new_session();
    const std::string name = open.study->spec().name;
    open.study.reset();
    auto study = study::Study::open_existing(
        name, {.storage = open.storage.get(), .clock = &context.parts.clock, .session = session});
    if (!study) return base::fail(study.error().at(open.storage_path));
    open.study = std::move(*study);
    if (!context.quiet) {
      context.err.line(fmt::format("{}: it goes on with the study as it is now (version {}; sterlet show {} --spec)",
                                   name, open.study->spec_versions().back().version, name));
    }
  }
}

}  // namespace sterlet::cli
