#include "sterlet/context/keeper.h"

#include <signal.h>

#include <chrono>
#include <utility>

namespace sterlet::context {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kShare = 10;  // It looks at most one part in so many of the time.

}  // namespace

Keeper::Keeper(Request request, std::string hashes) {
  Taker taker(std::move(request), std::move(hashes));
  // Signals are for the thread that waits for them.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this, taker = std::move(taker)]() mutable { work(std::move(taker)); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Keeper::~Keeper() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
    is_cancelled_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Keeper::launched(std::int64_t trial) {
  {
    const std::lock_guard lock(mutex_);
    launched_.push_back(trial);
  }
  wake_.notify_all();
}

std::vector<Keeper::Taken> Keeper::collect() {
  const std::lock_guard lock(mutex_);
  has_taken_ = false;
  return std::exchange(taken_, {});
}

std::vector<Keeper::Taken> Keeper::finish(std::int64_t patience_ms) {
  std::unique_lock lock(mutex_);
  is_over_ = true;
  wake_.notify_all();
  const auto is_done = [this] { return is_idle_ && launched_.empty(); };
  if (!done_.wait_for(lock, std::chrono::milliseconds(patience_ms), is_done)) {
    is_cancelled_ = true;
    wake_.notify_all();
    done_.wait(lock, is_done);
  }
  has_taken_ = false;
  return std::exchange(taken_, {});
}

void Keeper::work(Taker taker) {
  static_cast<void>(taker.take(is_cancelled_));  // Before anything is launched, it may be.
  Clock::time_point next = Clock::now();
  std::unique_lock lock(mutex_);
  while (true) {
    is_idle_ = true;
    done_.notify_all();
    wake_.wait(lock, [this] { return is_over_ || !launched_.empty(); });
    if (launched_.empty()) return;
    wake_.wait_until(lock, next, [this] { return is_over_; });
    std::vector<std::int64_t> trials = std::exchange(launched_, {});
    is_idle_ = false;
    lock.unlock();
    const Clock::time_point start = Clock::now();
    base::Json context = taker.take(is_cancelled_);
    next = Clock::now() + (Clock::now() - start) * kShare;
    lock.lock();
    taken_.push_back({.trials = std::move(trials), .context = std::move(context)});
    has_taken_ = true;
  }
}

}  // namespace sterlet::context
