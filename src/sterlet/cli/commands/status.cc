#include <CLI/CLI.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/api/documents.h"
#include "sterlet/cli/abandoned.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/standing.h"
#include "sterlet/cli/words.h"

namespace sterlet::cli {

namespace {

void print_status(const Context& context, const study::Study& study, const base::Json& summary,
                  const Standing& standing, const std::string& abandoned) {
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
  rows.push_back({"sampler", summary["sampler"].get<std::string>()});
  rows.push_back({"pruner", summary["pruner"].get<std::string>()});
  rows.push_back({"seed", summary["seed"].dump()});
  for (const base::Json& best : summary["best"]) {
    rows.push_back({"best", fmt::format("trial {} with {}", best["number"].dump(), values_text(best["values"]))});
    if (best.contains("probability"))
      rows.push_back({"", fmt::format("the best with probability {:.2f}", best["probability"].get<double>())});
    const std::string expected = api::expectation_text(study, best["number"].get<std::int64_t>());
    if (!expected.empty()) rows.push_back({"", expected});
    rows.push_back({"", params_text(best["params"])});
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

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<StudyOptions>();
  add_study_options(command, *options);
  command.callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(const OpenStudy open, open_to_look(context, *options));
      base::Json summary = api::summary_json(*open.study);
      STERLET_TRY(const Abandoned abandoned, find_abandoned(context, open));
      STERLET_TRY(const Standing standing, standing_of(context, open));
      summary["abandoned"] = abandoned;
      add_standing(standing, *open.study, summary);
      if (context.json) {
        context.out.json(summary);
      } else {
        print_status(context, *open.study, summary, standing, abandoned_text(*open.study, abandoned));
      }
      return {};
    });
  });
}

}  // namespace

const Command status_command{"status", "a study in a few numbers: what runs it, what is left of it, its best",
                             "sterlet status mlp", add};

}  // namespace sterlet::cli
