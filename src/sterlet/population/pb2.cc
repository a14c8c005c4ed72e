#include <algorithm>
#include <array>
#include <cmath>

#include "sterlet/math/dense.h"
#include "sterlet/population/explorer.h"

namespace sterlet::population {

namespace {

constexpr std::size_t kRowsMax = 256;
constexpr int kCandidates = 512;  // Half of them over the whole box, half near the copy.
constexpr double kNearby = 0.15;  // Standard deviation of those, in the unit cube.
constexpr double kSmallestPivot = 1e-10;
constexpr std::array<double, 5> kLengths = {0.1, 0.2, 0.4, 0.8, 1.6};
constexpr std::array<double, 4> kRetained = {1.0, 0.95, 0.85,
                                             0.6};  // r: of a covariance from one interval to the next.
constexpr std::array<double, 4> kNoises = {0.05, 0.2, 0.5, 1.0};

/// What is known, or asked, of one interval of one member.
struct Input {
  std::int64_t time = 0;
  double level = 0;
  std::vector<double> x;
};

struct Hyper {
  double length = 0.4, retained = 0.95, noise = 0.2;
};

double covariance(const Input& a, const Input& b, const Hyper& hyper) {
  double squared = 0;
  for (std::size_t i = 0; i < a.x.size(); ++i) squared += (a.x[i] - b.x[i]) * (a.x[i] - b.x[i]);
  squared = squared / (hyper.length * hyper.length) + (a.level - b.level) * (a.level - b.level);
  double value = math::portable_exp(-std::min(squared / 2, 600.0));
  for (std::int64_t t = std::min<std::int64_t>(std::abs(a.time - b.time), 1000); t > 0 && value > 0; --t)
    value *= hyper.retained;
  return value;
}

/// A zero-mean process of unit variance. Source: Rasmussen, Williams 2006, algorithm 2.1.
class Process final {
 public:
  Process(std::vector<Input> inputs, std::vector<double> targets, const Hyper& hyper)
      : inputs_(std::move(inputs)), targets_(std::move(targets)), hyper_(hyper) {
    factor();
  }

  bool is_whole() const { return is_whole_; }
  double log_likelihood() const { return log_likelihood_; }

  struct Belief {
    double mean = 0, sd = 1;
  };
  Belief at(const Input& input) const {
    std::vector<double> row(inputs_.size());
    for (std::size_t i = 0; i < inputs_.size(); ++i) row[i] = covariance(inputs_[i], input, hyper_);
    const double mean = math::dot(row.data(), weights_.data(), inputs_.size());
    math::solve_forward(upper_.data(), stride_, inputs_.size(), row.data());
    const double variance = 1 - math::dot(row.data(), row.data(), inputs_.size());
    return {.mean = mean, .sd = std::sqrt(std::max(variance, 1e-12))};
  }
  void add(Input input, double target) {
    inputs_.push_back(std::move(input));
    targets_.push_back(target);
    factor();
  }

 private:
  void factor() {
    const std::size_t n = inputs_.size();
    stride_ = math::padded(std::max<std::size_t>(n, 1));
    upper_.assign(stride_ * n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = i; j < n; ++j) upper_[i * stride_ + j] = covariance(inputs_[i], inputs_[j], hyper_);
      upper_[i * stride_ + i] += hyper_.noise;
    }
    is_whole_ = math::factor(upper_.data(), stride_, 0, n, n, kSmallestPivot) == n;
    weights_ = targets_;
    math::solve_forward(upper_.data(), stride_, n, weights_.data());
    log_likelihood_ = -math::dot(weights_.data(), weights_.data(), n) / 2;
    for (std::size_t i = 0; i < n; ++i) log_likelihood_ -= std::log(upper_[i * stride_ + i]);
    math::solve_backward(upper_.data(), stride_, n, weights_.data());
  }

  std::vector<Input> inputs_;
  std::vector<double> targets_;
  Hyper hyper_;
  std::size_t stride_ = 0;
  std::vector<double> upper_, weights_;
  double log_likelihood_ = 0;
  bool is_whole_ = false;
};

struct Spread {
  double mean = 0, sd = 1;
  double standard(double value) const { return (value - mean) / sd; }
};

Spread spread_of(std::span<const double> values) {
  Spread spread;
  if (values.empty()) return spread;
  for (const double value : values) spread.mean += value / static_cast<double>(values.size());
  double squares = 0;
  for (const double value : values) squares += (value - spread.mean) * (value - spread.mean);
  const double sd = std::sqrt(squares / static_cast<double>(values.size()));
  if (sd > 0 && std::isfinite(sd)) spread.sd = sd;
  return spread;
}

class Pb2 final : public Explorer {
 public:
  Pb2(const space::Space& space, const Options& options, std::span<const std::vector<Standing>> intervals)
      : space_(space), perturb_(make_perturb(space, options, intervals)), time_(std::ssize(intervals)) {
    for (std::size_t i = 0; i < space.dimensions().size(); ++i) {
      const bool live = space.parameters()[space.dimensions()[i].parameter].live;
      if (live && space.axis(i).ordered()) dimensions_.push_back(i);
    }
    learn(intervals);
  }

