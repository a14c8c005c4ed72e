#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "sterlet/context/context.h"

namespace sterlet::context {

/// Takes contexts in a thread of its own while trials run, so that hashing delays no launch. The context of a trial is
/// that at its launch, or within the shortest time after it that a look takes: launches that come while it looks share
/// the next look. It looks at most a tenth of the time.
class Keeper final {
 public:
  /// The first context is taken at once.
  explicit Keeper(Request request, std::string hashes);
  /// Ends a look that is under way.
  ~Keeper();
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

  struct Taken {
    std::vector<std::int64_t> trials;
    base::Json context;
  };

  /// A trial is launched now.
  void launched(std::int64_t trial);
  /// What has been taken since; each trial comes once a launch.
  std::vector<Taken> collect();
  /// Whether collect() would give something.
  bool has_taken() const { return has_taken_; }
  /// Waits for what is still to be taken, at most so long; then what could not be read is marked so. No more launches.
  std::vector<Taken> finish(std::int64_t patience_ms);

 private:
  void work(Taker taker);

  std::mutex mutex_;
  std::condition_variable wake_, done_;
  std::vector<std::int64_t> launched_;  // All below: guarded by mutex_.
  std::vector<Taken> taken_;
  bool is_over_ = false, is_idle_ = false;
  std::atomic<bool> is_cancelled_ = false, has_taken_ = false;
  std::thread thread_;  // Last: it uses all of them.
};

}  // namespace sterlet::context
