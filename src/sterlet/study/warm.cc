#include "sterlet/study/warm.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/samplers/elites.h"
#include "sterlet/samplers/prior/sources.h"
#include "sterlet/study/documents.h"

namespace sterlet::study {

namespace {

using base::ErrorCode;
using base::Json;
using base::Result;
using space::Parameter;

constexpr double kGoodShare = 0.15;  // Of the trials with a value, how many are good: at least, and at most, so many.
constexpr std::size_t kGoodFewest = 3, kGoodMost = 20;
constexpr double kMovedWeight = 0.5;
constexpr std::size_t kOldMost = 150;  // Results that are carried over.
constexpr std::size_t kFirstMost = 3;  // Of a front, tried first.

Result<void> check_objectives(const studyfile::StudySpec& from, const studyfile::StudySpec& to) {
  const auto text = [](const studyfile::StudySpec& spec) {
    std::string all;
    for (const studyfile::Objective& objective : spec.objectives) {
      all += fmt::format("{}{} {}", all.empty() ? "" : ", ", studyfile::text_of(objective.direction), objective.metric);
    }
    return all;
  };
  const std::string was = text(from), is = text(to);
  if (was == is) return {};
  return base::fail(ErrorCode::kInvalidArgument,
                    fmt::format("'{}' cannot start warm from '{}': its objective is to {}, that of '{}' was to {}",
                                to.name, from.name, is, from.name, was),
                    "name a study with the same objective, or give a hint with sterlet hint", to.name);
}

Json json_of_raw(const Parameter& parameter, const std::vector<double>& raw) {
  const auto one = [&](double value) -> Json {
    if (!parameter.choices.empty()) {
      return space::json_from_scalar(parameter.choices[static_cast<std::size_t>(value)]);
    }
    if (parameter.kind == space::Kind::kInt) return static_cast<std::int64_t>(std::llround(value));
    return base::json_number(value);
  };
  if (parameter.repeat.empty()) return one(raw.front());
  Json list = Json::array();
  for (const double value : raw) list.push_back(one(value));
  return list;
}

/// Carries settings over, and counts what did not fit.
class Carrier final {
 public:
  explicit Carrier(const space::Space& to) : to_(to) {}

  struct Setting {
    Json params = Json::object();
    bool is_moved = false;
  };
  Setting operator()(const Json& params) {
    Setting setting;
    for (const auto& [name, value] : params.items()) {
      const auto parameter = to_.find_parameter(name);
      if (!parameter) continue;
      ++seen_[name];
      const auto carried = samplers::carry_value(to_, *parameter, value);
      if (!carried) {
        ++lost_[name];
        continue;
      }
      moved_[name] += carried->is_moved ? 1 : 0;
      setting.is_moved = setting.is_moved || carried->is_moved;
      setting.params[name] = json_of_raw(to_.parameters()[*parameter], carried->raw);
    }
    return setting;
  }

  /// The same of a setting that is not counted; nothing where a value cannot be had here, or is another here: its
  /// result is that of another setting.
  std::optional<Json> whole(const Json& params) const {
    Json here = Json::object();
    for (const auto& [name, value] : params.items()) {
      const auto parameter = to_.find_parameter(name);
      if (!parameter) continue;
      const auto carried = samplers::carry_value(to_, *parameter, value);
      if (!carried || carried->is_moved) return std::nullopt;
      here[name] = json_of_raw(to_.parameters()[*parameter], carried->raw);
    }
    return here;
  }

  std::vector<std::string> differences(const space::Space& from) const {
    std::vector<std::string> says;
    for (const Parameter& parameter : to_.parameters()) {
      const std::string& name = parameter.name;
      const auto old = from.find_parameter(name);
      if (!old) {
        says.push_back(fmt::format("{} is new: the old study says nothing of it", name));
        continue;
      }
      const Parameter& was = from.parameters()[*old];
      if (is_numeric(parameter) && is_numeric(was) && parameter.scale != was.scale) {
        says.push_back(fmt::format("{} was on a {} scale and is on a {} one: its values are taken as they are", name,
                                   space::text_of(was.scale), space::text_of(parameter.scale)));
      }
      if (const int moved = at(moved_, name); moved > 0) {
        says.push_back(fmt::format("{}: {} of {} good values lie outside {} to {} and count, at its edge, half", name,
                                   moved, at(seen_, name), base::number_text(parameter.low),
                                   base::number_text(parameter.high)));
      }
      if (const int lost = at(lost_, name); lost > 0) {
        says.push_back(
            fmt::format("{}: {} of {} good values cannot be had here and are left out", name, lost, at(seen_, name)));
      }
    }
    for (const Parameter& was : from.parameters()) {
      if (!to_.find_parameter(was.name)) says.push_back(fmt::format("{} does not exist any more", was.name));
    }
    return says;
  }

