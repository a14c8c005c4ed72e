#include "sterlet/storage/sqlite/connection.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "sterlet/storage/sqlite/page_check.h"

namespace sterlet::storage {

namespace {

using base::ErrorCode;
using base::Result;

// SQLite's own default: how many pages of log it lets grow before it copies them into the file.
constexpr int kCheckpointPages = 1000;

bool is_same_file(const struct stat& a, const struct stat& b) { return a.st_dev == b.st_dev && a.st_ino == b.st_ino; }

}  // namespace

Connection::Connection(sqlite3* raw, std::string path) : raw_(raw), path_(std::move(path)) {
  if (raw_ == nullptr) return;
  sqlite3_extended_result_codes(raw_.get(), 1);
  const char* name = sqlite3_db_filename(raw_.get(), "main");
  if (name != nullptr && *name != '\0') log_path_ = sqlite3_filename_wal(name);
}

Connection::~Connection() {
  // SQLite itself leaves the log where it is when it finds the file gone: the next one to open what lies there now
  // would take it for that file's log and damage it. One that was written over SQLite would damage by itself.
  if (is_in_service_) static_cast<void>(check_whereabouts());
  if (log_file_ >= 0) ::close(log_file_);
}

void Connection::begin_service() {
  // Cannot fail outside a transaction.
  sqlite3_exec(raw_.get(), "PRAGMA synchronous=NORMAL", nullptr, nullptr, nullptr);
  sqlite3_wal_hook(raw_.get(), &Connection::on_commit, this);
  watch_.begin(raw_.get(), log_path_);
  is_in_service_ = true;
}

// Called by SQLite when the commit is there for all and the lock was given up.
int Connection::on_commit(void* self, sqlite3* raw, const char* name, int pages) {
  auto& connection = *static_cast<Connection*>(self);
  connection.is_behind_ = true;
  // That somebody who only reads closes the log wakes whoever waits. A write to it would not do: it comes before the
  // commit can be seen. Nor would its time stamp, which the file system has to store: with eight writers that costs a
  // third of the commits. SQLite's locks are not on this file. Whoever misses it looks by and by.
  const int log = ::open(connection.log_path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (log >= 0) ::close(log);
  if (pages >= kCheckpointPages) static_cast<void>(sqlite3_wal_checkpoint(raw, name));
  return SQLITE_OK;
}

Result<void> Connection::begin() {
  STERLET_PASS(check_before_write());
  Statement& begin = statement("BEGIN IMMEDIATE");
  STERLET_PASS(finished(begin, begin.step()));
  is_in_transaction_ = true;
  return {};
}

Result<void> Connection::commit() {
  STERLET_PASS(check_transaction());
  Statement& commit = statement("COMMIT");
  STERLET_PASS(finished(commit, commit.step()));  // Where it fails it is still open: to be taken back.
  is_in_transaction_ = false;
  return {};
}

void Connection::rollback() {
  is_in_transaction_ = false;
  if (sqlite3_get_autocommit(raw_.get()) != 0) return;
  Statement& rollback = statement("ROLLBACK");
  static_cast<void>(finished(rollback, rollback.step()));
}

Result<void> Connection::sync() {
  STERLET_PASS(check_whereabouts());
  if (!is_behind_) return {};
  // SQLite keeps the log of an open connection in place, and locks on it there are none that closing could drop.
  open_log();
  if (log_file_ < 0 || fdatasync(log_file_) != 0) {
    return base::fail(ErrorCode::kDisk,
                      fmt::format("what was written last may not be on the disk ({})", std::strerror(errno)),
                      "look at the disk, then run sterlet resume", path_);
  }
  is_behind_ = false;
  return {};
}

Result<void> Connection::check_before_write() {
  if (!is_trusted_) STERLET_PASS(check_pages(*this));
  is_trusted_ = true;
  return check_whereabouts();
}

Result<void> Connection::check_whereabouts() {
  using Fault = FileWatch::Fault;
  if (!is_in_service_) return {};
  const Fault fault = watch_.find_fault();
  if (fault == Fault::kNone) return {};
  if (fault == Fault::kMoved) {
    set_log_aside();
    return base::fail(ErrorCode::kDisk,
                      "this file was deleted, moved or replaced while it was in use, so the last change was not stored",
                      "put it back, with the -wal file beside it, then run sterlet resume", path_);
  }
  // What SQLite would copy into the file when it is closed belongs to another one, or is gone.
  if (fault != Fault::kLogGone) sqlite3_db_config(raw_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  if (fault == Fault::kOverwritten) {
    const std::string log = set_log_aside();
    return base::fail(
        ErrorCode::kDisk,
        fmt::format("another program wrote over this file while it was in use, so the last change was not stored{}",
                    log.empty() ? "" : "; its log was kept as " + log),
        "put the right file in its place, then run sterlet resume; to copy over a storage, stop sterlet first", path_);
  }
  return base::fail(ErrorCode::kDisk,
                    fmt::format("its log {} was {} while it was in use, so what was written last may be lost",
                                log_path_, fault == Fault::kLogGone ? "deleted or replaced" : "cut"),
                    "run sterlet resume; to copy a storage take both files, or stop sterlet first", path_);
}

void Connection::open_log() {
  if (log_file_ >= 0) return;
  log_file_ = ::open(log_path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (log_file_ >= 0) watch_.follow_log(log_file_);
}

// Where another file, or another content, has taken this one's place, the log beside it is not that one's. Returns where
// it lies then; empty where it is not there.
std::string Connection::set_log_aside() {
  struct stat there {};
  const std::string file = log_path_.substr(0, log_path_.size() - std::strlen("-wal"));
  const std::string aside = log_path_ + ".replaced";
  if (stat(file.c_str(), &there) != 0) return {};  // Nothing took its place: it may be put back, and needs its log.
  struct stat ours {
  }, log{};
  open_log();
  if (log_file_ >= 0 && fstat(log_file_, &ours) == 0 && stat(log_path_.c_str(), &log) == 0 && is_same_file(ours, log)) {
    static_cast<void>(std::rename(log_path_.c_str(), aside.c_str()));
  }
  return stat(aside.c_str(), &log) == 0 && is_same_file(ours, log) ? aside : std::string();
}

Statement& Connection::statement(std::string_view sql) {
  patience_.begin();
  auto found = statements_.find(sql.data());
  if (found == statements_.end()) found = statements_.emplace(sql.data(), Statement(raw_.get(), sql)).first;
  return found->second.reset();
}

// SQLite ends a transaction by itself where the disk is full or fails. What its owner writes before he notices must not
// be stored by itself.
Result<void> Connection::check_transaction() {
  if (!is_in_transaction_ || sqlite3_get_autocommit(raw_.get()) == 0) return {};
  return base::fail(ErrorCode::kDisk, "writing failed, so this change was taken back",
                    "look at the disk, then run sterlet resume", path_);
}

Result<void> Connection::write(Statement& statement) {
  STERLET_PASS(check_transaction());
  const bool is_alone = sqlite3_get_autocommit(raw_.get()) != 0;
  if (is_alone) STERLET_PASS(check_before_write());
  int code = statement.step();
  if (code == SQLITE_ROW) code = SQLITE_DONE;
  STERLET_PASS(finished(statement, code));
  return is_alone && is_in_service_ ? sync() : Result<void>();
}

Result<void> Connection::finished(Statement& statement, int code) {
  if (code == SQLITE_DONE || code == SQLITE_ROW) {
    statement.reset();
    return {};
  }
  auto failure = base::fail(error(code));  // Before the reset, which forgets the message.
  statement.reset();
  return failure;
}

Result<void> Connection::execute(const std::string& sql) {
  patience_.begin();
  const int code = sqlite3_exec(raw_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return base::fail(error(code));
  return {};
}

Result<std::int64_t> Connection::integer_of(const std::string& sql) {
  std::int64_t value = 0;
  Statement read(raw_.get(), sql);
  STERLET_PASS(each_row(read, [&](Statement& row) { value = row.integer(0); }));
  return value;
}

Result<std::string> Connection::text_of(const std::string& sql) {
  std::string value;
  Statement read(raw_.get(), sql);
  STERLET_PASS(each_row(read, [&](Statement& row) { value = row.text(0); }));
  return value;
}

base::Error Connection::damaged_row(const Statement& statement) const {
  return {.code = ErrorCode::kDisk,
          .where = path_,
          .what = fmt::format("a row of {} in this storage cannot be read; it was left as it is", statement.table()),
          .next = "restore it from a copy, or name another file with --storage"};
}

base::Error Connection::error(int code) const {
  const std::string detail = raw_ == nullptr ? "out of memory" : sqlite3_errmsg(raw_.get());
  const double waited_s = static_cast<double>(patience_.waited_ms()) / 1000;
  const std::string waited = waited_s > 0 ? fmt::format(" after {:.1f} s", waited_s) : std::string();
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:  // Another program stands still amid its look at the log.
      return {.code = ErrorCode::kLocked,
              .where = path_,
              .what = fmt::format("{} locked by another program{}, so nothing was changed",
                                  waited.empty() ? "it is" : "still", waited),
              .next = "close what holds it open, then run the same command again"};
    case SQLITE_FULL:
      return {.code = ErrorCode::kDisk,
              .where = path_,
              .what = "the disk is full, so the last change was not stored; all earlier ones are",
              .next = "free some space, then run sterlet resume"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {.code = ErrorCode::kDisk,
              .where = path_,
              .what = "this file is damaged; it was left as it is",
              .next = "restore it from a copy, or name another file with --storage"};
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {.code = ErrorCode::kDisk,
              .where = path_,
              .what = fmt::format("this file cannot be opened for writing ({})", detail),
              .next = "look at its owner and permissions, and those of its folder"};
    default:
      return {.code = ErrorCode::kDisk,
              .where = path_,
              .what = fmt::format("reading or writing failed ({}), so the last change was not stored", detail),
              .next = "look at the disk, then run sterlet resume"};
  }
}

}  // namespace sterlet::storage
