#include "sterlet/babysit/guard.h"

#include <algorithm>
#include <cmath>

#include "sterlet/babysit/actions/roll_back.h"
#include "sterlet/babysit/actions/undo.h"
#include "sterlet/babysit/judge/rate.h"
#include "sterlet/babysit/supervisor.h"
#include "sterlet/babysit/windows.h"

namespace sterlet::babysit {

using base::Json;
using storage::ChangeAuthor;
using storage::ChangeKind;
using storage::CheckpointRecord;
using storage::InterventionRecord;

namespace {

constexpr int kRollBacksMax = 5;  // From one checkpoint.
constexpr double kLower = 0.5;    // The learning rate's factor.
constexpr double kLowerAtStart = 0.1;

}  // namespace

// The branch whose change, with those after it, is to be taken back for a spike; nothing where none is to blame. To
// blame is a change between the last good report and the first bad one, and the one that is still watched. What was
// changed when the spike was there already (to put it right, perhaps) is not to blame, but goes with the one before it
// that is.
std::optional<int> Guard::find_culprit(const Spike& spike) const {
  std::optional<int> culprit;
  const InterventionRecord* made = model_.start();
  while (made != nullptr && made->checkpoint) {
    const bool is_late = made->kind == ChangeKind::kSet && made->step >= spike.first_step;
    const bool is_close = made->kind == ChangeKind::kSet && made->step >= spike.good_step;
    if (!is_late && !is_close && made->state != storage::ChangeState::kWatching) break;
    if (!is_late) culprit = made->started;
    if (made->kind != ChangeKind::kSet) break;
    made = start_of(model_.tree(), made->came_from);
  }
  return culprit;
}

std::optional<Wish> Guard::look() const {
  if (!options_.guard) return std::nullopt;
  for (const auto& [name, curve] : model_.reported().watched()) {
    const auto spike = find_spike(curve, name, name != model_.metric() || model_.minimizes());
    if (!spike || spike->good_step < model_.guarded_from) continue;
    if (const auto culprit = find_culprit(*spike)) {
      return Wish{.kind = std::string(kUndoKind),
                  .body = {{"note", spike->sentence}, {"through", *culprit}},
                  .by = ChangeAuthor::kGuard};
    }
    return Wish{.kind = std::string(kRollBackKind),
                .body = {{"good_step", spike->good_step}, {"bad_step", spike->bad_step}, {"note", spike->sentence}},
                .by = ChangeAuthor::kGuard};
  }
  return std::nullopt;
}

std::optional<TakenBack> Guard::look_at_rest(const std::string& why) const {
  bool ran_away = tells_divergence(why);
  std::int64_t good_step = model_.step;
  Spike seen{.first_step = model_.step + 1, .sentence = why};  // For want of a better one: since the last report.
  for (const auto& [name, curve] : model_.reported().watched()) {
    if (!curve.empty()) seen.good_step = std::max(seen.good_step, curve.back().first);
  }
  for (const auto& [name, curve] : model_.reported().watched()) {
    const auto spike = find_spike(curve, name, name != model_.metric() || model_.minimizes());
    if (!spike) continue;
    ran_away = true;
    good_step = std::min(good_step, spike->good_step);
    seen = *spike;
  }
  if (!ran_away) return std::nullopt;
  return TakenBack{.culprit = find_culprit(seen),
                   .good_step = good_step,
                   .bad_step = model_.step + 1,
                   .sentence = std::string(seen.sentence)};
}

std::optional<TakenBack> Guard::unheard(const std::string& kind, const Json& body) {
  TakenBack taken{.sentence = body.value("note", std::string())};
  if (kind == kRollBackKind) {
    taken.good_step = body.value("good_step", std::int64_t{0});
    taken.bad_step = body.value("bad_step", std::int64_t{0});
    return taken;
  }
  if (kind != kUndoKind || !body.contains("through"))
    return std::nullopt;  // The autopilot's undo, of one of its tries.
  taken.culprit = body.value("through", 0);
  return taken;
}

Guard::Found Guard::plan(std::int64_t good_step, std::int64_t bad_step, RollBack& plan) {
  if (is_first_window()) {
    const auto beginning = plan_from_beginning();
    if (beginning) plan = *beginning;
    return beginning ? Found::kYes : Found::kNo;
  }
  const Tree& tree = model_.tree();
  const InterventionRecord* start = model_.start();
  // Where it was rolled back to was good, whether or not there was a report of that very step.
  if (start != nullptr && start->kind == ChangeKind::kRollBack) good_step = std::max(good_step, start->step);
  auto candidates = restore_points_on_line(tree, model_.active());
  std::erase_if(candidates, [&](const CheckpointRecord* point) { return point->step > good_step; });
  const auto whole = checkpoints_.first_whole(candidates);
  if (!whole) return Found::kLater;
  const CheckpointRecord* point = *whole;
  if (point == nullptr) return Found::kNo;
  const auto before = std::count_if(tree.branches.begin(), tree.branches.end(), [&](const auto& branch) {
    const auto* made = start_of(tree, branch.number);
    return made != nullptr && made->kind == ChangeKind::kRollBack && branch.checkpoint == point->id;
  });
  if (before >= kRollBacksMax) return Found::kNo;
  // How long the bad stretch is, nobody knows when it is seen: a window from the last good report on is left out at
  // least, and where that was too little, more than twice as much.
  const auto& active = model_.branch(model_.active());
  const std::int64_t left_out = active.checkpoint == point->id ? active.skip_steps : 0;
  const std::int64_t window =
      window_reports(options_, model_.reported(), good_step) * model_.reported().steps_a_report();
  plan = {.checkpoint = point->id, .skip_steps = 2 * left_out + std::max(good_step + window, bad_step) - point->step};
  const Json now = model_.params(), then = params_of(tree, point->branch);
  for (const auto& [name, value] : now.items()) {
    if (then.contains(name) && then[name] != value) plan.set[name] = value;
  }
  if (const auto rate = find_learning_rate(model_.space(), now)) {
    plan.set.erase(*rate);
    // Half of what was good there, not of what ran away since; half of that again where it comes back there again.
    const double now_rate = base::number_from_json(now[*rate]).value_or(0);
    const double good = base::number_from_json(then.value(*rate, now[*rate])).value_or(now_rate);
    const double value = std::min(good * std::pow(kLower, static_cast<double>(before)), now_rate);
    if (const auto lower = clamp_to_space(model_.space(), then, *rate, value * kLower)) plan.set[*rate] = *lower;
  }
  for (const auto& [name, value] : plan.set.items()) plan.was[name] = then[name];
  return Found::kYes;
}

// Whether the autopilot's range test is still at its base: a checkpoint of this branch may be bad already.
bool Guard::is_first_window() const {
  return options_.autopilot == Autopilot::kAuto && !model_.branch(model_.active()).checkpoint &&
         running_try(model_.tree()) == nullptr &&
         static_cast<std::int64_t>(model_.reported().own_curve().size()) <=
             window_reports(options_, model_.reported(), model_.step) + kRollBacksMax;
}

// At the start nobody knows how far off the learning rate is: it goes down in decades, each time from the beginning.
std::optional<RollBack> Guard::plan_from_beginning() const {
  const Json now = model_.params();
  const auto rate = find_learning_rate(model_.space(), now);
  if (!rate) return std::nullopt;
  const double value = base::number_from_json(now[*rate]).value_or(0);
  const auto lower = clamp_to_space(model_.space(), now, *rate, value * kLowerAtStart);
  if (!lower) return std::nullopt;
  RollBack plan;
  plan.set[*rate] = *lower;
  plan.was[*rate] = now[*rate];
  return plan;
}

}  // namespace sterlet::babysit
