#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "sterlet/base/result.h"

namespace sterlet::run {

/// Where a trial's program writes its checkpoints: TRIALS/17/checkpoints.
std::filesystem::path checkpoints_folder(const std::string& trials_folder, std::int64_t trial);

/// What a program names as a checkpoint, resolved. A program may name any path, so that Sterlet reads, hashes and
/// deletes what this function has accepted and nothing else: a regular file or a folder inside `checkpoints`, through
/// whatever links, but not `checkpoints` itself.
/// Errors    kNotFound where there is nothing; kConflict for what lies elsewhere; kDisk for a device, a FIFO or a socket.
base::Result<std::filesystem::path> contained(const std::filesystem::path& checkpoints,
                                              const std::filesystem::path& path);

/// Deletes a checkpoint that is contained, a folder with all that is in it; of a symbolic link the link alone. Leaves
/// anything else alone. What cannot be deleted costs space only, so there is no error.
void delete_checkpoint(const std::filesystem::path& checkpoints, const std::filesystem::path& path);

}  // namespace sterlet::run
