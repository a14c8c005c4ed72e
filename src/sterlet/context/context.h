#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/context/files.h"
#include "sterlet/context/hashes.h"

namespace sterlet::context {

/// Of which study a context is taken.
struct Request {
  std::string folder;                ///< The study file's; relative paths begin there.
  std::vector<std::string> command;  ///< The study's, as written, with its ${...}.
  /// Its key `context`: {"files": [...], "command": [...], "env": [...]}; each may be left out.
  base::Json wanted = base::Json::object();
  std::string version;  ///< Sterlet's own.
  std::function<std::string(const char*)> environment;
  std::string root;             ///< See machine_json().
  double program_seconds = 10;  ///< > 0. What each program has that is asked.
};

/// Takes the context of a study:
///
///   files     as named; else what the command names that is there: its scripts and data. See files.h
///   git       {"commit": "...", "dirty": true, "changes": "hash of the differences"}, where the folder is in a repository
///   command   the study's
///   output    lines of the study's context command that are no versions
///   packages  {"python": "3.11.2", "torch": "2.1.0"}: of lines "NAME VERSION" or "NAME==VERSION" of the context command;
///             without one the Python of the command and well-known packages, or what sterlet-train says of itself
///   program   {"path": "/usr/bin/python3", "hash": "..."}
///   machine   see machine.h
///   env       the named variables
///   sterlet   its version
///   problems  sentences: what could not be taken
///
/// Programs run once (each for program_seconds at most), files and git are looked at with each take(). One thread at a time.
class Taker final {
 public:
  static constexpr int kLateMax = 3;  ///< So often a Python that is late is asked for versions.

  /// `hashes`: see Hashes.
  Taker(Request request, std::string hashes);

  /// The context as it is now; where no stamp has changed, the same as before without reading anything. What could not
  /// be read before `is_cancelled` was set is marked "unread".
  const base::Json& take(const std::atomic<bool>& is_cancelled);
  std::int64_t files_read() const { return hashes_.files_read(); }

 private:
  void take_once(const std::atomic<bool>& is_cancelled);

  Request request_;
  Hashes hashes_;
  bool has_once_ = false;
  base::Json once_ = base::Json::object();
  std::vector<std::string> once_problems_;
  int late_count_ = 0;
  std::vector<FileStamp> git_stamps_;
  base::Json git_;
  std::vector<NamedPath> paths_;
  std::optional<std::string> signature_;  // Of all stamps, at the last take() that was whole.
  base::Json context_;
};

}  // namespace sterlet::context
