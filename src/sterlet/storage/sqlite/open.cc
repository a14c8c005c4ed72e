#include "sterlet/storage/sqlite/open.h"

#include <sys/stat.h>
#include <sys/vfs.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "sterlet/storage/sqlite/schema.h"

namespace sterlet::storage {

namespace {

using base::ErrorCode;

constexpr int kBusyTimeoutMs = 10000;
constexpr int kApplicationId = 0x53544C54;  // "STLT"

// SQLite's locks are not kept over a network; see sqlite.org/faq.html, question 5.
std::string network_file_system(const std::string& folder) {
  struct statfs info {};
  if (statfs(folder.c_str(), &info) != 0) return {};
  switch (static_cast<std::uint32_t>(info.f_type)) {
    case 0x6969:
      return "NFS";
    case 0xFF534D42:
    case 0xFE534D42:
    case 0x517B:
      return "SMB";
    case 0x0BD00BD0:
      return "Lustre";
    case 0x47504653:
      return "GPFS";
    case 0x00C36400:
      return "Ceph";
    case 0x01021997:
      return "9P";
    case 0x5346414F:
      return "AFS";
    default:
      return {};
  }
}

base::Result<void> check_place(const std::string& path, const SqliteOptions& options) {
  std::error_code ignored;
  const std::filesystem::path folder = std::filesystem::absolute(path, ignored).parent_path();
  if (!std::filesystem::is_directory(folder, ignored)) {
    return base::fail(ErrorCode::kNotFound, fmt::format("there is no folder {}", folder.string()),
                      "make it, or name another file with --storage", path);
  }
  if (const std::string name = network_file_system(folder.string()); !name.empty()) {
    return base::fail(
        ErrorCode::kUnreachable,
        fmt::format("this folder is on {}, where SQLite's locks do not hold and studies get damaged", name),
        "name a file on a local disk with --storage", path);
  }
  const bool exists = std::filesystem::exists(path, ignored);
  if (exists && !std::filesystem::is_regular_file(path, ignored)) {
    return base::fail(ErrorCode::kDisk, "this is not a file", "name a file with --storage", path);
  }
  if (!exists && options.must_exist) {
    return base::fail(ErrorCode::kNotFound, "there is no such storage",
                      "run sterlet tune first, or name the file with --storage", path);
  }
  if (exists && std::filesystem::file_size(path, ignored) > 0) {
    std::ifstream file(path, std::ios::binary);
    std::array<char, 16> head{};
    file.read(head.data(), head.size());
    if (!file || std::memcmp(head.data(), "SQLite format 3", 16) != 0) {
      return base::fail(ErrorCode::kDisk, "this file is damaged, or is not a Sterlet storage; it was left as it is",
                        "restore it from a copy, or name another file with --storage", path);
    }
  }
  return {};
}

base::Result<void> execute(sqlite3* connection, const std::string& path, const std::string& sql) {
  const int code = sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return base::fail(sqlite_error(connection, path, code));
  return {};
}

base::Result<std::int64_t> read_pragma(sqlite3* connection, const std::string& path, const std::string& name) {
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v2(connection, ("PRAGMA " + name).c_str(), -1, &statement, nullptr);
  std::int64_t value = 0;
  if (code == SQLITE_OK) {
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW) value = sqlite3_column_int64(statement, 0);
  }
  sqlite3_finalize(statement);
  if (code != SQLITE_ROW) return base::fail(sqlite_error(connection, path, code));
  return value;
}

base::Result<void> bring_up_to_date(sqlite3* connection, const std::string& path) {
  STERLET_PASS(execute(connection, path, "BEGIN EXCLUSIVE"));
  const auto upgrade = [&]() -> base::Result<void> {
    STERLET_TRY(const std::int64_t version, read_pragma(connection, path, "user_version"));
    STERLET_TRY(const std::int64_t application, read_pragma(connection, path, "application_id"));
    STERLET_TRY(const std::int64_t tables, read_pragma(connection, path, "schema_version"));
    if (version == 0 && tables != 0) {
      return base::fail(ErrorCode::kDisk, "this SQLite file belongs to another program; it was left as it is",
                        "name another file with --storage", path);
    }
    if (version != 0 && application != kApplicationId) {
      return base::fail(ErrorCode::kDisk, "this SQLite file belongs to another program; it was left as it is",
                        "name another file with --storage", path);
    }
    if (version > schema_version()) {
      return base::fail(ErrorCode::kConflict,
                        fmt::format("this storage was written by a newer Sterlet (schema {}; this program knows {})",
                                    version, schema_version()),
                        "update Sterlet, or name another file with --storage", path);
    }
    for (std::int64_t next = version; next < schema_version(); ++next) {
      STERLET_PASS(execute(connection, path, std::string(kSchemaSteps[static_cast<std::size_t>(next)])));
    }
    if (version < schema_version()) {
      STERLET_PASS(execute(connection, path, fmt::format("PRAGMA application_id={}", kApplicationId)));
      STERLET_PASS(execute(connection, path, fmt::format("PRAGMA user_version={}", schema_version())));
    }
    return {};
  };
  auto result = upgrade();
  if (!result) {
    sqlite3_exec(connection, "ROLLBACK", nullptr, nullptr, nullptr);
    return result;
  }
  return execute(connection, path, "COMMIT");
}

}  // namespace

