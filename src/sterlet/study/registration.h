#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/storage/storage.h"
#include "sterlet/study/difference.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::study {

/// A seed for a study whose file names none: drawn once, and stored with it.
std::uint64_t new_seed();

/// Whether a study may be changed where that says anew what is searched, or for what.
enum class Amend { kNo, kYes };

/// A study as it is stored once a file has been opened on it, and what that has changed.
struct Entry {
  storage::StudyRecord record;
  std::vector<Difference> differences;
};

/// Finds the study of that name in the storage, or creates it, in a transaction of its own that is on the disk when the
/// call returns. What the file says otherwise than the storage holds from now on, as a version of the spec from the next
/// trial on (where only budget, workers or folder differ, in place); a request to stop it is over. `read` reads the study as it
/// is then: one that is changed within the transaction, so that nothing is stored that could not be read.
/// Errors: check_consent(), and those of `read`.
base::Result<Entry> create_or_find(storage::Storage& storage, const studyfile::StudyFile& file,
                                   storage::StudyRecord study, Amend amend,
                                   const std::function<base::Result<void>(const storage::StudyRecord&)>& read);

}  // namespace sterlet::study
