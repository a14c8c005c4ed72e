#include "sterlet/base/checksum.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

#include <fmt/format.h>

namespace sterlet::base {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kPrime1 = 0x9E3779B185EBCA87, kPrime2 = 0xC2B2AE3D27D4EB4F, kPrime3 = 0x165667B19E3779F9,
                        kPrime4 = 0x85EBCA77C2B2AE63, kPrime5 = 0x27D4EB2F165667C5;
constexpr std::size_t kStripe = 32;
constexpr std::size_t kFilesMax = 100'000;

template <typename Word>
std::uint64_t word_at(std::string_view bytes, std::size_t from = 0) {
  Word word = 0;
  std::memcpy(&word, &bytes[from], sizeof(word));
  static_assert(std::endian::native == std::endian::little);
  return word;
}

std::uint64_t mix(std::uint64_t lane, std::uint64_t input) { return std::rotl(lane + input * kPrime2, 31) * kPrime1; }

void add_stripe(std::uint64_t* lanes, std::string_view bytes) {
  for (std::size_t i = 0; i < 4; ++i) lanes[i] = mix(lanes[i], word_at<std::uint64_t>(bytes, 8 * i));
}

}  // namespace

void Checksum::add(std::string_view bytes) {
  length_ += bytes.size();
  if (!rest_.empty()) {
    const std::size_t take = std::min(kStripe - rest_.size(), bytes.size());
    rest_ += bytes.substr(0, take);
    bytes.remove_prefix(take);
    if (rest_.size() < kStripe) return;
    add_stripe(lanes_, rest_);
    rest_.clear();
  }
  for (; bytes.size() >= kStripe; bytes.remove_prefix(kStripe)) add_stripe(lanes_, bytes);
  rest_ = bytes;
}

std::uint64_t Checksum::value() const {
  std::uint64_t hash = kPrime5;
  if (length_ >= kStripe) {
    hash = std::rotl(lanes_[0], 1) + std::rotl(lanes_[1], 7) + std::rotl(lanes_[2], 12) + std::rotl(lanes_[3], 18);
    for (const std::uint64_t lane : lanes_) hash = (hash ^ mix(0, lane)) * kPrime1 + kPrime4;
  }
  hash += length_;
  std::string_view rest = rest_;
  for (; rest.size() >= 8; rest.remove_prefix(8)) {
    hash = std::rotl(hash ^ mix(0, word_at<std::uint64_t>(rest)), 27) * kPrime1 + kPrime4;
  }
  if (rest.size() >= 4) {
    hash = std::rotl(hash ^ (word_at<std::uint32_t>(rest) * kPrime1), 23) * kPrime2 + kPrime3;
    rest.remove_prefix(4);
  }
  for (const char byte : rest) hash = std::rotl(hash ^ (static_cast<unsigned char>(byte) * kPrime5), 11) * kPrime1;
  hash = (hash ^ (hash >> 33)) * kPrime2;
  hash = (hash ^ (hash >> 29)) * kPrime3;
  return hash ^ (hash >> 32);
}

std::string Checksum::text() const { return fmt::format("{:016x}", value()); }

Result<FileChecksum> checksum_of(const std::string& path) {
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
    }
    if (!file.eof()) return fail(ErrorCode::kDisk, "the file cannot be read to its end", {}, path);
  }
  if (error) return fail(ErrorCode::kDisk, fmt::format("the folder cannot be read ({})", error.message()), {}, path);
  result.text = checksum.text();
  return result;
}

}  // namespace sterlet::base
