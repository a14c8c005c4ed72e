#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/cli/context.h"

namespace sterlet::cli {

/// Words as a POSIX shell reads them: quoted where they need it.
std::string shell_text(const std::vector<std::string>& words);

/// The command line that trains with a trial's parameters, and what it leaves out.
struct TrialCommand {
  std::string text;                         ///< With `cd FOLDER &&` before it where it must be run in another folder.
  std::vector<std::string> not_in_command;  ///< Parameters that the program reads from STERLET_PARAMS alone.
};
/// Errors: kBadStudyFile where the study has no command.
base::Result<TrialCommand> command_of(const OpenStudy& open, std::int64_t trial);

}  // namespace sterlet::cli
