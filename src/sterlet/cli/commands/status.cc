#include <CLI/CLI.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/api/documents.h"
#include "sterlet/cli/abandoned.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/staleness.h"
#include "sterlet/cli/prior_words.h"
#include "sterlet/cli/standing.h"
#include "sterlet/cli/words.h"

namespace sterlet::cli {

namespace {

void print_status(const Context& context, const study::Study& study, const base::Json& summary,
                  const Standing& standing, const std::string& abandoned, const retest::Staleness& staleness) {
  std::vector<std::vector<std::string>> rows = {{"study", summary["study"].get<std::string>()}};
  const auto add_lines = [&](std::string label, const std::vector<std::string>& lines) {
    for (const std::string& line : lines) rows.push_back({std::exchange(label, {}), line});
  };
  std::vector<std::string> objectives;
  for (const studyfile::Objective& objective : study.spec().objectives)
    objectives.push_back(fmt::format("{} {}", text_of(objective.direction), objective.metric));
  add_lines("objective", objectives);
  add_lines("running", standing_lines(standing, study, context.parts.clock.wall_ms()));
  std::string counts;
  for (const auto& [state, count] : summary["counts"].items()) {
    if (count != 0) counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count.dump(), state);
  }
  rows.push_back({"trials", counts.empty() ? "none yet" : counts});
  if (!abandoned.empty()) rows.push_back({"", abandoned});
  if (summary.contains("tags")) {
    rows.push_back({"tags", fmt::format("{}", fmt::join(summary["tags"].get<std::vector<std::string>>(), " "))});
  }
  if (summary.contains("notes")) {
    for (const base::Json& note : summary["notes"]) rows.push_back({"note", note["text"].get<std::string>()});
  }
  add_lines("budget", budget_lines(study));
  if (summary["strategy"] != "parallel") rows.push_back({"strategy", summary["strategy"].get<std::string>()});
  if (summary.contains("sampler")) rows.push_back({"sampler", summary["sampler"].get<std::string>()});
  add_lines("hints", prior_lines(study.priors().list()));
  if (summary.contains("pruner")) rows.push_back({"pruner", summary["pruner"].get<std::string>()});
  rows.push_back({"seed", summary["seed"].dump()});
  for (const base::Json& best : summary["best"]) {
    rows.push_back({"best", fmt::format("trial {} with {}", best["number"].dump(), values_text(best["values"]))});
    if (best.contains("probability"))
      rows.push_back({"", fmt::format("the best with probability {:.2f}", best["probability"].get<double>())});
    const std::string expected = api::expectation_text(study, best["number"].get<std::int64_t>());
    if (!expected.empty()) rows.push_back({"", expected});
    rows.push_back({"", params_text(best["params"])});
  }
  if (!staleness.of.empty() || staleness.verdict || !staleness.stale.empty()) {
    rows.push_back({"confirmed", confirmed_text(staleness, context.parts.clock.wall_ms())});
    add_lines("changed", changed_lines(staleness));
    add_lines("not known", staleness.problems);
    if (staleness.verdict) rows.push_back({"retested", verdict_line(*staleness.verdict)});
    add_lines("stale", staleness.stale);
  }
  context.out.table(rows);
}

base::Json session_json(const storage::SessionRecord& session) {
  return {{"host", session.host.substr(0, session.host.find('/'))},
          {"pid", session.pid},
          {"since", base::timestamp_text(session.started_ms)}};
}

void add_standing(const Standing& standing, const study::Study& study, base::Json& summary) {
  summary["sessions"] = base::Json::array();
  for (const storage::SessionRecord& session : standing.running) summary["sessions"].push_back(session_json(session));
  for (const storage::SessionRecord& session : standing.unseen) {
    summary["sessions"].push_back(session_json(session));
    summary["sessions"].back()["seen"] = false;
  }
  summary["seconds_used"] = study.seconds_used();
  if (!standing.ended.empty()) summary["ended"] = standing.ended;
}

// Whether the table of all studies is wanted: no study is named, and there are several.
base::Result<bool> is_for_all(const Context& context, const StudyOptions& options, bool is_asked) {
  if (is_asked) return true;
  if (!options.study.empty()) return false;
  STERLET_TRY(const std::string path, storage_path(options.storage, "."));
  STERLET_TRY(const auto storage, context.parts.open_storage(path, {.must_exist = true, .only_read = true}));
  STERLET_TRY(const auto studies, storage->list_studies());
  return studies.size() > 1;
}

void add(CLI::App& command, Context& context) {
  struct Options {
    StudyOptions study;
    bool check = false;
    bool all = false;
  };
  auto options = std::make_shared<Options>();
  add_study_options(command, options->study);
  command.add_flag("--all", options->all, "all studies of the storage, the most at risk first (so also without STUDY)");
  command.add_flag("--check", options->check,
                   "end with exit code 4 where results are stale by the study's policy (retest: in the study file)");
  command.footer(
      "Results are compared with the context in which they were found: data, code, packages, machine. They are stale\n"
      "after 90 days, or when data or code have changed; a study file says otherwise with retest: {after: 30d, on: "
      "[data]}.\n"
      "The risk, from 0 to 1, is a rule of thumb to rank studies by: it grows with age and with each change.");
  command.callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(const bool is_table, is_for_all(context, options->study, options->all));
      if (is_table) return print_all(context, options->study, options->check);
      STERLET_TRY(const OpenStudy open, open_to_look(context, options->study));
      base::Json summary = api::summary_json(*open.study);
      STERLET_TRY(const Abandoned abandoned, find_abandoned(context, open));
      STERLET_TRY(const Standing standing, standing_of(context, open));
      summary["abandoned"] = abandoned;
      add_standing(standing, *open.study, summary);
      STERLET_TRY(const retest::Staleness staleness, staleness_now(context, open));
      summary["studies"] = base::Json::array({retest::json_of(staleness, open.study->spec().name)});
      STERLET_TRY(const base::Json verdicts, verdicts_json(open));
      if (!verdicts.empty()) summary["verdicts"] = verdicts;
      if (const auto& priors = open.study->priors().list(); !priors.empty()) summary["priors"] = priors_json(priors);
      if (options->check) check_stale(context, open.study->spec().name, staleness);
      if (context.json) {
        context.out.json(summary);
      } else {
        print_status(context, *open.study, summary, standing, abandoned_text(*open.study, abandoned), staleness);
      }
      return {};
    });
  });
}

}  // namespace

const Command status_command{"status", "what runs a study, what is left of it, its best, and whether that is stale",
                             "sterlet status mlp", add};

}  // namespace sterlet::cli
