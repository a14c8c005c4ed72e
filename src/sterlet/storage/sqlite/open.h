#pragma once

#include <memory>
#include <string>

#include "sterlet/base/result.h"
#include "sterlet/storage/open.h"
#include "sterlet/storage/sqlite/connection.h"

namespace sterlet::storage {

/// A connection with settings and schema in place; see open_sqlite for what it does and for the errors.
base::Result<std::unique_ptr<Connection>> open_connection(const std::string& path, const OpenOptions& options);

}  // namespace sterlet::storage
