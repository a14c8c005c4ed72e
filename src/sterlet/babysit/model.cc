#include "sterlet/babysit/model.h"

#include <algorithm>

#include <fmt/format.h>

#include "sterlet/babysit/change.h"
#include "sterlet/babysit/judge/verdict.h"
#include "sterlet/babysit/supervisor.h"

namespace sterlet::babysit {

using base::Json;
using base::Result;
using storage::BranchReport;
using storage::CheckpointRecord;
using storage::InterventionRecord;

namespace {

constexpr std::size_t kWatchedMax = 64;  // find_spike looks at 23.

bool is_loss(const std::string& name) { return name == "loss" || name.ends_with("_loss"); }

}  // namespace

Model::Model(study::Study& study, storage::Storage& storage, const base::Clock& clock, const Options& options,
             Outbox& outbox)
    : study_(study), storage_(storage), live_(storage.live()), clock_(clock), options_(options), outbox_(outbox) {}

void Model::adopt(Tree tree) { tree_ = std::move(tree); }

Result<void> Model::count_spent_steps() {
  for (const storage::BranchRecord& branch : tree_.branches) {
    STERLET_TRY(const auto reports, live_.load_branch_reports(study_.storage_id(), trial(), branch.number));
    std::int64_t last = reports.empty() ? branch.from_step : reports.back().step;
    for (const CheckpointRecord& checkpoint : tree_.checkpoints) {
      if (checkpoint.branch == branch.number) last = std::max(last, checkpoint.step);
    }
    spent_steps_ += last - branch.from_step;
  }
  return {};
}

const InterventionRecord* Model::running_try() const {
  const InterventionRecord* made = start();
  return made != nullptr && made->kind == "try" && made->state == "watching" ? made : nullptr;
}

const InterventionRecord* Model::controlled() const {
  for (const InterventionRecord& made : tree_.interventions) {
    if (made.state == "watching" && made.kind != "try" && made.came_from == active()) return &made;
  }
  return nullptr;
}

int Model::base_branch() const {
  const InterventionRecord* made = running_try();
  return made == nullptr ? active() : made->came_from;
}

bool Model::is_start_mark(std::int64_t checkpoint) const {
  const CheckpointRecord* mark = find_checkpoint(tree_, checkpoint);
  if (mark == nullptr || branch(mark->branch).checkpoint) return false;
  return std::none_of(tree_.checkpoints.begin(), tree_.checkpoints.end(), [&](const CheckpointRecord& other) {
    return other.branch == mark->branch && other.id < mark->id;
  });
}

Result<Curve> Model::curve(int branch) const {
  STERLET_TRY(const auto reports, live_.load_branch_reports(study_.storage_id(), trial(), branch));
  return curve_of(reports, metric());
}

Result<std::vector<BranchReport>> Model::line(int branch) const {
  return line_reports(storage_, study_.storage_id(), tree_, branch);
}

void Model::watch(std::int64_t at, const std::string& name, double reported) {
  if (!options_.guard || (name != metric() && !is_loss(name))) return;
  Curve& curve = watched_[name];
  while (!curve.empty() && curve.back().first >= at) curve.pop_back();
  curve.emplace_back(at, reported);
  if (curve.size() > kWatchedMax) curve.erase(curve.begin(), curve.end() - kWatchedMax / 2);
}

std::int64_t Model::steps_a_report() const {
  std::int64_t steps = 1;
  for (const auto& [name, curve] : watched_) {
    if (curve.size() < 2) continue;
    const auto count = static_cast<std::int64_t>(curve.size()) - 1;
    steps = std::max(steps, (curve.back().first - curve.front().first) / count);
  }
  return steps;
}

Result<void> Model::add_report(const exec::Event::Report& report) {
  std::vector<BranchReport> rows;
  for (const auto& [name, reported] : report.metrics) {
    rows.push_back({.step = report.step, .metric = name, .value = reported});
    if (name == metric()) {
      value = reported;
      own_curve_.emplace_back(report.step, reported);
    }
    watch(report.step, name, reported);
  }
  STERLET_PASS(live_.put_branch_reports(study_.storage_id(), trial(), active(), rows));
  STERLET_PASS(study_.report(attempt.id.trial, attempt.id.attempt, report.step, report.metrics));
  spent_steps_ += std::max<std::int64_t>(0, report.step - step);
  step = report.step;
  attempt.has_reported = true;
  return {};
}

Result<void> Model::put() { return live_.put_model(study_.storage_id(), tree_.model); }

Result<void> Model::set_paused(bool is_paused) {
  tree_.model.paused = is_paused;
  return put();
}

Result<void> Model::put(InterventionRecord& made, const std::string& state) {
  made.state = state;
  if (state != "watching") made.decided_ms = clock_.wall_ms();
  STERLET_PASS(live_.put_intervention(study_.storage_id(), trial(), made));
  return {};
}

Result<void> Model::take_hello(const exec::Event::Hello& hello) {
  attempt.hello = hello;
  if (tree_.model.live == hello.live && tree_.model.restores == hello.restores) return {};
  tree_.model.live = hello.live;
  tree_.model.restores = hello.restores;
  return put();
}

Result<void> Model::add_checkpoint(CheckpointRecord checkpoint) {
  for (const CheckpointRecord& earlier : tree_.checkpoints) {
    // Its file was written over by this one.
    if (earlier.state == "kept" && earlier.path == checkpoint.path) {
      STERLET_PASS(set_checkpoint_state(earlier.id, "deleted"));
    }
  }
  checkpoint.branch = active();
  checkpoint.value = value;
  checkpoint.created_ms = clock_.wall_ms();
  STERLET_TRY(checkpoint.id, live_.add_checkpoint(study_.storage_id(), trial(), checkpoint));
  STERLET_PASS(go_on_from(checkpoint.path));
  spent_steps_ += std::max<std::int64_t>(0, checkpoint.step - step);
  step = std::max(step, checkpoint.step);
  tree_.checkpoints.push_back(std::move(checkpoint));
  return {};
}

Result<void> Model::set_checkpoint_state(std::int64_t id, const std::string& state) {
  for (CheckpointRecord& checkpoint : tree_.checkpoints) {
    if (checkpoint.id == id) checkpoint.state = state;
  }
  return live_.set_checkpoint_state(id, state);
}

Result<void> Model::add_branch(const Plan& plan, int parent, std::int64_t from_step,
                               std::optional<std::int64_t> checkpoint) {
  Json params = params_of(tree_, parent);
  for (const auto& [name, changed] : plan.set.items()) params[name] = changed;
  const storage::BranchRecord branch{.number = static_cast<int>(tree_.branches.size()),
                                     .parent = parent,
                                     .from_step = from_step,
                                     .params = base::json_line(params),
                                     .checkpoint = checkpoint,
                                     .skip_steps = plan.skip_steps,
                                     .created_ms = clock_.wall_ms()};
  InterventionRecord made{.kind = plan.command.kind,
                          .branch = parent,
                          .started = branch.number,
                          .came_from = plan.base.value_or(active()),
                          .step = from_step,
                          .set = base::json_line(plan.set),
                          .was = base::json_line(plan.was),
                          .by = plan.is_own() ? "autopilot" : "person",
                          .who = plan.command.who,
                          .note = plan.note(),
                          .state = plan.command.kind == "rollback" ? "kept" : "watching",
                          .checkpoint = plan.before,
                          .created_ms = branch.created_ms};
  if (plan.base) {
    if (const auto points = restore_points(tree_, *plan.base); !points.empty()) made.checkpoint = points.front()->id;
  }
  STERLET_PASS(live_.add_branch(study_.storage_id(), trial(), branch));
  STERLET_TRY(made.id, live_.put_intervention(study_.storage_id(), trial(), made));
  tree_.branches.push_back(branch);
  tree_.interventions.push_back(std::move(made));
  return {};
}

Result<void> Model::make_active(int branch, std::optional<std::int64_t> restored_step) {
  tree_.model.active = branch;
  STERLET_PASS(put());
  own_curve_.clear();
  if (!restored_step) return {};
  STERLET_PASS(live_.drop_branch_reports(study_.storage_id(), trial(), branch, *restored_step));
  STERLET_TRY(const auto reports, line(branch));
  std::vector<storage::ReportRecord> rows;
  for (const BranchReport& report : reports) {
    rows.push_back({.trial = attempt.id.trial,
                    .attempt = attempt.id.attempt,
                    .step = report.step,
                    .metric = report.metric,
                    .value = report.value});
  }
  STERLET_PASS(study_.restate(attempt.id.trial, attempt.id.attempt, rows));
  watched_.clear();
  guarded_from = 0;
  for (const BranchReport& report : reports) watch(report.step, report.metric, report.value);
  STERLET_TRY(own_curve_, curve(branch));
  return {};
}

Result<void> Model::make_active_at_rest(int branch) {
  tree_.model.active = branch;
  own_curve_.clear();
  watched_.clear();
  return put();
}

Result<void> Model::go_on_from(const std::string& checkpoint) {
  return study_.checkpoint(attempt.id.trial, attempt.id.attempt, checkpoint);
}

Result<std::string> Model::mark_undone(int through, const std::string& why) {
  std::string what;
  for (bool is_last = false; !is_last;) {
    const int undone = active();
    is_last = undone == through || start_of(tree_, undone) == nullptr;
    for (InterventionRecord& made : tree_.interventions) {
      const bool is_start = made.started == undone;
      if (!is_start && !(made.branch == undone && made.state == "watching")) continue;
      if (is_start) {
        tree_.model.active = made.came_from;
        const std::string change =
            made.kind == "branch" ? fmt::format("branch {}", branch_name(undone)) : change_text(made);
        what = what.empty() ? change : change + ", then " + what;
        if (!why.empty()) made.outcome += (made.outcome.empty() ? "" : "; ") + why;
      }
      STERLET_PASS(put(made, "undone"));
    }
  }
  return what;
}

// What came of a change, by what its branch has reported until now.
Result<void> Model::add_verdict(InterventionRecord& made) {
  const std::int64_t since = branch(made.branch).from_step;
  STERLET_TRY(auto before, line(made.branch));
  std::erase_if(before, [&](const BranchReport& report) { return report.step > made.step; });
  STERLET_TRY(const Curve after, curve(made.started));
  const auto window = static_cast<std::size_t>(options_.window);
  const auto verdict = judge(recent(curve_of(before, metric()), since, window), after, minimizes());
  if (!verdict) return {};
  made.helped = verdict->helped;
  made.outcome =
      fmt::format("{} {:.4g} where {:.4g} was expected without it", metric(), verdict->measured, verdict->expected);
  outbox_.say(fmt::format("the change at step {} helped with p = {:.2f}: {}", made.step, *made.helped, made.outcome));
  return {};
}

Result<void> Model::settle_watched() {
  const auto line = line_of(tree_, active());
  for (InterventionRecord& made : tree_.interventions) {
    if (made.state != "watching") continue;
    const bool is_on_line = std::find(line.begin(), line.end(), made.started) != line.end();
    if (is_on_line) STERLET_PASS(add_verdict(made));
    STERLET_PASS(put(made, is_on_line ? "kept" : "undone"));
  }
  return {};
}

Result<void> Model::watch_again() {
  for (InterventionRecord& made : tree_.interventions) {
    if (made.started != active() || made.kind != "set" || made.state != "kept") continue;
    STERLET_TRY(const Curve reported, curve(made.started));
    if (static_cast<int>(reported.size()) >= options_.window) return {};
    made.helped.reset();
    made.outcome.clear();
    STERLET_PASS(put(made, "watching"));
  }
  return {};
}

}  // namespace sterlet::babysit
