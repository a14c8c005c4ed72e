#include "sterlet/storage/memory/database.h"

#include <algorithm>

namespace sterlet::storage {

using base::ErrorCode;
using base::Result;

Result<void> MemoryAccess::begin() {
  STERLET_PASS(write());
  if (database_->users > 1) database_->before = database_->now;
  database_->owner = this;
  return {};
}

Result<void> MemoryAccess::commit() {
  if (database_->owner != this) return base::fail(ErrorCode::kConflict, "there is no transaction to commit");
  count_commit();
  end();
  return {};
}

void MemoryAccess::rollback() {
  if (database_->owner != this) return;
  while (!undo_.empty()) {
    undo_.back()();
    undo_.pop_back();
  }
  changes_ = 0;
  end();
}

void MemoryAccess::end() {
  undo_.clear();
  database_->before.reset();
  database_->owner = nullptr;
}

void MemoryAccess::count_commit() {
  if (changes_ == 0) return;
  changes_ = 0;
  ++own_commits_;
  ++database_->commits;
}

const StudyTables& MemoryAccess::read(std::int64_t study) const {
  static const StudyTables kNone;
  const auto found = read().studies.find(study);
  return found == read().studies.end() ? kNone : found->second;
}

Result<Tables*> MemoryAccess::write() {
  if (database_->owner != nullptr && database_->owner != this) {
    return base::fail(ErrorCode::kLocked, "still locked by another user, so nothing was changed", "try again");
  }
  return &database_->now;
}

Result<StudyTables*> MemoryAccess::write(std::int64_t study) {
  STERLET_TRY(Tables * tables, write());
  const auto found = tables->studies.find(study);
  if (found == tables->studies.end()) return base::fail(ErrorCode::kNotFound, "there is no such study");
  return &found->second;
}

std::int64_t MemoryAccess::next_sequence() {
  assign(database_->now.sequence, database_->now.sequence + 1);
  return database_->now.sequence;
}

std::int64_t MemoryAccess::next_id() {
  assign(database_->now.ids, database_->now.ids + 1);
  return database_->now.ids;
}

}  // namespace sterlet::storage
