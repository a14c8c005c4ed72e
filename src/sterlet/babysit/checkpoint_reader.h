#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "sterlet/base/checksum.h"
#include "sterlet/base/result.h"

namespace sterlet::babysit {

/// Reads the contents of checkpoints in a thread of its own, one after another in the order they were asked for, so that
/// the loop stays awake however large a checkpoint is or how slow its disk.
class CheckpointReader final {
 public:
  struct Read {
    std::uint64_t ticket = 0;
    base::Result<base::FileChecksum> checksum;  ///< Errors: those of run::contained and base::checksum_of.
  };

  CheckpointReader();
  /// Ends the thread, in the middle of a file if need be.
  ~CheckpointReader();
  CheckpointReader(const CheckpointReader&) = delete;
  CheckpointReader& operator=(const CheckpointReader&) = delete;

  /// Asks for what lies at `path`, which must be contained in `folder`. Returns its ticket; tickets grow from 1.
  std::uint64_t ask(std::filesystem::path folder, std::string path);
  /// What has been read since the last call.
  std::vector<Read> take();
  /// All that is asked for and not read yet ends with kInterrupted.
  void cancel();
  /// Readable when take() has something; -1 where the system had no descriptor left, then take() is to be tried.
  int fd() const { return fd_; }
  /// Of the checkpoint that is read now; 0 between two.
  std::int64_t bytes_read() const { return bytes_read_; }

 private:
  struct Request {
    std::uint64_t ticket = 0;
    std::filesystem::path folder;
    std::string path;
  };
  void work();
  base::Result<base::FileChecksum> read(const Request& request);

  const int fd_;  // An eventfd.
  std::atomic<std::int64_t> bytes_read_ = 0;
  std::atomic<std::uint64_t> cancelled_ = 0;  // Tickets up to this one are.
  std::atomic<bool> is_over_ = false;
  std::uint64_t last_ticket_ = 0;  // The loop's alone.
  std::mutex mutex_;               // Guards the two queues.
  std::condition_variable asked_;
  std::deque<Request> requests_;
  std::vector<Read> read_;
  std::thread thread_;  // Last: it uses all of the above.
};

}  // namespace sterlet::babysit
