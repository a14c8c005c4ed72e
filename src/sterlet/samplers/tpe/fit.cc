#include "sterlet/samplers/tpe/fit.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "sterlet/samplers/tpe/score.h"

namespace sterlet::samplers {

namespace {

using space::History;
using space::Outcome;

// What was measured for these is in tpe.cc.
constexpr double kBandwidthFactor = 1.0, kBandwidthMin = 0.03;
constexpr double kChoiceBandwidth = 0.25;
constexpr double kUniformVariance = 1.0 / 12;

// Bandwidths are powers of 2^(1/16), so that tables that depend on them serve many suggestions.
double on_bandwidth_grid(double bandwidth) { return std::exp2(std::round(16 * std::log2(bandwidth)) / 16); }

/// Fits one suggestion's densities, step by step.
class Fitter final {
 public:
  Fitter(const space::Space& space, const History& history, TpeMemo& memo)
      : space_(space), history_(history), memo_(memo) {}

  TpeFit run(std::vector<std::uint32_t> good, bool elsewhere) {
    fit_.good = std::move(good);
    choose_kernels();
    weigh_good();
    weigh_success();
    take_coordinates();
    TpeMemo::Kernels& kernels = memo_.kernels(elsewhere);
    choose_bandwidths(kernels.table);
    fill(kernels);
    fit_.table = &kernels.table;
    return std::move(fit_);
  }

 private:
  // Which trial is the kernel of which slot of the table, and its weight in g: the newest trials, in turn; the chosen
  // older ones; and the good ones that are neither. A slot may be empty.
  void choose_kernels() {
    const auto& trials = history_.trials();
    const std::vector<std::uint32_t>& older = memo_.older();
    const std::size_t newest = std::min(trials.size(), kTpeNewest);
    std::vector<std::uint32_t>& numbers = fit_.numbers;
    memo_.place_newest(trials.size());
    numbers.assign(newest, kTpeNone);
    for (std::size_t number = trials.size() - newest; number < trials.size(); ++number) {
      numbers[number % kTpeNewest] = static_cast<std::uint32_t>(number);
    }
    numbers.insert(numbers.end(), older.begin(), older.end());
    fit_.good_slots.reserve(fit_.good.size());
    for (const std::uint32_t number : fit_.good) {
      std::uint32_t slot = memo_.slot(number);
      if (slot == kTpeNone) {
        slot = static_cast<std::uint32_t>(numbers.size());
        numbers.push_back(number);
      }
      fit_.good_slots.push_back(slot);
    }
    std::size_t good_chosen = 0;  // Of the older ones.
    for (const std::uint32_t slot : fit_.good_slots) {
      if (slot >= kTpeNewest && slot < kTpeNewest + older.size()) ++good_chosen;
    }
    const std::size_t good_older = good_chosen + numbers.size() - newest - older.size();
    const double rest_weight = older.size() == good_chosen ? 1
                                                           : static_cast<double>(trials.size() - newest - good_older) /
                                                                 static_cast<double>(older.size() - good_chosen);
    fit_.g.weights.assign(padded(numbers.size()), 0.0f);
    for (std::size_t slot = 0; slot < numbers.size(); ++slot) {
      if (trials[numbers[slot]].outcome == Outcome::kVoid) {
        numbers[slot] = kTpeNone;
      } else {
        fit_.g.weights[slot] = slot < kTpeNewest ? 1.0f : static_cast<float>(rest_weight);
      }
    }
  }

  // Weights in l fall with the logarithm of the rank, as in CMA-ES; their mean is 1. A good trial weighs as much in g.
  void weigh_good() {
    const std::size_t count = fit_.good.size();
    const bool one_objective = history_.trials()[fit_.good[0]].values.size() == 1;
    std::vector<float>& weights = fit_.l.weights;
    weights.assign(padded(count), 0.0f);
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const double weight =
          one_objective ? std::log(static_cast<double>(count) + 1) - std::log(static_cast<double>(i) + 1) : 1;
      weights[i] = static_cast<float>(weight);
      sum += weight;
    }
    double good_sum = 0;
    fit_.good_sums.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      weights[i] = static_cast<float>(static_cast<double>(weights[i]) * static_cast<double>(count) / sum);
      fit_.g.weights[fit_.good_slots[i]] = weights[i];
      good_sum += static_cast<double>(weights[i]);
      fit_.good_sums.push_back(good_sum);
    }
    fit_.l.total = static_cast<double>(count);
    fit_.g.total = std::accumulate(fit_.g.weights.begin(), fit_.g.weights.end(), 0.0);
    fit_.g.prior = kTpePriorWeight * fit_.g.total / fit_.l.total;
  }

