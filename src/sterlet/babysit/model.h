#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/babysit/plan.h"
#include "sterlet/babysit/reported.h"
#include "sterlet/babysit/record/tree.h"
#include "sterlet/base/clock.h"
#include "sterlet/exec/executor.h"
#include "sterlet/study/study.h"

namespace sterlet::babysit {

/// One run of the model's program.
struct Attempt {
  exec::AttemptId id;
  std::optional<exec::Event::Hello> hello;
  bool has_reported = false;
  bool is_resumed = false;  ///< It started from a checkpoint.
  /// Nothing that it tells counts: what it runs is not, or not surely, the active branch. Until it is started again.
  bool is_muted = false;
  /// Step of the last checkpoint or change that it answered since its last report.
  std::optional<std::int64_t> answered_step;
  bool is_order_told = false;  ///< That its answers come before the report of their step.
  /// It said that it went back, and is not again where it was: from and to which step.
  struct WayBack {
    std::int64_t from = 0, to = 0;
    std::int64_t last = 0;            ///< The step that it has reported since; to where it has not.
    std::int64_t steps_a_report = 0;  ///< Of its reports before.
    std::int64_t checkpoint = 0;      ///< The last one that was stored before.
  };
  std::optional<WayBack> way_back;
  /// Whether it goes back as it says is tried out once, before anybody relies on it; see Listener::try_way_back().
  /// kBack: it said that it went back; its next report tells.
  enum class Probe { kNone, kAsked, kReady, kBack, kOver };
  Probe probe = Probe::kNone;
  std::int64_t probed = 0;           ///< The checkpoint that it is to go back to.
  std::int64_t reported_ms = 0;      ///< When it reported first.
  std::vector<std::string> metrics;  ///< That it has reported, as they first came.
  std::vector<double> final_values;
  std::string failure;  ///< The reason it gave.

  bool restores() const { return hello && hello->restores; }
  bool obeys() const { return restores() && hello->live; }
};

/// The model that is raised: its tree of branches, which of them is trained, by which attempt, and how far it is. Every
/// change of it is written to the storage by the function that makes it, within the transaction of the loop's turn.
class Model final {
 public:
  /// All are borrowed.
  Model(study::Study& study, storage::Storage& storage, const base::Clock& clock);

  /// Takes a tree over as it was loaded, or made.
  void adopt(Tree tree);
  base::Result<void> count_spent_steps();
  const Tree& tree() const { return tree_; }
  std::int64_t trial() const { return tree_.model.trial; }
  int active() const { return tree_.model.active; }
  bool is_paused() const { return tree_.model.paused; }
  const storage::BranchRecord& branch(int number) const { return tree_.branches[static_cast<std::size_t>(number)]; }
  base::Json params() const { return params_of(tree_, active()); }
  const space::Space& space() const { return study_.space(); }
  const std::string& metric() const { return study_.spec().objectives.front().metric; }
  bool minimizes() const { return study_.spec().objectives.front().direction == studyfile::Direction::kMinimize; }

  Attempt attempt;
  std::int64_t step = 0;          ///< Of the last report or checkpoint.
  std::optional<double> value;    ///< Of the objective, reported last.
  std::int64_t guarded_from = 0;  ///< The guard leaves alone what lies before this step: it was refused already.

  /// The change that started the active branch; null for the first one.
  const storage::InterventionRecord* start() const { return start_of(tree_, active()); }
  base::Result<Curve> curve(int branch) const;
  base::Result<std::vector<storage::BranchReport>> line(int branch) const;
  const Reported& reported() const { return reported_; }

  // What is changed.
  base::Result<void> add_report(const exec::Event::Report& report);
  base::Result<void> put();
  /// In memory alone, until put() or make_active().
  void set_active(int branch) { tree_.model.active = branch; }
  base::Result<void> set_paused(bool is_paused);
  base::Result<void> put(storage::InterventionRecord& made, storage::ChangeState state);
  base::Result<void> take_hello(const exec::Event::Hello& hello);
  base::Result<void> add_checkpoint(storage::CheckpointRecord checkpoint);
  base::Result<void> set_checkpoint_state(std::int64_t id, storage::CheckpointState state);
  /// Adds a branch for a plan, and the change that starts it.
  base::Result<void> add_branch(const Plan& plan, storage::ChangeKind kind, int parent, std::int64_t from_step,
                                std::optional<std::int64_t> checkpoint);
  /// Trains that branch from now on; with `restored_step` from its state there: what it reported later is dropped.
  base::Result<void> make_active(int branch, std::optional<std::int64_t> restored_step);
  /// As make_active() for a program that is at rest: the launch puts its reports right.
  base::Result<void> make_active_at_rest(int branch);
  /// The active branch is trained from that step on: where it began later, it begins there now. Whether it did.
  base::Result<bool> begin_no_later(std::int64_t step);
  /// The trial goes on from there, whatever becomes of this process.
  base::Result<void> go_on_from(const std::string& checkpoint);
  /// All changes, for who decides about some of them: each is written with put().
  std::vector<storage::InterventionRecord>& changes() { return tree_.interventions; }

 private:
  study::Study& study_;
  storage::Storage& storage_;
  storage::LiveStorage& live_;
  const base::Clock& clock_;
  Tree tree_;
  Reported reported_;
};

}  // namespace sterlet::babysit
