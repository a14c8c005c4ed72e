#include "sterlet/cli/temporary_folder.h"

#include <stdlib.h>

#include <filesystem>
#include <utility>

namespace sterlet::cli {

base::Result<TemporaryFolder> TemporaryFolder::make(const std::string& within) {
  std::string path = (std::filesystem::path(within.empty() ? "/tmp" : within) / "sterlet-plan-XXXXXX").string();
  if (mkdtemp(path.data()) == nullptr) {
    return base::fail(base::ErrorCode::kDisk, "a temporary folder for the pilot cannot be made",
                      "make room there, or name another folder in TMPDIR", path);
  }
  return TemporaryFolder(std::move(path));
}

TemporaryFolder::TemporaryFolder(std::string path) : path_(std::move(path)) {}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace sterlet::cli
