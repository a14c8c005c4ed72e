#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/babysit/outbox.h"
#include "sterlet/babysit/plan.h"
#include "sterlet/babysit/tree.h"
#include "sterlet/base/clock.h"
#include "sterlet/exec/executor.h"
#include "sterlet/study/study.h"

namespace sterlet::babysit {

struct Options;

/// One run of the model's program.
struct Attempt {
  exec::AttemptId id;
  std::optional<exec::Event::Hello> hello;
  bool has_reported = false;
  bool is_resumed = false;  ///< It started from a checkpoint.
  /// Nothing that it tells counts: what it runs is not, or not surely, the active branch. Until it is started again.
  bool is_muted = false;
  std::vector<double> final_values;
  std::string failure;  ///< The reason it gave.

  bool restores() const { return hello && hello->restores; }
  bool obeys() const { return restores() && hello->live; }
};

/// The model that is raised: its tree of branches, which of them is trained, by which attempt, and how far it is. Every
/// change of it is written to the storage by the function that makes it, within the transaction of the loop's turn.
class Model final {
 public:
  Model(study::Study& study, storage::Storage& storage, const base::Clock& clock, const Options& options,
        Outbox& outbox);

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

  // What is read off the tree.
  /// The change that started the active branch; null for the first one.
  const storage::InterventionRecord* start() const { return start_of(tree_, active()); }
  /// A try of the autopilot that is trained now; null: none.
  const storage::InterventionRecord* running_try() const;
  /// A change whose unchanged branch is trained now; null: none.
  const storage::InterventionRecord* controlled() const;
  /// The branch that tries are compared with: the active one, or where the running try came from.
  int base_branch() const;
  /// The first checkpoint of a branch that started at the beginning of the training.
  bool is_start_mark(std::int64_t checkpoint) const;
  base::Result<Curve> curve(int branch) const;
  base::Result<std::vector<storage::BranchReport>> line(int branch) const;

  // What was reported.
  const Curve& own_curve() const { return own_curve_; }  ///< The objective on the active branch alone.
  /// With the guard: the newest reports of the objective and of each loss, on the line of the active branch.
  const std::map<std::string, Curve>& watched() const { return watched_; }
  std::int64_t steps_a_report() const;
  std::int64_t spent_steps() const { return spent_steps_; }  ///< On all branches.
  base::Result<void> add_report(const exec::Event::Report& report);

  // What is changed.
  base::Result<void> put();
  base::Result<void> set_paused(bool is_paused);
  base::Result<void> put(storage::InterventionRecord& made, const std::string& state);
  base::Result<void> take_hello(const exec::Event::Hello& hello);
  base::Result<void> add_checkpoint(storage::CheckpointRecord checkpoint);
  base::Result<void> set_checkpoint_state(std::int64_t id, const std::string& state);
  /// Adds a branch for a plan, and the change that starts it.
  base::Result<void> add_branch(const Plan& plan, int parent, std::int64_t from_step,
                                std::optional<std::int64_t> checkpoint);
  /// Trains that branch from now on; with `restored_step` from its state there: what it reported later is dropped.
  base::Result<void> make_active(int branch, std::optional<std::int64_t> restored_step);
  /// As make_active() for a program that is at rest: the launch puts its reports right.
  base::Result<void> make_active_at_rest(int branch);
  /// The trial goes on from there, whatever becomes of this process.
  base::Result<void> go_on_from(const std::string& checkpoint);
  /// Takes back the change that started the active branch, those before it up to the one that started `through`, and
  /// those on these branches that nothing came of; says in words what they were.
  base::Result<std::string> mark_undone(int through, const std::string& why);
  /// A change is watched until the next one, at most.
  base::Result<void> settle_watched();
  /// A change that was judged early, because of one that has been undone since, is watched on.
  base::Result<void> watch_again();
  /// All changes, for who decides about some of them: each is written with put().
  std::vector<storage::InterventionRecord>& changes() { return tree_.interventions; }

 private:
  void watch(std::int64_t at, const std::string& name, double reported);
  base::Result<void> add_verdict(storage::InterventionRecord& made);

  study::Study& study_;
  storage::Storage& storage_;
  storage::LiveStorage& live_;
  const base::Clock& clock_;
  const Options& options_;
  Outbox& outbox_;
  Tree tree_;
  Curve own_curve_;
  std::map<std::string, Curve> watched_;
  std::int64_t spent_steps_ = 0;
};

}  // namespace sterlet::babysit
