// tune, resume, stop: a study's life.
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "sterlet/base/process.h"
#include "sterlet/base/text.h"
#include "sterlet/cli/babysit.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/display.h"
#include "sterlet/cli/population.h"
#include "sterlet/exec/local/local.h"
#include "sterlet/exec/session.h"
#include "sterlet/api/export.h"
#include "sterlet/run/runner.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::cli {

// SIGINT and SIGTERM are read by the run's loop; SIGPIPE must not end us when a program closes its socket.
int block_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGHUP);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

namespace {

constexpr int kNoSuccess = 3;
constexpr int kWorkersMax = 1024;

struct TuneOptions {
  StudyOptions study;
  std::optional<int> workers;
  std::optional<std::int64_t> trials;
  std::string time;
  std::optional<std::uint64_t> seed;
  std::string progress;
  std::string replay;
  std::int64_t seeds = 3;
};

void add_run_options(CLI::App& command, TuneOptions& options) {
  command.add_option("--workers,-w", options.workers, "trials at once (default: the study's, else one a core)")
      ->check(CLI::Range(1, kWorkersMax));
  command.add_option("--trials,-n", options.trials, "trials in all, in place of the study's budget")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1000000000}));
  command.add_option("--time,-t", options.time, "running time in all, as 90s, 30m or 2h");
  command.add_option("--progress", options.progress, "rich, plain, json or none (default: rich on a terminal)");
}

base::Result<void> refuse_panda(const studyfile::StudySpec& spec) {
  if (spec.strategy != studyfile::Strategy::kPanda) return {};
  return base::fail(base::ErrorCode::kConflict, "its strategy is panda: one model, raised by hand",
                    fmt::format("run sterlet babysit {}", spec.name), spec.name);
}

base::Result<studyfile::Budget> budget_of(const TuneOptions& options, studyfile::Budget budget) {
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

std::int64_t attempt_count(const study::Study& study) {
  std::int64_t count = 0;
  for (const storage::TrialRecord& record : study.records()) count += record.attempt;
  return count;
}

void print_summary(const Context& context, const study::Study& study, study::Pause pause) {
  if (context.json) {
    base::Json json = api::summary_json(study);
    json["ended"] = study::text_of(pause);
    return print(base::json_line(json));
  }
  const auto best = study.best();
  if (best.empty()) {
    fmt::print(stderr, "no trial was successful; sterlet ls shows why\n");
    return;
  }
  for (const std::int64_t number : best) {
    std::string values;
    for (std::size_t i = 0; i < study.spec().objectives.size(); ++i) {
      values += fmt::format("{}{} {}", i == 0 ? "" : ", ", study.spec().objectives[i].metric,
                            base::number_text(study.values_of(number)[i]));
    }
    print(fmt::format("best: trial {} with {}", number, values));
    if (const std::string sure = api::assurance_text(study, number); !sure.empty()) print("  " + sure);
    print("  " + params_text(study.view(number).params));
    if (const std::string interval = interval_text(study, number); !interval.empty()) print("  " + interval);
  }
}

base::Result<void> run(Context& context, OpenStudy& open, const TuneOptions& options, const std::string& session) {
  const base::Clock& clock = base::system_clock();
  study::Study& study = *open.study;
  const studyfile::StudySpec& spec = study.spec();
  if (spec.command.empty()) {
    return base::fail(base::ErrorCode::kBadStudyFile, "the study has no command to run",
                      "add command: [python3, train.py], or drive it with sterlet ask-tell", spec.name);
  }
  STERLET_TRY(const Progress progress, choose_progress(options.progress, context.quiet));
  run::RunOptions run_options;
  const char* visible = std::getenv("CUDA_VISIBLE_DEVICES");
  run_options.gpus = run::find_gpus(visible == nullptr ? "" : visible);
  run_options.workers = options.workers.value_or(
      spec.workers.value_or(std::max(1, static_cast<int>(base::available_cores() / spec.resources.cpu))));
  if (spec.resources.gpu > 0) {
    const int slots = static_cast<int>(run_options.gpus.size()) * spec.resources.gpu_share / spec.resources.gpu;
    if (static_cast<int>(run_options.gpus.size()) < spec.resources.gpu) {
      return base::fail(
          base::ErrorCode::kInvalidArgument,
          fmt::format("each trial asks for {}, but this machine has {}",
                      base::count_text(static_cast<std::uint64_t>(spec.resources.gpu), "GPU"), run_options.gpus.size()),
          "lower resources: gpu, or run it on another machine", spec.name);
    }
    run_options.workers = std::min(run_options.workers, slots);
  }
  const auto storage_file = std::filesystem::absolute(open.storage_path);
  run_options.trials_folder = (storage_file.parent_path() / "sterlet-trials" / spec.name).string();
  run_options.session = session_record(session);
  base::prepend_to_path(base::program_folder());  // For sterlet report and sterlet-train, wherever they were built.
  run_options.signal_fd = block_signals();
  STERLET_TRY(auto executor, exec::make_local_executor(session));
  STERLET_PASS(study.refresh());
  const std::int64_t attempts_before = attempt_count(study);
  auto display = make_display(progress, study, clock, run_options.workers);
  const auto result = run::run_study(study, *executor, clock, *display, run_options);
  display.reset();
  executor.reset();
  close(run_options.signal_fd);
  if (!result) return base::fail(result.error());
  if (spec.strategy == studyfile::Strategy::kReplay) {
    print_replay(context, study);
  } else if (!context.quiet || context.json)
    print_summary(context, study, result->pause);
  if (!context.quiet && result->pause == study::Pause::kTrials && attempt_count(study) == attempts_before) {
    fmt::print(stderr, "{}: {}, so nothing was run; to go on, add --trials {}\n", spec.name,
               study::text_of(result->pause), 2 * study.records().size());
  }
  if (result->pause == study::Pause::kUnfit) {
    return base::fail(base::ErrorCode::kInvalidArgument, study.unfit(), {}, spec.name);
  }
  if (result->pause == study::Pause::kFailures) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("{} trials failed in a row, so the study was ended", spec.failures_max),
                      fmt::format("see why with sterlet ls {} and sterlet logs {} {}", spec.name, spec.name,
                                  study.records().size() - 1),
                      spec.name);
  }
  if (result->interruptions > 0) {
    context.exit_code = 128 + result->last_signal;
  } else if (study.best().empty()) {
    context.exit_code = kNoSuccess;
  }
  return {};
}

}  // namespace

