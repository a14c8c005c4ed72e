#include <CLI/CLI.hpp>
#include <filesystem>

#include <fmt/format.h>

#include "sterlet/api/curve.h"
#include "sterlet/api/lineage.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/trial_argument.h"
#include "sterlet/cli/tuning.h"
#include "sterlet/cli/usage_words.h"
#include "sterlet/cli/words.h"
#include "sterlet/exec/session.h"
#include "sterlet/run/trial_folder.h"
#include "sterlet/study/replay.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::cli {

namespace {

namespace fs = std::filesystem;
using storage::State;

constexpr std::int64_t kSeedsMax = 1000;
constexpr std::uint64_t kSeedShift = 1'000'033;  // To seeds that neither the search nor a replay has used.
constexpr std::uint64_t kSeedMask = 0x7FFFFFFF;

struct Options {
  StudyOptions study;
  TuningOptions tuning;
  std::optional<std::int64_t> trial;
  std::int64_t seeds = 1;
  std::optional<std::uint64_t> seed;
  bool add = false;
};

base::Result<std::int64_t> chosen_trial(const study::Study& study, std::optional<std::int64_t> trial) {
  if (trial) return check_trial(study, *trial);
  const auto best = study.best();
  if (!best.empty()) return best.front();
  return base::fail(base::ErrorCode::kNotFound, "no trial has finished with a value yet", "name one with --trial",
                    study.spec().name);
}

// A folder of its own beside the storage: sterlet-runs/mlp-1a2b3c4d/trial-17-1, with the first number that is free.
base::Result<std::string> make_folder(const OpenStudy& from, std::int64_t trial) {
  constexpr int kRunsMax = 100'000;
  const fs::path study = fs::path(run::trials_folder(from.trials_home, from.study->stored())).filename();
  const fs::path all = fs::path(from.trials_home) / "sterlet-runs" / study;
  std::error_code error;
  fs::create_directories(all, error);
  for (int run = 1; !error && run <= kRunsMax; ++run) {
    const fs::path folder = all / fmt::format("trial-{}-{}", trial, run);
    if (fs::create_directory(folder, error)) return folder.string();
  }
  return base::fail(base::ErrorCode::kDisk,
                    fmt::format("no folder for the run could be made ({})", error ? error.message() : "too many"),
                    "make room, or remove old ones", all.string());
}

// The study that runs a trial's settings again and again, in memory.
base::Result<OpenStudy> open_again(const Context& context, const OpenStudy& from, const Options& options,
                                   std::int64_t trial, const std::string& session) {
  STERLET_TRY(const base::Json spec, base::parse_json(from.study->stored().spec));
  STERLET_TRY(studyfile::StudyFile file, studyfile::study_from_json(study::strategies(), spec));
  STERLET_TRY(auto schedule, api::schedule_of(*from.study, trial));
  const std::string source = fmt::format("trial {}", trial);
  STERLET_PASS(study::make_replay(file, std::move(schedule), source, options.seeds));
  file.spec.name = fmt::format("{}, trial {} again", from.study->spec().name, trial);
  file.spec.seed = options.seed.value_or((from.study->seed() + kSeedShift) & kSeedMask);
  file.spec.notify = {};
  file.spec.failures_max = static_cast<int>(options.seeds) + 1;
  OpenStudy again;
  STERLET_TRY(again.storage, context.parts.open_storage("memory:", {}));
  again.trials_home = from.trials_home;
  STERLET_TRY(again.study,
              study::Study::open(std::move(file),
                                 {.storage = again.storage.get(), .clock = &context.parts.clock, .session = session}));
  return again;
}

// Puts the results into the study's history, as trials that were evaluated elsewhere.
base::Result<void> add_results(const Context& context, const Options& options, const OpenStudy& again,
                               std::int64_t trial) {
  STERLET_TRY(const OpenStudy open, open_study(context, options.study));
  const base::Json params = open.study->view(trial).params;
  for (const storage::TrialRecord& record : again.study->records()) {
    if (record.state != State::kComplete) continue;
    std::vector<study::StepReport> reports;
    STERLET_TRY(const auto curve, api::curve_of(*again.study, *again.storage, record.number));
    for (const storage::ReportRecord& report : curve) {
      if (reports.empty() || reports.back().step != report.step) reports.push_back({.step = report.step});
      reports.back().metrics.emplace_back(report.metric, report.value);
    }
    STERLET_TRY(const std::int64_t number,
                open.study->add(params, {.values = record.values, .constraints = record.constraints}, reports));
    if (!context.quiet) context.err.line(fmt::format("added to the history as trial {}", number));
  }
  return {};
}

base::Result<void> train_again(Context& context, const Options& options) {
  STERLET_TRY(const OpenStudy from, open_to_look(context, options.study));
  const study::Study& study = *from.study;
  if (!study::strategy_of(study.spec()).is_tuned) {
    return base::fail(
        base::ErrorCode::kConflict, "its model was babysat, and trained by a schedule of changes",
        fmt::format("write it with sterlet logbook {} --format schedule -o FILE, then run it with sterlet "
                    "tune STUDY.yaml --replay FILE",
                    study.spec().name),
        study.spec().name);
  }
  STERLET_TRY(const std::int64_t trial, chosen_trial(study, options.trial));
  const std::string session = exec::new_session();
  STERLET_TRY(OpenStudy again, open_again(context, from, options, trial, session));
  STERLET_TRY(const std::string folder, make_folder(from, trial));
  if (!context.quiet) {
    const std::vector<double> values = study.records()[static_cast<std::size_t>(trial)].values;
    const std::string had = values.empty() ? std::string("no value")
                                           : study.spec().objectives.front().metric + " " + short_values_text(values);
    context.err.line(
        fmt::format("trial {} of {}, which had {}, again; its files: {}", trial, study.spec().name, had, folder));
  }
  STERLET_PASS(run_trials(context, again, options.tuning, session, {.trials_folder = folder, .ends_at_once = true}));
  return options.add ? add_results(context, options, again, trial) : base::Result<void>();
}

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<Options>();
  add_study_options(command, options->study);
  command.add_option("--trial", options->trial, "which trial's settings (default: the best)");
  command.add_option("--seeds", options->seeds, "how often, each time on another seed (default: 1)")
      ->check(CLI::Range(std::int64_t{1}, kSeedsMax));
  add_seed_option(command, options->seed, "the seed that these are drawn from");
  command.add_flag("--add", options->add, "put the results into the study's history, too");
  add_running_options(command, options->tuning);
  command.footer(
      "Its output and checkpoints lie in a folder of their own in sterlet-runs; the study's history stays as it is,\n"
      "but for --add. Ctrl-C ends it.");
  command.callback([&context, options] { attempt(context, [&] { return train_again(context, *options); }); });
}

}  // namespace

const Command run_command{"run", "train again with the best settings, or a trial's, outside the search",
                          "sterlet run mlp --seeds 3", add};

}  // namespace sterlet::cli
