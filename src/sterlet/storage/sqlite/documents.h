#pragma once

#include <memory>

#include "sterlet/storage/documents.h"
#include "sterlet/storage/sqlite/connection.h"

namespace sterlet::storage {

/// Borrows the connection.
std::unique_ptr<Documents> make_sqlite_documents(Connection& connection);

}  // namespace sterlet::storage
