// The autopilot's hands, and controls. A window of the base begins at a checkpoint, the mark. When it is full, changes
// are tried one after another from the mark over the same steps and the same data, so that the base is their control
// and costs nothing; then the model goes on from the end of the best. All is in the tree: a process that takes the
// model over in the middle finds the mark again (find_mark).
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/babysit/change.h"
#include "sterlet/babysit/judge/rate.h"
#include "sterlet/babysit/raiser.h"
#include "sterlet/babysit/judge/verdict.h"

namespace sterlet::babysit {

using base::ErrorCode;
using base::fail;
using base::Json;
using base::Result;
using storage::CheckpointRecord;
using storage::CommandRecord;
using storage::InterventionRecord;

namespace {

constexpr double kSeen = 0.75;
constexpr double kKeep = 0.9;  // Probability that a try must have helped with, to be kept.
// A lower rate at the end: of 40 such changes that looked as good in their window, none was worse on held-back data
// (bench/babysit/bench.py calibration).
constexpr double kSeenAtEnd = 0.65;
constexpr double kLongTraining = 50;  // Windows, where nobody said how long it will be.
constexpr int kManyWindows = 1000;

Json json_of(const std::string& text) { return base::parse_json(text).value_or(Json::object()); }

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

const InterventionRecord* Raiser::running_try() const {
  const InterventionRecord* start = start_of(tree_, tree_.model.active);
  return start != nullptr && start->kind == "try" && start->state == "watching" ? start : nullptr;
}

// A change whose unchanged branch is run now.
const InterventionRecord* Raiser::controlled() const {
  for (const InterventionRecord& made : tree_.interventions) {
    if (made.state == "watching" && made.kind != "try" && made.came_from == tree_.model.active) return &made;
  }
  return nullptr;
}

int Raiser::base_branch() const {
  const InterventionRecord* made = running_try();
  return made == nullptr ? tree_.model.active : made->came_from;
}

// The first checkpoint of a branch that started at the beginning of the training.
bool Raiser::is_start_mark(std::int64_t checkpoint) const {
  const CheckpointRecord* mark = find_checkpoint(tree_, checkpoint);
  if (mark == nullptr || tree_.branches[static_cast<std::size_t>(mark->branch)].checkpoint) return false;
  return std::none_of(tree_.checkpoints.begin(), tree_.checkpoints.end(), [&](const CheckpointRecord& other) {
    return other.branch == mark->branch && other.id < mark->id;
  });
}

Result<Curve> Raiser::branch_curve(int branch) {
  STERLET_TRY(const auto reports, live_.load_branch_reports(study_.storage_id(), id_.trial, branch));
  return curve_of(reports, metric());
}

// What falls due with a report.
Result<void> Raiser::pilot() {
  if (action_ || !own_.empty() || ending_ || is_spent_ || !hello_ || !hello_->restores || !hello_->live) return {};
  const auto window = static_cast<std::size_t>(options_.window);
  if (const InterventionRecord* made = controlled()) {
    if (after(own_curve_, made->step).size() >= window) post_own("decide", {{"winner", made->started}});
    return {};
  }
  if (options_.autopilot == Autopilot::kOff) return {};
  const InterventionRecord* made = running_try();
  const bool is_over = !affords(made == nullptr ? 1 : 0);
  if (is_over && made == nullptr) {
    is_spent_ = true;
    hold_for_answer();
    post_own("stop", Json::object());
    return {};
  }
  if (made != nullptr && !mark_) mark_ = tree_.branches[static_cast<std::size_t>(made->started)].checkpoint;
  const CheckpointRecord* mark = mark_ ? find_checkpoint(tree_, *mark_) : nullptr;
  const auto active = static_cast<std::size_t>(tree_.model.active);
  const bool is_here = mark != nullptr && mark->state == "kept" &&
                       (mark->branch == tree_.model.active || tree_.branches[active].checkpoint == mark_);
  if (!is_here) {
    mark_.reset();
    post_own("mark", Json::object());
    return {};
  }
  if (made != nullptr && options_.limits.worst && !own_curve_.empty()) {
    const double value = own_curve_.back().second;
    if (minimizes() ? value > *options_.limits.worst : value < *options_.limits.worst) {
      post_own("undo", {{"note", fmt::format("{} {:.4g} is worse than {:.4g}, the worst that is allowed", metric(),
                                             value, *options_.limits.worst)}});
      return {};
    }
  }
  const std::size_t reports = after(own_curve_, mark->step).size();
  if (reports < window && !is_over) return {};
  return reach_boundary(*mark);
}

// Of a model that another process raised before: where its last try branched off the base, for there may be more to try
// from there; else the base's window begins where its program goes on. While a try runs, pilot() knows.
void Raiser::find_mark(const CheckpointRecord& way) {
  if (running_try() != nullptr) return;
  const InterventionRecord* last = tree_.interventions.empty() ? nullptr : &tree_.interventions.back();
  const bool is_tried = last != nullptr && last->kind == "try" && last->came_from == tree_.model.active;
  mark_ = is_tried ? tree_.branches[static_cast<std::size_t>(last->started)].checkpoint : std::optional(way.id);
}

// Whether so many more reports stay within the steps that may be spent, with what the program trains on for until it
// hears of what was decided: a report at least.
bool Raiser::affords(std::int64_t reports) const {
  const std::int64_t a_report = steps_a_report();
  return !options_.limits.steps ||
         spent_steps_ + reports * a_report + std::max(late_steps_, a_report) <= *options_.limits.steps;
}

// What is trained while it is decided is lost: the program is held until it can be told, see speak().
void Raiser::hold_for_answer() {
  if (tree_.model.paused) return;
  executor_.hold(id_, true);
  is_held_ = true;
  held_at_ = spent_steps_;
}

// It has heard.
void Raiser::hear() {
  if (held_at_) late_steps_ = std::max(late_steps_, spent_steps_ - *held_at_);
  held_at_.reset();
}

// The window of the base or of a try is full.
Result<void> Raiser::reach_boundary(const CheckpointRecord& mark) {
  const InterventionRecord* made = running_try();
  STERLET_TRY(const Situation situation, look(mark));
  STERLET_TRY(const ResponseModel model, responses());
  const auto proposal = propose(study_.space(), situation, model, options_.limits, minimizes());
  if (options_.autopilot == Autopilot::kAdvise) return advise(proposal, situation.params);
  if (proposal && affords(options_.window)) {
    hold_for_answer();
    post_own("try", {{"name", proposal->name}, {"value", proposal->value}, {"note", proposal->reason}});
    return {};
  }
  if (made == nullptr && situation.arms.empty()) {
    post_own("mark", Json::object());
    return {};
  }
  // The best of all at the start, where tries are far apart; elsewhere the one that surely helped.
  int winner = base_branch();
  double best = score_of(situation.window, minimizes());
  for (const Arm& arm : situation.arms) {
    const double score = arm.ran_away ? HUGE_VAL : score_of(arm.window, minimizes());
    if (score >= best) continue;
    const auto verdict = judge_paired(situation.window, arm.window, minimizes());
    if (!situation.is_start) {
      // A forecast may tip the scales, but not lift what was hardly seen to help.
      const bool settles = is_ending(situation, options_.limits) && arm.rate < situation.rate;
      if (!verdict || verdict->helped < (settles ? kSeenAtEnd : kSeen)) continue;
      if (!settles && helped_by_all(*verdict, forecast_of(model, arm.branch, situation.phase)) < kKeep) continue;
    }
    best = score;
    winner = arm.branch;
  }
  if (winner != tree_.model.active) hold_for_answer();
  post_own("decide", {{"winner", winner}});
  return {};
}

// Says what it would try, once in a row, also in the logbook; there it is a command to nobody that is done already.
Result<void> Raiser::advise(const std::optional<Proposal>& proposal, const Json& params) {
  post_own("mark", Json::object());
  if (!proposal) return {};
  const Json set{{proposal->name, proposal->value}}, was{{proposal->name, params[proposal->name]}};
  const std::string words = settings_words(set);
  if (words == std::exchange(advised_, words)) return {};
  sayings_.push_back(fmt::format("advice at step {}: {}, because {}; to follow it: sterlet set {}", step_,
                                 change_text(set, was), proposal->reason, words));
  const Json body{
      {"step", step_}, {"branch", tree_.model.active}, {"set", set}, {"was", was}, {"note", proposal->reason}};
  STERLET_TRY(const std::int64_t id, live_.post_command(study_.storage_id(), {.trial = id_.trial,
                                                                              .kind = "advice",
                                                                              .body = base::json_line(body),
                                                                              .who = "autopilot",
                                                                              .created_ms = clock_.wall_ms()}));
  return live_.answer_command(id, "done", "{}", clock_.wall_ms());
}

Result<Situation> Raiser::look(const CheckpointRecord& mark) {
  Situation situation;
  const int base = base_branch();
  situation.params = params_of(tree_, base);
  STERLET_TRY(const auto line, line_reports(storage_, study_.storage_id(), tree_, base));
  situation.line = curve_of(line, metric());
  situation.window = after(situation.line, mark.step);
  situation.is_start = is_start_mark(mark.id);
  const auto rate = find_rate(study_.space(), situation.params);
  const auto rate_of = [&](int branch) {
    const Json params = params_of(tree_, branch);
    return rate && params.contains(*rate) ? base::number_from_json(params[*rate]).value_or(0) : 0;
  };
  situation.rate = rate_of(base);
  for (const int branch : line_of(tree_, base)) {
    const auto& from = tree_.branches[static_cast<std::size_t>(branch)].checkpoint;
    if (!from || is_start_mark(*from)) situation.rate_found = rate_of(branch);
  }
  const std::int64_t window_steps = std::max<std::int64_t>(1, options_.window * steps_a_report());
  situation.windows_since_try = kManyWindows;
  for (const InterventionRecord& made : tree_.interventions) {
    const auto& branch = tree_.branches[static_cast<std::size_t>(made.started)];
    if (situation.is_start && !branch.checkpoint && made.kind == "rollback") {
      situation.arms.push_back({.branch = made.came_from, .rate = rate_of(made.came_from), .ran_away = true});
    }
    if (made.kind != "try") continue;
    if (branch.checkpoint == mark.id) {
      Arm arm{.branch = made.started, .rate = rate_of(made.started), .ran_away = made.state == "undone"};
      STERLET_TRY(arm.window, branch_curve(made.started));
      situation.arms.push_back(std::move(arm));
    } else if (!is_start_mark(branch.checkpoint.value_or(0))) {
      ++situation.tries;
      situation.last_kept = made.state == "kept";
      situation.windows_since_try = static_cast<int>((step_ - made.step) / window_steps) - 1;
    }
  }
  if (options_.limits.steps) {
    situation.spent = static_cast<double>(spent_steps_) / static_cast<double>(*options_.limits.steps);
    situation.phase = std::min(1.0, situation.spent);
  } else {
    const double windows = static_cast<double>(situation.line.size()) / options_.window;
    situation.phase = std::min(1.0, windows / kLongTraining);
  }
  return situation;
}

// What the model forecast of a try, where that changed one number.
std::optional<ResponseModel::Forecast> Raiser::forecast_of(const ResponseModel& model, int branch, double phase) const {
  const InterventionRecord* made = start_of(tree_, branch);
  if (made == nullptr) return std::nullopt;
  const Json set = json_of(made->set), was = json_of(made->was);
  if (set.size() != 1) return std::nullopt;
  const std::string name = set.begin().key();
  const auto step = unit_step(study_.space(), name, was[name], set[name]);
  return step ? std::optional(model.forecast(name, *step, phase)) : std::nullopt;
}

// What earlier tries of this model taught.
Result<ResponseModel> Raiser::responses() {
  const Json params = params_of(tree_, tree_.model.active);
  ResponseModel model(find_rate(study_.space(), params).value_or(std::string()));
  const std::int64_t most = std::max<std::int64_t>(1, options_.limits.steps.value_or(step_));
  for (const InterventionRecord& made : tree_.interventions) {
    const Json set = json_of(made.set), was = json_of(made.was);
    if (made.kind != "try" || set.size() != 1 || made.state == "watching") continue;
    const auto& branch = tree_.branches[static_cast<std::size_t>(made.started)];
    // Those of the range test are too far apart for a straight line.
    if (is_start_mark(branch.checkpoint.value_or(0))) continue;
    const std::string name = set.begin().key();
    const auto step = unit_step(study_.space(), name, was[name], set[name]);
    if (!step) continue;
    STERLET_TRY(const Curve base, branch_curve(made.came_from));
    STERLET_TRY(const Curve changed, branch_curve(made.started));
    const auto verdict = judge_paired(base, changed, minimizes());
    model.add({.name = name,
               .step = *step,
               .phase = std::min(1.0, static_cast<double>(made.step) / static_cast<double>(most)),
               .gain = verdict ? verdict->gain : -HUGE_VAL,
               .noise = verdict ? verdict->sd : 0});
  }
  return model;
}

Result<void> Raiser::begin_mark(const CommandRecord& command) {
  action_ = Action{.command = command, .wants_checkpoint = true};
  outbox_.push_back({{"checkpoint", Json::object()}});
  return {};
}

Result<void> Raiser::begin_try(const CommandRecord& command, const Json& body) {
  const CheckpointRecord* mark = mark_ ? find_checkpoint(tree_, *mark_) : nullptr;
  if (mark == nullptr)
    return fail(ErrorCode::kConflict, "there is no checkpoint to try it from", "nothing was changed");
  if (const auto whole = verify(checkpoints_folder(), *mark); !whole) {
    mark_.reset();
    return fail(ErrorCode::kConflict, whole.error().message(), "nothing was changed");
  }
  const int base = base_branch();
  Json wanted = params_of(tree_, base);
  const Json from = wanted, root = params_of(tree_, mark->branch);
  wanted[body["name"].get<std::string>()] = body["value"];
  Action action{.command = command, .target = mark->id, .base = base, .wants_checkpoint = true};
  for (const auto& [name, value] : wanted.items()) {
    if (root.contains(name) && root[name] == value && from[name] == value) continue;
    action.set[name] = value;
    action.was[name] = from[name] == value ? root[name] : from[name];
  }
  // The same data as the base has seen.
  if (mark->branch != base) action.skip_steps = tree_.branches[static_cast<std::size_t>(base)].skip_steps;
  Json set = touched_params(tree_, mark->branch);
  for (const auto& [name, value] : action.set.items()) set[name] = value;
  outbox_.push_back({{"checkpoint", Json::object()}});
  Json message = restore_message(*mark, mark->branch, set);
  if (action.skip_steps > 0) message["restore"]["skip_steps"] = action.skip_steps;
  outbox_.push_back(std::move(message));
  action_ = std::move(action);
  return {};
}

Result<void> Raiser::finish_try() {
  hear();
  const CheckpointRecord target = *find_checkpoint(tree_, *action_->target);
  const std::string note = json_of(action_->command.body)["note"].get<std::string>();
  const Json set = action_->set, was = action_->was;
  STERLET_PASS(add_branch(target.branch, target.step, target.id, {}));
  const int started = tree_.interventions.back().started;
  STERLET_PASS(make_active(started, target.step));
  STERLET_PASS(study_.checkpoint(id_.trial, id_.attempt, target.path));
  return answer(fmt::format("tries {} from step {} (branch {}): {}", change_text(set, was), target.step,
                            branch_name(started), note));
}

// Runs the unchanged branch of a change whose window is full, for its verdict.
Result<void> Raiser::begin_control(const CommandRecord& command) {
  const InterventionRecord* made = start_of(tree_, tree_.model.active);
  const CheckpointRecord* target =
      made != nullptr && made->checkpoint ? find_checkpoint(tree_, *made->checkpoint) : nullptr;
  if (target == nullptr || target->state != "kept" || !verify(checkpoints_folder(), *target)) {
    return fail(ErrorCode::kConflict,
                "the checkpoint before the change is no longer there, so the unchanged branch cannot be run",
                "the verdict is by extrapolation");
  }
  action_ = Action{.command = command, .target = target->id, .base = made->came_from, .wants_checkpoint = true};
  outbox_.push_back({{"checkpoint", Json::object()}});
  outbox_.push_back(restore_message(*target, made->came_from, touched_params(tree_, made->came_from)));
  return {};
}

Result<void> Raiser::finish_control() {
  const CheckpointRecord target = *find_checkpoint(tree_, *action_->target);
  const int base = *action_->base;
  STERLET_PASS(make_active(base, target.step));
  STERLET_PASS(study_.checkpoint(id_.trial, id_.attempt, target.path));
  return answer(fmt::format("the unchanged branch {} is run from step {} for {} reports, as the change's control",
                            branch_name(base), target.step, options_.window));
}

Result<void> Raiser::begin_decide(const CommandRecord& command, const Json& body) {
  const int winner = body["winner"].get<int>();
  action_ = Action{.command = command, .base = winner};
  if (winner == tree_.model.active) return finish_decide();
  for (const CheckpointRecord* way : ways_on(tree_, winner)) {
    if (!verify(checkpoints_folder(), *way)) continue;
    action_->target = way->id;
    outbox_.push_back(restore_message(*way, winner, touched_params(tree_, winner)));
    return {};
  }
  return fail(ErrorCode::kConflict, fmt::format("branch {} has no whole checkpoint", branch_name(winner)),
              fmt::format("branch {} goes on", branch_name(tree_.model.active)));
}

Result<void> Raiser::finish_decide() {
  const int winner = *action_->base;
  for (InterventionRecord& made : tree_.interventions) {
    if (made.state != "watching") continue;
    STERLET_TRY(const Curve base, branch_curve(made.came_from));
    STERLET_TRY(const Curve changed, branch_curve(made.started));
    const std::int64_t from = tree_.branches[static_cast<std::size_t>(made.started)].from_step;
    if (const auto verdict = judge_paired(after(base, from), changed, minimizes())) {
      made.helped = verdict->helped;
      made.outcome = fmt::format("{} {:.4g} where the unchanged branch had {:.4g}", metric(), verdict->measured,
                                 verdict->expected);
    }
    made.state = made.started == winner ? "kept" : "undone";
    made.decided_ms = clock_.wall_ms();
    STERLET_PASS(live_.put_intervention(study_.storage_id(), id_.trial, made));
    const std::string what = change_text(json_of(made.set), json_of(made.was));
    sayings_.push_back(fmt::format("{}: {}{}{}", made.state, what,
                                   made.helped ? fmt::format(", helped with p = {:.2f}", *made.helped) : "",
                                   made.outcome.empty() ? "" : "; " + made.outcome));
  }
  mark_.reset();
  if (action_->target) {
    hear();
    const CheckpointRecord target = *find_checkpoint(tree_, *action_->target);
    STERLET_PASS(make_active(winner, target.step));
    STERLET_PASS(study_.checkpoint(id_.trial, id_.attempt, target.path));
  }
  return answer({});
}

}  // namespace sterlet::babysit
