#include "sterlet/analysis/retest_choice.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "sterlet/math/median.h"

namespace sterlet::analysis {

namespace {

double distance(const OldSetting& a, const OldSetting& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.unit.size(); ++i) {
    const bool is_off = std::isnan(a.unit[i]), was_off = std::isnan(b.unit[i]);
    if (is_off && was_off) continue;
    const double d = is_off || was_off ? 1 : a.unit[i] - b.unit[i];
    sum += d * d;
  }
  return std::sqrt(sum / std::max(1.0, static_cast<double>(a.unit.size())));
}

class Chooser final {
 public:
  Chooser(std::span<const OldSetting> settings, std::size_t count)
      : settings_(settings),
        count_(std::min(count, settings.size())),
        order_(settings.size()),
        gap_(settings.size(), std::numeric_limits<double>::infinity()),
        is_taken_(settings.size(), false) {
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::stable_sort(order_.begin(), order_.end(),
                     [&](std::size_t a, std::size_t b) { return settings[a].value < settings[b].value; });
  }

  std::vector<std::size_t> run() {
    const std::size_t n = order_.size();
    if (count_ == 0) return {};
    take(order_.front());
    const auto share = [&](double part, std::size_t least) {
      return std::max(least, static_cast<std::size_t>(std::ceil(part * static_cast<double>(n))));
    };
    farthest(0, share(0.15, 3));
    for (const double quantile : {0.5, 0.25, 0.75}) near_quantile(quantile);
    farthest(0, share(0.33, 4));
    near_quantile(0.9);
    neighbour(share(0.5, 3));
    while (chosen_.size() < count_) {
      if (chosen_.size() % 2 == 0 || !farthest(0, share(0.5, 4))) farthest(0, n);
    }
    return chosen_;
  }

 private:
  void take(std::size_t index) {
    if (chosen_.size() >= count_) return;
    chosen_.push_back(index);
    is_taken_[index] = true;
    for (std::size_t i = 0; i < settings_.size(); ++i)
      gap_[i] = std::min(gap_[i], distance(settings_[i], settings_[index]));
  }

  // Of the ranks [from, to) the one farthest from all that were chosen.
  bool farthest(std::size_t from, std::size_t to) {
    const std::size_t* best = nullptr;
    for (std::size_t rank = from; rank < std::min(to, order_.size()); ++rank) {
      const std::size_t& index = order_[rank];
      if (!is_taken_[index] && (best == nullptr || gap_[index] > gap_[*best])) best = &index;
    }
    if (best != nullptr) take(*best);
    return best != nullptr;
  }

  void near_quantile(double quantile) {
    const auto middle = static_cast<std::size_t>(quantile * static_cast<double>(order_.size() - 1));
    const std::size_t width = 1 + order_.size() / 20;
    farthest(middle > width ? middle - width : 0, middle + width + 1);
  }

  void neighbour(std::size_t ranks) {
    const std::size_t first = order_.front();
    const std::size_t* best = nullptr;
    for (std::size_t rank = 1; rank < std::min(ranks, order_.size()); ++rank) {
      const std::size_t& index = order_[rank];
      if (is_taken_[index]) continue;
      const auto from_first = [&](std::size_t i) { return distance(settings_[i], settings_[first]); };
      if (best == nullptr || from_first(index) < from_first(*best)) best = &index;
    }
    if (best != nullptr) take(*best);
  }

  std::span<const OldSetting> settings_;
  std::size_t count_;
  std::vector<std::size_t> order_;  // By value.
  std::vector<double> gap_;         // To the nearest that was chosen.
  std::vector<bool> is_taken_;
  std::vector<std::size_t> chosen_;
};

}  // namespace

std::vector<std::size_t> choose_to_retest(std::span<const OldSetting> settings, std::size_t count) {
  return Chooser(settings, count).run();
}

double spread_of(std::span<const OldSetting> settings) {
  if (settings.empty()) return 1;
  std::vector<double> values;
  for (const OldSetting& setting : settings) values.push_back(setting.value);
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const double low = *least, high = *most;
  const double half = math::median_of(values) - low;
  if (half > 0) return half;
  return high > low ? high - low : 1;
}

}  // namespace sterlet::analysis
