#include "sterlet/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>

#include <fmt/format.h>

#include "sterlet/base/output.h"

namespace sterlet::base {

namespace {

namespace fs = std::filesystem;

constexpr mode_t kNewFileMode = 0666;  // Less the umask.
constexpr int kLinksMax = 40;          // As the system follows.
constexpr int kNamesTriedMax = 100;

Failure refusal(const std::string& path, int reason) {
  return fail(ErrorCode::kDisk, fmt::format("the file could not be written ({})", std::strerror(reason)),
              "look at its folder and the disk's space", path);
}

std::optional<struct stat> stat_of(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return std::nullopt;
  return info;
}

bool is_same_file(const struct stat& a, const struct stat& b) { return a.st_dev == b.st_dev && a.st_ino == b.st_ino; }

// The file that a chain of links names at last, whether or not it is there.
std::string behind_links(const std::string& path) {
  fs::path file = path;
  std::error_code failed;
  for (int i = 0; i < kLinksMax && fs::is_symlink(fs::symlink_status(file, failed)); ++i) {
    file = file.parent_path() / fs::read_symlink(file, failed);
  }
  return file.string();
}

// Writes to what is there: a device, a FIFO, or a file that no name leads to.
Result<void> write_into(const std::string& path, std::string_view text) {
  const int file = open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY);
  if (file < 0) return refusal(path, errno);
  const int written = write_all(file, text);
  const int closed = close(file) == 0 ? 0 : errno;
  if (written != 0 || closed != 0) return refusal(path, written != 0 ? written : closed);
  return {};
}

// A new, empty file in the folder, that nobody can have put there before: links are not followed.
struct Beside {
  int file = -1;
  std::string path;
};
Beside open_beside(const fs::path& folder) {
  Beside beside;
  for (int i = 0; i < kNamesTriedMax; ++i) {
    beside.path = (folder / fmt::format(".sterlet-{}-{}.part", getpid(), i)).string();
    beside.file = open(beside.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kNewFileMode);
    if (beside.file >= 0 || errno != EEXIST) return beside;
  }
  return beside;
}

int fill(int file, std::string_view text, const std::optional<struct stat>& old) {
  if (old && fchmod(file, old->st_mode & 07777) != 0) return errno;
  if (const int reason = write_all(file, text); reason != 0) return reason;
  return fsync(file) == 0 ? 0 : errno;
}

}  // namespace

Result<void> write_whole(const std::string& path, std::string_view text, Existing existing) {
  const auto old = stat_of(path);
  if (old && S_ISDIR(old->st_mode)) {
    return fail(ErrorCode::kInvalidArgument, "this is a folder", "name a file in it", path);
  }
  if (old && existing == Existing::kRefuse) {
    return fail(ErrorCode::kConflict, "there is such a file already", "choose another name", path);
  }
  const std::string target = behind_links(path);
  // /dev/stdout and the like: links to files that are open, whose names may lead elsewhere by now.
  const auto found = stat_of(target);
  const bool is_reached_by_name = !old || (found && is_same_file(*old, *found));
  if (old && (!S_ISREG(old->st_mode) || !is_reached_by_name)) return write_into(path, text);
  const Beside beside = open_beside(fs::path(target).parent_path());
  if (beside.file < 0) return refusal(path, errno);
  int reason = fill(beside.file, text, old);
  if (close(beside.file) != 0 && reason == 0) reason = errno;
  if (reason == 0 && existing == Existing::kRefuse) {
    // Unlike a rename, a link never takes the place of a file that was made meanwhile.
    reason = link(beside.path.c_str(), target.c_str()) == 0 ? 0 : errno;
    unlink(beside.path.c_str());
    return reason == 0 ? Result<void>() : refusal(path, reason);
  }
  if (reason == 0 && std::rename(beside.path.c_str(), target.c_str()) == 0) return {};
  if (reason == 0) reason = errno;
  unlink(beside.path.c_str());
  return refusal(path, reason);
}

Result<std::string> read_whole(const std::string& path) {
  const auto found = stat_of(path);
  if (!found) return fail(ErrorCode::kNotFound, "there is no such file", "check the path", path);
  if (S_ISDIR(found->st_mode)) return fail(ErrorCode::kInvalidArgument, "this is a folder", "name a file in it", path);
  std::ifstream file(path, std::ios::binary);
  std::string text;
  // Not by iterators of the buffer, which throw where reading fails.
  std::array<char, 65536> part{};
  while (file.read(part.data(), part.size()) || file.gcount() > 0) {
    text.append(part.data(), static_cast<std::size_t>(file.gcount()));
  }
  if (!file.is_open() || file.bad()) {
    return fail(ErrorCode::kDisk, "the file cannot be read", "check its permissions", path);
  }
  return text;
}

}  // namespace sterlet::base