 private:
  static int at(const std::map<std::string, int>& counts, const std::string& name) {
    const auto found = counts.find(name);
    return found == counts.end() ? 0 : found->second;
  }

  const space::Space& to_;
  std::map<std::string, int> seen_, moved_, lost_;
};

// The old best as a point that can be tried: what is new has its default, what does not exist with the rest is left out.
std::optional<Json> first_point(const Json& carried, const space::Space& from, const space::Space& space,
                                std::uint64_t seed) {
  Json params = carried;
  for (const Parameter& parameter : space.parameters()) {
    const bool has_default = parameter.defaults.size() == 1 && parameter.repeat.empty() && parameter.when.empty();
    if (has_default && !from.find_parameter(parameter.name)) {
      params[parameter.name] = space::json_from_scalar(parameter.defaults.front());
    }
  }
  const base::StreamKey key{.seed = seed, .trial = UINT64_MAX};
  if (space.complete(params, space.draw(key), key)) return params;
  for (const Parameter& parameter : space.parameters()) {
    if (!parameter.when.empty() || !parameter.repeat.empty()) params.erase(parameter.name);
  }
  if (space.complete(params, space.draw(key), key)) return params;
  return std::nullopt;
}

// How far the order of its settings still held when it was retested last; nothing: it never was, or noise hid it.
Result<std::optional<double>> trust_of(const Study& from) {
  if (from.storage() == nullptr) return std::nullopt;
  STERLET_TRY(const auto verdict, last_document(*from.storage(), from.storage_id(), kVerdictKind));
  if (!verdict || !verdict->body.contains("rank_correlation")) return std::nullopt;
  const Json& correlation = verdict->body["rank_correlation"];
  if (!correlation.is_object() || !correlation.contains("value")) return std::nullopt;
  const auto value = base::number_from_json(correlation["value"]);
  if (!value || !std::isfinite(*value)) return std::nullopt;
  return std::clamp(*value, 0.0, 1.0);
}

// Old results as samplers learn from them, in the order of their numbers: all, or the best half of kOldMost and others
// spread over the rest. Values as they are minimised.
Json old_trials(const Study& from, const Carrier& carry) {
  std::vector<std::size_t> numbers;
  const auto& trials = from.history().trials();
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const bool has_value = trials[i].outcome == space::Outcome::kComplete && trials[i].values.size() == 1 &&
                           std::isfinite(trials[i].values.front());
    if (has_value && !from.is_outside(static_cast<std::int64_t>(i))) numbers.push_back(i);
  }
  if (numbers.size() > kOldMost) {
    std::stable_sort(numbers.begin(), numbers.end(),
                     [&](std::size_t a, std::size_t b) { return trials[a].values.front() < trials[b].values.front(); });
    const std::size_t best = kOldMost / 2, rest = numbers.size() - best;
    for (std::size_t i = best; i < kOldMost; ++i) numbers[i] = numbers[best + (i - best) * rest / (kOldMost - best)];
    numbers.resize(kOldMost);
    std::sort(numbers.begin(), numbers.end());
  }
  Json list = Json::array();
  for (const std::size_t number : numbers) {
    const auto params = carry.whole(from.view(static_cast<std::int64_t>(number)).params);
    if (!params) continue;
    list.push_back({{"params", *params}, {"value", base::json_number(trials[number].values.front())}});
  }
  return list;
}

}  // namespace

std::vector<std::size_t> good_trials(const Study& from) {
  std::vector<std::uint32_t> with_value;
  for (const space::Observation& trial : from.history().trials()) {
    const bool is_good = trial.outcome == space::Outcome::kComplete && !trial.values.empty() &&
                         std::all_of(trial.values.begin(), trial.values.end(), [](double v) { return !std::isnan(v); });
    if (is_good && !from.is_outside(trial.number)) with_value.push_back(static_cast<std::uint32_t>(trial.number));
  }
  const auto share = static_cast<std::size_t>(std::ceil(kGoodShare * static_cast<double>(with_value.size())));
  return samplers::find_elites(from.history(), with_value, std::clamp(share, kGoodFewest, kGoodMost)).trials;
}

