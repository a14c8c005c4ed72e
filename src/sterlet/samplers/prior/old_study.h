#pragma once

#include <cstddef>
#include <memory>

#include "sterlet/space/history.h"
#include "sterlet/space/space.h"

namespace sterlet::samplers {

/// The results of an older study in the terms of a space, and what they lead to expect of a setting there.
///
/// Its process is made when it is first asked, once. Not for several threads at once.
class OldStudy final {
 public:
  /// Complete trials with a finite value each; NaN where a setting has no value for a dimension. What no setting has a
  /// value for has no part in what is expected.
  OldStudy(const space::Space& space, space::History history);
  ~OldStudy();
  OldStudy(const OldStudy&) = delete;
  OldStudy& operator=(const OldStudy&) = delete;

  const space::History& history() const { return history_; }
  /// The expected values of `count` points, rows of unit coordinates, in standard deviations of the old values; 0 where
  /// fewer than kLeast differ.
  void expect(const double* units, std::size_t count, double* out) const;
  /// Adds `factors` (one a point) times their gradients.
  void add_gradient(const double* units, std::size_t count, const double* factors, double* out) const;

  static constexpr std::size_t kLeast = 4;

 private:
  class Process;
  const Process* process() const;

  space::Space space_;
  space::History history_;
  mutable std::unique_ptr<Process> process_;
  mutable bool is_made_ = false;
};

}  // namespace sterlet::samplers
