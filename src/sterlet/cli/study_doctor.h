#pragma once

#include <string>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/cli/context.h"
#include "sterlet/doctor/finding.h"

namespace sterlet::cli {

/// The text of a study file. Errors: kNotFound.
base::Result<std::string> read_study_text(const std::string& path);

/// What the doctor says of it on this machine. Errors: all that check would say.
base::Result<std::vector<doctor::Finding>, std::vector<base::Error>> examine_study_file(const std::string& path,
                                                                                        const std::string& text);
/// The folder in which the file's study lives.
std::string folder_of_study(const std::string& path);

/// After a run, on stderr: the one finding of its trials that matters most, if there is one that is more than too few.
void print_main_finding(const Context& context, const study::Study& study);

}  // namespace sterlet::cli
