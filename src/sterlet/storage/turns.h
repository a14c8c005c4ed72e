#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/result.h"

namespace sterlet::storage {

/// One interval of a member of a population (population-based training): trained in one attempt of its trial, from a
/// checkpoint of the interval before, be it its own or another member's.
struct TurnRecord {
  enum class State { kWaiting, kRunning, kDone, kFailed };

  std::int64_t trial = 0;  ///< The member.
  int turn = 0;            ///< Which interval, from 0.
  std::int64_t from_step = 0, to_step = 0;
  std::optional<std::int64_t> parent;  ///< Member whose weights it goes on with; empty: from the beginning.
  std::string point;                   ///< Space::text_of: the hyperparameters of this interval.
  int first_attempt = 0, attempt = 0;  ///< Attempts of the trial, first and last, that train it; 0: none yet.
  std::string start, end;              ///< Paths of the checkpoints.
  State state = State::kWaiting;
  std::optional<double> value;  ///< What it is ranked by, as reported.
  std::string reason;           ///< Why it goes on like this; or why it failed.
  std::int64_t created_ms = 0;
  /// Whether its training has ended.
  bool is_over() const { return state == State::kDone || state == State::kFailed; }
  bool operator==(const TurnRecord&) const = default;
};

/// "waiting", "running", "done", "failed".
std::string_view text_of(TurnRecord::State state);
std::optional<TurnRecord::State> turn_state_from_text(std::string_view text);

/// Intervals of populations. Calls join the storage's open transaction; errors as Storage's.
class Turns {
 public:
  virtual ~Turns() = default;

  /// Writes a turn whole, new or known.
  virtual base::Result<void> put_turn(std::int64_t study, const TurnRecord& turn) = 0;
  /// By turn, then trial.
  virtual base::Result<std::vector<TurnRecord>> load_turns(std::int64_t study) = 0;
};

}  // namespace sterlet::storage
