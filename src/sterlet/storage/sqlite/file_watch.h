#pragma once

#include <sqlite3.h>
#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>

namespace sterlet::storage {

/// Notices that a database's file or its log is not where it was opened, that somebody else wrote over the file in place
/// (cp, rsync --inplace), or that he cut the log.
///
/// Where a file has a log, only checkpoints change the file itself, and each is counted in the memory that its users
/// share. What was changed without one was changed by somebody else. A change at the moment of a checkpoint is missed.
/// A log that is shorter than what that memory says was cut.
/// Source    https://www.sqlite.org/walformat.html, section 2 (the WAL-index), for what is read of that memory.
class FileWatch final {
 public:
  /// Of an open connection, borrowed, and its log's path. From now on it looks.
  void begin(sqlite3* raw, const std::string& log_path);
  /// Which log is the connection's: the one that this descriptor is of.
  void follow_log(int fd);
  enum class Fault { kNone, kMoved, kOverwritten, kLogGone, kLogCut };
  /// What has happened. What was written over or cut stays so; what was moved can be put back. A call of stat() each for
  /// the file and its log where the file has not changed; else some 64 of its pages are read.
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

  // A file's place on its device.
  struct Identity {
    dev_t device = 0;
    ino_t inode = 0;
    bool operator==(const Identity&) const = default;
    static Identity of(const struct stat& file) { return {.device = file.st_dev, .inode = file.st_ino}; }
  };

  bool has_moved(const std::optional<struct stat>& file) const;
  bool is_overwritten(const std::optional<Checkpoints>& checkpoints, const State& state);
  Fault find_log_fault() const;
  bool is_log_cut(std::uint32_t frames, std::int64_t bytes) const;
  const volatile char* index() const;
  static State state_of(const struct stat& file);
  std::optional<State> read_state() const;
  std::optional<Checkpoints> read_checkpoints() const;
  std::uint64_t read_content(std::int64_t bytes) const;
  void look();

  sqlite3* raw_ = nullptr;
  sqlite3_file* file_ = nullptr;  // Null: it cannot look into the file.
  std::string path_, log_path_;
  std::optional<Identity> identity_, log_identity_;  // Nothing: not known.
  std::optional<Seen> seen_;                         // Nothing: while a checkpoint was under way.
  Fault fault_ = Fault::kNone;
};

}  // namespace sterlet::storage
