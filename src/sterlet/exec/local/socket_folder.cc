#include "sterlet/exec/local/socket_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <vector>

#include <fmt/format.h>

namespace sterlet::exec {

namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

constexpr std::size_t kFolderBytesMax = 64;  // Of 107 for a socket's path; the rest is for `/TRIAL-ATTEMPT-CHANCE`.

/// Where folders for sockets may be, best first.
std::vector<std::string> socket_roots() {
  std::vector<std::string> roots;
  for (const char* name : {"XDG_RUNTIME_DIR", "TMPDIR"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && value[0] == '/') roots.emplace_back(value);
  }
  roots.emplace_back("/tmp");
  return roots;
}

/// The mark is 128 bits of chance, so half of it names the folder well enough.
std::string folder_name(const std::string& root, const std::string& session) {
  return fmt::format("{}/sterlet-{:.16}", root, session);
}

/// Whether it is a folder, not a link to one, and ours.
bool is_our_folder(const std::string& path) {
  struct stat about {};
  return ::lstat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode) && about.st_uid == ::geteuid();
}

Result<std::string> make_folder(const std::string& session) {
  int number = ENOENT;
  for (const std::string& root : socket_roots()) {
    std::string folder = folder_name(root, session);
    if (folder.size() > kFolderBytesMax) continue;
    if (::mkdir(folder.c_str(), 0700) == 0) return folder;
    number = errno;
  }
  return fail(ErrorCode::kUnreachable,
              fmt::format("no folder for the sockets of trials can be made ({})", std::strerror(number)),
              "set TMPDIR to a folder of yours with a short path");
}

}  // namespace

Result<SocketFolder> SocketFolder::make(const std::string& session) {
  STERLET_TRY(std::string path, make_folder(session));
  return SocketFolder(session, std::move(path));
}

SocketFolder::~SocketFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

Result<void> SocketFolder::ensure() {
  if (is_our_folder(path_)) return {};
  STERLET_TRY(path_, make_folder(session_));
  return {};
}

void remove_socket_folders(const std::string& session) {
  if (session.empty()) return;
  for (const std::string& root : socket_roots()) {
    const std::string folder = folder_name(root, session);
    std::error_code ignored;
    if (is_our_folder(folder)) std::filesystem::remove_all(folder, ignored);
  }
}

}  // namespace sterlet::exec
