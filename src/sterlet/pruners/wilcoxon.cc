#include "sterlet/pruners/wilcoxon.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "sterlet/base/text.h"

namespace sterlet::pruners {

namespace {

constexpr std::size_t kExactMax = 50;

// P(W+ >= sum) where each rank 1..n has either sign with equal chance.
double exact_tail(std::size_t n, std::size_t sum) {
  std::vector<double> ways(n * (n + 1) / 2 + 1, 0.0);
  ways[0] = 1;
  for (std::size_t rank = 1; rank <= n; ++rank) {
    for (std::size_t total = rank * (rank + 1) / 2; total >= rank; --total) ways[total] += ways[total - rank];
  }
  double above = 0;
  for (std::size_t total = sum; total < ways.size(); ++total) above += ways[total];
  return std::ldexp(above, -static_cast<int>(n));
}

class Wilcoxon final : public Pruner {
 public:
  explicit Wilcoxon(const WilcoxonOptions& options) : options_(options) {}

  Decision report(const Report& report) override {
    const auto index = static_cast<std::size_t>(report.trial);
    if (index >= trials_.size()) trials_.resize(index + 1);
    Values& values = trials_[index];
    // NaN joins as the worst there is, so that differences and means tell the right way.
    const double value = std::isnan(report.value) ? std::numeric_limits<double>::infinity() : report.value;
    const auto place = std::lower_bound(values.begin(), values.end(), report.step,
                                        [](const auto& entry, std::int64_t step) { return entry.first < step; });
    if (place != values.end() && place->first == report.step) return {};
    values.emplace(place, report.step, value);
    return judge(values);
  }

  void finish(const Ending& ending) override {
    const auto index = static_cast<std::size_t>(ending.trial);
    if (index >= trials_.size()) return;
    Values values = std::move(trials_[index]);
    trials_[index] = {};
    const bool counts = ending.outcome == space::Outcome::kComplete && !std::isnan(ending.value);
    if (!counts || (best_ && best_->value <= ending.value)) return;
    best_ = Best{.trial = ending.trial, .value = ending.value, .values = std::move(values)};
  }

 private:
  using Values = std::vector<std::pair<std::int64_t, double>>;  // By step.
  struct Best {
    std::int64_t trial = 0;
    double value = 0;
    Values values;
  };

  Decision judge(const Values& values) const {
    if (!best_) return {};
    if (values.size() >= best_->values.size()) return {};  // It has done all there is: to end it now saves nothing.
    std::vector<double> differences;
    double sum = 0;
    auto other = best_->values.begin();
    for (const auto& [step, value] : values) {
      sum += value;
      while (other != best_->values.end() && other->first < step) ++other;
      if (other == best_->values.end() || other->first != step) continue;
      // Two infinities of one sign are equal; their difference would be NaN.
      differences.push_back(value == other->second ? 0.0 : value - other->second);
    }
    if (differences.size() < static_cast<std::size_t>(options_.startup_steps)) return {};
    const double mean = sum / static_cast<double>(values.size());
    if (mean <= best_->value) return {};
    const double p = signed_rank_p_value(differences);
    if (!(p < options_.p_threshold)) return {};
    const auto worse = std::count_if(differences.begin(), differences.end(), [](double d) { return d > 0; });
    return {.prune = true,
            .reason = fmt::format("it was worse than trial {} on {} of {} shared steps (p = {}, limit {})",
                                  best_->trial, worse, differences.size(), base::short_number_text(p),
                                  base::short_number_text(options_.p_threshold))};
  }

  WilcoxonOptions options_;
  std::vector<Values> trials_;
  std::optional<Best> best_;
};

}  // namespace

double signed_rank_p_value(std::span<const double> differences) {
  const std::size_t n = differences.size();
  if (n == 0) return 1;
  std::vector<double> sorted(differences.begin(), differences.end());
  std::sort(sorted.begin(), sorted.end(),
            [](double a, double b) { return std::abs(a) != std::abs(b) ? std::abs(a) < std::abs(b) : a < b; });
  double above = 0, ties = 0;
  bool is_exact = n <= kExactMax;
  for (std::size_t i = 0; i < n;) {
    std::size_t end = i + 1;
    while (end < n && std::abs(sorted[end]) == std::abs(sorted[i])) ++end;
    const auto count = static_cast<double>(end - i);
    const double rank = (static_cast<double>(i + 1) + static_cast<double>(end)) / 2;
    is_exact = is_exact && count == 1 && sorted[i] != 0;
    ties += count * (count * count - 1);
    for (std::size_t k = i; k < end; ++k) above += sorted[k] > 0 ? rank : sorted[k] == 0 ? rank / 2 : 0;
    i = end;
  }
  if (is_exact) return exact_tail(n, static_cast<std::size_t>(above));
  const auto m = static_cast<double>(n);
  const double variance = (m * (m + 1) * (2 * m + 1) - ties / 2) / 24;
  if (variance <= 0) return 1;
  const double z = (above - m * (m + 1) / 4) / std::sqrt(variance);
  return 0.5 * std::erfc(z / std::sqrt(2.0));
}

std::unique_ptr<Pruner> make_wilcoxon(const WilcoxonOptions& options) { return std::make_unique<Wilcoxon>(options); }

}  // namespace sterlet::pruners
