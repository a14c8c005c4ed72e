#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/storage/documents.h"
#include "sterlet/storage/live.h"
#include "sterlet/storage/records.h"

namespace sterlet::storage {

/// A report as it was told last and, where it was told again, first; see SequencedReport.
struct StoredReport {
  double value = 0;
  std::int64_t seq = 0;
  std::optional<double> first_value;
};

using ReportKey = std::tuple<std::int64_t, int, std::int64_t, std::string>;        ///< Trial, attempt, step, metric.
using BranchReportKey = std::tuple<std::int64_t, int, std::int64_t, std::string>;  ///< Trial, branch, step, metric.

/// The tables of one study, each ordered as it is read.
struct StudyTables {
  StudyRecord record;
  std::map<int, SpecVersion> versions;
  std::map<std::int64_t, TrialRow> trials;
  std::map<std::int64_t, std::int64_t> trial_by_change;  ///< Event, number.
  std::map<ReportKey, StoredReport> reports;
  std::map<std::int64_t, ReportKey> report_by_seq;
  std::map<std::int64_t, EventRecord> events;
  std::map<std::int64_t, std::string> queue;
  std::map<std::string, SessionRecord> sessions;
  std::map<std::int64_t, ModelRecord> models;
  std::map<std::pair<std::int64_t, int>, BranchRecord> branches;  ///< Trial, number.
  std::map<BranchReportKey, double> branch_reports;
  std::map<std::pair<std::int64_t, std::int64_t>, CheckpointRecord> checkpoints;      ///< Trial, id.
  std::map<std::pair<std::int64_t, std::int64_t>, InterventionRecord> interventions;  ///< Trial, id.
  std::map<std::pair<int, std::int64_t>, TurnRecord> turns;                           ///< Turn, trial.
  std::map<std::int64_t, CommandRecord> commands;
  std::map<std::int64_t, NoteRecord> notes;
  std::map<TagRecord, bool> tags;  ///< The value says nothing.
  std::map<std::int64_t, DocumentRecord> documents;
  std::map<std::pair<std::string, std::int64_t>, std::int64_t> document_links;  ///< Kind and trial, id.
};

struct Tables {
  std::map<std::int64_t, StudyTables> studies;
  std::int64_t sequence = 0;  ///< Of events and sequenced reports.
  std::int64_t ids = 0;       ///< Of all else.
};

class MemoryDatabase {
 public:
  Tables now;
  std::optional<Tables> before;  ///< What others see while a transaction of a shared database is open.
  const void* owner = nullptr;   ///< Whose transaction is open.
  int users = 0;
  std::int64_t commits = 0;
};

/// One user's way to the tables: who sees what, who may write, and what is undone.
class MemoryAccess {
 public:
  explicit MemoryAccess(std::shared_ptr<MemoryDatabase> database) : database_(std::move(database)) {
    ++database_->users;
  }
  ~MemoryAccess() {
    rollback();
    --database_->users;
  }
  MemoryAccess(const MemoryAccess&) = delete;
  MemoryAccess& operator=(const MemoryAccess&) = delete;

  base::Result<void> begin();
  base::Result<void> commit();
  void rollback();

  const Tables& read() const {
    return database_->before && database_->owner != this ? *database_->before : database_->now;
  }
  /// Nothing where there is no such study.
  const StudyTables& read(std::int64_t study) const;
  /// kLocked while another writes, kNotFound where there is no such study. Every change goes through set() or assign().
  base::Result<StudyTables*> write(std::int64_t study);
  base::Result<Tables*> write();

  /// Puts `value` into `table`, or takes the key out of it.
  template <typename Table>
  void set(Table& table, const typename Table::key_type& key, std::optional<typename Table::mapped_type> value) {
    const auto found = table.find(key);
    if (database_->owner == this) {
      std::optional<typename Table::mapped_type> old;
      if (found != table.end()) old = found->second;
      undo_.push_back([&table, key, old = std::move(old)] { apply(table, key, old); });
    }
    apply(table, key, std::move(value));
    ++changes_;
  }
  /// Takes out a value that is large, or whose parts the transaction has changed: they stay where they are in memory.
  template <typename Table>
  void remove(Table& table, const typename Table::key_type& key) {
    auto node = std::make_shared<typename Table::node_type>(table.extract(key));
    if (node->empty()) return;
    if (database_->owner == this) undo_.push_back([&table, node] { table.insert(std::move(*node)); });
    ++changes_;
  }
  /// Takes out all keys for which `condition` holds.
  template <typename Table, typename Condition>
  void remove_where(Table& table, Condition condition) {
    for (auto row = table.begin(); row != table.end();) {
      const auto key = (row++)->first;
      if (condition(key)) remove(table, key);
    }
  }
  template <typename T>
  void assign(T& place, T value) {
    if (database_->owner == this) undo_.push_back([&place, old = place] { place = old; });
    place = std::move(value);
    ++changes_;
  }
  std::int64_t next_sequence();
  std::int64_t next_id();

  /// Ends a call that wrote outside a transaction.
  void finish() {
    if (database_->owner != this) count_commit();
  }
  /// Commits of others since the beginning.
  std::int64_t foreign_commits() const { return database_->commits - own_commits_; }

 private:
  template <typename Table>
  static void apply(Table& table, const typename Table::key_type& key,
                    std::optional<typename Table::mapped_type> value) {
    if (value) {
      table.insert_or_assign(key, std::move(*value));
    } else {
      table.erase(key);
    }
  }
  void count_commit();
  void end();

  std::shared_ptr<MemoryDatabase> database_;
  std::vector<std::function<void()>> undo_;  ///< Carried out from the last to the first.
  int changes_ = 0;                          ///< Since the last commit.
  std::int64_t own_commits_ = 0;
};

/// The live part of a storage, on what it borrows.
std::unique_ptr<LiveStorage> make_memory_live(MemoryAccess& access);
/// Its documents, on what they borrow.
std::unique_ptr<Documents> make_memory_documents(MemoryAccess& access);

/// What SQLite makes of it: NaN is no number.
inline std::optional<double> without_nan(const std::optional<double>& value) {
  return value && *value != *value ? std::nullopt : value;
}

}  // namespace sterlet::storage
