#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>

#include "sterlet/base/result.h"
#include "sterlet/storage/storage.h"

namespace sterlet::storage {

struct CloseConnection {
  void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
};
using Connection = std::unique_ptr<sqlite3, CloseConnection>;

/// A connection with settings and schema in place; see open_sqlite for the errors.
base::Result<Connection> open_connection(const std::string& path, const SqliteOptions& options);

/// What SQLite's last error means to a person; `doing` completes "..., so ..." ("no trial was claimed").
base::Error sqlite_error(sqlite3* connection, const std::string& path, int code);

}  // namespace sterlet::storage
