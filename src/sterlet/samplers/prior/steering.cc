#include "sterlet/samplers/prior/steering.h"

#include <algorithm>
#include <cmath>

#include "sterlet/samplers/prior/probe.h"
#include "sterlet/samplers/prior/trust.h"

namespace sterlet::samplers {

namespace {

constexpr double kTurns = 2.0 / 3;  // Share of the first trials that are drawn.
constexpr double kTurnsMax = 0.9;   // The same, whatever the weight.
constexpr int kTries = 4;           // Draws of which one has to be new.

double strength(const ActivePrior& prior, std::uint64_t trial) {
  if (trial < prior.since) return 0;
  const std::uint64_t k = trial - prior.since;
  if (is_hint(prior) && k % 2 == 1) return 0;
  const double age = 1 + static_cast<double>(k) / prior.lasting;
  const double power = prior.weight * (is_hint(prior) ? Steering::kHintStrength : Steering::kStrength) / (age * age);
  return power < Steering::kLeast ? 0 : power;
}

// How often a prior of that weight has had its turn before trial `since + k`: a line at first, then a logarithm.
double turns_before(double k, double weight) {
  const double share = std::min(kTurnsMax, kTurns * weight);
  if (k <= Steering::kOften) return share * k;
  return share * Steering::kOften * (1 + std::log(k / Steering::kOften));
}

// `auto` draws nothing by chance itself: its numbers are free for what all samplers share.
base::RandomStream stream_of(base::StreamKey key, std::size_t prior) {
  key.stream = base::Stream::kAuto;
  key.attempt = (key.attempt * 64 + static_cast<std::uint32_t>(prior)) & 0xffff;
  return base::RandomStream(key);
}

}  // namespace

double Pull::log_density(const double* unit, double* gradient) const {
  double sum = 0;
  for (const Part& part : parts_) sum += part.power * part.prior->log_density(unit, part.power, gradient);
  return sum;
}

std::vector<std::vector<double>> Pull::starts(std::size_t width, std::size_t count, base::StreamKey key) const {
  std::vector<std::vector<double>> rows;
  for (const Part& part : parts_) {
    base::RandomStream stream = stream_of(key, 32 + part.place);
    for (std::size_t n = 0; n < count; ++n) {
      rows.emplace_back(width, std::nan(""));
      part.prior->draw(stream, rows.back());
    }
  }
  return rows;
}

bool Steering::has_turn(const ActivePrior& prior, std::uint64_t trial) {
  if (trial < prior.since) return false;
  if (prior.is_of_practice) return trial % 4 < 2;
  const auto k = static_cast<double>(trial - prior.since);
  return std::floor(turns_before(k + 1, prior.weight) + 0.5) > std::floor(turns_before(k, prior.weight) + 0.5);
}

Pull Steering::pull(const space::Space& space, const space::History& history, std::uint64_t trial) const {
  Pull pull;
  for (std::size_t i = 0; i < priors_.size(); ++i) {
    double power = strength(priors_[i], trial);
    if (power > 0) power *= trust(priors_[i], space, history.trials());
    if (power > 0) pull.parts_.push_back({.prior = &priors_[i].prior, .power = power, .place = i});
  }
  return pull;
}

std::optional<space::Point> Steering::probe(const space::Space& space, const space::History& history,
                                            const base::StreamKey& key) const {
  for (std::size_t i = priors_.size(); i-- > 0;) {
    if (auto point = hint_probe(space, history, priors_[i], key.trial, stream_of(key, i))) return point;
  }
  return std::nullopt;
}

std::optional<DrawnPoint> Steering::draw(const space::Space& space, const space::History& history,
                                         const base::StreamKey& key) const {
  for (std::size_t i = priors_.size(); i-- > 0;) {
    if (!has_turn(priors_[i], key.trial) || trust(priors_[i], space, history.trials()) < kLeastTrust) continue;
    base::RandomStream stream = stream_of(key, i);
    for (int tries = 0; tries < kTries; ++tries) {
      std::optional<space::Point> point = priors_[i].prior.draw_point(space, stream);
      if (point && !history.contains(*point)) {
        return DrawnPoint{.point = std::move(*point), .is_of_practice = priors_[i].is_of_practice};
      }
    }
  }
  return std::nullopt;
}

}  // namespace sterlet::samplers
