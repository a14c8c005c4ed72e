#include "sterlet/context/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "sterlet/base/checksum.h"
#include "sterlet/base/text.h"

namespace sterlet::context {

namespace {

namespace fs = std::filesystem;
using base::Json;

constexpr std::size_t kFilesMax = 1'000'000;
constexpr std::size_t kClosedTold = 5;
constexpr std::array<std::string_view, 34> kCodeEndings{
    ".py",  ".pyx", ".ipynb", ".sh", ".bash", ".zsh",  ".c",    ".cc",   ".cpp", ".cxx",   ".cu", ".h",
    ".hh",  ".hpp", ".cuh",   ".r",  ".jl",   ".js",   ".ts",   ".java", ".kt",  ".scala", ".rs", ".go",
    ".lua", ".m",   ".pl",    ".rb", ".f90",  ".toml", ".yaml", ".yml",  ".cfg", ".ini"};

bool is_left_out(std::string_view text, bool is_folder) {
  if (is_folder) {
    return text.starts_with(".") || text == "__pycache__" || text == "sterlet-trials" || text == "sterlet-runs";
  }
  return text.ends_with(".pyc") || text.starts_with("sterlet.db");
}

// Whether one may look at it without being told to: a part of the study's folder, and not the folder itself.
bool lies_in(const fs::path& path, const std::string& folder) {
  const fs::path relative = path.lexically_relative(folder);
  return !relative.empty() && relative != "." && *relative.begin() != "..";
}

bool was_interrupted(const base::Result<FileContent>& content) {
  return !content && content.error().code == base::ErrorCode::kInterrupted;
}

Json content_json(const base::Result<FileContent>& content, const FileStamp& stamp) {
  Json json{{"bytes", stamp.bytes}};
  if (!content) {
    json["unread"] = true;
    return json;
  }
  json["hash"] = content->hash;
  if (!content->summary.is_null()) json["summary"] = content->summary;
  return json;
}

std::string within(const NamedPath& folder, const std::string& name) {
  const bool has_slash = folder.name.ends_with('/') || name.empty();
  return base::printable(fmt::format("{}{}{}", folder.name, has_slash ? "" : "/", name));
}

// Sentences of the first few that could not be read, and how many more there are.
void add_closed(const NamedPath& folder, const std::vector<std::pair<std::string, std::string>>& closed,
                std::vector<std::string>& problems) {
  for (std::size_t i = 0; i < std::min(closed.size(), kClosedTold); ++i) {
    problems.push_back(fmt::format("{}: {}; it is not part of the hash of {}", within(folder, closed[i].first),
                                   base::printable(closed[i].second), base::printable(folder.name)));
  }
  if (closed.size() > kClosedTold) {
    problems.push_back(fmt::format("{}: {} more in it could not be read, and are not part of its hash",
                                   base::printable(folder.name), closed.size() - kClosedTold));
  }
}

Json folder_json(const Look& look, Hashes& hashes, const std::atomic<bool>& is_cancelled,
                 std::vector<std::string>& problems) {
  base::Checksum checksum;
  Json parts = Json::array(), json = Json::object();
  std::int64_t bytes = 0, rows = 0, items = 0, code = 0;
  bool is_read = true;
  std::vector<std::pair<std::string, std::string>> closed = look.closed;
  std::string path = look.named.path + "/";
  const std::size_t prefix = path.size();
  for (const auto& [name, stamp] : look.files) {
    path.resize(prefix);
    path += name;
    const auto content = hashes.content_of(path, stamp, is_cancelled);
    is_read = is_read && !was_interrupted(content);
    code += area_of(name) == "code" ? 1 : 0;
    if (!content && !was_interrupted(content)) {
      closed.emplace_back(name, content.error().what);
      continue;
    }
    bytes += stamp.bytes;
    if (content && !content->summary.is_null()) {
      rows += content->summary.value("rows", std::int64_t{0});
      items += content->summary.value("items", std::int64_t{0});
    }
    checksum.add(name);
    checksum.add(std::string_view("\0", 1));
    if (content) checksum.add(content->hash);
    if (look.files.size() <= kPartsMax) {
      Json part = content_json(content, stamp);
      part["path"] = base::printable(name);
      parts.push_back(std::move(part));
    }
  }
  const std::size_t files = look.files.size() - (closed.size() - look.closed.size());
  const bool is_code = code > 0 && code == static_cast<std::int64_t>(look.files.size());
  json = {{"area", is_code ? "code" : "data"}, {"files", files}, {"bytes", bytes}};
  std::sort(closed.begin(), closed.end());
  for (const auto& [name, why] : closed) {
    checksum.add(std::string_view("\0", 1));
    checksum.add(name);
    if (json["closed"].size() < kClosedMax) json["closed"].push_back(base::printable(name));
  }
  add_closed(look.named, closed, problems);
  if (is_read) {
    json["hash"] = checksum.text();
  } else {
    json["unread"] = true;
  }
  if (rows > 0) json["rows"] = rows;
  if (items > 0) json["items"] = items;
  if (!parts.empty()) json["parts"] = std::move(parts);
  return json;
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

// What has gone since it was listed, and a link to nothing, is not there; all else that cannot be looked at is.
bool is_gone(int error) { return error == ENOENT || error == ELOOP || error == ENOTDIR; }

std::string cannot_text(const char* what, int error) { return fmt::format("{} ({})", what, std::strerror(error)); }

// A name is looked up from its open folder, which spares a walk along the path.
void look_into(const std::string& root, const std::string& folder, Look& look, std::vector<std::string>& folders) {
  const auto shut = [&](const std::string& name, const char* what, int error) {
    if (!is_gone(error)) look.closed.emplace_back(name, cannot_text(what, error));
  };
  const int linked = folder.empty() ? 0 : O_NOFOLLOW;
  const int fd = ::open((root + "/" + folder).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | linked);
  if (fd < 0) return shut(folder, "the folder cannot be opened", errno);
  const std::unique_ptr<DIR, CloseFolder> entries(::fdopendir(fd));
  if (!entries) {
    shut(folder, "the folder cannot be read", errno);
    ::close(fd);
    return;
  }
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(entries.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    bool is_folder = entry->d_type == DT_DIR;
    if (entry->d_type == DT_UNKNOWN) {  // Some file systems do not say it.
      struct stat info {};
      is_folder = ::fstatat(fd, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(info.st_mode);
    }
    if (is_left_out(name, is_folder)) continue;
    if (is_folder) {
      folders.push_back(folder + entry->d_name + "/");
      continue;
    }
    errno = 0;
    if (const auto stamp = stamp_in(fd, entry->d_name)) {
      look.files.emplace_back(folder + entry->d_name, *stamp);
      if (look.files.size() > kFilesMax) return;
    } else if (errno != 0) {
      shut(folder + entry->d_name, "the file cannot be looked at", errno);
    }
  }
  if (errno != 0) shut(folder, "the folder cannot be read to its end", errno);
}

}  // namespace

std::string_view area_of(std::string_view path) {
  std::string ending = fs::path(path).extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::find(kCodeEndings.begin(), kCodeEndings.end(), ending) == kCodeEndings.end() ? "data" : "code";
}

std::vector<NamedPath> named_paths(const std::string& folder, const std::vector<std::string>& files,
                                   const std::vector<std::string>& command) {
  std::vector<NamedPath> named;
  const auto add = [&](const std::string& name, const fs::path& path) {
    const std::string absolute = path.lexically_normal().string();
    const bool is_known =
        std::any_of(named.begin(), named.end(), [&](const auto& one) { return one.path == absolute; });
    if (!is_known) named.push_back({.name = name, .path = absolute});
  };
  for (const std::string& file : files) {
    fs::path path = (fs::path(folder) / file).lexically_normal();
    if (!path.has_filename() && path.has_parent_path()) path = path.parent_path();  // A "/" at its end.
    add(file, path);
  }
  if (!files.empty()) return named;
  for (const std::string& word : command) {
    if (word.empty() || word.front() == '-' || word.find("${") != std::string::npos) continue;
    const fs::path path = (fs::path(folder) / word).lexically_normal();
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (fs::is_regular_file(status) || (fs::is_directory(status) && lies_in(path, folder))) add(word, path);
  }
  return named;
}

Look look_at(const NamedPath& named) {
  Look look{.named = named};
  std::error_code error;
  const fs::file_status status = fs::status(named.path, error);
  if (!fs::is_directory(status)) {
    errno = 0;
    if (const auto stamp = stamp_of(named.path)) {
      look.files.emplace_back(std::string(), *stamp);
    } else if (errno != 0 && !is_gone(errno)) {
      look.closed.emplace_back(std::string(), cannot_text("it cannot be looked at", errno));
    }
    look.is_there = !look.files.empty();
    return look;
  }
  look.is_there = look.is_folder = true;
  // One folder is open at a time, however deep they lie. Each ends in "/", but for the first.
  std::vector<std::string> folders{std::string()};
  while (!folders.empty() && look.files.size() <= kFilesMax) {
    const std::string folder = std::move(folders.back());
    folders.pop_back();
    look_into(named.path, folder, look, folders);
  }
  std::sort(look.files.begin(), look.files.end());
  std::sort(look.closed.begin(), look.closed.end());
  return look;
}

std::string signature_of(const std::vector<Look>& looks) {
  base::Checksum checksum;
  const auto add_number = [&](auto number) { checksum.add({reinterpret_cast<const char*>(&number), sizeof(number)}); };
  for (const Look& look : looks) {
    checksum.add(look.named.path);
    add_number(look.files.size());
    for (const auto& [name, stamp] : look.files) {
      checksum.add(name);
      add_number(stamp.bytes);
      add_number(stamp.written_ns);
      add_number(stamp.changed_ns);
      add_number(stamp.inode);
      add_number(stamp.device);
    }
    add_number(look.closed.size());
    for (const auto& [name, why] : look.closed) checksum.add(name);
  }
  return checksum.text();
}

Json json_of(const Look& look, Hashes& hashes, const std::atomic<bool>& is_cancelled,
             std::vector<std::string>& problems) {
  Json json = Json::object();
  const std::string name = base::printable(look.named.name);
  if (!look.closed.empty() && look.closed.front().first.empty()) {
    json = {{"area", area_of(look.named.name)}, {"unread", true}};
    problems.push_back(fmt::format("{}: {}; whether it has changed is not known", name, look.closed.front().second));
  } else if (!look.is_there) {
    json = {{"area", area_of(look.named.name)}, {"missing", true}};
    problems.push_back(fmt::format("{}: there is no such file or folder", name));
  } else if (look.is_folder) {
    json = folder_json(look, hashes, is_cancelled, problems);
    if (look.files.size() > kFilesMax) {
      problems.push_back(
          fmt::format("{}: it has more than {} files, of which the first alone are looked at", name, kFilesMax));
    }
  } else {
    const FileStamp& stamp = look.files.front().second;
    const auto content = hashes.content_of(look.named.path, stamp, is_cancelled);
    json = content_json(content, stamp);
    json["area"] = area_of(look.named.name);
    if (!content && !was_interrupted(content)) {
      problems.push_back(
          fmt::format("{}: {}; whether it has changed is not known", name, base::printable(content.error().what)));
    }
  }
  json["path"] = look.named.name;
  return json;
}

}  // namespace sterlet::context
