#include "sterlet/storage/sqlite/open.h"

#include <sys/stat.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>

#include <fmt/format.h>

#include "sterlet/storage/sqlite/file_system.h"
#include "sterlet/storage/sqlite/page_check.h"
#include "sterlet/storage/sqlite/upgrade.h"

namespace sterlet::storage {

namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using base::Result;

// PATH_MAX of SQLite's unix layer, less the ending "-journal".
constexpr std::size_t kPathMax = 504;
// A reader of a file that he cannot write, or of an older schema, looks at a copy in memory; up to this size.
constexpr std::uintmax_t kSnapshotBytesMax = std::uintmax_t{512} << 20U;
constexpr std::string_view kRestore = "restore it from a copy, or name another file with --storage";

std::uint32_t big_endian(const std::array<char, 100>& head, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8U | static_cast<unsigned char>(head[at + i]);
  return value;
}

// Looks at the file's first bytes before SQLite does, which changes what it opens. Offsets: sqlite.org/fileformat.html.
Result<void> check_first_bytes(const std::string& path) {
  std::error_code ignored;
  if (fs::file_size(path, ignored) == 0) return {};  // To become ours.
  std::ifstream file(path, std::ios::binary);
  std::array<char, 100> head{};
  if (!file) {
    return base::fail(ErrorCode::kDisk, "this file cannot be read",
                      "look at its owner and permissions, and those of its folder", path);
  }
  file.read(head.data(), head.size());
  if (!file || std::memcmp(head.data(), "SQLite format 3", 16) != 0) {
    return base::fail(ErrorCode::kDisk, "this file is damaged, or is not a Sterlet storage; it was left as it is",
                      std::string(kRestore), path);
  }
  // With a log (2) the truth may be in there: asked once it is open.
  constexpr std::size_t kWriteVersion = 18, kSchemaCookie = 40, kUserVersion = 60, kApplication = 68;
  if (head[kWriteVersion] != 1) return {};
  return check_owner(path, {.version = static_cast<std::int32_t>(big_endian(head, kUserVersion)),
                            .application = static_cast<std::int32_t>(big_endian(head, kApplication)),
                            .has_tables = big_endian(head, kSchemaCookie) != 0});
}

Result<void> check_place(const std::string& path, const OpenOptions& options) {
  std::error_code ignored;
  // Where the file really is: behind a symbolic link may be another file system, and the log lies beside the target.
  const fs::path real = fs::weakly_canonical(fs::absolute(path, ignored), ignored);
  const fs::path folder = real.parent_path();
  if (real.string().size() > kPathMax) {
    return base::fail(ErrorCode::kInvalidArgument,
                      fmt::format("the storage's path is too long ({} bytes, and SQLite opens none above {})",
                                  real.string().size(), kPathMax),
                      "name a shorter one with --storage", path);
  }
  if (!fs::is_directory(folder, ignored)) {
    return base::fail(ErrorCode::kNotFound, fmt::format("there is no folder {}", folder.string()),
                      "make it, or name another file with --storage", path);
  }
  if (const std::string name = network_file_system_of(folder.string()); !name.empty()) {
    return base::fail(
        ErrorCode::kUnreachable,
        fmt::format("this folder is on {}, where SQLite's locks do not hold and studies get damaged", name),
        "name a file on a local disk with --storage", path);
  }
  const bool exists = fs::exists(path, ignored);
  if (exists && !fs::is_regular_file(path, ignored)) {
    return base::fail(ErrorCode::kDisk, "this is not a file", "name a file with --storage", path);
  }
  if (!exists && (options.must_exist || options.only_read)) {
    return base::fail(ErrorCode::kNotFound, "there is no such storage",
                      "run sterlet tune first, or name the file with --storage", path);
  }
  // SQLite would open it for reading alone, and leave files beside it that are in the way of the owner.
  if (!options.only_read && (access(folder.c_str(), W_OK) != 0 || (exists && access(path.c_str(), W_OK) != 0))) {
    return base::fail(ErrorCode::kDisk,
                      fmt::format("this file cannot be opened for writing ({})", std::strerror(errno)),
                      "look at its owner and permissions, and those of its folder", path);
  }
  return exists ? check_first_bytes(path) : Result<void>();
}

Result<std::unique_ptr<Connection>> connect(const std::string& path, const std::string& address, int flags,
                                            const OpenOptions& options) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(address.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  auto connection = std::make_unique<Connection>(raw, path);
  if (code != SQLITE_OK) return base::fail(connection->error(code));
  connection->set_patience(options.patience_ms);
  STERLET_PASS(connection->execute("PRAGMA foreign_keys=ON; PRAGMA cache_size=-256;"));
  return connection;
}

// Switching a new file to a log does not wait for locks by itself: of many cold starters all but one would be refused.
Result<void> keep_log(Connection& connection) {
  constexpr int kSwitchAttemptsMax = 1000;
  for (int i = 0;; ++i) {
    const auto mode = connection.text_of("PRAGMA journal_mode=WAL");
    if (mode && *mode == "wal") return {};
    if (mode) {  // SQLite answers with the mode it stays in.
      return base::fail(ErrorCode::kUnreachable,
                        fmt::format("this file system cannot share memory between programs, which SQLite needs for its "
                                    "log (the journal mode stays {})",
                                    *mode),
                        "name a file on a local disk with --storage", connection.path());
    }
    if (mode.error().code != ErrorCode::kLocked || i == kSwitchAttemptsMax) return base::fail(mode.error());
    sqlite3_sleep(10);
  }
}

Result<std::unique_ptr<Connection>> open_for_writing(const std::string& path, const OpenOptions& options) {
  const int create = options.must_exist ? 0 : SQLITE_OPEN_CREATE;
  STERLET_TRY(auto connection, connect(path, path, SQLITE_OPEN_READWRITE | create, options));
  STERLET_TRY(const FileHead before, read_head(*connection));
  STERLET_PASS(check_owner(path, before));
  STERLET_PASS(keep_log(*connection));
  STERLET_PASS(connection->execute("PRAGMA synchronous=FULL;"));
  if (before.version == schema_version()) {
    connection->distrust();  // Who only reads need not wait for it.
  } else {
    if (before.version != 0) STERLET_PASS(check_pages(*connection));
    STERLET_PASS(bring_up_to_date(*connection, Copy::kKeep));
  }
  connection->begin_service();
  return connection;
}

std::string uri_of(const std::string& path, std::string_view options) {
  std::string uri = "file:";
  std::error_code ignored;
  for (const char c : fs::absolute(path, ignored).string()) {
    const bool is_special = c == '%' || c == '?' || c == '#';
    uri += is_special ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return uri.append("?").append(options);
}

// All of it in memory, in the newest schema; the file is not touched.
Result<std::unique_ptr<Connection>> snapshot_of(Connection& source, const OpenOptions& options) {
  std::error_code ignored;
  const std::uintmax_t bytes = fs::file_size(source.path(), ignored);
  if (bytes > kSnapshotBytesMax) {
    return base::fail(
        ErrorCode::kConflict,
        fmt::format("this storage can only be looked at as a copy in memory here, and has {} MiB", bytes >> 20U),
        "run sterlet resume where it can be written, which brings it up to date", source.path());
  }
  STERLET_TRY(auto copy, connect(source.path(), ":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, options));
  sqlite3_backup* backup = sqlite3_backup_init(copy->raw(), "main", source.raw(), "main");
  if (backup == nullptr) return base::fail(copy->error(sqlite3_errcode(copy->raw())));
  // Only another's lock ends a step before its time, and that is waited for.
  sqlite3_backup_step(backup, -1);
  const int code = sqlite3_backup_finish(backup);
  if (code != SQLITE_OK) return base::fail(copy->error(code));
  STERLET_PASS(bring_up_to_date(*copy, Copy::kNone));
  STERLET_PASS(copy->execute("PRAGMA query_only=ON"));
  return copy;
}

// What tells whether a file was written to; size -1 where there is none.
struct FileState {
  ino_t inode = 0;
  off_t bytes = -1;
  std::int64_t changed_s = 0, changed_ns = 0;
  bool operator==(const FileState&) const = default;
};

FileState state_of(const std::string& path) {
  struct stat state {};
  if (stat(path.c_str(), &state) != 0) return {};
  return {.inode = state.st_ino,
          .bytes = state.st_size,
          .changed_s = state.st_mtim.tv_sec,
          .changed_ns = state.st_mtim.tv_nsec};
}

// A folder for temporary files, gone with it.
class TemporaryFolder final {
 public:
  TemporaryFolder() {
    std::error_code ignored;
    std::string pattern = (fs::temp_directory_path(ignored) / "sterlet-look-XXXXXX").string();
    path_ = mkdtemp(pattern.data()) == nullptr ? std::string() : pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Of a file without a log, or with an empty one: read as it lies, without any lock and without the files that SQLite
// would make beside it (they would be left over, in the way of the owner, where the reader may not delete them).
Result<std::unique_ptr<Connection>> snapshot_as_it_lies(const std::string& path, const OpenOptions& options) {
  STERLET_TRY(auto still,
              connect(path, uri_of(path, "mode=ro&immutable=1"), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, options));
  STERLET_TRY(const FileHead head, read_head(*still));
  STERLET_PASS(check_owner(path, head));
  return snapshot_of(*still, options);
}

// Of a file and its log, by way of copies that SQLite may write to.
Result<std::unique_ptr<Connection>> snapshot_of_copies(const std::string& path, const std::string& log,
                                                       const OpenOptions& options) {
  const TemporaryFolder folder;
  const std::string copy = folder.path() + "/copy.db";
  std::error_code why;
  fs::copy_file(path, copy, why);
  if (!why) fs::copy_file(log, copy + "-wal", why);
  if (why) {
    return base::fail(ErrorCode::kDisk,
                      fmt::format("this file cannot be looked at without a copy of it ({})", why.message()),
                      "look at it as its owner, or set TMPDIR to a folder with room", path);
  }
  STERLET_TRY(auto opened, connect(path, copy, SQLITE_OPEN_READWRITE, options));
  STERLET_TRY(const FileHead head, read_head(*opened));
  STERLET_PASS(check_owner(path, head));
  return snapshot_of(*opened, options);
}

// Looks at a file whose log cannot be shared: whoever looks may not write beside it, or the disk is full.
Result<std::unique_ptr<Connection>> open_still(const std::string& path, const OpenOptions& options) {
  std::error_code ignored;
  const std::string log = fs::weakly_canonical(fs::absolute(path, ignored), ignored).string() + "-wal";
  constexpr int kAttemptsMax = 5;
  for (int i = 0; i < kAttemptsMax; ++i) {
    const FileState file_before = state_of(path), log_before = state_of(log);
    auto copy = log_before.bytes > 0 ? snapshot_of_copies(path, log, options) : snapshot_as_it_lies(path, options);
    if (state_of(path) == file_before && state_of(log) == log_before) return copy;
  }
  return base::fail(ErrorCode::kDisk, "this file is being written to, and you may not write beside it",
                    "try again, or look at it as its owner", path);
}

Result<std::unique_ptr<Connection>> open_for_reading(const std::string& path, const OpenOptions& options) {
  std::error_code ignored;
  const fs::path real = fs::weakly_canonical(fs::absolute(path, ignored), ignored);
  const bool may_write = access(path.c_str(), W_OK) == 0 && access(real.parent_path().c_str(), W_OK) == 0;
  if (!may_write && !fs::exists(real.string() + "-wal", ignored)) return open_still(path, options);
  // Shares the log of whoever has the file open; where it may write, it may also make one and take it away.
  auto beside = may_write ? connect(path, path, SQLITE_OPEN_READWRITE, options)
                          : connect(path, uri_of(path, "mode=ro&readonly_shm=1"),
                                    SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, options);
  const Result<FileHead> head = beside ? read_head(**beside) : base::fail(beside.error());
  if (!head) {
    // Also where the disk is full: SQLite cannot make what it shares with others.
    return head.error().code == ErrorCode::kDisk ? open_still(path, options) : base::fail(head.error());
  }
  STERLET_PASS(check_owner(path, *head));
  if (head->version != schema_version()) return snapshot_of(**beside, options);
  STERLET_PASS((*beside)->execute("PRAGMA query_only=ON"));
  return beside;
}

}  // namespace

Result<std::unique_ptr<Connection>> open_connection(const std::string& path, const OpenOptions& options) {
  STERLET_PASS(check_place(path, options));
  return options.only_read ? open_for_reading(path, options) : open_for_writing(path, options);
}

}  // namespace sterlet::storage
