#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
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

struct CheckpointRecord {
  std::int64_t id = 0;
  int branch = 0;
  std::int64_t step = 0;
  std::string path;
  std::int64_t bytes = 0;
  std::string checksum;
  std::optional<double> value;  ///< Last reported objective there.
  std::string state = "kept";   ///< Or deleted, damaged.
  std::int64_t created_ms = 0;
};

/// A live change, and what came of it.
struct InterventionRecord {
  std::int64_t id = 0;
  std::string kind = "set";  ///< Or branch, rollback, try.
  int branch = 0;            ///< Where it was made.
  int started = 0;           ///< The branch that it started.
  int came_from = 0;         ///< The branch that was trained before; undo goes back there.
  std::int64_t step = 0;
  std::string set = "{}", was = "{}";  ///< JSON objects.
  std::string by = "person";           ///< Or autopilot.
  std::string who, note;
  std::string state = "watching";  ///< Or kept, undone.
  std::optional<double> helped;    ///< Probability that it did.
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
  virtual base::Result<void> set_checkpoint_state(std::int64_t id, const std::string& state) = 0;
  virtual base::Result<std::vector<CheckpointRecord>> load_checkpoints(std::int64_t study, std::int64_t trial) = 0;

  /// Writes an intervention, new where its id is 0, and an event; returns its id.
  virtual base::Result<std::int64_t> put_intervention(std::int64_t study, std::int64_t trial,
                                                      const InterventionRecord& intervention) = 0;
  virtual base::Result<std::vector<InterventionRecord>> load_interventions(std::int64_t study, std::int64_t trial) = 0;
};

}  // namespace sterlet::storage
