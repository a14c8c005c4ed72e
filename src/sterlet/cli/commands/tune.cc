#include <CLI/CLI.hpp>
#include <filesystem>

#include "sterlet/cli/babysitting.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/planning.h"
#include "sterlet/cli/population.h"
#include "sterlet/cli/tuning.h"
#include "sterlet/cli/usage_words.h"
#include "sterlet/cli/warm_start.h"
#include "sterlet/cli/warning.h"
#include "sterlet/exec/session.h"
#include "sterlet/plan/keep.h"
#include "sterlet/plan/words.h"
#include "sterlet/study/replay.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/advice.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::cli {

namespace {

struct TuneOptions {
  StudyOptions study;
  TuningOptions tuning;
  WarmOptions warm;
  std::optional<std::uint64_t> seed;
  std::string replay;
  std::int64_t seeds = 3;
};

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<TuneOptions>();
  command.add_option("STUDY", options->study.study, "the study file")->required();
  command.add_option("--storage", options->study.storage,
                     "file with the studies (default: sterlet.db beside the study file)");
  add_amend_option(command, options->study);
  add_seed_option(command, options->seed, "seed, in place of the study file's");
  command.add_option("--replay", options->replay,
                     "train with this schedule of hyperparameters (sterlet export --schedule), each time afresh");
  command.add_option("--seeds", options->seeds, "with --replay: how often, on different seeds (default: 3)")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1000000}))
      ->needs(command.get_option("--replay"));
  add_tuning_options(command, options->tuning);
  add_warm_options(command, options->warm);
  command.footer(
      "Ctrl-C once finishes the running trials, twice ends them; sterlet tune or resume continues later.\n"
      "A study file that was changed is compared with what is stored, and the difference is shown. What says how "
      "trials\n"
      "are run and chosen is taken; what says what is searched, or for what, needs --amend. Earlier trials are kept.");
  command.callback([&context, options] {
    if (!is_study_file(options->study.study)) {
      std::error_code ignored;
      if (!std::filesystem::exists(options->study.study, ignored)) {
        return fail(context, {.code = base::ErrorCode::kNotFound,
                              .where = options->study.study,
                              .what = "there is no such study file",
                              .next = "name one, or continue a stored study with sterlet resume"});
      }
    }
    auto file = studyfile::read_study_file(study::strategies(), options->study.study);
    if (!file) return fail(context, file.error());
    if (!context.quiet) {
      for (const base::Error& advice : studyfile::advise_on_command(file->spec))
        warn(context, options->study.study, advice);
    }
    attempt(context, [&]() -> base::Result<void> {
      const bool is_auto = study::strategy_of(file->spec).is_open;
      STERLET_TRY(file->spec.budget, budget_of(options->tuning, file->spec.budget));
      if (options->replay.empty()) STERLET_PASS(refuse_babysitting(file->spec));
      if (!options->replay.empty()) STERLET_PASS(study::make_replay(*file, options->replay, options->seeds));
      if (options->seed) file->spec.seed = options->seed;
      STERLET_TRY(const std::string own_storage, storage_path(options->study.storage, file->spec.folder));
      STERLET_TRY(const auto older, open_older(context, options->warm, own_storage));
      STERLET_PASS(check_older(older, *file, own_storage));
      STERLET_TRY(const Settled settled, settle(context, *file, options->study, options->tuning));
      TuningOptions tuning = options->tuning;
      if (!tuning.workers && !file->spec.workers) tuning.workers = settled.workers;
      const std::string session = exec::new_session();
      STERLET_TRY(OpenStudy open, open_study_of(context, std::move(*file), options->study, session));
      STERLET_PASS(start_warm(context, older, *open.study, own_storage));
      if (settled.planned) {
        STERLET_PASS(plan::keep_plan(
            *open.study, plan::json_from_plan(settled.planned->plan, settled.planned->facts, open.study->spec())));
      }
      if (is_auto && !study::strategy_of(open.study->spec()).is_tuned) {
        STERLET_TRY(const auto steps, plan::kept_steps(*open.study));
        STERLET_PASS(raise_model(context, open, session, steps, tuning.progress));
        return print_plan_comparison(context, *open.study);
      }
      return run_trials(context, open, tuning, session, {.takes_changes = true});
    });
  });
}

}  // namespace

const Command tune_command{"tune", "run a study: start it, or continue it from where it stands",
                           "sterlet tune study.yaml --workers 4 --trials 100", add};

}  // namespace sterlet::cli
