#include "sterlet/space/history.h"

#include <algorithm>
#include <array>
#include <bit>

#include "sterlet/base/result.h"

namespace sterlet::space {

namespace {

constexpr std::array<std::string_view, 9> kOriginNames{"default", "enqueued", "added", "random", "grid",
                                                       "sobol",   "model",    "zoom",  "repeat"};

constexpr std::uint32_t kNone = UINT32_MAX;

std::uint64_t mix(std::uint64_t hash, std::uint64_t bits) {
  hash = (hash ^ bits) * 0xFF51AFD7ED558CCD;
  return hash ^ (hash >> 32);
}

std::uint64_t mix(std::uint64_t hash, const std::vector<double>& values) {
  // All NaNs are one; so are 0 and -0.
  for (const double value : values) hash = mix(hash, value != value ? 1 : std::bit_cast<std::uint64_t>(value + 0.0));
  return hash;
}

std::uint64_t hash_of(const Point& point) { return mix(0x9E3779B97F4A7C15, point.values); }

}  // namespace

std::string_view text_of(Origin origin) { return kOriginNames[static_cast<std::size_t>(origin)]; }

std::optional<Origin> origin_from_text(std::string_view text) {
  for (std::size_t i = 0; i < kOriginNames.size(); ++i) {
    if (kOriginNames[i] == text) return static_cast<Origin>(i);
  }
  return std::nullopt;
}

template <typename Visit>
void History::visit_at(const Point& point, Visit visit) const {
  if (bucket_last_.empty()) return;
  for (std::uint32_t at = bucket_last_[hash_of(point) & (bucket_last_.size() - 1)]; at != kNone;
       at = bucket_before_[at]) {
    if (trials_[at].point == point) visit(trials_[at]);
  }
}

bool History::contains(const Point& point) const {
  bool found = false;
  visit_at(point, [&](const Observation& trial) { found = found || trial.outcome != Outcome::kVoid; });
  return found;
}

std::vector<std::int64_t> History::trials_at(const Point& point) const {
  std::vector<std::int64_t> numbers;
  visit_at(point, [&](const Observation& trial) { numbers.push_back(trial.number); });
  std::reverse(numbers.begin(), numbers.end());
  return numbers;
}

std::int64_t History::first_at(const Point& point) const {
  std::int64_t first = -1;
  visit_at(point, [&](const Observation& trial) { first = trial.number; });
  return first;
}

void History::reserve(std::size_t count) {
  constexpr std::size_t kChangesPerTrial = 2;  // Its coming and its end.
  trials_.reserve(count);
  changes_.reserve(kChangesPerTrial * count);
  fingerprints_.reserve(kChangesPerTrial * count);
}

void History::append(Observation observation) {
  STERLET_CHECK(observation.number == static_cast<std::int64_t>(trials_.size()), "trials join a history in order");
  ++origin_counts_[static_cast<std::size_t>(observation.origin)];
  trials_.push_back(std::move(observation));
  if (trials_.size() > bucket_last_.size()) {
    bucket_last_.assign(std::bit_ceil(trials_.capacity()), kNone);
    bucket_before_.clear();
  }
  while (bucket_before_.size() < trials_.size()) index(bucket_before_.size());
  note_change(trials_.back());
}

void History::index(std::size_t number) {
  std::uint32_t& last = bucket_last_[hash_of(trials_[number].point) & (bucket_last_.size() - 1)];
  bucket_before_.push_back(last);
  last = static_cast<std::uint32_t>(number);
}

void History::update(std::int64_t number, Outcome outcome, std::vector<double> values, std::vector<double> constraints,
                     std::int64_t last_step, double seconds, std::int64_t runs) {
  Observation& trial = trials_[static_cast<std::size_t>(number)];
  trial.outcome = outcome;
  trial.values = std::move(values);
  trial.constraints = std::move(constraints);
  trial.last_step = last_step;
  trial.seconds = seconds;
  trial.runs = runs;
  note_change(trial);
}

void History::predict(std::int64_t number, double predicted_final, double predicted_sd) {
  Observation& trial = trials_[static_cast<std::size_t>(number)];
  trial.predicted_final = predicted_final;
  trial.predicted_sd = predicted_sd;
  note_change(trial);
}

void History::note_change(const Observation& trial) {
  std::uint64_t hash = mix(fingerprint(changes_.size()), static_cast<std::uint64_t>(trial.number));
  hash = mix(hash, static_cast<std::uint64_t>(trial.outcome) << 8 | static_cast<std::uint64_t>(trial.origin));
  hash = mix(mix(hash, trial.values), trial.constraints);
  hash = mix(mix(hash, static_cast<std::uint64_t>(trial.last_step)), std::bit_cast<std::uint64_t>(trial.seconds));
  if (trial.predicted_sd > 0) {
    hash = mix(mix(hash, std::bit_cast<std::uint64_t>(trial.predicted_final)),
               std::bit_cast<std::uint64_t>(trial.predicted_sd));
  }
  if (trial.runs != 1) hash = mix(hash, static_cast<std::uint64_t>(trial.runs));
  changes_.push_back(static_cast<std::uint32_t>(trial.number));
  fingerprints_.push_back(mix(hash, trial.point.values));
}

}  // namespace sterlet::space
