#include "sterlet/run/trial_folder.h"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

namespace sterlet::run {

using base::ErrorCode;
using base::Result;

namespace fs = std::filesystem;

namespace {

bool is_inside(const fs::path& folder, const fs::path& path) {
  const auto [in_folder, in_path] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return in_folder == folder.end() && in_path != path.end();
}

constexpr std::size_t kIdentityDigits = 8;  // In the folder's name; of 16.

// As schema step 6 gave identities to the studies that had none.
bool was_given_later(const storage::StudyRecord& study) {
  constexpr std::uint64_t kSeedPart = 100'000;
  return study.identity == fmt::format("{:011x}{:05x}", study.created_ms, study.seed % kSeedPart);
}

}  // namespace

std::string trials_folder(const fs::path& home, const storage::StudyRecord& study) {
  const fs::path all = home / "sterlet-trials";
  const std::string ending = "-" + study.identity.substr(0, kIdentityDigits);
  const fs::path own = all / (study.name + ending);
  std::error_code ignored;
  if (fs::exists(own, ignored)) return own.string();
  std::string renamed;  // The least, so that it is the same each time.
  for (fs::directory_iterator entry(all, ignored), end; entry != end; entry.increment(ignored)) {
    const std::string path = entry->path().string();
    if (path.ends_with(ending) && (renamed.empty() || path < renamed)) renamed = path;
  }
  if (!renamed.empty()) return renamed;
  if (was_given_later(study) && fs::exists(all / study.name, ignored)) return (all / study.name).string();
  return own.string();
}

Result<void> keep_trials_folder(const fs::path& home, const storage::StudyRecord& study, const std::string& new_name) {
  const fs::path folder = trials_folder(home, study);
  std::error_code error;
  if (folder.filename() != study.name || !fs::exists(folder, error)) return {};
  const fs::path link =
      folder.parent_path() / fmt::format("{}-{}", new_name, study.identity.substr(0, kIdentityDigits));
  fs::create_directory_symlink(study.name, link, error);
  if (!error) return {};
  return base::fail(ErrorCode::kDisk, fmt::format("the link to its trials cannot be made ({})", error.message()), {},
                    link.string());
}

FolderContents contents_of(const fs::path& folder) {
  FolderContents contents;
  std::error_code error;
  if (fs::is_regular_file(folder, error)) {
    const std::uintmax_t size = fs::file_size(folder, error);
    return {.files = 1, .bytes = error ? 0 : size};
  }
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_directory(ignored) && !entry->is_symlink(ignored)) continue;
    ++contents.files;
    const std::uintmax_t size = entry->is_symlink(ignored) ? 0 : entry->file_size(ignored);
    if (!ignored) contents.bytes += size;
  }
  return contents;
}

Result<void> delete_trial_folder(const std::string& trials_folder, std::int64_t trial) {
  const fs::path folder = trial_folder(trials_folder, trial);
  std::error_code error;
  fs::remove_all(folder, error);  // Of a link, the link alone.
  if (!error) return {};
  return base::fail(ErrorCode::kDisk, fmt::format("it cannot be deleted whole ({})", error.message()),
                    "delete it by hand", folder.string());
}

void delete_trials_folder(const std::string& trials_folder) {
  std::error_code ignored;
  const fs::path target = fs::is_symlink(trials_folder, ignored) ? fs::canonical(trials_folder, ignored) : fs::path();
  if (!target.empty()) fs::remove(target, ignored);
  fs::remove(trials_folder, ignored);  // None of them takes a folder that holds anything.
  fs::remove(fs::path(trials_folder).parent_path(), ignored);
}

std::string trial_folder(const std::string& trials_folder, std::int64_t trial) {
  return fmt::format("{}/{}", trials_folder, trial);
}

fs::path checkpoints_folder(const std::string& trials_folder, std::int64_t trial) {
  return fs::path(trial_folder(trials_folder, trial)) / "checkpoints";
}

Result<fs::path> contained(const fs::path& checkpoints, const fs::path& path) {
  std::error_code error;
  const fs::path resolved = fs::canonical(path, error);
  if (error) {
    return base::fail(ErrorCode::kNotFound, fmt::format("the checkpoint cannot be found ({})", error.message()), {},
                      path.string());
  }
  const fs::path folder = fs::canonical(checkpoints, error);
  if (error || !is_inside(folder, resolved)) {
    return base::fail(ErrorCode::kConflict, "the checkpoint lies outside its trial's folder of checkpoints",
                      fmt::format("write it to {}, which is $STERLET_CHECKPOINT_DIR", checkpoints.string()),
                      path.string());
  }
  const fs::file_status status = fs::status(resolved, error);
  if (!fs::is_regular_file(status) && !fs::is_directory(status)) {
    return base::fail(ErrorCode::kDisk, "the checkpoint is neither a file nor a folder", {}, path.string());
  }
  return resolved;
}

void delete_checkpoint(const fs::path& checkpoints, const fs::path& path) {
  if (!contained(checkpoints, path)) return;
  // A folder on the way may be a link; the last name is taken as it stands, so that a link goes and its target stays.
  std::error_code error;
  const fs::path folder = fs::canonical(path.parent_path(), error);
  if (error) return;
  const fs::path name = path.filename();
  const fs::path root = fs::canonical(checkpoints, error);
  if (error || name.empty() || name == "." || name == ".." || !is_inside(root, folder / name)) return;
  fs::remove_all(folder / name, error);
}

void delete_checkpoints(const std::string& trials_folder, const std::vector<std::string>& paths) {
  if (paths.empty()) return;
  std::error_code error;
  const fs::path root = fs::canonical(trials_folder, error);
  if (error) return;
  for (const std::string& path : paths) {
    const fs::path inside = fs::canonical(path, error).lexically_relative(root);
    if (error || inside.empty() || *inside.begin() == "..") continue;
    delete_checkpoint(root / *inside.begin() / "checkpoints", path);
  }
}

}  // namespace sterlet::run
