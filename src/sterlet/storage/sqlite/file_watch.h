#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <optional>
#include <string>

namespace sterlet::storage {

/// Notices that somebody else wrote over a database's file in place (cp, rsync --inplace), or cut its log, which SQLite
/// does not.
///
/// Where a file has a log, only checkpoints change the file itself, and each is counted in the memory that its users
/// share. What was changed without one was changed by somebody else. A change at the moment of a checkpoint is missed.
/// A log that is shorter than what that memory says was cut.
/// Source    https://www.sqlite.org/walformat.html, section 2 (the WAL-index), for what is read of that memory.
class FileWatch final {
 public:
  /// Of an open connection, borrowed. From now on it looks.
  void begin(sqlite3* raw);
  enum class Fault { kNone, kOverwritten, kLogCut };
  /// What has happened, now or before. Two calls of stat() where the file has not changed; else some 64 of its pages are
  /// read.
  Fault find_fault();

 private:
  struct State {
    std::int64_t bytes = 0;
    std::int64_t changed_s = 0, changed_ns = 0, status_s = 0, status_ns = 0;
    bool operator==(const State&) const = default;
  };
  // Which checkpoints there were: the log's salt, and how much of it is being copied, and was.
  struct Checkpoints {
    std::uint64_t salt = 0;
    std::uint32_t attempted = 0, done = 0;
    bool operator==(const Checkpoints&) const = default;
    bool is_under_way() const { return attempted != done; }
  };
  struct Seen {
    State state;
    Checkpoints checkpoints;
    std::uint64_t content = 0;
  };

  bool is_overwritten();
  bool is_log_cut() const;
  const volatile char* index() const;
  std::optional<State> read_state() const;
  std::optional<Checkpoints> read_checkpoints() const;
  std::uint64_t read_content(std::int64_t bytes) const;
  void look();

  sqlite3* raw_ = nullptr;
  sqlite3_file* file_ = nullptr;  // Null: it does not look.
  std::string path_;
  std::optional<Seen> seen_;  // Nothing: while a checkpoint was under way.
  Fault fault_ = Fault::kNone;
};

}  // namespace sterlet::storage
