#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/context/hashes.h"

namespace sterlet::context {

/// A file or folder of a context.
struct NamedPath {
  std::string name;  ///< As the study has it.
  std::string path;  ///< Absolute.
};

/// "code" or "data", by the ending of its name.
std::string_view area_of(std::string_view path);

/// The paths that `files` names; where it is empty, those that the command names and that are there.
std::vector<NamedPath> named_paths(const std::string& folder, const std::vector<std::string>& files,
                                   const std::vector<std::string>& command);

/// What a look at a path's stamps gives: its files, by name.
struct Look {
  NamedPath named;
  bool is_there = false;
  bool is_folder = false;
  std::vector<std::pair<std::string, FileStamp>> files;  ///< Names within the folder; one empty name for a file.
  /// What the system does not let us look at, a folder with "/" at its end, and why; an empty name is the path itself.
  std::vector<std::pair<std::string, std::string>> closed;
};
/// Hidden folders, Python's caches and what Sterlet writes itself are left out; links to folders are not followed, and
/// those to nothing are left out.
Look look_at(const NamedPath& named);
/// The same for the same stamps.
std::string signature_of(const std::vector<Look>& looks);

/// One path in a context: {"path": "data/train.csv", "area": "data", "bytes": 1000, "hash": "...", "summary": {...}}; of a
/// folder also "files", "rows" or "items" in all, and "parts", its files where they are at most kPartsMax. "missing": it is
/// not there; "unread": it could not be read, or not in time. What of a folder could not be read is no part of its hash
/// but for its name, and the first kClosedMax such names are "closed". Sentences go to `problems`.
inline constexpr std::size_t kPartsMax = 50, kClosedMax = 20;
base::Json json_of(const Look& look, Hashes& hashes, const std::atomic<bool>& is_cancelled,
                   std::vector<std::string>& problems);

}  // namespace sterlet::context