int schema_version() { return static_cast<int>(kSchemaSteps.size()); }

base::Error sqlite_error(sqlite3* connection, const std::string& path, int code) {
  const std::string detail = sqlite3_errmsg(connection);
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {.code = ErrorCode::kConflict,
              .where = path,
              .what = "still locked by another program after 10 s, so nothing was changed",
              .next = "close what holds it open, then run the same command again"};
    case SQLITE_FULL:
      return {.code = ErrorCode::kDisk,
              .where = path,
              .what = "the disk is full, so the last change was not stored; all earlier ones are",
              .next = "free some space, then run sterlet resume"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {.code = ErrorCode::kDisk,
              .where = path,
              .what = "this file is damaged; it was left as it is",
              .next = "restore it from a copy, or name another file with --storage"};
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {.code = ErrorCode::kDisk,
              .where = path,
              .what = fmt::format("this file cannot be opened for writing ({})", detail),
              .next = "look at its owner and permissions, and those of its folder"};
    default:
      return {.code = ErrorCode::kDisk,
              .where = path,
              .what = fmt::format("reading or writing failed ({}), so the last change was not stored", detail),
              .next = "look at the disk, then run sterlet resume"};
  }
}

base::Result<Connection> open_connection(const std::string& path, const SqliteOptions& options) {
  STERLET_PASS(check_place(path, options));
  sqlite3* raw = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (options.must_exist ? 0 : SQLITE_OPEN_CREATE);
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  Connection connection(raw);
  if (code != SQLITE_OK) return base::fail(sqlite_error(raw, path, code));
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, kBusyTimeoutMs);
  STERLET_PASS(execute(raw, path, "PRAGMA foreign_keys=ON; PRAGMA cache_size=-256;"));
  // Switching a new file to WAL does not wait for locks by itself: of many cold starters all but one would be refused.
  constexpr int kSwitchAttemptsMax = 1000;
  for (int i = 0;; ++i) {
    const auto switched = execute(raw, path, "PRAGMA journal_mode=WAL;");
    if (switched) break;
    if (switched.error().code != ErrorCode::kConflict || i == kSwitchAttemptsMax) return base::fail(switched.error());
    sqlite3_sleep(10);
  }
  STERLET_PASS(execute(raw, path, "PRAGMA synchronous=FULL;"));
  STERLET_TRY(const std::int64_t version, read_pragma(raw, path, "user_version"));
  if (version != schema_version()) STERLET_PASS(bring_up_to_date(raw, path));
  STERLET_TRY(const std::int64_t application, read_pragma(raw, path, "application_id"));
  if (application != kApplicationId) {
    return base::fail(ErrorCode::kDisk, "this SQLite file belongs to another program; it was left as it is",
                      "name another file with --storage", path);
  }
  return connection;
}

}  // namespace sterlet::storage
