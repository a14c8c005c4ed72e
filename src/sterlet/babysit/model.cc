#include "sterlet/babysit/model.h"

#include <algorithm>
#include <utility>

namespace sterlet::babysit {

using base::Json;
using base::Result;
using storage::BranchReport;
using storage::ChangeAuthor;
using storage::ChangeKind;
using storage::ChangeState;
using storage::CheckpointRecord;
using storage::CheckpointState;
using storage::InterventionRecord;

Model::Model(study::Study& study, storage::Storage& storage, const base::Clock& clock)
    : study_(study),
      storage_(storage),
      live_(storage.live()),
      clock_(clock),
      reported_(study.spec().objectives.front().metric) {}

void Model::adopt(Tree tree) { tree_ = std::move(tree); }

Result<void> Model::count_spent_steps() {
  for (const storage::BranchRecord& branch : tree_.branches) {
    STERLET_TRY(const auto reports, live_.load_branch_reports(study_.storage_id(), trial(), branch.number));
    std::int64_t last = reports.empty() ? branch.from_step : reports.back().step;
    for (const CheckpointRecord& checkpoint : tree_.checkpoints) {
      if (checkpoint.branch == branch.number) last = std::max(last, checkpoint.step);
    }
    reported_.spend(last - branch.from_step);
  }
  return {};
}

Result<Curve> Model::curve(int branch) const {
  STERLET_TRY(const auto reports, live_.load_branch_reports(study_.storage_id(), trial(), branch));
  return curve_of(reports, metric());
}

Result<std::vector<BranchReport>> Model::line(int branch) const {
  return line_reports(storage_, study_.storage_id(), tree_, branch);
}

Result<void> Model::add_report(const exec::Event::Report& report) {
  std::vector<BranchReport> rows;
  for (const auto& [name, reported] : report.metrics) {
    rows.push_back({.step = report.step, .metric = name, .value = reported});
    if (name == metric()) value = reported;
    reported_.add(report.step, name, reported);
  }
  STERLET_PASS(live_.put_branch_reports(study_.storage_id(), trial(), active(), rows));
  STERLET_PASS(study_.report(attempt.id.trial, attempt.id.attempt, report.step, report.metrics));
  reported_.spend(report.step - step);
  step = report.step;
  attempt.has_reported = true;
  return {};
}

Result<void> Model::put() { return live_.put_model(study_.storage_id(), tree_.model); }

Result<void> Model::set_paused(bool is_paused) {
  tree_.model.paused = is_paused;
  return put();
}

Result<void> Model::put(InterventionRecord& made, storage::ChangeState state) {
  made.state = state;
  if (state != ChangeState::kWatching) made.decided_ms = clock_.wall_ms();
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
    if (earlier.state == CheckpointState::kKept && earlier.path == checkpoint.path) {
      STERLET_PASS(set_checkpoint_state(earlier.id, CheckpointState::kDeleted));
    }
  }
  checkpoint.branch = active();
  checkpoint.value = value;
  checkpoint.created_ms = clock_.wall_ms();
  STERLET_TRY(checkpoint.id, live_.add_checkpoint(study_.storage_id(), trial(), checkpoint));
  STERLET_PASS(go_on_from(checkpoint.path));
  reported_.spend(checkpoint.step - step);
  step = std::max(step, checkpoint.step);
  tree_.checkpoints.push_back(std::move(checkpoint));
  return {};
}

Result<void> Model::set_checkpoint_state(std::int64_t id, storage::CheckpointState state) {
  for (CheckpointRecord& checkpoint : tree_.checkpoints) {
    if (checkpoint.id == id) checkpoint.state = state;
  }
  return live_.set_checkpoint_state(id, state);
}

Result<void> Model::add_branch(const Plan& plan, storage::ChangeKind kind, int parent, std::int64_t from_step,
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
  const bool is_roll_back = kind == ChangeKind::kRollBack;
  const auto own = is_roll_back ? ChangeAuthor::kGuard : ChangeAuthor::kAutopilot;
  InterventionRecord made{.kind = kind,
                          .branch = parent,
                          .started = branch.number,
                          .came_from = plan.base.value_or(active()),
                          .step = from_step,
                          .set = base::json_line(plan.set),
                          .was = base::json_line(plan.was),
                          .by = plan.is_own() ? own : ChangeAuthor::kPerson,
                          .who = plan.command.who,
                          .note = plan.note(),
                          .state = is_roll_back ? ChangeState::kKept : ChangeState::kWatching,
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
  reported_.begin_branch();
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
  STERLET_PASS(study_.by_hand().restate(attempt.id.trial, attempt.id.attempt, rows));
  guarded_from = 0;
  STERLET_TRY(Curve own, curve(branch));
  reported_.refill(reports, std::move(own));
  return {};
}

Result<void> Model::make_active_at_rest(int branch) {
  tree_.model.active = branch;
  reported_.clear();
  return put();
}

Result<bool> Model::begin_no_later(std::int64_t latest) {
  storage::BranchRecord& branch = tree_.branches[static_cast<std::size_t>(active())];
  if (branch.from_step <= latest) return false;
  STERLET_PASS(live_.set_branch_start(study_.storage_id(), trial(), branch.number, latest));
  branch.from_step = latest;
  for (InterventionRecord& made : tree_.interventions) {
    if (made.started != branch.number || made.step <= latest) continue;
    made.step = latest;
    STERLET_PASS(live_.put_intervention(study_.storage_id(), trial(), made));
  }
  return true;
}

Result<void> Model::go_on_from(const std::string& checkpoint) {
  return study_.checkpoint(attempt.id.trial, attempt.id.attempt, checkpoint);
}

}  // namespace sterlet::babysit
