#include "sterlet/babysit/record/logbook.h"

#include <fmt/format.h>

#include "sterlet/babysit/record/change.h"
#include "sterlet/base/clock.h"
#include "sterlet/base/text.h"
#include "sterlet/studyfile/schedule_change.h"

namespace sterlet::babysit {

using base::Json;
using base::Result;
using storage::InterventionRecord;

namespace {

// A cell of a table: one line, no bar of its own.
std::string cell(const std::string& text) {
  std::string out;
  for (const char c : base::printable(text)) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

Json json_of(const std::string& text) { return base::parse_json(text).value_or(Json::object()); }

}  // namespace

studyfile::Schedule schedule_of(const Tree& tree, int branch) {
  studyfile::Schedule schedule;
  for (const int number : line_of(tree, branch)) {
    studyfile::change_to(schedule, tree.branches[static_cast<std::size_t>(number)].from_step, params_of(tree, number));
  }
  return schedule;
}

Result<std::string> logbook_markdown(storage::Storage& storage, std::int64_t study, const std::string& name,
                                     const std::string& metric, const Tree& tree) {
  std::string text = fmt::format("# Logbook of {}, trial {}\n\n", cell(name), tree.model.trial);
  text += fmt::format("It began with {}. Branch {} is trained{}.\n\n", cell(settings_text(params_of(tree, 0))),
                      branch_name(tree.model.active), tree.model.paused ? ", and is paused" : "");
  std::vector<Curve> curves;
  for (const storage::BranchRecord& branch : tree.branches) {
    STERLET_TRY(const auto reports, storage.live().load_branch_reports(study, tree.model.trial, branch.number));
    curves.push_back(curve_of(reports, metric));
  }
  const auto value_text_of = [](const Curve& curve) {
    return curve.empty() ? std::string("-") : fmt::format("{:.5g} (step {})", curve.back().second, curve.back().first);
  };
  text +=
      fmt::format("| when | step | branch | change | by | why | came of it | {} |\n|---|---|---|---|---|---|---|---|\n",
                  cell(metric));
  STERLET_TRY(const auto advised, storage.live().commands_of(study, tree.model.trial, "advice"));
  auto advice = advised.begin();
  const auto tell_advice_until = [&](std::int64_t time_ms) {
    for (; advice != advised.end() && advice->created_ms <= time_ms; ++advice) {
      const Json body = json_of(advice->body);
      text +=
          fmt::format("| {} | {} | {} | {} | autopilot | {} | advice | - |\n", base::timestamp_text(advice->created_ms),
                      body.value("step", std::int64_t{0}), branch_name(body.value("branch", 0)),
                      cell(change_text(body.value("set", Json::object()), body.value("was", Json::object()))),
                      cell(body.value("note", std::string())));
    }
  };
  for (const InterventionRecord& made : tree.interventions) {
    tell_advice_until(made.created_ms);
    const Json set = json_of(made.set), was = json_of(made.was);
    std::string change = set.empty() ? "nothing: trained again from there" : change_text(set, was);
    if (made.kind == storage::ChangeKind::kRollBack) {
      change = "rolled back; " + change;
    }
    std::string outcome(storage::text_of(made.state));
    if (made.helped) outcome += ", helped with " + probability_text(*made.helped);
    if (!made.outcome.empty()) outcome += ": " + made.outcome;
    text += fmt::format("| {} | {} | {} to {} | {} | {} | {} | {} | {} |\n", base::timestamp_text(made.created_ms),
                        made.step, branch_name(made.branch), branch_name(made.started), cell(change),
                        cell(author_text(made)), cell(made.note), cell(outcome),
                        value_text_of(curves[static_cast<std::size_t>(made.started)]));
  }
  tell_advice_until(INT64_MAX);
  if (tree.interventions.empty()) text += "\nNothing has been changed yet.\n";
  text += fmt::format("\nThe line that leads to branch {}, as a schedule: `sterlet logbook --format schedule`.\n",
                      branch_name(tree.model.active));
  return text;
}

}  // namespace sterlet::babysit
