#pragma once

#include <memory>
#include <optional>
#include <string>

#include "sterlet/cli/context.h"
#include "sterlet/run/trial_folder.h"

namespace sterlet::cli {

/// A study as it is stored, without looking at what its spec says: one that this version cannot read may be removed.
struct StoredStudy {
  std::unique_ptr<storage::Storage> storage;
  storage::StudyRecord record;
  std::string home;           ///< See Parts::trials_home.
  std::string trials_folder;  ///< See run::trials_folder().
};

/// Opens the study that the options name; it must be named. Errors: kNotFound with the nearest; kConflict where a process
/// runs it.
base::Result<StoredStudy> open_at_rest(const Context& context, const StudyOptions& options);

/// "3 files, 1.5 MiB".
std::string text_of(const run::FolderContents& contents);

}  // namespace sterlet::cli
