#pragma once

#include <string>
#include <string_view>

#include "sterlet/base/result.h"

namespace sterlet::base {

/// What write_whole does where the file is there already.
enum class Existing { kReplace, kRefuse };

/// Writes a file whole, so that there is never half a file: a new file beside it takes its place once all is on the
/// disk. An old file's permissions are kept. A symbolic link stays: the file that it names is replaced, beside that
/// file. Devices, FIFOs and sockets are written to and never replaced.
/// Errors    kInvalidArgument for a folder; kConflict with kRefuse where there is such a file; kDisk for all that the
///           system refuses, with its reason.
Result<void> write_whole(const std::string& path, std::string_view text, Existing existing = Existing::kReplace);

/// All that a file has.
/// Errors    kNotFound where there is none; kInvalidArgument for a folder; kDisk where it cannot be read.
Result<std::string> read_whole(const std::string& path);

}  // namespace sterlet::base
