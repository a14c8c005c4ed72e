#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/babysit/wish.h"
#include "sterlet/base/clock.h"
#include "sterlet/base/result.h"
#include "sterlet/storage/live.h"

namespace sterlet::babysit {

/// What is wanted of the model: commands that people put into the mailbox, and wishes of the guard, the autopilot and
/// the loop itself, which come first.
class Inbox final {
 public:
  /// The storage and the clock are borrowed.
  Inbox(storage::LiveStorage& live, std::int64_t study, const base::Clock& clock)
      : live_(live), study_(study), clock_(clock) {}

  void set_trial(std::int64_t trial) { trial_ = trial; }

  void post(const Wish& wish);
  /// A stop for a signal, before all else.
  void post_stop();
  /// An own command that could not be finished, to be carried out again.
  void put_back(const storage::CommandRecord& command) { own_.push_front(command); }
  void remove_own(const storage::CommandRecord& command);
  void forget_own() { own_.clear(); }
  const std::deque<storage::CommandRecord>& own() const { return own_; }
  bool has_own(std::string_view kind) const;

  /// Somebody may have written into the mailbox, or a command may be begun that could not be before.
  void look_again() { is_due_ = true; }
  bool is_due() const { return is_due_ || !own_.empty(); }
  /// All that is wanted, in the order in which it is to be done.
  base::Result<std::vector<storage::CommandRecord>> look();
  /// People's commands alone.
  base::Result<std::vector<storage::CommandRecord>> pending();

  /// Answers of commands; own ones need none.
  base::Result<void> answer(const storage::CommandRecord& command, const std::string& sentence, base::Json more);
  base::Result<void> refuse(const storage::CommandRecord& command, const base::Error& error);

 private:
  storage::LiveStorage& live_;
  std::int64_t study_;
  const base::Clock& clock_;
  std::int64_t trial_ = 0;
  std::deque<storage::CommandRecord> own_;
  bool is_due_ = true;
};

}  // namespace sterlet::babysit
