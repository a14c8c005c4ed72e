#include "sterlet/storage/sqlite/upgrade.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "sterlet/base/log.h"
#include "sterlet/storage/sqlite/schema.h"
#include "sterlet/storage/storage.h"

namespace sterlet::storage {

namespace {

using base::ErrorCode;
using base::Result;

constexpr int kApplicationId = 0x53544C54;  // "STLT"

Result<void> copy_into(Connection& from, const std::string& path) {
  sqlite3* raw = nullptr;
  const int opened = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  Connection copy(raw, path);
  if (opened != SQLITE_OK) return base::fail(copy.error(opened));
  sqlite3_backup* backup = sqlite3_backup_init(raw, "main", from.raw(), "main");
  if (backup == nullptr) return base::fail(copy.error(sqlite3_errcode(raw)));
  sqlite3_backup_step(backup, -1);
  const int code = sqlite3_backup_finish(backup);
  if (code != SQLITE_OK) return base::fail(copy.error(code));
  // In one file that any program can copy, without a log.
  STERLET_PASS(copy.text_of("PRAGMA journal_mode=DELETE"));
  return {};
}

// Copies the file as it is on the disk while our transaction keeps all others from changing it.
Result<std::string> keep_copy(const std::string& path, std::int64_t version) {
  sqlite3* raw = nullptr;
  const int opened = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  Connection reader(raw, path);
  if (opened != SQLITE_OK) return base::fail(reader.error(opened));
  const std::string part = fmt::format("{}.schema-{}.part", path, version);
  std::error_code ignored;
  std::filesystem::remove(part, ignored);
  auto copied = copy_into(reader, part);
  constexpr int kCopiesMax = 1000;
  for (int i = 1; copied && i <= kCopiesMax; ++i) {
    const std::string name = fmt::format("{}.schema-{}.bak{}", path, version, i == 1 ? "" : fmt::format(".{}", i));
    if (::link(part.c_str(), name.c_str()) == 0 ||
        (errno != EEXIST && !std::filesystem::exists(name, ignored) && std::rename(part.c_str(), name.c_str()) == 0)) {
      std::filesystem::remove(part, ignored);
      return name;
    }
    if (errno != EEXIST) break;
  }
  const std::string why = copied ? std::strerror(errno) : copied.error().what;
  std::filesystem::remove(part, ignored);
  return base::fail(
      ErrorCode::kDisk,
      fmt::format("this storage of an older Sterlet (schema {}) could not be copied before it is brought up "
                  "to date ({}); it was left as it is",
                  version, why),
      "make room beside it, or copy it to another place and name that with --storage", path);
}

}  // namespace

int schema_version() { return static_cast<int>(kSchemaSteps.size()); }

Result<void> check_owner(const std::string& path, const FileHead& head) {
  const bool is_new = head.version == 0 && head.application == 0 && !head.has_tables;
  if (is_new) return {};
  if (head.application != kApplicationId || head.version <= 0) {
    return base::fail(ErrorCode::kDisk, "this SQLite file belongs to another program; it was left as it is",
                      "name another file with --storage", path);
  }
  if (head.version > schema_version()) {
    return base::fail(ErrorCode::kConflict,
                      fmt::format("this storage was written by a newer Sterlet (schema {}; this program knows {})",
                                  head.version, schema_version()),
                      "update Sterlet, or name another file with --storage", path);
  }
  return {};
}

Result<FileHead> read_head(Connection& connection) {
  FileHead head;
  STERLET_TRY(head.version, connection.integer_of("PRAGMA user_version"));
  STERLET_TRY(head.application, connection.integer_of("PRAGMA application_id"));
  STERLET_TRY(const std::int64_t tables, connection.integer_of("SELECT count(*) FROM sqlite_schema"));
  head.has_tables = tables != 0;
  return head;
}

Result<void> bring_up_to_date(Connection& connection, Copy copy) {
  STERLET_PASS(connection.execute("BEGIN EXCLUSIVE"));
  std::string kept;
  std::int64_t version = 0;
  const auto upgrade = [&]() -> Result<void> {
    STERLET_TRY(const FileHead head, read_head(connection));  // Again: another process may have come first.
    STERLET_PASS(check_owner(connection.path(), head));
    version = head.version;
    if (version == schema_version()) return {};
    if (copy == Copy::kKeep && version > 0) {
      STERLET_TRY(kept, keep_copy(connection.path(), version));
    }
    for (std::int64_t next = version; next < schema_version(); ++next) {
      STERLET_PASS(connection.execute(std::string(kSchemaSteps[static_cast<std::size_t>(next)])));
    }
    STERLET_PASS(connection.execute(fmt::format("PRAGMA application_id={}", kApplicationId)));
    return connection.execute(fmt::format("PRAGMA user_version={}", schema_version()));
  };
  auto result = upgrade();
  if (result) result = connection.execute("COMMIT");
  if (!result) {
    static_cast<void>(connection.execute("ROLLBACK"));
    std::error_code ignored;
    if (!kept.empty()) std::filesystem::remove(kept, ignored);
    return result;
  }
  if (!kept.empty()) {
    base::warn(fmt::format("{} was brought from schema {} to {}; as it was before, it is in {}", connection.path(),
                           version, schema_version(), kept));
  }
  return {};
}

}  // namespace sterlet::storage
