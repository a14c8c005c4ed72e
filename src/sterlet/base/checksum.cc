#include "sterlet/base/checksum.h"

#include <xxhash.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

#include <fmt/format.h>

namespace sterlet::base {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFilesMax = 100'000;

}  // namespace

void Checksum::Free::operator()(XXH64_state_s* state) const { XXH64_freeState(state); }

Checksum::Checksum() : state_(XXH64_createState()) {
  STERLET_CHECK(state_ != nullptr, "there is no memory for a checksum");
  XXH64_reset(state_.get(), 0);
}

void Checksum::add(std::string_view bytes) { XXH64_update(state_.get(), bytes.data(), bytes.size()); }

std::uint64_t Checksum::value() const { return XXH64_digest(state_.get()); }

std::string Checksum::text() const { return fmt::format("{:016x}", value()); }

Result<FileChecksum> checksum_of(const std::string& path, const std::function<bool(std::int64_t)>& go_on) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) return fail(ErrorCode::kNotFound, "there is no such file", {}, path);
  std::vector<std::string> names;
  if (fs::is_directory(status)) {
    for (fs::recursive_directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
      if (entry->is_regular_file(error)) names.push_back(fs::relative(entry->path(), path, error).string());
      if (names.size() > kFilesMax) return fail(ErrorCode::kDisk, "too many files in one checkpoint", {}, path);
    }
    std::sort(names.begin(), names.end());
  } else if (!fs::is_regular_file(status)) {
    return fail(ErrorCode::kDisk, "this is neither a file nor a folder", {}, path);
  } else {
    names.emplace_back();
  }
  Checksum checksum;
  FileChecksum result;
  std::vector<char> buffer(std::size_t{1} << 20);
  for (const std::string& name : names) {
    checksum.add(name);
    std::ifstream file(name.empty() ? fs::path(path) : fs::path(path) / name, std::ios::binary);
    while (file) {
      file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
      const auto count = static_cast<std::size_t>(file.gcount());
      checksum.add({buffer.data(), count});
      result.bytes += static_cast<std::int64_t>(count);
      if (go_on && !go_on(result.bytes)) return fail(ErrorCode::kInterrupted, "reading it was interrupted", {}, path);
    }
    if (!file.eof()) return fail(ErrorCode::kDisk, "the file cannot be read to its end", {}, path);
  }
  if (error) return fail(ErrorCode::kDisk, fmt::format("the folder cannot be read ({})", error.message()), {}, path);
  result.text = checksum.text();
  return result;
}

}  // namespace sterlet::base
