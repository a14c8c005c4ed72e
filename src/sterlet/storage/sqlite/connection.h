#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <type_traits>

#include "sterlet/base/result.h"
#include "sterlet/storage/sqlite/file_watch.h"
#include "sterlet/storage/sqlite/patience.h"
#include "sterlet/storage/sqlite/statement.h"

namespace sterlet::storage {

/// One connection to a SQLite file: its prepared statements, its transaction, and what its errors mean to a person.
/// Rooms of storage/sqlite/ alone see it.
///
/// The file's log is synced by sync(), after the lock was given up: with synchronous=FULL, COMMIT would wait for the
/// disk with the lock in its hand, and every writer for itself. It is a log: whoever syncs his own commit has synced
/// all that it was built on, also another's who has not come to his sync yet.
class Connection final {
 public:
  /// Takes over `raw`, open or failed. `path` is what messages say.
  Connection(sqlite3* raw, std::string path);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  sqlite3* raw() const { return raw_.get(); }
  const std::string& path() const { return path_; }
  /// The log's, with symbolic links resolved as SQLite does.
  const std::string& log_path() const { return log_path_; }

  /// How long to wait for a lock before kLocked.
  void set_patience(std::int64_t milliseconds) { patience_.set(raw_.get(), milliseconds); }

  /// From now on commits are synced by sync(), wake whoever waits for the log (see LogWatch), and are refused once the
  /// file is not where it was. To be called when the schema is in place.
  void begin_service();
  /// Its pages are checked before the next write: see check_pages().
  void distrust() { is_trusted_ = false; }

  base::Result<void> begin();
  base::Result<void> commit();
  void rollback();
  /// Puts on the disk what was committed; see Storage::sync().
  base::Result<void> sync();

  /// The prepared statement of a text that is there for the program's life, ready to be bound.
  Statement& statement(std::string_view sql);
  /// Carries out a statement that changes something. Outside a transaction it is on the disk when this returns.
  base::Result<void> write(Statement& statement);
  /// Shows `visit` each row. A row that does not fit what was read of it is an error, and so is an error of `visit`
  /// where it returns one; either ends the visit.
  template <typename Visit>
  base::Result<void> each_row(Statement& statement, Visit visit) {
    STERLET_PASS(check_transaction());
    int code = statement.step();
    for (; code == SQLITE_ROW; code = statement.step()) {
      base::Result<void> visited;
      if constexpr (std::is_void_v<decltype(visit(statement))>) {
        visit(statement);
      } else {
        visited = visit(statement);
      }
      if (!statement.fits()) visited = base::fail(damaged_row(statement));
      if (!visited) {
        statement.reset();
        return visited;
      }
    }
    return finished(statement, code);
  }
  /// Carries out several statements that give no rows.
  base::Result<void> execute(const std::string& sql);
  /// The one integer that a statement gives: for pragmas.
  base::Result<std::int64_t> integer_of(const std::string& sql);
  /// The one text that a statement gives.
  base::Result<std::string> text_of(const std::string& sql);

  /// What SQLite's last error means to a person.
  base::Error error(int code) const;
  base::Error damaged_row(const Statement& statement) const;
  /// kDisk where the file is not where it was opened, was written over, or its log is not the one it wrote.
  base::Result<void> check_whereabouts();

 private:
  base::Result<void> finished(Statement& statement, int code);
  base::Result<void> check_transaction();
  base::Result<void> check_before_write();
  void open_log();
  std::string set_log_aside();
  static int on_commit(void* self, sqlite3* raw, const char* name, int pages);

  struct Close {
    void operator()(sqlite3* raw) const { sqlite3_close_v2(raw); }
  };
  std::unique_ptr<sqlite3, Close> raw_;
  std::string path_, log_path_;
  Patience patience_;
  FileWatch watch_;
  // By where their texts lie, which is for the program's life. Destroyed before the connection.
  std::unordered_map<const char*, Statement> statements_;
  bool is_in_service_ = false;
  bool is_trusted_ = true;
  bool is_in_transaction_ = false;  // As our caller knows it; SQLite may have taken it back by itself.
  bool is_behind_ = false;          // Something committed is not on the disk for sure.
  int log_file_ = -1;
};

}  // namespace sterlet::storage
