#include "sterlet/study/trial.h"

#include <algorithm>

namespace sterlet::study {

using storage::State;
using storage::Suspension;

bool is_final(State state) {
  return state == State::kComplete || state == State::kPruned || state == State::kFailed ||
         state == State::kCancelled || state == State::kRemoved;
}

bool is_put_aside(const storage::TrialRecord& record) {
  return (record.state == State::kPaused && record.suspension == Suspension::kPutAside) ||
         (record.state == State::kPruned && record.suspension == Suspension::kNotPromoted);
}

bool is_unstarted(const storage::TrialRecord& record) { return record.state == State::kFailed && record.is_unstarted; }

bool is_feasible(const std::vector<double>& constraints) {
  return std::all_of(constraints.begin(), constraints.end(), [](double constraint) { return constraint <= 0; });
}

space::Outcome outcome_of(const storage::TrialRecord& record) {
  switch (record.state) {
    case State::kWaiting:
    case State::kRunning:
    case State::kPaused:
    case State::kLost:
      return space::Outcome::kPending;
    case State::kComplete:
      return space::Outcome::kComplete;
    case State::kPruned:
      return space::Outcome::kPruned;
    case State::kFailed:
      return record.is_unstarted ? space::Outcome::kVoid : space::Outcome::kFailed;  // The point is not to blame.
    case State::kCancelled:
    case State::kRemoved:
      return space::Outcome::kVoid;
  }
  return space::Outcome::kVoid;
}

}  // namespace sterlet::study
