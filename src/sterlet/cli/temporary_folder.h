#pragma once

#include <string>

#include "sterlet/base/result.h"

namespace sterlet::cli {

/// A folder that is gone when this is.
class TemporaryFolder final {
 public:
  /// In `within`, empty: /tmp. kDisk where it cannot be made.
  static base::Result<TemporaryFolder> make(const std::string& within);
  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  const std::string& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::string path);
  std::string path_;
};

}  // namespace sterlet::cli