  space::Point explore(const Question& question) override {
    space::Point point = perturb_->explore(question);
    if (!process_ || dimensions_.empty()) return point;
    // Points of members that go on as they are, told at the first question.
    for (; pending_ < question.chosen.size(); ++pending_) hallucinate(question.chosen[pending_], 0);
    base::StreamKey key = question.key;
    key.attempt += 1U << 15U;
    base::RandomStream stream(key);
    const std::vector<double> here = coordinates(*question.copied);
    const double level = levels_.standard(question.level);
    // sqrt(beta), beta = 0.2 + ln(0.4 t) where that is positive.
    const double width = std::sqrt(0.2 + std::max(0.0, std::log(0.4 * static_cast<double>(time_))));
    double best = -HUGE_VAL;
    for (int i = 0; i < kCandidates; ++i) {
      std::vector<double> x(here.size());
      for (std::size_t j = 0; j < x.size(); ++j) {
        x[j] = i % 2 == 0 ? stream.uniform() : std::clamp(here[j] + kNearby * stream.normal(), 0.0, 1.0);
      }
      const auto belief = process_->at({.time = time_, .level = level, .x = x});
      const double bound = belief.mean + width * belief.sd;
      if (bound <= best) continue;
      std::vector<std::pair<std::size_t, double>> units;
      const std::vector<double> perturbed = space_.to_unit(point);
      for (const std::size_t dimension : live_dimensions(space_, *question.copied)) {
        if (!space_.axis(dimension).ordered()) units.emplace_back(dimension, perturbed[dimension]);
      }
      for (std::size_t j = 0; j < x.size(); ++j) {
        if (!std::isnan(question.copied->values[dimensions_[j]])) units.emplace_back(dimensions_[j], x[j]);
      }
      if (auto found = moved(space_, *question.copied, units)) {
        best = bound;
        point = std::move(*found);
      }
    }
    hallucinate(point, level);
    ++pending_;
    return point;
  }

 private:
  std::vector<double> coordinates(const space::Point& point) const {
    const std::vector<double> unit = space_.to_unit(point);
    std::vector<double> x;
    for (const std::size_t dimension : dimensions_) x.push_back(std::isnan(unit[dimension]) ? 0.5 : unit[dimension]);
    return x;
  }

  void hallucinate(const space::Point& point, double level) {
    Input input{.time = time_, .level = level, .x = coordinates(point)};
    const double expected = process_->at(input).mean;
    process_->add(std::move(input), expected);
  }

  void learn(std::span<const std::vector<Standing>> intervals) {
    std::vector<Input> inputs;
    std::vector<double> targets;
    for (std::size_t t = 0; t < intervals.size(); ++t) {
      std::vector<double> gains, levels;
      std::vector<const Standing*> rows;
      for (const Standing& standing : intervals[t]) {
        if (!std::isfinite(standing.before) || !std::isfinite(standing.value)) continue;
        rows.push_back(&standing);
        levels.push_back(standing.before);
        gains.push_back(standing.before - standing.value);
      }
      const Spread gain = spread_of(gains), level = spread_of(levels);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        inputs.push_back({.time = static_cast<std::int64_t>(t),
                          .level = level.standard(levels[i]),
                          .x = coordinates(rows[i]->point)});
        targets.push_back(gain.standard(gains[i]));
      }
    }
    std::vector<double> now;
    for (const Standing& standing : intervals.back()) {
      if (std::isfinite(standing.value)) now.push_back(standing.value);
    }
    levels_ = spread_of(now);
    if (inputs.size() < 3) return;
    if (inputs.size() > kRowsMax) {
      const auto old = static_cast<std::ptrdiff_t>(inputs.size() - kRowsMax);
      inputs.erase(inputs.begin(), inputs.begin() + old);
      targets.erase(targets.begin(), targets.begin() + old);
    }
    for (const double length : kLengths) {
      for (const double retained : kRetained) {
        for (const double noise : kNoises) {
          Process process(inputs, targets, {.length = length, .retained = retained, .noise = noise});
          const bool is_better = !process_ || process.log_likelihood() > process_->log_likelihood();
          if (process.is_whole() && is_better) process_ = std::move(process);
        }
      }
    }
  }

  const space::Space& space_;
  std::unique_ptr<Explorer> perturb_;
  std::int64_t time_;
  std::vector<std::size_t> dimensions_;  // That the process sees.
  Spread levels_;
  std::optional<Process> process_;
  std::size_t pending_ = 0;
};

}  // namespace

std::unique_ptr<Explorer> make_pb2(const space::Space& space, const Options& options,
                                   std::span<const std::vector<Standing>> intervals) {
  return std::make_unique<Pb2>(space, options, intervals);
}

}  // namespace sterlet::population