Result<WarmStart> warm_start(const Study& from, const studyfile::StudySpec& to, const space::Space& space,
                             std::uint64_t seed, const std::string& storage) {
  const std::string &name = from.spec().name, &own = to.name;
  if (storage.empty() && name == own) {
    return base::fail(ErrorCode::kInvalidArgument, "a study cannot start warm from itself",
                      "name another study with --warm-from, or leave it out: a study goes on from where it stands",
                      own);
  }
  STERLET_PASS(check_objectives(from.spec(), to));
  const std::vector<std::size_t> good = good_trials(from);
  if (good.empty()) {
    return base::fail(ErrorCode::kNotFound, fmt::format("'{}' has no trial with a value to start from", name),
                      "tune it first, or name another study with --warm-from", own);
  }
  WarmStart start{.body = {{"study", name}, {"trial", good.front()}}};
  if (!storage.empty()) start.body["storage"] = storage;
  Carrier carry(space);
  Json points = Json::array();
  for (std::size_t i = 0; i < good.size(); ++i) {
    const Carrier::Setting setting = carry(from.view(static_cast<std::int64_t>(good[i])).params);
    if (setting.params.empty()) continue;
    const double weight = (setting.is_moved ? kMovedWeight : 1) / (1 + 0.1 * static_cast<double>(i));
    points.push_back({{"params", setting.params}, {"weight", base::json_number(weight)}});
  }
  if (points.empty()) {
    std::vector<std::string> names;
    for (const Parameter& parameter : from.space().parameters()) names.push_back(parameter.name);
    std::string list;
    for (std::size_t i = 0; i < names.size() && i < 5; ++i) list += (i > 0 ? ", " : "") + names[i];
    return base::fail(ErrorCode::kInvalidArgument,
                      fmt::format("'{}' has nothing in common with '{}' (its parameters: {})", name, own, list),
                      "name a study with some of the same parameters", own);
  }
  start.says = carry.differences(from.space());
  STERLET_TRY(const auto trust, trust_of(from));
  if (trust) {
    start.says.push_back(fmt::format("its last retest found a rank correlation of {}: it weighs so much",
                                     base::short_number_text(*trust)));
  }
  start.body["weight"] = base::json_number(trust.value_or(1));
  std::vector<std::int64_t> best = from.best();
  if (best.size() > kFirstMost) best = {best.front(), best[best.size() / 2], best.back()};
  for (const std::int64_t trial : best) {
    const Json carried = carry(from.view(trial).params).params;
    const auto point = first_point(carried, from.space(), space, seed);
    if (point) start.first.push_back(*point);
  }
  if (start.first.empty()) start.says.push_back("its best setting cannot be had here, so it is not tried first");
  if (!best.empty()) start.body["trial"] = best.front();
  if (!start.first.empty()) start.body["params"] = start.first.front();
  start.body["points"] = std::move(points);
  if (to.objectives.size() == 1) start.body["trials"] = old_trials(from, carry);
  start.body["says"] = start.says;
  return start;
}

Result<std::vector<std::string>> start_warm(const Study& from, Study& to, const std::string& storage) {
  STERLET_TRY(auto transaction, to.begin());
  const std::string& name = from.spec().name;
  for (const PriorRecord& prior : to.priors().list()) {
    if (prior.kind != PriorRecord::Kind::kWarm || prior.body.value("study", "") != name) continue;
    if (prior.body.value("storage", "") != storage) continue;
    STERLET_PASS(transaction.commit());
    return std::vector{
        fmt::format("'{}' has started warm from '{}' before; that stays as it is", to.spec().name, name)};
  }
  STERLET_TRY(const WarmStart start, warm_start(from, to.spec(), to.space(), to.seed(), storage));
  STERLET_TRY([[maybe_unused]] const PriorRecord prior, to.warm(start.body));
  for (const Json& point : start.first) STERLET_PASS(to.enqueue(point));
  STERLET_PASS(transaction.commit());
  std::vector<std::string> says{fmt::format("starts warm from '{}': {} show where good ones may lie{}", name,
                                            base::count_text(start.body["points"].size(), "good setting"),
                                            start.first.empty() ? "" : ", the best is tried first")};
  says.insert(says.end(), start.says.begin(), start.says.end());
  return says;
}

}  // namespace sterlet::study
