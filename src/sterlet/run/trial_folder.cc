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

}  // namespace

fs::path checkpoints_folder(const std::string& trials_folder, std::int64_t trial) {
  return fs::path(trials_folder) / std::to_string(trial) / "checkpoints";
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

}  // namespace sterlet::run
