#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/storage/records.h"

namespace sterlet::run {

/// The folder in `home` that holds the folders of a study's trials: sterlet-trials/NAME-IDENTITY, with the first eight
/// digits of the identity; NAME is what the study was called when the folder was made. A study of a version that had no
/// identities goes on with sterlet-trials/NAME where that is there. Two studies of one name never share a folder, and a
/// new one never finds an old one's checkpoints.
std::string trials_folder(const std::filesystem::path& home, const storage::StudyRecord& study);

/// Before a study gets another name: its trials stay where they are, with all paths that programs and the storage know.
/// A folder that carries no identity gets a link that does. Errors: kDisk.
base::Result<void> keep_trials_folder(const std::filesystem::path& home, const storage::StudyRecord& study,
                                      const std::string& new_name);

/// What lies in a folder, or of a file itself; links are not followed.
struct FolderContents {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};
FolderContents contents_of(const std::filesystem::path& folder);

/// Deletes a trial's folder with all that is in it, where there is one. Errors: kDisk.
base::Result<void> delete_trial_folder(const std::string& trials_folder, std::int64_t trial);
/// Deletes the folder of a study's trials, or the link to it, and the one of all studies, once they are empty.
void delete_trials_folder(const std::string& trials_folder);

/// The folder of one trial.
std::string trial_folder(const std::string& trials_folder, std::int64_t trial);

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

/// delete_checkpoint() of each, whichever trial of the study it lies at: an interval of a member may begin at another
/// one's checkpoint.
void delete_checkpoints(const std::string& trials_folder, const std::vector<std::string>& paths);

}  // namespace sterlet::run