void add_tune(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("tune", "run a study: start it, or go on with it where it stands");
  auto options = std::make_shared<TuneOptions>();
  command->add_option("STUDY", options->study.study, "the study file")->required();
  command->add_option("--storage", options->study.storage,
                      "file with the studies (default: sterlet.db beside the study file)");
  command->add_option("--seed", options->seed, "seed, in place of the study file's");
  command->add_option("--replay", options->replay,
                      "train with this schedule of hyperparameters (sterlet export --schedule), each time afresh");
  command->add_option("--seeds", options->seeds, "with --replay: how often, on different seeds (default: 3)")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1000000}))
      ->needs(command->get_option("--replay"));
  add_run_options(*command, *options);
  command->footer(
      "Ctrl-C once finishes the running trials, twice ends them; sterlet tune or resume goes on later.\n"
      "Example: sterlet tune study.yaml --workers 4 --trials 100");
  command->callback([&context, options] {
    if (!is_study_file(options->study.study)) {
      std::error_code ignored;
      if (!std::filesystem::exists(options->study.study, ignored)) {
        return fail(context, {.code = base::ErrorCode::kNotFound,
                              .where = options->study.study,
                              .what = "there is no such study file",
                              .next = "name one, or go on with a stored study by sterlet resume"});
      }
    }
    auto file = studyfile::read_study_file(options->study.study);
    if (!file) return fail(context, file.error());
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(file->spec.budget, budget_of(*options, file->spec.budget));
      if (options->replay.empty()) STERLET_PASS(refuse_panda(file->spec));
      if (!options->replay.empty()) STERLET_PASS(make_replay(*file, options->replay, options->seeds));
      if (options->seed) file->spec.seed = options->seed;
      OpenStudy open;
      STERLET_TRY(open.storage_path, storage_path(options->study.storage, file->spec.folder));
      STERLET_TRY(open.storage, storage::open_sqlite(open.storage_path, {}));
      const std::string session = exec::new_session();
      auto study = study::Study::open(std::move(*file), {.storage = open.storage.get(), .session = session});
      if (!study) return base::fail(study.error().at(options->study.study));
      open.study = std::move(*study);
      return run(context, open, *options, session);
    });
  });
}

void add_resume(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("resume", "go on with a stored study: lost trials first, then new ones");
  auto options = std::make_shared<TuneOptions>();
  add_study_options(*command, options->study);
  add_run_options(*command, *options);
  command->callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      const std::string session = exec::new_session();
      STERLET_TRY(OpenStudy open, open_study(options->study, session));
      STERLET_TRY(const bool told, tell_model(context, open, "resume"));
      if (told) return {};
      STERLET_PASS(refuse_panda(open.study->spec()));
      STERLET_TRY(const studyfile::Budget budget, budget_of(*options, open.study->spec().budget));
      if (budget != open.study->spec().budget) STERLET_PASS(open.study->set_budget(budget));
      STERLET_PASS(open.storage->request_stop(open.study->storage_id(), false));
      return run(context, open, *options, session);
    });
  });
}

void add_stop(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("stop", "let a running study finish its trials and start no more");
  auto options = std::make_shared<StudyOptions>();
  add_study_options(*command, *options);
  command->callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(OpenStudy open, open_study(*options));
      STERLET_TRY(const bool told, tell_model(context, open, "stop"));
      if (told) return {};
      STERLET_PASS(open.storage->request_stop(open.study->storage_id(), true));
      if (!context.quiet)
        print(fmt::format("{} starts no more trials; sterlet resume goes on", open.study->spec().name));
      return {};
    });
  });
}

}  // namespace sterlet::cli
