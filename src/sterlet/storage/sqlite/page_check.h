#pragma once

#include "sterlet/base/result.h"

namespace sterlet::storage {

class Connection;

/// Whether the pages of a file are whole, before it is written to: a damaged one stays as it is. It reads all of the file,
/// some 6 ms a MiB; one of more than 32 MiB (some 100,000 trials) is not checked: what is damaged in it is an error when it
/// is read. Errors    kDisk names the first damage.
base::Result<void> check_pages(Connection& connection);

}  // namespace sterlet::storage
