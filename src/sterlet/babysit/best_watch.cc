#include "sterlet/babysit/best_watch.h"

#include <cmath>
#include <utility>

namespace sterlet::babysit {

void BestWatch::take(const Best& point, bool is_news) {
  if (std::isnan(point.value)) return;
  const bool is_better = best_ && (minimizes_ ? point.value < best_->value : point.value > best_->value);
  if (best_ && !is_better) return;
  is_untold_ = (best_ && is_news) || is_untold_;
  best_ = point;
}

void BestWatch::know(const Curve& curve) {
  for (const auto& [step, value] : curve) take({.step = step, .value = value}, false);
}

std::optional<BestWatch::Best> BestWatch::look(const Curve& own, std::int64_t now_ms) {
  // A branch that is begun or gone back to has another curve; what was seen of it before is no better than the best.
  if (own.size() < seen_) seen_ = 0;
  for (; seen_ < own.size(); ++seen_) take({.step = own[seen_].first, .value = own[seen_].second}, true);
  if (!is_untold_ || (told_ms_ && now_ms - *told_ms_ < kPauseMs)) return std::nullopt;
  told_ms_ = now_ms;
  return rest();
}

std::optional<BestWatch::Best> BestWatch::rest() {
  if (!std::exchange(is_untold_, false)) return std::nullopt;
  return best_;
}

}  // namespace sterlet::babysit
