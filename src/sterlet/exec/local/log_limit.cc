#include "sterlet/exec/local/log_limit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "sterlet/exec/fd.h"

namespace sterlet::exec {

namespace {

constexpr std::size_t kCopyBytes = std::size_t{256} << 10;
constexpr std::int64_t kLineBytesMax = 4096;  // How far the end of a line is looked for.

std::int64_t size_of(int file) {
  struct stat about {};
  return ::fstat(file, &about) == 0 && S_ISREG(about.st_mode) ? about.st_size : 0;
}

ssize_t read_at(int file, char* into, std::size_t bytes, std::int64_t at) {
  for (;;) {
    const ssize_t got = ::pread(file, into, bytes, at);
    if (got >= 0 || errno != EINTR) return got;
  }
}

bool write_at(int file, std::string_view data, std::int64_t at) {
  while (!data.empty()) {
    const ssize_t got = ::pwrite(file, data.data(), data.size(), at);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    data.remove_prefix(static_cast<std::size_t>(got));
    at += got;
  }
  return true;
}

/// The first start of a line at or after `from`, or `from` where none is near.
std::int64_t line_start(int file, std::int64_t from) {
  std::string text(static_cast<std::size_t>(kLineBytesMax), '\0');
  const ssize_t got = read_at(file, text.data(), text.size(), from);
  const std::size_t end = std::string_view(text).substr(0, got < 0 ? 0 : static_cast<std::size_t>(got)).find('\n');
  return end == std::string_view::npos ? from : from + static_cast<std::int64_t>(end) + 1;
}

}  // namespace

void LogLimit::apply() {
  struct stat about {};
  if (::lstat(path_.c_str(), &about) != 0 || !S_ISREG(about.st_mode) || about.st_size <= bytes_max_) return;
  // Without O_APPEND, which would send every write to the end.
  const Fd file(::open(path_.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  const std::int64_t size = file ? size_of(file.get()) : 0;
  if (size <= bytes_max_) return;
  const std::int64_t head = head_bytes_ >= 0 ? head_bytes_ : line_start(file.get(), bytes_max_ / 4);
  std::int64_t from = line_start(file.get(), size - bytes_max_ / 4);
  const std::int64_t cut = cut_bytes_ + from - head - mark_bytes_;
  const std::string mark = fmt::format(
      "\n[sterlet: {} bytes were cut out here; of a log longer than {} bytes its head and its tail are kept]\n", cut,
      bytes_max_);
  if (!write_at(file.get(), mark, head)) return;
  std::int64_t to = head + static_cast<std::int64_t>(mark.size());
  std::vector<char> buffer(kCopyBytes);
  for (;;) {
    const ssize_t got = read_at(file.get(), buffer.data(), buffer.size(), from);
    if (got < 0) return;
    if (got == 0) break;
    if (!write_at(file.get(), {buffer.data(), static_cast<std::size_t>(got)}, to)) return;
    from += got;
    to += got;
  }
  if (::ftruncate(file.get(), to) != 0) return;
  head_bytes_ = head;
  mark_bytes_ = static_cast<std::int64_t>(mark.size());
  cut_bytes_ = cut;
}

}  // namespace sterlet::exec
