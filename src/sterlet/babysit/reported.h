#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sterlet/babysit/judge/curve.h"
#include "sterlet/storage/models.h"

namespace sterlet::babysit {

/// What the model has reported lately, kept at hand for those who look at every report: the guard, the autopilot and
/// whoever waits for a window to be full. The storage has all of it; after a way back it is filled again from there.
class Reported final {
 public:
  explicit Reported(std::string metric) : metric_(std::move(metric)) {}

  /// The objective on the active branch alone.
  const Curve& own_curve() const { return own_curve_; }
  /// The newest reports of the objective and of each loss, on the line of the active branch.
  const std::map<std::string, Curve>& watched() const { return watched_; }
  /// How many steps lie between two reports, by those that are watched; at least 1.
  std::int64_t steps_a_report() const;
  /// On all branches.
  std::int64_t spent_steps() const { return spent_steps_; }

  void add(std::int64_t step, const std::string& name, double value);
  /// A count below 0 is none: what is trained a second time was paid for the first time.
  void spend(std::int64_t steps) { spent_steps_ += steps > 0 ? steps : 0; }

  /// Another branch is trained from where the model stands.
  void begin_branch() { own_curve_.clear(); }
  /// The model is at rest.
  void clear();
  /// The model went back: `line` is what counts now, `own` the objective of its last branch.
  void refill(const std::vector<storage::BranchReport>& line, Curve own);

 private:
  void watch(std::int64_t step, const std::string& name, double value);

  std::string metric_;
  Curve own_curve_;
  std::map<std::string, Curve> watched_;
  std::int64_t spent_steps_ = 0;
};

}  // namespace sterlet::babysit
