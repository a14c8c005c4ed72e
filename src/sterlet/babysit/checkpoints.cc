#include "sterlet/babysit/checkpoints.h"

#include <algorithm>

#include <fmt/format.h>

#include "sterlet/run/trial_folder.h"

namespace sterlet::babysit {

using base::Result;
using storage::CheckpointRecord;
using storage::CheckpointState;

namespace {

bool lies_in(const CheckpointRecord& checkpoint, const std::string& path) {
  return checkpoint.state == CheckpointState::kKept &&
         (checkpoint.path == path || checkpoint.path.starts_with(path + "/"));
}

}  // namespace

void Checkpoints::set_trial(std::int64_t trial) { folder_ = run::checkpoints_folder(trials_folder_, trial); }

std::optional<Result<base::FileChecksum>> Checkpoints::found(std::uint64_t ticket) {
  const auto at = found_.find(ticket);
  if (at == found_.end()) return std::nullopt;
  auto checksum = std::move(at->second);
  found_.erase(at);
  return checksum;
}

bool Checkpoints::take_in() {
  auto read = reader_.take();
  for (auto& one : read) found_.emplace(one.ticket, std::move(one.checksum));
  return !read.empty();
}

std::optional<Result<void>> Checkpoints::verify(const CheckpointRecord& checkpoint) {
  if (const auto answer = answers_.find(checkpoint.id); answer != answers_.end()) return answer->second;
  const auto asked = asked_.find(checkpoint.id);
  if (asked == asked_.end()) {
    asked_[checkpoint.id] = reader_.ask(folder_, checkpoint.path);
    return std::nullopt;
  }
  const auto now = found(asked->second);
  if (!now) return std::nullopt;
  asked_.erase(asked);
  Result<void> answer = babysit::verify(checkpoint, *now);
  answers_.emplace(checkpoint.id, answer);
  return answer;
}

void Checkpoints::forget_answers() { answers_.clear(); }

std::optional<const CheckpointRecord*> Checkpoints::first_whole(
    const std::vector<const CheckpointRecord*>& candidates) {
  for (const CheckpointRecord* candidate : candidates) {
    const auto answer = verify(*candidate);
    if (!answer) return std::nullopt;
    if (*answer) return candidate;
  }
  return nullptr;
}

Result<void> Checkpoints::clear_old(Model& model, Outbox& outbox,
                                    const std::vector<std::optional<std::int64_t>>& in_hand) {
  Tree tree = model.tree();
  for (const auto& id : in_hand) {
    if (id) tree.interventions.push_back({.started = tree.model.active, .checkpoint = id});
  }
  for (const std::int64_t id : to_delete(tree, retention_, model.minimizes())) {
    STERLET_PASS(model.set_checkpoint_state(id, CheckpointState::kDeleted));
    if (const CheckpointRecord* deleted = find_checkpoint(model.tree(), id)) {
      discard(model.tree(), deleted->path, outbox);
    }
  }
  const std::int64_t bytes = kept_bytes(model.tree());
  if (retention_.quota_bytes && bytes > *retention_.quota_bytes && !is_quota_told_) {
    is_quota_told_ = true;
    outbox.say(fmt::format("the checkpoints that are needed take {} bytes, more than the quota of {}", bytes,
                           *retention_.quota_bytes));
  }
  return {};
}

void Checkpoints::discard(const Tree& tree, const std::string& path, Outbox& outbox) const {
  if (std::none_of(tree.checkpoints.begin(), tree.checkpoints.end(),
                   [&](const CheckpointRecord& kept) { return lies_in(kept, path); })) {
    outbox.remove(path);
  }
}

}  // namespace sterlet::babysit
