#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/result.h"

namespace sterlet::storage {

/// Nobody has answered it; it was carried out; it was refused.
enum class CommandState { kPending, kDone, kRefused };

/// "pending", "done", "refused".
std::string_view text_of(CommandState state);
std::optional<CommandState> command_state_from_text(std::string_view text);

/// One line of the mailbox: what somebody wants of the process that holds the lease.
struct CommandRecord {
  std::int64_t id = 0;
  std::int64_t trial = 0;
  /// The name of what is wanted. Whoever obeys has a table of these names and refuses one that is not in it: text, so
  /// that a new row there is no matter of the storage's.
  std::string kind;
  std::string body = "{}";  ///< JSON.
  std::string who;
  std::int64_t created_ms = 0;
  CommandState state = CommandState::kPending;
  std::string answer;  ///< JSON.
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
  virtual base::Result<void> answer_command(std::int64_t id, CommandState state, const std::string& answer,
                                            std::int64_t wall_ms) = 0;

  /// Readable when somebody may have written; -1 where there is no such thing, then look every few milliseconds.
  virtual int wake_fd() = 0;
  /// Whether another process committed since the last call; the first call says true. Empties wake_fd().
  virtual base::Result<bool> changed_elsewhere() = 0;
};

}  // namespace sterlet::storage
