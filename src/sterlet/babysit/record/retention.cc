#include "sterlet/babysit/record/retention.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

namespace sterlet::babysit {

using storage::CheckpointRecord;
using storage::CheckpointState;

namespace {

std::vector<const CheckpointRecord*> kept_of(const Tree& tree) {
  std::vector<const CheckpointRecord*> kept;
  for (const CheckpointRecord& checkpoint : tree.checkpoints) {
    if (checkpoint.state == CheckpointState::kKept) kept.push_back(&checkpoint);
  }
  return kept;
}

// What the running model cannot do without.
std::set<std::int64_t> indispensable(const Tree& tree) {
  std::set<std::int64_t> ids;
  if (const auto points = restore_points(tree, tree.model.active); !points.empty()) ids.insert(points.front()->id);
  if (!tree.interventions.empty() && tree.interventions.back().checkpoint) {
    ids.insert(*tree.interventions.back().checkpoint);
  }
  const storage::InterventionRecord* start = start_of(tree, tree.model.active);
  if (start != nullptr && start->checkpoint) ids.insert(*start->checkpoint);
  return ids;
}

std::set<std::int64_t> of_changes(const Tree& tree) {
  std::set<std::int64_t> ids;
  for (const storage::InterventionRecord& intervention : tree.interventions) {
    if (intervention.checkpoint) ids.insert(*intervention.checkpoint);
  }
  for (const storage::BranchRecord& branch : tree.branches) {
    if (branch.checkpoint) ids.insert(*branch.checkpoint);
    for (auto checkpoint = tree.checkpoints.rbegin(); checkpoint != tree.checkpoints.rend(); ++checkpoint) {
      if (checkpoint->branch != branch.number || checkpoint->state != CheckpointState::kKept) continue;
      ids.insert(checkpoint->id);
      break;
    }
  }
  return ids;
}

}  // namespace

std::int64_t kept_bytes(const Tree& tree) {
  std::int64_t sum = 0;
  for (const CheckpointRecord* checkpoint : kept_of(tree)) sum += checkpoint->bytes;
  return sum;
}

std::vector<std::int64_t> to_delete(const Tree& tree, const Retention& retention, bool minimize) {
  const auto kept = kept_of(tree);
  std::set<std::int64_t> stay = of_changes(tree);
  const auto last = std::min(static_cast<std::size_t>(retention.last), kept.size());
  for (std::size_t i = kept.size() - last; i < kept.size(); ++i) stay.insert(kept[i]->id);
  auto by_value = kept;
  // A value that is not a number is not among the best, and has no place in an order.
  std::erase_if(by_value, [](const CheckpointRecord* checkpoint) {
    return !checkpoint->value || std::isnan(*checkpoint->value);
  });
  std::stable_sort(by_value.begin(), by_value.end(), [&](const CheckpointRecord* a, const CheckpointRecord* b) {
    return minimize ? *a->value < *b->value : *a->value > *b->value;
  });
  const auto best = std::min(static_cast<std::size_t>(retention.best), by_value.size());
  for (std::size_t i = 0; i < best; ++i) stay.insert(by_value[i]->id);

  std::vector<std::int64_t> gone;
  std::int64_t bytes = 0;
  for (const CheckpointRecord* checkpoint : kept) {
    if (stay.contains(checkpoint->id)) {
      bytes += checkpoint->bytes;
    } else {
      gone.push_back(checkpoint->id);
    }
  }
  if (!retention.quota_bytes) return gone;
  const std::set<std::int64_t> must = indispensable(tree);
  const std::set<std::int64_t> changes = of_changes(tree);
  // First those that are only among the last or the best, then the rest, each from the oldest on.
  for (const bool also_changes : {false, true}) {
    for (const CheckpointRecord* checkpoint : kept) {
      if (bytes <= *retention.quota_bytes) return gone;
      if (!stay.contains(checkpoint->id) || must.contains(checkpoint->id)) continue;
      if (!also_changes && changes.contains(checkpoint->id)) continue;
      stay.erase(checkpoint->id);
      bytes -= checkpoint->bytes;
      gone.push_back(checkpoint->id);
    }
  }
  return gone;
}

base::Result<void> verify(const CheckpointRecord& checkpoint, const base::Result<base::FileChecksum>& now) {
  const std::string where = fmt::format("the checkpoint of step {} ({})", checkpoint.step, checkpoint.path);
  if (!now) {
    const bool is_gone = now.error().code == base::ErrorCode::kNotFound;
    return base::fail(now.error().code, is_gone ? "it is gone" : now.error().what, now.error().next, where);
  }
  if (now->bytes != checkpoint.bytes) {
    return base::fail(base::ErrorCode::kDisk,
                      fmt::format("it is damaged: it has {} bytes of {}", now->bytes, checkpoint.bytes), {}, where);
  }
  if (now->text != checkpoint.checksum) {
    return base::fail(base::ErrorCode::kDisk, "it is damaged: its content is not what was written", {}, where);
  }
  return {};
}

}  // namespace sterlet::babysit
