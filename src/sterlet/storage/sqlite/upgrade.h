#pragma once

#include <cstdint>
#include <string>

#include "sterlet/base/result.h"
#include "sterlet/storage/sqlite/connection.h"

namespace sterlet::storage {

/// What a SQLite file says of itself in its header.
struct FileHead {
  std::int64_t version = 0;      ///< Of our schema: PRAGMA user_version.
  std::int64_t application = 0;  ///< PRAGMA application_id.
  bool has_tables = false;
};

/// Refuses a file of another program (kDisk) or of a newer Sterlet (kConflict). A file without tables may become ours.
base::Result<void> check_owner(const std::string& path, const FileHead& head);
base::Result<FileHead> read_head(Connection& connection);

/// Makes the schema, or brings an older one up to date, in one exclusive transaction: any number of processes may do so
/// at once. With `keeps_copy` the file as it was is kept beside it first (PATH.schema-5.bak, or .bak.2 ... where that is
/// taken), and the user is told. kDisk where there is no room for the copy: then nothing was changed.
enum class Copy { kKeep, kNone };
base::Result<void> bring_up_to_date(Connection& connection, Copy copy);

}  // namespace sterlet::storage
