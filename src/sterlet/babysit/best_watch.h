#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "sterlet/babysit/judge/curve.h"

namespace sterlet::babysit {

/// When people are told of a model's best value (`notify`, on: best). A curve gets better at nearly every report: so there
/// is at least kPauseMs between two tellings, and what came meanwhile is told by the next one, or at the end. The first
/// value of all is the best of nothing, and no news.
class BestWatch final {
 public:
  static constexpr std::int64_t kPauseMs = 60'000;

  struct Best {
    std::int64_t step = 0;
    double value = 0;
    friend bool operator==(const Best&, const Best&) = default;
  };

  explicit BestWatch(bool minimizes) : minimizes_(minimizes) {}

  /// What was reported before this process began.
  void know(const Curve& curve);
  /// The objective on the active branch, as it is now: only what was added since the last look is looked at. The best of
  /// all, where it is news and time to tell it.
  std::optional<Best> look(const Curve& own, std::int64_t now_ms);
  /// What is news, and has not been told.
  std::optional<Best> rest();

 private:
  void take(const Best& point, bool is_news);

  bool minimizes_;
  std::size_t seen_ = 0;  // Points of the curve that was looked at last.
  std::optional<Best> best_;
  bool is_untold_ = false;
  std::optional<std::int64_t> told_ms_;
};

}  // namespace sterlet::babysit
