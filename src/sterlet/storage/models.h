#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/result.h"

namespace sterlet::storage {

/// A trial that is changed while it runs.
struct ModelRecord {
  std::int64_t trial = 0;
  int active = 0;         ///< The branch that is trained.
  bool live = false;      ///< Its program takes changes ...
  bool restores = false;  ///< ... and goes back to checkpoints.
  bool paused = false;
  bool operator==(const ModelRecord&) const = default;
};

/// A line of training with the same hyperparameters from its start to its end.
struct BranchRecord {
  int number = 0;
  std::optional<int> parent;
  std::int64_t from_step = 0;
  std::string params = "{}";               ///< A JSON object.
  std::optional<std::int64_t> checkpoint;  ///< Where it starts; empty: at the beginning of the training.
  std::int64_t skip_steps = 0;             ///< Data it leaves out at its start, in steps of its reports.
  std::int64_t created_ms = 0;
};

/// What has become of a checkpoint: it is at hand, Sterlet deleted it (or the program wrote over it), or its file is not
/// what it was.
enum class CheckpointState { kKept, kDeleted, kDamaged };

/// "kept", "deleted", "damaged".
std::string_view text_of(CheckpointState state);
std::optional<CheckpointState> checkpoint_state_from_text(std::string_view text);

struct CheckpointRecord {
  std::int64_t id = 0;
  int branch = 0;
  std::int64_t step = 0;
  std::string path;
  std::int64_t bytes = 0;
  std::string checksum;
  std::optional<double> value;  ///< Last reported objective there.
  CheckpointState state = CheckpointState::kKept;
  std::int64_t created_ms = 0;
};

/// What starts a branch.
enum class ChangeKind {
  kSet,       ///< New values at the step where the model stood.
  kBranch,    ///< From an earlier checkpoint, with or without new values.
  kRollBack,  ///< From an earlier checkpoint, past data that was bad.
  kTry,       ///< A try of the autopilot: compared with the branch that it came from.
};
enum class ChangeAuthor { kPerson, kAutopilot, kGuard };
/// Its window is not over yet; the model continued with it; the model went back to before it.
enum class ChangeState { kWatching, kKept, kUndone };

/// "set", "branch", "rollback", "try".
std::string_view text_of(ChangeKind kind);
std::optional<ChangeKind> change_kind_from_text(std::string_view text);
/// "person", "autopilot", "guard".
std::string_view text_of(ChangeAuthor author);
std::optional<ChangeAuthor> change_author_from_text(std::string_view text);
/// "watching", "kept", "undone".
std::string_view text_of(ChangeState state);
std::optional<ChangeState> change_state_from_text(std::string_view text);

/// A live change, and what came of it.
struct InterventionRecord {
  std::int64_t id = 0;
  ChangeKind kind = ChangeKind::kSet;
  int branch = 0;     ///< Where it was made.
  int started = 0;    ///< The branch that it started.
  int came_from = 0;  ///< The branch that was trained before; undo goes back there.
  std::int64_t step = 0;
  std::string set = "{}", was = "{}";  ///< JSON objects.
  ChangeAuthor by = ChangeAuthor::kPerson;
  std::string who;  ///< Name of the person.
  std::string note;
  ChangeState state = ChangeState::kWatching;
  std::optional<double> helped;  ///< Probability that it did.
  std::string outcome;
  std::optional<std::int64_t> checkpoint;  ///< Taken just before it; empty: it cannot be undone.
  std::int64_t created_ms = 0, decided_ms = 0;
};

struct BranchReport {
  std::int64_t step = 0;
  std::string metric;
  double value = 0;
};

/// Models that are babysat, their branches, checkpoints and logbooks. Calls join the storage's open transaction; errors as
/// Storage's.
class Models {
 public:
  virtual ~Models() = default;

  virtual base::Result<void> put_model(std::int64_t study, const ModelRecord& model) = 0;
  virtual base::Result<std::vector<ModelRecord>> load_models(std::int64_t study) = 0;

  virtual base::Result<void> add_branch(std::int64_t study, std::int64_t trial, const BranchRecord& branch) = 0;
  virtual base::Result<std::vector<BranchRecord>> load_branches(std::int64_t study, std::int64_t trial) = 0;
  virtual base::Result<void> set_branch_start(std::int64_t study, std::int64_t trial, int branch,
                                              std::int64_t from_step) = 0;

  /// A metric told twice for one step keeps the later value.
  virtual base::Result<void> put_branch_reports(std::int64_t study, std::int64_t trial, int branch,
                                                std::span<const BranchReport> reports) = 0;
  /// By step, then metric.
  virtual base::Result<std::vector<BranchReport>> load_branch_reports(std::int64_t study, std::int64_t trial,
                                                                      int branch) = 0;
  virtual base::Result<void> drop_branch_reports(std::int64_t study, std::int64_t trial, int branch,
                                                 std::int64_t after_step) = 0;

  virtual base::Result<std::int64_t> add_checkpoint(std::int64_t study, std::int64_t trial,
                                                    const CheckpointRecord& checkpoint) = 0;
  virtual base::Result<void> set_checkpoint_state(std::int64_t id, CheckpointState state) = 0;
  virtual base::Result<std::vector<CheckpointRecord>> load_checkpoints(std::int64_t study, std::int64_t trial) = 0;

  /// Writes an intervention, new where its id is 0, and an event; returns its id.
  virtual base::Result<std::int64_t> put_intervention(std::int64_t study, std::int64_t trial,
                                                      const InterventionRecord& intervention) = 0;
  virtual base::Result<std::vector<InterventionRecord>> load_interventions(std::int64_t study, std::int64_t trial) = 0;
};

}  // namespace sterlet::storage
