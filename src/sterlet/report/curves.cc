#include "sterlet/report/curves.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sterlet/report/json_text.h"

namespace sterlet::report {

namespace {

constexpr std::size_t kWrittenMax = 40'000;
constexpr std::size_t kHeldMax = 8 * kWrittenMax;
constexpr std::size_t kCurvePointsMin = 8;  // A curve of fewer says little.
constexpr std::size_t kMetricsMax = 40;
constexpr int kStepDigits = 12;
constexpr int kValueDigits = 6;
constexpr int kValueDigitsWhenThinned = 4;

}  // namespace

void Curves::begin(std::size_t row, bool is_best) {
  row_ = row;
  is_best_ = is_best;
}

void Curves::add(std::string_view metric, double step, double value) {
  auto found = index_.find(metric);
  if (found == index_.end()) {
    if (metrics_.size() >= kMetricsMax) return;
    found = index_.emplace(metric, metrics_.size()).first;
    metrics_.push_back({.name = std::string(metric)});
  }
  ++came_;
  Curve* const curve = current(metrics_[found->second]);
  if (curve == nullptr) return;
  curve->last = {.step = step, .value = value};
  curve->is_last_held = curve->came++ % curve->every == 0;
  if (!curve->is_last_held) return;
  curve->points.push_back(curve->last);
  if (++held_ > kHeldMax) shrink();
}

// The curve that the row's points of a metric belong to; null where it is left out.
Curves::Curve* Curves::current(Metric& metric) {
  if (metric.current_row != row_) {
    metric.current_row = row_;
    const std::size_t index = metric.reported++;
    metric.is_current_held = is_best_ || index % metric.stride == 0;
    if (metric.is_current_held) metric.curves.push_back({.row = row_, .index = index, .is_best = is_best_});
  }
  return metric.is_current_held ? &metric.curves.back() : nullptr;
}

// Long curves lose every other point first; where all are short, every other curve goes.
void Curves::shrink() {
  while (held_ > kHeldMax / 2) {
    const std::size_t before = held_;
    if (!halve()) drop_every_other();
    if (held_ == before) return;  // All are of the best trials, and short.
  }
}

bool Curves::halve() {
  bool is_any_long = false;
  for (Metric& metric : metrics_) {
    for (Curve& curve : metric.curves) {
      std::vector<Point>& points = curve.points;
      if (points.size() < 4 * kCurvePointsMin) continue;
      is_any_long = true;
      const std::size_t half = (points.size() + 1) / 2;
      held_ -= points.size() - half;
      for (std::size_t i = 1; i < half; ++i) points[i] = points[2 * i];
      curve.is_last_held = curve.is_last_held && points.size() % 2 == 1;
      points.resize(half);
      points.shrink_to_fit();
      curve.every *= 2;
    }
  }
  return is_any_long;
}

void Curves::drop_every_other() {
  for (Metric& metric : metrics_) {
    metric.stride *= 2;
    const std::size_t last = metric.curves.empty() ? 0 : metric.curves.back().index;
    std::erase_if(metric.curves, [&](const Curve& curve) {
      if (curve.is_best || curve.index % metric.stride == 0) return false;
      held_ -= curve.points.size();
      return true;
    });
    const bool is_last_gone = metric.curves.empty() || metric.curves.back().index != last;
    if (is_last_gone) metric.is_current_held = false;
  }
}

// The points left to each curve, so that all stay within points_max.
void Curves::thin_all(std::vector<Curve>& curves, std::size_t points_max) {
  const std::size_t curves_max = std::max<std::size_t>(1, points_max / kCurvePointsMin);
  const std::size_t stride = (curves.size() + curves_max - 1) / curves_max;
  std::vector<Curve> kept;
  for (std::size_t index = 0; index < curves.size(); ++index) {
    if (index % stride == 0 || curves[index].is_best) kept.push_back(std::move(curves[index]));
  }
  const std::size_t each = std::max(kCurvePointsMin, points_max / std::max<std::size_t>(1, kept.size()));
  for (Curve& curve : kept) {
    if (curve.points.size() <= each) continue;
    for (std::size_t i = 0; i < each; ++i) curve.points[i] = curve.points[i * (curve.points.size() - 1) / (each - 1)];
    curve.points.resize(each);
  }
  curves = std::move(kept);
}

void Curves::write(std::string& out) {
  is_thinned_ = came_ > kWrittenMax;
  const int digits = is_thinned_ ? kValueDigitsWhenThinned : kValueDigits;
  std::map<std::string, std::size_t> step_lists;
  std::vector<const std::string*> lists;
  std::string metrics;
  append_list(metrics, metrics_.size(), [&](std::size_t index) {
    Metric& metric = metrics_[index];
    for (Curve& curve : metric.curves) {
      if (!std::exchange(curve.is_last_held, true)) curve.points.push_back(curve.last);
    }
    if (is_thinned_) thin_all(metric.curves, kWrittenMax / metrics_.size());
    const std::vector<Curve>& curves = metric.curves;
    metrics += "{\"name\":";
    append_text(metrics, metric.name);
    metrics += ",\"reported\":" + std::to_string(metric.reported) + ",\"rows\":";
    append_list(metrics, curves.size(), [&](std::size_t i) { metrics += std::to_string(curves[i].row); });
    metrics += ",\"steps\":";
    append_list(metrics, curves.size(), [&](std::size_t i) {
      std::string steps;
      append_list(steps, curves[i].points.size(),
                  [&](std::size_t at) { append_number(steps, curves[i].points[at].step, kStepDigits); });
      const auto [entry, is_new] = step_lists.emplace(std::move(steps), step_lists.size());
      if (is_new) lists.push_back(&entry->first);
      metrics += std::to_string(entry->second);
    });
    metrics += ",\"values\":";
    append_list(metrics, curves.size(), [&](std::size_t i) {
      append_list(metrics, curves[i].points.size(),
                  [&](std::size_t at) { append_number(metrics, curves[i].points[at].value, digits); });
    });
    metrics += '}';
  });
  out += "{\"steps\":";
  append_list(out, lists.size(), [&](std::size_t i) { out += *lists[i]; });
  out += ",\"metrics\":" + metrics + '}';
}

}  // namespace sterlet::report
