#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/exec/executor.h"
#include "sterlet/storage/live.h"

namespace sterlet::babysit {

class Observer;

/// Whether the answers to reports are given, or kept until the next time.
enum class Answers { kGive, kKeep };

/// What a turn of the loop has come to: it is told to the program and to people, and done to files and processes, only
/// once the turn's transaction is on the disk, so that nothing is said that is not so.
class Outbox final {
 public:
  /// A `set` the program was sent and has not answered.
  struct SentSet {
    base::Json set;
    bool is_action = false;  ///< For the action in flight, rather than to confirm what the branch has.
  };

  void ask_checkpoint() {
    ++asked_checkpoints_;
    send({{"checkpoint", base::Json::object()}});
  }
  bool has_asked_checkpoint() const { return asked_checkpoints_ > 0; }
  /// Whether a checkpoint that was told is one that was asked for, rather than one that the program wrote by itself.
  bool take_asked_checkpoint() { return asked_checkpoints_ > 0 && asked_checkpoints_-- > 0; }
  void ask_stop() { send({{"stop", base::Json::object()}}); }
  void send_set(const base::Json& set, bool is_action);
  /// Back to a checkpoint, then `set`; with `skip_steps` above 0 without the data of so many steps.
  void send_restore(const storage::CheckpointRecord& target, const base::Json& set, std::int64_t skip_steps);
  void acknowledge(std::uint64_t ack) { acks_.push_back(ack); }
  /// Holds the program where it is, or lets it go on.
  void hold(bool is_held) { hold_ = is_held; }
  void say(std::string sentence) { sayings_.push_back(std::move(sentence)); }
  void remove(std::string checkpoint) { removals_.push_back(std::move(checkpoint)); }
  /// The program is killed, to be started again.
  void kill() { is_to_kill_ = true; }

  /// The set that the program answers: programs answer in order, one answer a set; one that forgot an answer must not
  /// hold up the rest.
  std::optional<SentSet> take_answered(const base::Json& told);
  void forget_sent() {
    sent_.clear();
    asked_checkpoints_ = 0;
  }

  /// Messages come before the answers to reports: a program that waits for the answer to its report makes no step more
  /// before it hears what that led to. Where that is still to be begun, the answers are kept.
  void speak(exec::Executor& executor, const exec::AttemptId& id, const std::filesystem::path& checkpoints,
             Observer& observer, Answers answers);

 private:
  void send(base::Json message) { messages_.push_back(std::move(message)); }

  std::vector<base::Json> messages_;
  std::deque<SentSet> sent_;
  int asked_checkpoints_ = 0;  // Not answered yet.
  std::vector<std::uint64_t> acks_;
  std::vector<std::string> sayings_, removals_;
  std::optional<bool> hold_;
  bool is_to_kill_ = false;
};

}  // namespace sterlet::babysit
