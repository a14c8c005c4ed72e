#include "sterlet/babysit/outbox.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "sterlet/babysit/supervisor.h"
#include "sterlet/run/trial_folder.h"

namespace sterlet::babysit {

using base::Json;

namespace {

// As told back: numbers may have become doubles on the way.
bool same_values(const Json& a, const Json& b) {
  if (a.size() != b.size()) return false;
  for (const auto& [name, value] : a.items()) {
    const auto found = b.find(name);
    if (found == b.end()) return false;
    const auto left = base::number_from_json(value), right = base::number_from_json(*found);
    if (left && right ? *left != *right : value != *found) return false;
  }
  return true;
}

}  // namespace

void Outbox::send_set(const Json& set, bool is_action) {
  sent_.push_back({.set = set, .is_action = is_action});
  send({{"set", set}});
}

void Outbox::send_restore(const storage::CheckpointRecord& target, const Json& set, std::int64_t skip_steps) {
  Json restore{{"path", target.path}};
  if (!set.empty()) {
    restore["set"] = set;
    sent_.push_back({.set = set, .is_action = false});
  }
  if (skip_steps > 0) restore["skip_steps"] = skip_steps;
  send({{"restore", restore}});
}

std::optional<Outbox::SentSet> Outbox::take_answered(const Json& told) {
  const auto found =
      std::find_if(sent_.begin(), sent_.end(), [&](const SentSet& sent) { return same_values(sent.set, told); });
  if (found == sent_.end()) return std::nullopt;
  SentSet answered = *found;
  sent_.erase(sent_.begin(), std::next(found));
  return answered;
}

void Outbox::speak(exec::Executor& executor, const exec::AttemptId& id, const std::filesystem::path& checkpoints,
                   Observer& observer, Answers answers) {
  // A checkpoint and the change after it are to be of one step.
  if (const auto messages = std::exchange(messages_, {}); !messages.empty()) executor.send_all(id, messages);
  if (answers == Answers::kGive) {
    for (const std::uint64_t ack : std::exchange(acks_, {})) executor.acknowledge(ack, false);
  }
  if (const auto hold = std::exchange(hold_, std::nullopt)) executor.hold(id, *hold);
  for (const std::string& path : std::exchange(removals_, {})) run::delete_checkpoint(checkpoints, path);
  for (const std::string& sentence : std::exchange(sayings_, {})) observer.said(sentence);
  if (std::exchange(is_to_kill_, false)) executor.kill(id, "");
}

}  // namespace sterlet::babysit
