#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sterlet/cli/context.h"

namespace sterlet::cli {

/// Options of tune and resume: how a study's trials are run.
struct TuningOptions {
  std::optional<int> workers;
  std::optional<std::int64_t> trials;
  std::string time;
  std::string progress;
};

/// Where a run's files lie, and how it ends.
struct RunPlace {
  std::string trials_folder;   ///< Empty: beside the storage, as run::trials_folder has it.
  bool ends_at_once = false;   ///< The first Ctrl-C ends what runs.
  bool takes_changes = false;  ///< Where somebody changes the study meanwhile, it goes on with the study as it is then.
};
void add_tuning_options(CLI::App& command, TuningOptions& options);
/// The limits and the workers without how progress is shown, for a command that runs nothing of the study.
void add_tuning_limits(CLI::App& command, TuningOptions& options);
/// The same without limits: --workers and --progress.
void add_running_options(CLI::App& command, TuningOptions& options);

/// The study's budget with --trials and --time in place of its own.
base::Result<studyfile::Budget> budget_of(const TuningOptions& options, studyfile::Budget budget);

/// Refuses a study whose one model is to be babysat.
base::Result<void> refuse_babysitting(const studyfile::StudySpec& spec);

/// Runs the study's trials until its budget or a signal ends it, and prints what came of it.
base::Result<void> run_trials(Context& context, OpenStudy& open, const TuningOptions& options, std::string session,
                              const RunPlace& place = {});

}  // namespace sterlet::cli
