#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"

namespace sterlet::context {

/// What the system says of a file without reading it. The time of its last change of state (ctime) cannot be put back by
/// a program, so a byte that was changed is noticed though size and time of writing are as before.
struct FileStamp {
  std::int64_t bytes = 0;
  std::int64_t written_ns = 0;  ///< mtime.
  std::int64_t changed_ns = 0;  ///< ctime.
  std::uint64_t inode = 0;
  std::uint64_t device = 0;
  auto operator<=>(const FileStamp&) const = default;
};
/// Of a regular file, through links; nothing where there is none.
std::optional<FileStamp> stamp_of(const std::string& path);
/// The same of a name within an open folder, without a walk along the whole path.
std::optional<FileStamp> stamp_in(int folder, const char* name);

/// What is known of a file's content.
struct FileContent {
  std::string hash;    ///< XXH64, 16 hexadecimal digits.
  base::Json summary;  ///< See summary.h; null where the format is unknown.
};

/// Contents of files, read again only where a stamp has changed. Kept in a file between runs; one that is missing or
/// damaged costs time alone. One thread at a time.
class Hashes final {
 public:
  static constexpr std::int64_t kSavedBytes = std::int64_t{32} << 20;

  /// `path`: where they are kept; empty: nowhere.
  explicit Hashes(std::string path);

  /// Reads the file where its stamp is not known. Errors: kNotFound; kDisk; kInterrupted once `is_cancelled`.
  base::Result<FileContent> content_of(const std::string& path, const FileStamp& stamp,
                                       const std::atomic<bool>& is_cancelled);
  /// Writes what was learned, where it took some time: at least kSavedBytes were read. Whoever comes last wins; a
  /// failure costs time at the next start only.
  void save();
  /// Files that were read since the beginning.
  std::int64_t files_read() const { return files_read_; }

 private:
  struct Entry {
    FileStamp stamp;
    std::string hash;
    std::string summary;  ///< JSON; empty where there is none.
  };
  void load();

  std::string path_;
  std::unordered_map<std::string, Entry> entries_;
  bool is_loaded_ = false;
  std::int64_t files_read_ = 0;
  std::int64_t bytes_unsaved_ = 0;
};

}  // namespace sterlet::context
