#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>

#include "sterlet/storage/live.h"

namespace sterlet::storage {

/// On a connection that it borrows, and must not outlive.
std::unique_ptr<LiveStorage> make_sqlite_live(sqlite3* connection, const std::string& path);

/// Wakes who waits for a LiveStorage::wake_fd() of the same file, by the time stamp of the log. To be called when the
/// commit is there for all: the log itself is written before that, so that who was woken by a write would see nothing.
void announce_commit(const std::string& path);

}  // namespace sterlet::storage
