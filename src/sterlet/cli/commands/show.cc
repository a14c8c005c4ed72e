#include <CLI/CLI.hpp>
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/api/documents.h"
#include "sterlet/api/models.h"
#include "sterlet/cli/babysit_tree.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/abandoned.h"
#include "sterlet/cli/population.h"
#include "sterlet/cli/prior_words.h"
#include "sterlet/cli/spec_versions.h"
#include "sterlet/cli/staleness.h"
#include "sterlet/cli/study_events.h"
#include "sterlet/cli/trial_argument.h"
#include "sterlet/cli/trial_card.h"
#include "sterlet/cli/words.h"

namespace sterlet::cli {

namespace {

// What the trial's result depended on, in the words of its document.
base::Result<void> add_context(const OpenStudy& open, std::int64_t trial, base::Json& json) {
  const std::int64_t study = open.study->storage_id();
  STERLET_TRY(const auto links, open.storage->documents().load_document_links(study, study::kContextKind));
  const auto link = std::find_if(links.begin(), links.end(), [&](const auto& one) { return one.trial == trial; });
  if (link == links.end()) return {};
  STERLET_TRY(const auto contexts, study::load_documents(*open.storage, study, study::kContextKind));
  for (const study::Document& context : contexts) {
    if (context.id == link->document) json["context"] = context.body;
  }
  return {};
}

// What retests have said, the oldest first.
base::Result<void> show_verdicts(const Context& context, const OpenStudy& open) {
  STERLET_TRY(const auto verdicts, study::load_documents(*open.storage, open.study->storage_id(), study::kVerdictKind));
  if (verdicts.empty()) return {};
  std::vector<std::vector<std::string>> rows;
  for (const study::Document& verdict : verdicts)
    rows.push_back({rows.empty() ? "retested" : "", verdict_line(verdict)});
  context.out.table(rows);
  return {};
}

// `of_study`: with what is known of the study, not of the trial alone.
base::Result<void> show_trial(const Context& context, OpenStudy& open, std::int64_t number, bool of_study = false) {
  STERLET_TRY(const std::int64_t trial, check_trial(*open.study, number));
  STERLET_TRY(base::Json json, api::trial_json(*open.study, open.storage.get(), trial));
  STERLET_TRY(const Abandoned abandoned, find_abandoned(context, open));
  if (abandoned.contains(trial)) json["abandoned"] = true;
  STERLET_TRY(const auto model, api::model_json(*open.study, *open.storage, trial));
  if (model) json["model"] = *model;
  STERLET_PASS(add_context(open, trial, json));
  if (of_study) {
    STERLET_TRY(json["verdicts"], verdicts_json(open));
    if (json["verdicts"].empty()) json.erase("verdicts");
    if (const auto& priors = open.study->priors().list(); !priors.empty()) json["priors"] = priors_json(priors);
  }
  if (context.json) {
    context.out.json(json);
    return {};
  }
  const std::string remark = abandoned.contains(trial) ? gone_text(*open.study) : std::string();
  const auto columns = static_cast<std::size_t>(context.out.columns());
  auto rows = trial_card(*open.study, json, remark, context.parts.clock.wall_ms(), columns);
  if (json.value("outside", false)) rows.push_back({"", "outside what is searched now; see sterlet show --spec"});
  if (json.contains("tags"))
    rows.push_back({"tags", fmt::format("{}", fmt::join(open.study->labels().tags_of(trial), " "))});
  for (const storage::NoteRecord& note : open.study->labels().notes_of(trial)) rows.push_back({"note", note.text});
  if (model) {
    rows.push_back({"ended with", fmt::format("{} (branch {})", params_text((*model)["settings"]),
                                              (*model)["branch"].get<std::string>())});
    rows.push_back({"schedule", api::schedule_text(*model)});
  }
  context.out.table(rows);
  if (json.contains("turns")) STERLET_PASS(show_population(context, open, trial));
  for (const std::string& line : curve_lines(*open.study, json, columns)) context.out.line(line);
  return {};
}

// Hints and warm starts, and what became of them.
void show_priors(const Context& context, const OpenStudy& open) {
  std::vector<std::vector<std::string>> rows;
  for (const std::string& line : prior_lines(open.study->priors().list())) {
    rows.push_back({rows.empty() ? "hints" : "", line});
  }
  context.out.table(rows);
}

// Enqueued points that were never tried.
base::Result<void> show_skipped(const Context& context, const OpenStudy& open) {
  STERLET_TRY(auto events, study_events(open));
  std::erase_if(events, [](const auto& event) { return event.kind != study::kSkippedPointEvent; });
  print_events(context, events);
  return {};
}

void add(CLI::App& command, Context& context) {
  struct Options {
    StudyOptions study;
    std::vector<std::string> words;
    bool tree = false;
    bool spec = false;
  };
  auto options = std::make_shared<Options>();
  add_trial_arguments(command, options->study, options->words);
  command.add_flag(
      "--tree", options->tree,
      "the branches of a model that was babysat, with their curves and changes; or of a population, who went "
      "on from whom");
  command.add_flag("--spec", options->spec, "what the study was from which trial on, and what was changed");
  command.callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(const NamedTrial named, split_words(options->words, options->study));
      STERLET_TRY(OpenStudy open, open_to_look(context, options->study));
      if (options->spec) return show_spec(context, open);
      STERLET_TRY(const auto trial, find_trial(*open.study, named.is_best ? NamedTrial() : named));
      if (options->tree && open.study->population_options()) return show_population(context, open, trial);
      if (options->tree) return show_tree(context, open, trial);
      if (trial) return show_trial(context, open, *trial);
      const auto best = open.study->best();
      if (best.empty()) {
        return base::fail(base::ErrorCode::kNotFound, "no trial has finished with a value yet",
                          "name one by its number, as in sterlet show 0", open.study->spec().name);
      }
      for (const std::int64_t number : best) STERLET_PASS(show_trial(context, open, number, true));
      if (context.json) return {};
      STERLET_PASS(show_verdicts(context, open));
      show_priors(context, open);
      return show_skipped(context, open);
    });
  });
}

}  // namespace

const Command show_command{"show", "one trial in full, without a number the best: parameters, values, reports, why",
                           "sterlet show mlp 17", add};

}  // namespace sterlet::cli
