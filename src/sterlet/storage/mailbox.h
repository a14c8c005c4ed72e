#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/base/result.h"

namespace sterlet::storage {

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

/// What people want of the processes that hold the leases, and how these are woken. Calls join the storage's open
/// transaction; errors as Storage's.
class Mailbox {
 public:
  virtual ~Mailbox() = default;

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
