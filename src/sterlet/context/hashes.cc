#include "sterlet/context/hashes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sterlet/base/checksum.h"
#include "sterlet/base/file.h"
#include "sterlet/context/summary.h"

namespace sterlet::context {

namespace {

using base::ErrorCode;
using base::Result;

constexpr std::size_t kChunkBytes = std::size_t{1} << 20;
constexpr std::string_view kHead = "sterlet hashes 1\n";
// Clocks of file systems go in steps of some milliseconds: what changed so shortly before it was read may change again
// within the same step, so it is not taken for known.
constexpr std::int64_t kStepNs = 50'000'000;

std::int64_t nanoseconds(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

FileStamp stamp_from(const struct stat& info) {
  return {.bytes = info.st_size,
          .written_ns = nanoseconds(info.st_mtim),
          .changed_ns = nanoseconds(info.st_ctim),
          .inode = info.st_ino,
          .device = info.st_dev};
}

template <typename T>
bool take_number(std::string_view& line, T& number) {
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number);
  if (error != std::errc() || end == line.data() + line.size() || (*end != ' ' && *end != '\t')) return false;
  line.remove_prefix(static_cast<std::size_t>(end - line.data()) + 1);
  return true;
}

std::optional<std::string_view> take_field(std::string_view& line) {
  const std::size_t tab = line.find('\t');
  if (tab == std::string_view::npos) return std::nullopt;
  const std::string_view field = line.substr(0, tab);
  line.remove_prefix(tab + 1);
  return field;
}

bool fits_a_line(std::string_view path) { return path.find_first_of("\n\t\r") == std::string_view::npos; }

struct Closed {
  explicit Closed(int descriptor) : fd(descriptor) {}
  ~Closed() {
    if (fd >= 0) ::close(fd);
  }
  Closed(const Closed&) = delete;
  Closed& operator=(const Closed&) = delete;
  int fd;
};

}  // namespace

std::optional<FileStamp> stamp_of(const std::string& path) { return stamp_in(AT_FDCWD, path.c_str()); }

std::optional<FileStamp> stamp_in(int folder, const char* name) {
  struct stat info {};
  if (::fstatat(folder, name, &info, 0) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  return stamp_from(info);
}

Hashes::Hashes(std::string path) : path_(std::move(path)) {}

void Hashes::load() {
  if (std::exchange(is_loaded_, true) || path_.empty()) return;
  std::ifstream file(path_, std::ios::binary | std::ios::ate);
  if (!file) return;
  const std::streamoff size = file.tellg();
  if (size <= 0) return;
  std::string text(static_cast<std::size_t>(size), '\0');
  file.seekg(0);
  file.read(text.data(), size);
  text.resize(static_cast<std::size_t>(file.gcount()));
  std::string_view rest = text;
  if (rest.substr(0, kHead.size()) != kHead) return;
  rest.remove_prefix(kHead.size());
  entries_.reserve(static_cast<std::size_t>(std::count(rest.begin(), rest.end(), '\n')));
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return;  // Torn.
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    Entry entry;
    FileStamp& stamp = entry.stamp;
    const bool is_read = take_number(line, stamp.bytes) && take_number(line, stamp.written_ns) &&
                         take_number(line, stamp.changed_ns) && take_number(line, stamp.inode) &&
                         take_number(line, stamp.device);
    if (!is_read) continue;
    const auto hash = take_field(line);
    const auto path = hash ? take_field(line) : std::nullopt;
    if (!path) continue;
    entry.hash = *hash;
    if (line != "null") entry.summary = line;
    entries_.insert_or_assign(std::string(*path), std::move(entry));
  }
}

Result<FileContent> Hashes::content_of(const std::string& path, const FileStamp& stamp,
                                       const std::atomic<bool>& is_cancelled) {
  load();
  if (const auto known = entries_.find(path); known != entries_.end() && known->second.stamp == stamp) {
    FileContent content{.hash = known->second.hash, .summary = nullptr};
    if (known->second.summary.empty()) return content;
    if (auto summary = base::parse_json(known->second.summary)) content.summary = std::move(*summary);
    return content;
  }
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  const auto cannot = [&](const char* what) {
    return base::fail(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kDisk,
                      fmt::format("the file {} ({})", what, std::strerror(errno)), {}, path);
  };
  const Closed file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.fd < 0) return cannot("cannot be opened");
  struct stat info {};
  if (::fstat(file.fd, &info) != 0) return cannot("cannot be read");
  if (!S_ISREG(info.st_mode)) return base::fail(ErrorCode::kDisk, "this is no regular file", {}, path);
  // Its own: another one may have taken its place since the caller looked.
  const FileStamp own = stamp_from(info);
  ++files_read_;
  base::Checksum checksum;
  Summary summary(path, own.bytes);
  const auto buffer = std::make_unique_for_overwrite<char[]>(kChunkBytes);
  while (true) {
    if (is_cancelled) return base::fail(ErrorCode::kInterrupted, "reading it was interrupted", {}, path);
    const ssize_t count = ::read(file.fd, buffer.get(), kChunkBytes);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return cannot("cannot be read to its end");
    if (count == 0) break;
    const std::string_view chunk(buffer.get(), static_cast<std::size_t>(count));
    checksum.add(chunk);
    summary.add(chunk);
  }
  FileContent content{.hash = checksum.text(), .summary = summary.finish(file.fd)};
  struct stat after {};
  const bool is_settled = ::fstat(file.fd, &after) == 0 && stamp_from(after) == own;
  if (is_settled && own.changed_ns < nanoseconds(now) - kStepNs && fits_a_line(path)) {
    std::string line = content.summary.is_null() ? std::string() : base::json_line(content.summary);
    entries_.insert_or_assign(path, Entry{.stamp = own, .hash = content.hash, .summary = std::move(line)});
    bytes_unsaved_ += own.bytes;
  }
  return content;
}

void Hashes::save() {
  if (path_.empty() || bytes_unsaved_ < kSavedBytes) return;
  bytes_unsaved_ = 0;
  std::string text(kHead);
  for (const auto& [path, entry] : entries_) {
    const FileStamp& stamp = entry.stamp;
    fmt::format_to(std::back_inserter(text), "{} {} {} {} {} {}\t{}\t{}\n", stamp.bytes, stamp.written_ns,
                   stamp.changed_ns, stamp.inode, stamp.device, entry.hash, path,
                   entry.summary.empty() ? "null" : entry.summary);
  }
  static_cast<void>(base::write_whole(path_, text));
}

}  // namespace sterlet::context
