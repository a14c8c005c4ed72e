#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>

#include "sterlet/storage/live.h"

namespace sterlet::storage {

/// On a connection that it borrows, and must not outlive.
std::unique_ptr<LiveStorage> make_sqlite_live(sqlite3* connection, const std::string& path);

}  // namespace sterlet::storage
