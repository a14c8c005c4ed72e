#pragma once

#include <memory>

#include "sterlet/storage/live.h"
#include "sterlet/storage/sqlite/connection.h"

namespace sterlet::storage {

/// On a connection that it borrows, and must not outlive.
std::unique_ptr<LiveStorage> make_sqlite_live(Connection& connection);

}  // namespace sterlet::storage
