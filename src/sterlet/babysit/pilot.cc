#include "sterlet/babysit/pilot.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "sterlet/babysit/actions/set.h"
#include "sterlet/babysit/actions/stop.h"
#include "sterlet/babysit/actions/undo.h"
#include "sterlet/babysit/record/change.h"
#include "sterlet/babysit/judge/rate.h"
#include "sterlet/babysit/judge/verdict.h"
#include "sterlet/babysit/supervisor.h"
#include "sterlet/babysit/windows.h"

namespace sterlet::babysit {

using base::Json;
using base::Result;
using storage::ChangeKind;
using storage::ChangeState;
using storage::CheckpointRecord;
using storage::InterventionRecord;

namespace {

constexpr double kSeen = 0.75;
constexpr double kKeep = 0.9;  // Probability that a try must have helped with, to be kept.
// A lower rate at the end: of 40 such changes that looked as good in their window, none was worse on held-back data
// (bench/babysit/bench.py calibration).
constexpr double kSeenAtEnd = 0.65;
constexpr double kLongTraining = 50;  // Windows, where nobody said how long it will be.
constexpr int kManyWindows = 1000;
constexpr double kRangePhase = 0.3;  // Later, a lower rate looks better whatever comes of it.

Curve after(const Curve& curve, std::int64_t step) {
  const auto first = std::find_if(curve.begin(), curve.end(), [&](const auto& point) { return point.first > step; });
  return {first, curve.end()};
}

// From one value to another on the parameter's unit axis.
std::optional<double> unit_step(const space::Space& space, const std::string& name, const Json& from, const Json& to) {
  const auto index = space.find_parameter(name);
  const auto before = base::number_from_json(from), after = base::number_from_json(to);
  if (!index || !before || !after) return std::nullopt;
  const space::Axis& axis = space.axis(space.first_dimension(*index));
  return axis.unit(*after) - axis.unit(*before);
}

// What this try showed, with what was forecast of it: two normal opinions of one gain.
double helped_by_all(const Verdict& verdict, const std::optional<ResponseModel::Forecast>& forecast) {
  if (!forecast || !(verdict.sd > 0) || !(forecast->sd > 0)) return verdict.helped;
  const double here = 1 / (verdict.sd * verdict.sd), there = 1 / (forecast->sd * forecast->sd);
  const double mean = (here * verdict.gain + there * forecast->mean) / (here + there);
  return 0.5 * std::erfc(-mean * std::sqrt((here + there) / 2));
}

}  // namespace

// The order of the questions is that of their urgency: a control that is over, steps that are spent, a mark to begin
// from, a try worse than allowed, and at last a window that is full.
Result<std::vector<Wish>> Pilot::look() {
  using Wishes = std::vector<Wish>;
  if (is_spent_) return Wishes{};
  if (const InterventionRecord* made = controlled(model_.tree())) {
    const auto window = static_cast<std::size_t>(window_reports(options_, model_.reported(), made->step));
    if (after(model_.reported().own_curve(), made->step).size() < window) return Wishes{};
    return Wishes{{.kind = "decide", .body = {{"winner", made->started}}}};
  }
  if (options_.autopilot == Autopilot::kOff) return Wishes{};
  const InterventionRecord* made = running_try(model_.tree());
  const bool is_over = !affords(made == nullptr ? 1 : 0);
  if (is_over && made == nullptr) {
    is_spent_ = true;
    return Wishes{held({.kind = std::string(kStopKind)})};
  }
  if (made != nullptr && !mark_) mark_ = model_.branch(made->started).checkpoint;
  const CheckpointRecord* mark = mark_ ? find_checkpoint(model_.tree(), *mark_) : nullptr;
  const bool is_here = mark != nullptr && mark->state == storage::CheckpointState::kKept &&
                       (mark->branch == model_.active() || model_.branch(model_.active()).checkpoint == mark_);
  if (!is_here) {
    mark_.reset();
    return Wishes{{.kind = "mark"}};
  }
  if (made != nullptr && options_.limits.worst && !model_.reported().own_curve().empty()) {
    const double value = model_.reported().own_curve().back().second;
    if (model_.minimizes() ? value > *options_.limits.worst : value < *options_.limits.worst) {
      return Wishes{{.kind = std::string(kUndoKind),
                     .body = {{"note", fmt::format("{} {:.4g} is worse than {:.4g}, the worst that is allowed",
                                                   model_.metric(), value, *options_.limits.worst)}}}};
    }
  }
  const std::size_t reports = after(model_.reported().own_curve(), mark->step).size();
  if (reports < static_cast<std::size_t>(window_of(*mark)) && !is_over) return Wishes{};
  return reach_boundary(*mark);
}

// Where its last try branched off the base, for there may be more to try from there; else the base's window begins where
// its program goes on. While a try runs, look() knows.
void Pilot::find_mark(const CheckpointRecord& point) {
  if (mark_ || running_try(model_.tree()) != nullptr) return;
  const auto& changes = model_.tree().interventions;
  const InterventionRecord* last = changes.empty() ? nullptr : &changes.back();
  const bool is_tried = last != nullptr && last->kind == ChangeKind::kTry && last->came_from == model_.active();
  mark_ = is_tried ? model_.branch(last->started).checkpoint : std::optional(point.id);
}

// Whether so many more reports stay within the steps that may be spent, with what the program trains on for until it
// hears of what was decided: a report at least.
bool Pilot::affords(std::int64_t reports) const {
  const std::int64_t a_report = model_.reported().steps_a_report();
  return !options_.limits.steps ||
         model_.reported().spent_steps() + reports * a_report + std::max(late_steps_, a_report) <=
             *options_.limits.steps;
}

std::int64_t Pilot::window_of(const CheckpointRecord& mark) const {
  return window_reports(options_, model_.reported(), mark.step);
}

Wish Pilot::held(Wish wish) {
  if (model_.is_paused()) return wish;
  held_at_ = model_.reported().spent_steps();
  wish.holds = true;
  return wish;
}

void Pilot::hear() {
  if (held_at_) late_steps_ = std::max(late_steps_, model_.reported().spent_steps() - *held_at_);
  held_at_.reset();
}

// The window of the base or of a try is full.
Result<std::vector<Wish>> Pilot::reach_boundary(const CheckpointRecord& mark) {
  const InterventionRecord* made = running_try(model_.tree());
  STERLET_TRY(const Situation now, situation(mark));
  STERLET_TRY(const ResponseModel learned, responses());
  const auto proposal = propose(model_.space(), now, learned, options_.limits, model_.minimizes());
  if (options_.autopilot == Autopilot::kAdvise) return advise(proposal, now.params);
  if (proposal && proposal->is_planned) {
    const Json change{{"name", proposal->name}, {"op", "="}, {"value", proposal->value}};
    return std::vector<Wish>{
        {.kind = std::string(kSetKind), .body = {{"changes", Json::array({change})}, {"note", proposal->reason}}}};
  }
  const bool is_afforded = affords(window_of(mark));
  if (proposal && is_afforded) {
    return std::vector<Wish>{held(
        {.kind = "try", .body = {{"name", proposal->name}, {"value", proposal->value}, {"note", proposal->reason}}})};
  }
  if (made == nullptr && now.arms.empty()) {
    return std::vector<Wish>{{.kind = "mark", .body = {{"note", no_range_text(now, is_afforded)}}}};
  }
  STERLET_TRY(const int winner, choose_winner(now, learned));
  Wish decide{.kind = "decide", .body = {{"winner", winner}}};
  if (now.is_start) decide.body["note"] = range_text(now, winner);
  return std::vector<Wish>{winner == model_.active() ? decide : held(decide)};
}

// The best of all at the start, where tries are far apart; elsewhere the one that surely helped.
Result<int> Pilot::choose_winner(const Situation& now, const ResponseModel& learned) const {
  int winner = base_branch(model_.tree());
  if (now.is_start && now.is_short) {
    const std::size_t chosen = choose_rate(now, model_.minimizes());
    return chosen == 0 ? winner : now.arms[chosen - 1].branch;
  }
  double best = score_of(now.window, model_.minimizes());
  for (const Arm& arm : now.arms) {
    const double score = arm.ran_away ? HUGE_VAL : score_of(arm.window, model_.minimizes());
    if (score >= best) continue;
    const auto verdict = judge_paired(now.window, arm.window, model_.minimizes());
    if (now.is_start) {
      // One window, judged as the logbook says it: what is kept has helped.
      if (verdict && verdict->helped <= 0.5) continue;
    } else {
      // A forecast may tip the scales, but not lift what was hardly seen to help.
      const bool settles = is_ending(now, options_.limits) && arm.rate < now.rate;
      if (!verdict || verdict->helped < (settles ? kSeenAtEnd : kSeen)) continue;
      if (!settles && helped_by_all(*verdict, forecast_of(learned, arm.branch, now.phase)) < kKeep) continue;
    }
    best = score;
    winner = arm.branch;
  }
  return winner;
}

// What the range test saw, by rate: the mean of each second half.
std::string Pilot::range_text(const Situation& now, int winner) const {
  std::map<double, std::string> seen;
  const auto score_text = [&](const Curve& window, bool ran_away) {
    const double score = score_of(window, model_.minimizes());
    return ran_away || !std::isfinite(score) ? std::string("it ran away")
                                             : fmt::format("{:.4g}", model_.minimizes() ? score : -score);
  };
  seen[now.rate] = score_text(now.window, false);
  double chosen = now.rate;
  for (const Arm& arm : now.arms) {
    seen[arm.rate] = score_text(arm.window, arm.ran_away);
    if (arm.branch == winner) chosen = arm.rate;
  }
  std::string text;
  for (const auto& [rate, score] : seen) text += fmt::format("{}{:.4g}: {}", text.empty() ? "" : ", ", rate, score);
  return fmt::format("range test of {}: {} ({}); it goes on with {:.4g}{}",
                     find_learning_rate(model_.space(), now.params).value_or("the rate"), text, model_.metric(), chosen,
                     now.is_short ? ", the highest of those that gained nearly as much as the best" : "");
}

// Why there is none, said once.
std::string Pilot::no_range_text(const Situation& now, bool is_afforded) {
  if (range_mark(model_.tree()) || std::exchange(is_range_told_, true)) return {};
  if (!find_learning_rate(model_.space(), now.params)) {
    return "no range test: no number is live; write live: true to the learning rate in the study file";
  }
  if (!now.is_start) return "no range test: the training is too far on for one";
  return is_afforded ? "no range test: the bounds leave no rate worth a try beside this one"
                     : "no range test: the steps that may be spent do not suffice for one";
}

// Says what it would try, once in a row.
std::vector<Wish> Pilot::advise(const std::optional<Proposal>& proposal, const Json& params) {
  std::vector<Wish> wishes;
  if (proposal) {
    const Json set{{proposal->name, proposal->value}}, was{{proposal->name, params[proposal->name]}};
    const std::string words = settings_words(set);
    if (words != std::exchange(advised_, words)) {
      wishes.push_back({.kind = "advice", .body = {{"set", set}, {"was", was}, {"note", proposal->reason}}});
    }
  }
  wishes.push_back({.kind = "mark"});
  return wishes;
}

Result<Situation> Pilot::situation(const CheckpointRecord& mark) const {
  Situation now;
  const int base = base_branch(model_.tree());
  now.params = params_of(model_.tree(), base);
  STERLET_TRY(const auto line, model_.line(base));
  now.line = curve_of(line, model_.metric());
  now.window = after(now.line, mark.step);
  now.window_reports = static_cast<std::size_t>(window_of(mark));
  if (options_.limits.steps) {
    now.spent = static_cast<double>(model_.reported().spent_steps()) / static_cast<double>(*options_.limits.steps);
    now.phase = std::min(1.0, now.spent);
  } else {
    const double windows = static_cast<double>(now.line.size()) / static_cast<double>(window_of(mark));
    now.phase = std::min(1.0, windows / kLongTraining);
  }
  const auto ranged = range_mark(model_.tree());
  // Wherever the autopilot sees a model first, at its beginning or not much later: one range test.
  const bool is_early = is_start_mark(model_.tree(), mark.id) || now.phase <= kRangePhase;
  now.is_start = ranged ? *ranged == mark.id : is_early;
  const auto rate = find_learning_rate(model_.space(), now.params);
  const auto rate_of = [&](int branch) {
    const Json params = params_of(model_.tree(), branch);
    return rate && params.contains(*rate) ? base::number_from_json(params[*rate]).value_or(0) : 0;
  };
  now.rate = rate_of(base);
  for (const int branch : line_of(model_.tree(), base)) {
    const auto& from = model_.branch(branch).checkpoint;
    if (!from || is_start_mark(model_.tree(), *from) || from == ranged) now.rate_found = rate_of(branch);
  }
  now.is_short = is_short(options_, model_.reported());
  if (now.is_short && rate) find_plan(base, *rate, now);
  const std::int64_t window_steps = std::max<std::int64_t>(1, window_of(mark) * model_.reported().steps_a_report());
  now.windows_since_try = kManyWindows;
  for (const InterventionRecord& made : model_.tree().interventions) {
    const auto& branch = model_.branch(made.started);
    if (now.is_start && !branch.checkpoint && made.kind == ChangeKind::kRollBack) {
      now.arms.push_back({.branch = made.came_from, .rate = rate_of(made.came_from), .ran_away = true});
    }
    if (made.kind != ChangeKind::kTry) continue;
    if (branch.checkpoint == mark.id) {
      Arm arm{.branch = made.started, .rate = rate_of(made.started), .ran_away = made.state == ChangeState::kUndone};
      STERLET_TRY(arm.window, model_.curve(made.started));
      now.arms.push_back(std::move(arm));
    } else if (branch.checkpoint != ranged) {
      ++now.tries;
      now.last_kept = made.state == ChangeState::kKept;
      now.windows_since_try = static_cast<int>((model_.step - made.step) / window_steps) - 1;
    }
  }
  return now;
}

// Since which step, and from which rate, a short training is lowered by plan: its first change by the autopilot that is
// no try.
void Pilot::find_plan(int base, const std::string& rate, Situation& now) const {
  const std::vector<int> line = line_of(model_.tree(), base);
  for (const InterventionRecord& made : model_.tree().interventions) {
    const bool is_planned = made.kind == ChangeKind::kSet && made.by == storage::ChangeAuthor::kAutopilot &&
                            std::count(line.begin(), line.end(), made.started) > 0;
    if (!is_planned) continue;
    now.plan_rate = base::number_from_json(stored_json(made.was).value(rate, Json())).value_or(0);
    const auto done = static_cast<double>(model_.step - made.step);
    const auto left = static_cast<double>(*options_.limits.steps - model_.reported().spent_steps());
    now.plan_over = done + left > 0 ? std::clamp(done / (done + left), 0.0, 1.0) : 1;
    return;
  }
}

// What was forecast of a try, where that changed one number.
std::optional<ResponseModel::Forecast> Pilot::forecast_of(const ResponseModel& learned, int branch,
                                                          double phase) const {
  const InterventionRecord* made = start_of(model_.tree(), branch);
  if (made == nullptr) return std::nullopt;
  const Json set = stored_json(made->set), was = stored_json(made->was);
  if (set.size() != 1) return std::nullopt;
  const std::string name = set.begin().key();
  const auto step = unit_step(model_.space(), name, was.value(name, Json()), set[name]);
  return step ? std::optional(learned.forecast(name, *step, phase)) : std::nullopt;
}

// What earlier tries of this model taught.
Result<ResponseModel> Pilot::responses() const {
  ResponseModel learned(find_learning_rate(model_.space(), model_.params()).value_or(std::string()));
  const std::int64_t most = std::max<std::int64_t>(1, options_.limits.steps.value_or(model_.step));
  for (const InterventionRecord& made : model_.tree().interventions) {
    const Json set = stored_json(made.set), was = stored_json(made.was);
    if (made.kind != ChangeKind::kTry || set.size() != 1 || made.state == ChangeState::kWatching) continue;
    // Those of the range test are too far apart for a straight line.
    if (model_.branch(made.started).checkpoint == range_mark(model_.tree())) continue;
    const std::string name = set.begin().key();
    const auto step = unit_step(model_.space(), name, was.value(name, Json()), set[name]);
    if (!step) continue;
    STERLET_TRY(const Curve base, model_.curve(made.came_from));
    STERLET_TRY(const Curve changed, model_.curve(made.started));
    const auto verdict = judge_paired(base, changed, model_.minimizes());
    learned.add({.name = name,
                 .step = *step,
                 .phase = std::min(1.0, static_cast<double>(made.step) / static_cast<double>(most)),
                 .gain = verdict ? verdict->gain : -HUGE_VAL,
                 .noise = verdict ? verdict->sd : 0});
  }
  return learned;
}

}  // namespace sterlet::babysit