  // Where trials failed or broke constraints: the weights of those that did not, and of all that are over.
  void weigh_success() {
    const TrialRanking& ranking = memo_.ranking();
    if (ranking.failed() + ranking.infeasible() == 0) return;
    fit_.success.weights.assign(fit_.g.weights.size(), 0.0f);
    fit_.over.weights.assign(fit_.g.weights.size(), 0.0f);
    for (std::size_t i = 0; i < fit_.numbers.size(); ++i) {
      const std::uint32_t number = fit_.numbers[i];
      if (number == kTpeNone || history_.trials()[number].outcome == Outcome::kPending) continue;
      const float weight = fit_.g.weights[i];
      fit_.over.weights[i] = weight;
      fit_.over.total += static_cast<double>(weight);
      if (!ranking.succeeded(number)) continue;
      fit_.success.weights[i] = weight;
      fit_.success.total += static_cast<double>(weight);
    }
  }

  void take_coordinates() {
    fit_.good_units.reserve(fit_.good.size() * space_.dimensions().size());
    for (const std::uint32_t number : fit_.good) {
      const auto row = memo_.units().row(number);
      fit_.good_units.insert(fit_.good_units.end(), row.begin(), row.end());
    }
    const auto is_absent = [](double unit) { return std::isnan(unit); };
    fit_.is_whole = std::none_of(fit_.good_units.begin(), fit_.good_units.end(), is_absent);
  }

  void choose_bandwidths(const ParzenTable& table) {
    const std::size_t width = space_.dimensions().size();
    fit_.bandwidths.assign(width, 1.0);
    const double shrink = std::pow(static_cast<double>(fit_.good.size()) + 1, -1.0 / (static_cast<double>(width) + 4));
    for (std::size_t j = 0; j < width; ++j) fit_.bandwidths[j] = bandwidth(j, table.kind(j), shrink);
  }

  double bandwidth(std::size_t j, ParzenKind kind, double shrink) const {
    if (kind == ParzenKind::kFixed) return 1;
    if (kind == ParzenKind::kChoices) {
      const auto choices = static_cast<double>(*space_.axis(j).level_count());
      return std::min(kChoiceBandwidth, 1 - 1 / choices);
    }
    double mean = 0, squares = 0;
    std::size_t count = 0;
    for (std::size_t i = 0; i < fit_.good.size(); ++i) {
      if (fit_.lacks(i, j)) continue;
      mean += fit_.good_unit(i, j);
      ++count;
    }
    if (count == 0) return on_bandwidth_grid(std::sqrt(kUniformVariance) * shrink);
    mean /= static_cast<double>(count);
    for (std::size_t i = 0; i < fit_.good.size(); ++i) {
      const double unit = fit_.good_unit(i, j);
      if (!std::isnan(unit)) squares += (unit - mean) * (unit - mean);
    }
    // One more observation with the variance of the uniform distribution.
    const double deviation = std::sqrt((squares + kUniformVariance) / static_cast<double>(count));
    return on_bandwidth_grid(std::clamp(kBandwidthFactor * deviation * shrink, kBandwidthMin, 1.0));
  }

  void fill(TpeMemo::Kernels& kernels) const {
    auto& [table, held] = kernels;
    table.set_bandwidths(fit_.bandwidths);
    table.resize(fit_.numbers.size());
    held.resize(fit_.numbers.size(), kTpeNone);
    for (std::size_t slot = 0; slot < fit_.numbers.size(); ++slot) {
      const std::uint32_t number = fit_.numbers[slot];
      if (held[slot] == number) continue;
      held[slot] = number;
      if (number == kTpeNone) {
        table.empty(slot);
      } else {
        table.set(slot, {.unit = memo_.units().row(number), .values = history_.trials()[number].point.values});
      }
    }
  }

  const space::Space& space_;
  const History& history_;
  TpeMemo& memo_;
  TpeFit fit_;
};

}  // namespace

double TpeMixture::log_density(std::span<const float> log_kernels) const {
  return log_mixture(log_kernels, weights, total, prior);
}

TpeFit fit_tpe(const space::Space& space, const History& history, std::vector<std::uint32_t> good, bool elsewhere,
               TpeMemo& memo) {
  return Fitter(space, history, memo).run(std::move(good), elsewhere);
}

}  // namespace sterlet::samplers
