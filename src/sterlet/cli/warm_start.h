#pragma once

#include <string>
#include <vector>

#include "sterlet/cli/context.h"

namespace sterlet::cli {

/// Options that name older studies to start from.
struct WarmOptions {
  std::vector<std::string> studies;
  std::string storage;
};
void add_warm_options(CLI::App& command, WarmOptions& options);

/// Opens the older studies, to be read alone. `own_storage`: path of the storage where they lie unless the options name
/// another; empty: ./sterlet.db.
base::Result<std::vector<OpenStudy>> open_older(const Context& context, const WarmOptions& options,
                                                const std::string& own_storage);

/// Whether a study of this file can start from them. Errors: see study::warm_start().
base::Result<void> check_older(const std::vector<OpenStudy>& older, const studyfile::StudyFile& file,
                               const std::string& own_storage);

/// Gives the study the start that they are good for, and tells on stderr what that is.
base::Result<void> start_warm(const Context& context, const std::vector<OpenStudy>& older, study::Study& study,
                              const std::string& own_storage);

}  // namespace sterlet::cli
