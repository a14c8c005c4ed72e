#include "sterlet/babysit/checkpoint_reader.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

#include "sterlet/run/trial_folder.h"

namespace sterlet::babysit {

using base::Result;

CheckpointReader::CheckpointReader() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), thread_([this] { work(); }) {}

CheckpointReader::~CheckpointReader() {
  is_over_ = true;
  {
    const std::lock_guard lock(mutex_);  // So that the thread does not miss it between looking and waiting.
  }
  asked_.notify_one();
  thread_.join();
  if (fd_ >= 0) close(fd_);
}

std::uint64_t CheckpointReader::ask(std::filesystem::path folder, std::string path) {
  const std::lock_guard lock(mutex_);
  requests_.push_back({.ticket = ++last_ticket_, .folder = std::move(folder), .path = std::move(path)});
  asked_.notify_one();
  return last_ticket_;
}

std::vector<CheckpointReader::Read> CheckpointReader::take() {
  std::uint64_t count = 0;
  if (fd_ >= 0) static_cast<void>(!::read(fd_, &count, sizeof(count)));  // Nothing to read is no error.
  const std::lock_guard lock(mutex_);
  return std::exchange(read_, {});
}

void CheckpointReader::cancel() { cancelled_ = last_ticket_; }

Result<base::FileChecksum> CheckpointReader::read(const Request& request) {
  const auto may_go_on = [&](std::int64_t bytes) {
    bytes_read_ = bytes;
    return !is_over_ && cancelled_ < request.ticket;
  };
  if (!may_go_on(0)) return base::fail(base::ErrorCode::kInterrupted, "reading it was interrupted", {}, request.path);
  const auto path = run::contained(request.folder, request.path);
  if (!path) return base::fail(path.error());
  return base::checksum_of(path->string(), may_go_on);
}

void CheckpointReader::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    asked_.wait(lock, [this] { return is_over_ || !requests_.empty(); });
    if (is_over_) return;
    const Request request = std::move(requests_.front());
    requests_.pop_front();
    lock.unlock();
    Result<base::FileChecksum> checksum = read(request);
    bytes_read_ = 0;
    lock.lock();
    read_.push_back({.ticket = request.ticket, .checksum = std::move(checksum)});
    const std::uint64_t one = 1;
    if (fd_ >= 0) static_cast<void>(!::write(fd_, &one, sizeof(one)));
  }
}

}  // namespace sterlet::babysit
