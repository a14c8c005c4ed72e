#include "sterlet/storage/sqlite/file_watch.h"

#include <algorithm>
#include <array>
#include <string>

#include "sterlet/base/checksum.h"

namespace sterlet::storage {

namespace {

constexpr std::int64_t kBlock = 4096;
constexpr std::int64_t kBlocksAtEnds = 16;  // That are read of a file: so many at either end, and so many evenly.
constexpr std::int64_t kBlocksBetween = 32;
constexpr int kIndexBytes = 32 * 1024;  // Of the first part of a WAL-index.
constexpr std::size_t kPageSizeAt = 14, kFramesAt = 16, kSaltAt = 32, kDoneAt = 96, kAttemptedAt = 128;

std::uint32_t read_word(const volatile char* index, std::size_t at) {
  return *reinterpret_cast<const volatile std::uint32_t*>(index + at);
}

std::optional<struct stat> stat_of(const std::string& path) {
  struct stat file {};
  if (stat(path.c_str(), &file) != 0) return std::nullopt;
  return file;
}

}  // namespace

void FileWatch::begin(sqlite3* raw, const std::string& log_path) {
  raw_ = raw;
  const char* name = sqlite3_db_filename(raw, "main");
  if (name == nullptr || *name == '\0') return;
  path_ = name;
  log_path_ = log_path;
  const auto file = stat_of(path_);
  if (file && !has_moved(file)) identity_ = Identity::of(*file);
  if (sqlite3_file_control(raw, "main", SQLITE_FCNTL_FILE_POINTER, &file_) != SQLITE_OK) file_ = nullptr;
  if (file_ != nullptr && (file_->pMethods == nullptr || file_->pMethods->iVersion < 2)) file_ = nullptr;
  if (file_ != nullptr) look();
}

void FileWatch::follow_log(int fd) {
  struct stat log {};
  if (fstat(fd, &log) == 0) log_identity_ = Identity::of(log);
}

// The checkpoints are read before the state: those that are in it have changed the file by then.
FileWatch::Fault FileWatch::find_fault() {
  if (path_.empty()) return Fault::kNone;  // In memory.
  const auto checkpoints = file_ != nullptr ? read_checkpoints() : std::nullopt;
  const auto file = stat_of(path_);
  if (has_moved(file)) return Fault::kMoved;
  if (fault_ != Fault::kNone) return fault_;
  const Fault of_log = find_log_fault();
  if (of_log == Fault::kLogCut) return fault_ = Fault::kLogCut;
  if (file_ != nullptr && file && is_overwritten(checkpoints, state_of(*file))) return fault_ = Fault::kOverwritten;
  return of_log;
}

// SQLite compares with the file that it has open.
bool FileWatch::has_moved(const std::optional<struct stat>& file) const {
  if (identity_) return !file || Identity::of(*file) != *identity_;
  int has_moved = 0;
  sqlite3_file_control(raw_, "main", SQLITE_FCNTL_HAS_MOVED, &has_moved);
  return has_moved != 0;
}

bool FileWatch::is_overwritten(const std::optional<Checkpoints>& checkpoints, const State& state) {
  if (!checkpoints || checkpoints->is_under_way()) return false;
  if (seen_ && *checkpoints == seen_->checkpoints) {
    if (state == seen_->state) return false;
    // Read once more afterwards: a checkpoint says so before it begins.
    if (read_content(state.bytes) != seen_->content && read_checkpoints() == checkpoints) return true;
  }
  look();
  return false;
}

// Takes the file as it is for what it should be, unless a checkpoint is changing it.
void FileWatch::look() {
  seen_.reset();
  const auto before = read_checkpoints();
  const auto state = read_state();
  if (!before || before->is_under_way() || !state) return;
  const std::uint64_t content = read_content(state->bytes);
  if (read_checkpoints() == before && read_state() == state) {
    seen_ = Seen{.state = *state, .checkpoints = *before, .content = content};
  }
}

FileWatch::State FileWatch::state_of(const struct stat& file) {
  return {.bytes = file.st_size,
          .changed_s = file.st_mtim.tv_sec,
          .changed_ns = file.st_mtim.tv_nsec,
          .status_s = file.st_ctim.tv_sec,
          .status_ns = file.st_ctim.tv_nsec};
}

std::optional<FileWatch::State> FileWatch::read_state() const {
  const auto file = stat_of(path_);
  if (!file) return std::nullopt;
  return state_of(*file);
}

const volatile char* FileWatch::index() const {
  volatile void* mapped = nullptr;
  const int code = file_->pMethods->xShmMap(file_, 0, kIndexBytes, 0, &mapped);
  return code == SQLITE_OK ? static_cast<const volatile char*>(mapped) : nullptr;
}

std::optional<FileWatch::Checkpoints> FileWatch::read_checkpoints() const {
  const volatile char* words = index();
  if (words == nullptr) return std::nullopt;
  const std::uint64_t salt = (std::uint64_t{read_word(words, kSaltAt)} << 32U) | read_word(words, kSaltAt + 4);
  return Checkpoints{.salt = salt, .attempted = read_word(words, kAttemptedAt), .done = read_word(words, kDoneAt)};
}

FileWatch::Fault FileWatch::find_log_fault() const {
  const volatile char* words = file_ != nullptr ? index() : nullptr;
  const std::uint32_t frames = words != nullptr ? read_word(words, kFramesAt) : 0;
  const auto log = stat_of(log_path_);
  if (log_identity_ && (!log || Identity::of(*log) != *log_identity_)) return Fault::kLogGone;
  return log && frames > 0 && is_log_cut(frames, log->st_size) ? Fault::kLogCut : Fault::kNone;
}

// Whether so many frames do not fit into a log of so many bytes. Whoever empties the log rightly says so first, so that
// the count is read again.
bool FileWatch::is_log_cut(std::uint32_t frames, std::int64_t bytes) const {
  constexpr std::int64_t kLogHeadBytes = 32, kFrameHeadBytes = 24, kLargestPage = 65536;
  const volatile char* words = index();
  if (words == nullptr) return false;
  const std::int64_t stored = *reinterpret_cast<const volatile std::uint16_t*>(words + kPageSizeAt);
  const std::int64_t page = (stored & 0xFE00) + ((stored & 1) << 16);  // 1 stands for the largest.
  return page <= kLargestPage && bytes < kLogHeadBytes + std::int64_t{frames} * (kFrameHeadBytes + page) &&
         read_word(words, kFramesAt) >= frames;
}

// By SQLite's own descriptor: closing another one would drop its locks.
std::uint64_t FileWatch::read_content(std::int64_t bytes) const {
  const std::int64_t blocks = (bytes + kBlock - 1) / kBlock;
  const std::int64_t step = std::max<std::int64_t>(1, blocks / kBlocksBetween);
  std::array<char, kBlock> block{};
  base::Checksum content;
  content.add(std::to_string(bytes));
  for (std::int64_t i = 0; i < blocks; ++i) {
    if (i >= kBlocksAtEnds && i < blocks - kBlocksAtEnds && i % step != 0) continue;
    // What lies behind the end is read as zeros; what cannot be read is left as the last block was.
    static_cast<void>(file_->pMethods->xRead(file_, block.data(), static_cast<int>(kBlock), i * kBlock));
    content.add({block.data(), block.size()});
  }
  return content.value();
}

}  // namespace sterlet::storage
