#include <CLI/CLI.hpp>
#include <map>

#include <fmt/format.h>

#include "sterlet/api/curve.h"
#include "sterlet/api/documents.h"
#include "sterlet/api/models.h"
#include "sterlet/base/file.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/log_end.h"
#include "sterlet/cli/prior_words.h"
#include "sterlet/cli/report_in_trial.h"
#include "sterlet/cli/staleness.h"
#include "sterlet/doctor/importance.h"
#include "sterlet/report/html.h"

namespace sterlet::cli {

namespace {

struct Options {
  StudyOptions study;
  std::vector<std::string> words;
  std::string output = "report.html";
  TrialReport in_trial;
};

// The ends of logs stand in the page, with so much of each stream; all of them together are not to outweigh the rest.
constexpr std::size_t kLogBytesMax = 1200;
constexpr std::size_t kLogsBytesMax = 1'000'000;

// The ends of the trials' logs, as far as there is room: of the best, of those that failed or run, then of the newest.
std::map<std::int64_t, std::string> logs_of(const OpenStudy& open) {
  std::vector<std::int64_t> order = open.study->best();
  const auto& records = open.study->records();
  for (const bool is_any : {false, true}) {
    for (auto record = records.rbegin(); record != records.rend(); ++record) {
      const bool is_telling = record->state == storage::State::kFailed || record->state == storage::State::kLost ||
                              record->state == storage::State::kRunning;
      if (is_any || is_telling) order.push_back(record->number);
    }
  }
  std::map<std::int64_t, std::string> logs;
  std::size_t bytes = 0;
  for (const std::int64_t trial : order) {
    const auto [log, is_new] = logs.try_emplace(trial);
    if (!is_new) continue;
    log->second = log_end(open, trial, kLogBytesMax);
    bytes += log->second.size();
    if (bytes > kLogsBytesMax) break;
  }
  return logs;
}

// Trial by trial, so that the page of a large study takes little memory.
base::Result<std::string> page_of(const OpenStudy& open) {
  const study::Study& study = *open.study;
  storage::Storage& storage = *open.storage;
  base::Json head = api::study_json(study);
  head["study"]["version"] = STERLET_VERSION;
  base::Json& importance = head["study"]["importance"] = base::Json::array();
  for (std::size_t i = 0; i < study.spec().objectives.size(); ++i) {
    importance.push_back(doctor::importance_json({doctor::importance_of(study, i)}));
  }
  STERLET_TRY(const base::Json verdicts, verdicts_json(open));
  if (!verdicts.empty()) head["study"]["verdicts"] = verdicts;
  if (const auto& priors = study.priors().list(); !priors.empty()) head["study"]["priors"] = priors_json(priors);
  report::Page page(head);
  auto logs = logs_of(open);
  STERLET_TRY(auto models, api::models_json(study, storage));
  for (const std::int64_t trial : study.shown_trials()) {
    STERLET_TRY(base::Json json, api::trial_json(study, &storage, trial, api::Reports::kWithout));
    if (const auto model = models.find(trial); model != models.end()) json["model"] = std::move(model->second);
    if (const auto log = logs.find(trial); log != logs.end()) json["log"] = std::move(log->second);
    page.add_trial(json);
    STERLET_TRY(const auto curve, api::curve_of(study, storage, trial));
    for (const storage::ReportRecord& report : curve) page.add_report(report.step, report.metric, report.value);
  }
  return page.html();
}

base::Result<void> write_page(Context& context, const Options& options) {
  STERLET_TRY(const OpenStudy open, open_to_look(context, options.study));
  STERLET_TRY(const std::string page, page_of(open));
  STERLET_PASS(base::write_whole(options.output, page));
  if (!context.quiet) context.out.line(fmt::format("{} written", options.output));
  return {};
}

// One word for two things, as it stands in scripts: metrics or an option of a trial make it a trial's report.
bool is_in_trial(const Options& options) {
  const bool has_metrics = !options.words.empty() && options.words.front().find('=') != std::string::npos;
  return has_metrics || !options.in_trial.is_empty();
}

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<Options>();
  TrialReport& in_trial = options->in_trial;
  command.add_option("STUDY_OR_METRICS", options->words, "a study (file or name), or metrics of the running trial")
      ->option_text("[STUDY | NAME=VALUE ...]");
  command.add_option("--storage", options->study.storage, "file with the studies (default: ./sterlet.db)");
  command.add_option("--output,-o", options->output, "page to write (default: report.html)");
  command.add_option("--step", in_trial.step, "inside a trial: epoch or step of the metrics (default: the next)");
  command.add_option("--value", in_trial.values, "inside a trial: the final value of the objective");
  command
      .add_option("--checkpoint", in_trial.checkpoint,
                  "inside a trial: a checkpoint of --step, complete on disk; relative to $STERLET_CHECKPOINT_DIR")
      ->needs(command.get_option("--step"));
  command.footer(
      "Inside a trial's script: sterlet report --step 3 val_error=0.2 || exit 0\n"
      "It exits with 10 when the trial should stop, and does nothing where no Sterlet runs the script.");
  command.callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      if (is_in_trial(*options)) {
        options->in_trial.metrics = options->words;
        return report_in_trial(context, options->in_trial);
      }
      if (!options->words.empty()) options->study.study = options->words.front();
      return write_page(context, *options);
    });
  });
}

}  // namespace

const Command report_command{"report", "the study as one HTML page; inside a trial: report metrics to Sterlet",
                             "sterlet report mlp -o page.html", add};

}  // namespace sterlet::cli
