#include "sterlet/space/history.h"

#include <algorithm>
#include <array>
#include <bit>

#include "sterlet/base/result.h"

namespace sterlet::space {

namespace {

constexpr std::array<std::string_view, 9> kOriginNames{"default", "enqueued", "added", "random", "grid",
                                                       "sobol",   "model",    "zoom",  "repeat"};

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

bool History::contains(const Point& point) const {
  const auto [begin, end] = by_hash_.equal_range(hash_of(point));
  return std::any_of(begin, end, [&](const auto& entry) {
    const Observation& trial = trials_[static_cast<std::size_t>(entry.second)];
    return trial.outcome != Outcome::kVoid && trial.point == point;
  });
}

std::vector<std::int64_t> History::trials_at(const Point& point) const {
  std::vector<std::int64_t> numbers;
  const auto [begin, end] = by_hash_.equal_range(hash_of(point));
  for (auto entry = begin; entry != end; ++entry) {
    if (trials_[static_cast<std::size_t>(entry->second)].point == point) numbers.push_back(entry->second);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::int64_t History::first_at(const Point& point) const {
  std::int64_t first = -1;
  const auto [begin, end] = by_hash_.equal_range(hash_of(point));
  for (auto entry = begin; entry != end; ++entry) {
    const bool is_less = first < 0 || entry->second < first;
    if (is_less && trials_[static_cast<std::size_t>(entry->second)].point == point) first = entry->second;
  }
  return first;
}

void History::reserve(std::size_t count) {
  constexpr std::size_t kChangesPerTrial = 2;  // Its coming and its end.
  trials_.reserve(count);
  by_hash_.reserve(count);
  changes_.reserve(kChangesPerTrial * count);
  fingerprints_.reserve(kChangesPerTrial * count);
}

void History::append(Observation observation) {
  STERLET_CHECK(observation.number == static_cast<std::int64_t>(trials_.size()), "trials join a history in order");
  ++origin_counts_[static_cast<std::size_t>(observation.origin)];
  by_hash_.emplace(hash_of(observation.point), observation.number);
  trials_.push_back(std::move(observation));
  note_change(trials_.back());
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
