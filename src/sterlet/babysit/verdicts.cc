#include "sterlet/babysit/verdicts.h"

#include <algorithm>

#include <fmt/format.h>

#include "sterlet/babysit/record/change.h"
#include "sterlet/babysit/judge/verdict.h"
#include "sterlet/babysit/windows.h"

namespace sterlet::babysit {

using base::Result;
using storage::BranchReport;
using storage::ChangeKind;
using storage::ChangeState;
using storage::InterventionRecord;

namespace {

// What came of a change, by what its branch has reported until now.
Result<void> add_verdict(Desk& desk, InterventionRecord& made) {
  const Model& model = desk.model;
  const std::int64_t since = model.branch(made.branch).from_step;
  STERLET_TRY(auto before, model.line(made.branch));
  std::erase_if(before, [&](const BranchReport& report) { return report.step > made.step; });
  STERLET_TRY(const Curve after, model.curve(made.started));
  const auto window = static_cast<std::size_t>(window_reports(desk.options, model.reported(), made.step));
  const auto verdict = judge(recent(curve_of(before, model.metric()), since, window), after, model.minimizes());
  if (!verdict) return {};
  made.helped = verdict->helped;
  made.outcome = fmt::format("{} {:.4g} where {:.4g} was expected without it", model.metric(), verdict->measured,
                             verdict->expected);
  desk.outbox.say(
      fmt::format("the change at step {} helped with {}: {}", made.step, probability_text(*made.helped), made.outcome));
  return {};
}

}  // namespace

Result<void> settle_watched(Desk& desk) {
  const auto line = line_of(desk.model.tree(), desk.model.active());
  for (InterventionRecord& made : desk.model.changes()) {
    if (made.state != ChangeState::kWatching) continue;
    const bool is_on_line = std::find(line.begin(), line.end(), made.started) != line.end();
    if (is_on_line) STERLET_PASS(add_verdict(desk, made));
    STERLET_PASS(desk.model.put(made, is_on_line ? ChangeState::kKept : ChangeState::kUndone));
  }
  return {};
}

Result<void> watch_again(Desk& desk) {
  for (InterventionRecord& made : desk.model.changes()) {
    if (made.started != desk.model.active() || made.kind != ChangeKind::kSet || made.state != ChangeState::kKept) {
      continue;
    }
    STERLET_TRY(const Curve reported, desk.model.curve(made.started));
    if (static_cast<std::int64_t>(reported.size()) >= window_reports(desk.options, desk.model.reported(), made.step))
      return {};
    made.helped.reset();
    made.outcome.clear();
    STERLET_PASS(desk.model.put(made, ChangeState::kWatching));
  }
  return {};
}

// From the active branch back along the changes that started branches. A branch without one is the first.
Result<std::string> mark_undone(Desk& desk, int through, const std::string& why) {
  Model& model = desk.model;
  std::string what;
  for (bool is_last = false; !is_last;) {
    const int undone = model.active();
    is_last = undone == through || start_of(model.tree(), undone) == nullptr;
    int before = undone;
    for (InterventionRecord& made : model.changes()) {
      const bool is_start = made.started == undone;
      if (!is_start && !(made.branch == undone && made.state == ChangeState::kWatching)) continue;
      if (is_start) {
        before = made.came_from;
        const std::string change =
            made.kind == ChangeKind::kBranch ? fmt::format("branch {}", branch_name(undone)) : back_text(made);
        what += (what.empty() ? "" : ", then ") + change;
        if (!why.empty()) made.outcome += (made.outcome.empty() ? "" : "; ") + why;
      }
      STERLET_PASS(model.put(made, ChangeState::kUndone));
    }
    model.set_active(before);
  }
  return what;
}

}  // namespace sterlet::babysit
