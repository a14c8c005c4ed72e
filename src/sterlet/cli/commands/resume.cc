#include <CLI/CLI.hpp>

#include "sterlet/cli/change.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/tuning.h"
#include "sterlet/exec/session.h"

namespace sterlet::cli {

namespace {

struct ResumeOptions {
  StudyOptions study;
  TuningOptions tuning;
};

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<ResumeOptions>();
  add_study_options(command, options->study);
  add_tuning_options(command, options->tuning);
  command.callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      const std::string session = exec::new_session();
      STERLET_TRY(OpenStudy open, open_study(context, options->study, session));
      STERLET_TRY(const bool told, tell_model(context, open, "resume"));
      if (told) return {};
      STERLET_PASS(refuse_babysitting(open.study->spec()));
      STERLET_TRY(const studyfile::Budget budget, budget_of(options->tuning, open.study->spec().budget));
      if (budget != open.study->spec().budget) STERLET_PASS(open.study->set_budget(budget));
      STERLET_PASS(open.storage->request_stop(open.study->storage_id(), false));
      return run_trials(context, open, options->tuning, session, {.takes_changes = true});
    });
  });
}

}  // namespace

const Command resume_command{"resume", "continue a stored study: lost trials first, then new ones",
                             "sterlet resume mlp --trials 200", add};

}  // namespace sterlet::cli
