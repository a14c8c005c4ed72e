#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/exec/executor.h"
#include "sterlet/exec/fd.h"
#include "sterlet/exec/local/child.h"

namespace sterlet::exec {

/// Files of an attempt, all absolute.
struct AttemptFiles {
  std::string folder, params, agenda, stdout_log, stderr_log, checkpoints, unsent;
};

/// Makes the folders, and writes what the program is to read. Errors: kDisk; kUnreachable where our own limits are met.
base::Result<AttemptFiles> make_attempt_files(const Launch& launch);
/// An empty file to append to. Errors as above.
base::Result<Fd> open_attempt_log(const std::string& path);
/// What the program finds in its environment.
Environment environment_of(const Launch& launch, const AttemptFiles& files, const std::string& session,
                           const std::string& socket);
/// The files that the program's clients left under STERLET_UNSENT: this path, a dot, and any text.
std::vector<std::filesystem::path> unsent_files(const std::string& unsent);

}  // namespace sterlet::exec
