#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sterlet/babysit/judge/curve.h"
#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/storage/storage.h"

namespace sterlet::babysit {

/// A model's life as plain values: a tree of branches, each trained with the same hyperparameters from its start to its
/// end; the changes that started them; the checkpoints at hand.
struct Tree {
  storage::ModelRecord model;
  std::vector<storage::BranchRecord> branches;             ///< By number.
  std::vector<storage::InterventionRecord> interventions;  ///< In the order they were made.
  std::vector<storage::CheckpointRecord> checkpoints;      ///< In the order they were written; all states.
};

/// A column of JSON. load_tree() refuses a row in which it is damaged; elsewhere such a one reads as empty.
base::Json stored_json(const std::string& text);

/// Errors: kDisk where a row is damaged, or one is missing.
base::Result<Tree> load_tree(storage::Storage& storage, std::int64_t study, const storage::ModelRecord& model);

/// 0 is "a", 25 "z", 26 "aa".
std::string branch_name(int number);
std::optional<int> branch_number(std::string_view name);

/// Hyperparameters of a branch.
base::Json params_of(const Tree& tree, int branch);
/// From the first branch to this one, both included.
std::vector<int> line_of(const Tree& tree, int branch);
/// The change that started a branch; null for the first one.
const storage::InterventionRecord* start_of(const Tree& tree, int branch);
/// A try of the autopilot that is trained now; null: none.
const storage::InterventionRecord* running_try(const Tree& tree);
/// A change whose unchanged branch is trained now, as its control; null: none.
const storage::InterventionRecord* controlled(const Tree& tree);
/// The branch that tries are compared with: the active one, or where the running try came from.
int base_branch(const Tree& tree);
/// The checkpoint of the first try of all, from which the range test was made; nothing: nothing has been tried.
std::optional<std::int64_t> range_mark(const Tree& tree);
/// Whether this is the first checkpoint of a branch that started at the beginning of the training.
bool is_start_mark(const Tree& tree, std::int64_t checkpoint);
const storage::CheckpointRecord* find_checkpoint(const Tree& tree, std::int64_t id);
/// The checkpoints from which a branch can go on, newest first: its own, then the one it starts from.
std::vector<const storage::CheckpointRecord*> restore_points(const Tree& tree, int branch);
/// The same for the whole line that leads to `branch`.
std::vector<const storage::CheckpointRecord*> restore_points_on_line(const Tree& tree, int branch);
/// The kept checkpoint of that step: on the line of `branch` before all others, the newest of several. Errors:
/// kNotFound with the nearest steps.
base::Result<const storage::CheckpointRecord*> checkpoint_at(const Tree& tree, int branch, std::int64_t step);

/// A branch's values of `params` for every hyperparameter that a change has ever touched: what tells it from others.
base::Json touched_params(const Tree& tree, int branch);

/// Reports of the whole line that leads to `branch`: of each ancestor up to where its child starts.
base::Result<std::vector<storage::BranchReport>> line_reports(storage::Storage& storage, std::int64_t study,
                                                              const Tree& tree, int branch);
Curve curve_of(const std::vector<storage::BranchReport>& reports, std::string_view metric);

/// What `sterlet show --tree --json` prints.
base::Result<base::Json> tree_json(storage::Storage& storage, std::int64_t study, const std::string& name,
                                   const Tree& tree);

}  // namespace sterlet::babysit
