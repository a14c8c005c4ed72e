#include "sterlet/samplers/prior/trust.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "sterlet/samplers/prior/old_study.h"

namespace sterlet::samplers {

namespace {

constexpr double kFirstOpinion = 1;    // Weighs as much as so many results.
constexpr double kToldApart = 0.5;     // Of the old scores: a mean difference from which on results count in full.
constexpr double kNamesTell = 10;      // Names tell little of an order: a tenth of it bears them out in full.
constexpr std::size_t kElsewhere = 3;  // Results elsewhere, before a hint's own are compared with them.

bool has_value(const space::Observation& trial) {
  const bool ended = trial.outcome == space::Outcome::kComplete || trial.outcome == space::Outcome::kPruned;
  return ended && trial.values.size() == 1 && std::isfinite(trial.values.front());
}

double trust_in_old(const OldStudy& old, const space::Space& space, std::span<const space::Observation> trials) {
  std::vector<double> units, found;
  for (const space::Observation& trial : trials) {
    if (!has_value(trial)) continue;
    const std::vector<double> unit = space.to_unit(trial.point);
    units.insert(units.end(), unit.begin(), unit.end());
    found.push_back(trial.values.front());
    if (found.size() == kTrusted) break;
  }
  std::vector<double> expected(found.size());
  old.expect(units.data(), found.size(), expected.data());
  return rank_trust(expected, found);
}

double trust_in_practice(const Prior& prior, const space::Space& space, std::span<const space::Observation> trials) {
  std::vector<double> expected, found;
  for (const space::Observation& trial : trials) {
    if (!has_value(trial)) continue;
    expected.push_back(-prior.log_density(space.to_unit(trial.point).data()));
    found.push_back(trial.values.front());
    if (found.size() == kTrusted) break;
  }
  return std::min(1.0, kNamesTell * rank_trust(expected, found));
}

double trust_in_hint(const ActivePrior& prior, const space::Space& space, std::span<const space::Observation> trials) {
  std::vector<double> inside, elsewhere;
  for (const space::Observation& trial : trials) {
    if (!has_value(trial)) continue;
    const bool is_inside = prior.prior.points_at(space.to_unit(trial.point).data());
    if (!is_inside) elsewhere.push_back(trial.values.front());
    if (is_inside && static_cast<std::uint64_t>(trial.number) >= prior.since) inside.push_back(trial.values.front());
    if (inside.size() + elsewhere.size() == kTrusted) break;
  }
  if (inside.empty() || elsewhere.size() < kElsewhere) return 1;
  if (*std::min_element(inside.begin(), inside.end()) <= *std::min_element(elsewhere.begin(), elsewhere.end())) {
    return 1;
  }
  double sum = kFirstOpinion;
  for (const double value : inside) {
    double beaten = 0;
    for (const double other : elsewhere) beaten += value < other ? 1 : value == other ? 0.5 : 0;
    sum += 2 * beaten / static_cast<double>(elsewhere.size()) - 1;
  }
  return std::clamp(sum / (kFirstOpinion + static_cast<double>(inside.size())), 0.0, 1.0);
}

}  // namespace

double rank_trust(std::span<const double> expected, std::span<const double> found) {
  double agree = 0, told_apart = 0, pairs = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double apart = expected[i] - expected[j], truly = found[i] - found[j];
      told_apart += std::abs(apart);
      agree += truly > 0 ? apart : truly < 0 ? -apart : 0;
      ++pairs;
    }
  }
  if (!(told_apart > 0)) return 1;
  const double results = static_cast<double>(found.size() - 1) * std::min(1.0, told_apart / pairs / kToldApart);
  return std::clamp((agree / told_apart * results + kFirstOpinion) / (results + kFirstOpinion), 0.0, 1.0);
}

double trust(const ActivePrior& prior, const space::Space& space, std::span<const space::Observation> trials) {
  if (prior.old) return trust_in_old(*prior.old, space, trials);
  if (prior.is_of_practice) return trust_in_practice(prior.prior, space, trials);
  if (prior.prior.bumps().size() > 1) return 1;  // Of a study of several objectives, or an older record.
  return trust_in_hint(prior, space, trials);
}

}  // namespace sterlet::samplers
