#include "sterlet/space/axis.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

#include <fmt/format.h>

namespace sterlet::space {

namespace {

constexpr int kDecimalsMax = 15;

// How many decimals the shortest text of a number has: 0.05 has 2, 1e-5 has 5, 3 has 0.
int decimals_of(double number) {
  const std::string shortest = fmt::format("{}", number);
  const auto exponent_at = shortest.find('e');
  const std::string mantissa = shortest.substr(0, exponent_at);
  int exponent = 0;
  if (exponent_at != std::string::npos) {
    const char* begin = shortest.data() + exponent_at + 1;
    if (*begin == '+') ++begin;
    std::from_chars(begin, shortest.data() + shortest.size(), exponent);
  }
  const auto point = mantissa.find('.');
  const int fraction = point == std::string::npos ? 0 : static_cast<int>(mantissa.size() - point - 1);
  return std::max(0, fraction - exponent);
}

double round_to_decimals(double value, int decimals) {
  const std::string text = fmt::format("{:.{}f}", value, decimals);
  double rounded = value;
  std::from_chars(text.data(), text.data() + text.size(), rounded);
  return rounded;
}

}  // namespace

Axis::Axis(const Parameter& parameter) : kind_(parameter.kind), scale_(parameter.scale), zero_(parameter.zero) {
  if (kind_ == Kind::kCategorical || kind_ == Kind::kOrdinal) {
    scale_ = Scale::kLinear;
    levels_ = parameter.choices.size();
    low_ = 0;
    high_ = static_cast<double>(levels_ - 1);
    step_ = 1;
    begin_ = -0.5;
    end_ = high_ + 0.5;
    return;
  }
  low_ = parameter.low;
  high_ = parameter.high;
  step_ = kind_ == Kind::kInt ? parameter.step.value_or(1) : parameter.step.value_or(0);
  if (step_ == 0) {
    begin_ = to_scale(low_);
    end_ = to_scale(high_);
    return;
  }
  if (kind_ == Kind::kFloat) decimals_ = std::max(decimals_of(low_), decimals_of(step_));
  // A range that is a whole number of steps up to rounding keeps its last level: (0.3 - 0) / 0.1 is just below 3.
  levels_ = static_cast<std::uint64_t>(std::floor((high_ - low_) / step_ + 1e-9)) + 1;
  high_ = level(levels_ - 1);
  const double inner_low = to_scale(low_ + step_ / 2), inner_high = to_scale(high_ - step_ / 2);
  const bool low_leaves = scale_ == Scale::kLog && low_ - step_ / 2 <= 0;
  const bool high_leaves = scale_ == Scale::kReverseLog && high_ + step_ / 2 >= 1;
  begin_ = low_leaves ? 2 * to_scale(low_) - inner_low : to_scale(low_ - step_ / 2);
  end_ = high_leaves ? 2 * to_scale(high_) - inner_high : to_scale(high_ + step_ / 2);
}

double Axis::to_scale(double value) const {
  switch (scale_) {
    case Scale::kLinear:
      return value;
    case Scale::kLog:
      return std::log(value);
    case Scale::kReverseLog:
      return -std::log1p(-value);
  }
  return value;
}

double Axis::from_scale(double position) const {
  switch (scale_) {
    case Scale::kLinear:
      return position;
    case Scale::kLog:
      return std::exp(position);
    case Scale::kReverseLog:
      return -std::expm1(-position);
  }
  return position;
}

double Axis::level(std::uint64_t k) const {
  const double value = low_ + static_cast<double>(k) * step_;
  if (kind_ != Kind::kFloat || decimals_ > kDecimalsMax) return value;
  return round_to_decimals(value, decimals_);
}

std::uint64_t Axis::level_index(double value) const {
  const double k = std::round((value - low_) / step_);
  return static_cast<std::uint64_t>(std::clamp(k, 0.0, static_cast<double>(levels_ - 1)));
}

double Axis::value(double u) const {
  u = std::clamp(u, 0.0, 1.0);
  if (zero_ > 0) {
    if (u < zero_) return 0;
    u = (u - zero_) / (1 - zero_);
  }
  const double raw = from_scale(begin_ + u * (end_ - begin_));
  if (step_ == 0) {
    if (u == 0) return low_;  // exp(log(x)) may miss x by a rounding.
    if (u == 1) return high_;
    return std::clamp(raw, low_, high_);
  }
  return level(level_index(raw));
}

double Axis::unit(double value) const {
  if (zero_ > 0 && value == 0) return zero_ / 2;
  const double width = end_ - begin_;
  double u = width > 0 ? std::clamp((to_scale(value) - begin_) / width, 0.0, 1.0) : 0.5;
  if (levels_ == 1) u = 0.5;
  return zero_ > 0 ? zero_ + u * (1 - zero_) : u;
}

bool Axis::contains(double value) const {
  if (zero_ > 0 && value == 0) return true;
  if (!(value >= low_ && value <= high_)) return false;
  return step_ == 0 || level(level_index(value)) == value;
}

std::optional<std::uint64_t> Axis::level_count() const {
  if (step_ != 0) return levels_;
  if (low_ == high_ && zero_ == 0) return 1;
  return std::nullopt;
}

double Axis::cell_begin(std::uint64_t k) const {
  if (k == 0) return 0;
  if (k >= levels_) return 1;
  const double edge = low_ + (static_cast<double>(k) - 0.5) * step_;
  return (to_scale(edge) - begin_) / (end_ - begin_);
}

}  // namespace sterlet::space
