#include <CLI/CLI.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/base/text.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/trial_argument.h"
#include "sterlet/cli/tuning.h"
#include "sterlet/exec/session.h"
#include "sterlet/study/sessions.h"

namespace sterlet::cli {

namespace {

struct RetryOptions {
  StudyOptions study;
  TuningOptions tuning;
  std::vector<std::string> words;
  bool failed = false;
  bool later = false;
};

base::Result<std::vector<std::int64_t>> trials_of(const RetryOptions& options, std::vector<std::int64_t> named,
                                                  const study::Study& study) {
  if (options.failed) {
    auto failed = study.failed_trials();
    if (!failed.empty()) return failed;
    return base::fail(base::ErrorCode::kNotFound, "no trial of it has failed", {}, study.spec().name);
  }
  if (named.empty()) {
    return base::fail(base::ErrorCode::kInvalidArgument, "it is not said which trials to run again",
                      "name them by their numbers, or give --failed", study.spec().name);
  }
  for (const std::int64_t trial : named) STERLET_PASS(check_trial(study, trial));
  return named;
}

base::Result<void> retry(Context& context, RetryOptions& options) {
  STERLET_TRY(const auto named, split_trials(options.words, options.study));
  const std::string session = exec::new_session();
  STERLET_TRY(OpenStudy open, open_study(context, options.study, session));
  study::Study& study = *open.study;
  const std::string& name = study.spec().name;
  STERLET_TRY(const auto trials, trials_of(options, named, study));
  STERLET_PASS(study.by_hand().retry(trials));
  const std::string what = fmt::format("{} {}", trials.size() == 1 ? "trial" : "trials", fmt::join(trials, ", "));
  const auto say = [&](const std::string& sentence) {
    if (context.json) return context.out.json({{"version", 1}, {"study", name}, {"retry", trials}});
    if (!context.quiet) context.out.line(sentence);
  };
  study::SessionWatch watch(context.parts.clock);
  STERLET_TRY(const auto at_work, study::sessions_at_work(*open.storage, study.storage_id(), watch, session));
  if (!at_work.empty()) {
    say(fmt::format("{}: {} will be run again by process {}, which runs the study", name, what, at_work.front().pid));
    return {};
  }
  if (options.later || study.spec().command.empty()) {
    say(fmt::format("{}: {} will be run again by the next {}", name, what,
                    study.spec().command.empty() ? "ask" : "sterlet tune or sterlet resume"));
    return {};
  }
  STERLET_PASS(open.storage->request_stop(study.storage_id(), false));
  study.sessions().only_run_again();
  return run_trials(context, open, options.tuning, session);
}

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<RetryOptions>();
  command.add_option("TRIAL", options->words, "numbers of trials that failed, were lost or cancelled")
      ->option_text("[STUDY] TRIAL ...");
  command.add_flag("--failed", options->failed, "all that failed");
  command.add_flag("--later", options->later, "leave them to the next sterlet tune or sterlet resume");
  command.add_option("--storage", options->study.storage, "file with the studies (default: ./sterlet.db)");
  add_running_options(command, options->tuning);
  command.footer(
      "Each trial is run as another attempt with its own parameters, from its last checkpoint if it has one. Where "
      "the\n"
      "study is running, whoever runs it takes them.");
  command.callback([&context, options] { attempt(context, [&] { return retry(context, *options); }); });
}

}  // namespace

const Command retry_command{"retry", "run trials again that failed, were lost or cancelled",
                            "sterlet retry mlp --failed", add};

}  // namespace sterlet::cli
