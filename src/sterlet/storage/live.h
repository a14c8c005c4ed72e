#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/storage/records.h"

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
  std::string params;                      ///< JSON.
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
  std::string set, was;       ///< JSON.
  std::string by = "person";  ///< Or autopilot.
  std::string who, note;
  std::string state = "watching";  ///< Or kept, undone.
  std::optional<double> helped;    ///< Probability that it did.
  std::string outcome;
  std::optional<std::int64_t> checkpoint;  ///< Taken just before it; empty: it cannot be undone.
  std::int64_t created_ms = 0, decided_ms = 0;
};

/// One line of the mailbox: what somebody wants of the process that holds the lease.
struct CommandRecord {
  std::int64_t id = 0;
  std::int64_t trial = 0;
  std::string kind;
  std::string body = "{}";  ///< JSON.
  std::string who;
  std::int64_t created_ms = 0;
  std::string state = "pending";  ///< Or done, refused.
  std::string answer;             ///< JSON.
  std::int64_t done_ms = 0;
};

struct BranchReport {
  std::int64_t step = 0;
  std::string metric;
  double value = 0;
};

/// One interval of a member of a population (population-based training): trained in one attempt of its trial, from a
/// checkpoint of the interval before, be it its own or another member's.
struct TurnRecord {
  std::int64_t trial = 0;  ///< The member.
  int turn = 0;            ///< Which interval, from 0.
  std::int64_t from_step = 0, to_step = 0;
  std::optional<std::int64_t> parent;  ///< Member whose weights it goes on with; empty: from the beginning.
  std::string point;                   ///< Space::text_of: the hyperparameters of this interval.
  int first_attempt = 0, attempt = 0;  ///< Attempts of the trial, first and last, that train it; 0: none yet.
  std::string start, end;              ///< Paths of the checkpoints.
  std::string state = "waiting";       ///< Or running, done, failed.
  std::optional<double> value;         ///< What it is ranked by, as reported.
  std::string reason;                  ///< Why it goes on like this; or why it failed.
  std::int64_t created_ms = 0;
  bool operator==(const TurnRecord&) const = default;
};

/// The part of a storage that live changes need; its calls join the storage's open transaction. Errors as Storage's.
class LiveStorage {
 public:
  virtual ~LiveStorage() = default;

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

  /// Writes a turn whole, new or known.
  virtual base::Result<void> put_turn(std::int64_t study, const TurnRecord& turn) = 0;
  /// By turn, then trial.
  virtual base::Result<std::vector<TurnRecord>> load_turns(std::int64_t study) = 0;

  virtual base::Result<std::int64_t> post_command(std::int64_t study, const CommandRecord& command) = 0;
  virtual base::Result<std::vector<CommandRecord>> pending_commands(std::int64_t study) = 0;
  virtual base::Result<std::optional<CommandRecord>> find_command(std::int64_t id) = 0;
  /// Of one kind, in the order they came, whatever became of them.
  virtual base::Result<std::vector<CommandRecord>> commands_of(std::int64_t study, std::int64_t trial,
                                                               const std::string& kind) = 0;
  virtual base::Result<void> answer_command(std::int64_t id, const std::string& state, const std::string& answer,
                                            std::int64_t wall_ms) = 0;

  /// Readable when somebody may have written; -1 where there is no such thing, then look every few milliseconds.
  virtual int wake_fd() = 0;
  /// Whether another process committed since the last call; the first call says true. Empties wake_fd().
  virtual base::Result<bool> changed_elsewhere() = 0;
};

}  // namespace sterlet::storage
