#pragma once

#include <memory>
#include <string>

#include "sterlet/base/result.h"
#include "sterlet/storage/storage.h"

namespace sterlet::storage {

struct OpenOptions {
  bool must_exist = false;   ///< kNotFound where there is no such storage.
  bool only_read = false;    ///< Changes nothing, not even an old schema, and needs no right to write.
  int patience_ms = 10'000;  ///< How long a call waits for a lock of another program before kLocked.
};

/// Opens a storage by its address: a path or sqlite:///PATH for a SQLite file, memory: for one that is gone when it is
/// closed. Errors    kInvalidArgument for other kinds of address, and those of the kind.
base::Result<std::unique_ptr<Storage>> open_storage(const std::string& address, const OpenOptions& options);

/// The path that an address of a SQLite file names; kInvalidArgument for other kinds.
base::Result<std::string> sqlite_path(const std::string& address);

/// Opens (or makes) a SQLite file: a log (WAL), which sync() puts on the disk after the lock was given up. The schema
/// is made or brought up to date in one exclusive transaction, so any number of processes may start cold at once. An
/// older file is copied beside itself before (PATH.schema-5.bak), and the user is told. Before a file of up to 32 MiB is
/// first written to, it is checked page by page (quick_check, some 6 ms a MiB).
///
/// With `only_read` nothing is changed. A file of an older schema, one that may not be written, or one on a full disk
/// is looked at as a copy in memory (up to 512 MiB), which shows what was there when it was opened.
///
/// Errors
///   kUnreachable  on a network file system (NFS, SMB, Lustre, FUSE ...), where SQLite's locks do not hold
///   kConflict     for a file of a newer schema
///   kDisk         for a file that is damaged or belongs to another program: it is left byte for byte as it is
///   kNotFound     where there is no file and there must be one, or no folder for it
base::Result<std::unique_ptr<Storage>> open_sqlite(const std::string& path, const OpenOptions& options);

}  // namespace sterlet::storage
