#include "sterlet/study/difference.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/study/versions.h"

namespace sterlet::study {

namespace {

using base::ErrorCode;
using base::Json;
using base::Result;

constexpr std::size_t kShownMax = 80;  // Bytes of a value that an error shows.

// Of a parameter what says nothing of where its points lie.
constexpr std::array<std::string_view, 4> kLooks{"default", "tier", "live", "scale_of"};

std::string shown(const Json& value) {
  if (value.is_null()) return "nothing";
  std::string text = value.is_string() ? value.get<std::string>() : base::json_line(value);
  return text.size() > kShownMax ? text.substr(0, kShownMax) + "..." : text;
}

Json value_at(const Json& json, const std::string& key) {
  const auto found = json.find(key);
  return found == json.end() ? Json() : *found;
}

// Keys of both, those of `is` first.
std::vector<std::string> keys_of(const Json& was, const Json& is) {
  std::vector<std::string> keys;
  for (const Json* json : {&is, &was}) {
    for (const auto& [key, value] : json->items()) {
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    }
  }
  return keys;
}

class Finder final {
 public:
  Finder(const studyfile::StudySpec& was, const studyfile::StudySpec& is, std::int64_t next_trial)
      : was_(was), is_(is), next_(next_trial) {}

  std::vector<Difference> run() {
    const Json was = studyfile::json_from_spec(was_), is = studyfile::json_from_spec(is_);
    for (const std::string& key : keys_of(was, is)) {
      const Json before = value_at(was, key), now = value_at(is, key);
      if (before == now || key == "study" || key == "folder" || key == "seed") continue;
      if (key == "params") {
        parameters(before, now);
      } else if (key == "budget" || key == "resources") {
        for (const std::string& part : keys_of(before, now)) {
          add(key + "." + part, value_at(before, part), value_at(now, part), Weight::kTaken, meaning_of(key));
        }
      } else {
        add(key, before, now, weight_of(key), meaning_of(key));
      }
    }
    if (is_.seed && was_.seed && *is_.seed != *was_.seed) {
      add("seed", *was_.seed, *is_.seed, amendment(),
          has_trials() ? fmt::format("trial {} and those after it follow from it", next_) : std::string());
    }
    return std::move(found_);
  }

 private:
  bool has_trials() const { return next_ > 0; }
  // Members of a population are in training at points of their space.
  bool is_population() const { return !strategy_of(was_).is_driven; }
  Weight amendment() const {
    if (!has_trials()) return Weight::kTaken;
    return is_population() ? Weight::kNewStudy : Weight::kAmendment;
  }

  Weight weight_of(std::string_view key) const {
    if (key == "objective" || key == "constraints") return amendment();
    if (key == "strategy") return has_trials() ? Weight::kNewStudy : Weight::kTaken;
    return Weight::kTaken;
  }

  std::string meaning_of(std::string_view key) const {
    if (key == "objective") return "earlier trials count where they reported it";
    if (key == "constraints") return "earlier trials that break them are kept, but not learned from";
    if (key == "strategy") return "what was trained does not fit another one";
    if (!has_trials()) return {};
    if (key == "sampler") return fmt::format("it chooses trial {} and those after it, from what all have told", next_);
    if (key == "pruner") return fmt::format("it judges trial {} and those after it", next_);
    if (key == "enqueue") return "what is new in it is tried next";
    if (key == "command" || key == "metrics" || key == "resources") {
      return fmt::format("it holds for trial {} and those after it", next_);
    }
    return {};
  }

  void parameters(const Json& was, const Json& is) {
    const std::size_t found_before = found_.size();
    for (const std::string& name : keys_of(was, is)) {
      const Json before = value_at(was, name), now = value_at(is, name);
      const std::string key = "params." + name;
      if (before.is_null()) {
        add(key, before, now, amendment(), meaning_of_added(now));
      } else if (now.is_null()) {
        add(key, before, now, amendment(), meaning_of_removed(before));
      } else {
        for (const std::string& part : keys_of(before, now)) {
          const bool is_look = std::find(kLooks.begin(), kLooks.end(), part) != kLooks.end();
          add(key + "." + part, value_at(before, part), value_at(now, part), is_look ? Weight::kTaken : amendment(),
              {});
        }
      }
    }
    const auto names = [](const Json& params) {
      Json list = Json::array();
      for (const auto& [name, value] : params.items()) list.push_back(name);
      return list;
    };
    if (found_.size() == found_before)
      add("params", names(was), names(is), Weight::kTaken, "their order alone is another");
  }

  static std::string meaning_of_added(const Json& parameter) {
    const Json value = parameter.contains("default") ? parameter["default"] : value_at(parameter, "value");
    return value.is_null() ? "earlier trials count as without it, as it has no default"
                           : fmt::format("earlier trials count as with {}", shown(value));
  }

  static std::string meaning_of_removed(const Json& parameter) {
    const Json value = parameter.contains("default") ? parameter["default"] : value_at(parameter, "value");
    if (value.is_null()) {
      return "earlier trials are kept, but not learned from, as it had no default that the program goes on with";
    }
    return fmt::format("earlier trials with {} stay, the others are kept, but not learned from", shown(value));
  }

  void add(std::string key, Json was, Json is, Weight weight, std::string meaning) {
    if (was == is) return;
    found_.push_back({.key = std::move(key),
                      .was = std::move(was),
                      .is = std::move(is),
                      .weight = weight,
                      .meaning = std::move(meaning)});
  }

  const studyfile::StudySpec& was_;
  const studyfile::StudySpec& is_;
  std::int64_t next_;
  std::vector<Difference> found_;
};

}  // namespace

std::string_view text_of(Weight weight) {
  switch (weight) {
    case Weight::kTaken:
      return "taken";
    case Weight::kAmendment:
      return "amendment";
    case Weight::kNewStudy:
      return "new study";
  }
  return "";
}

std::vector<Difference> find_differences(const studyfile::StudySpec& was, const studyfile::StudySpec& is,
                                         std::int64_t next_trial) {
  return Finder(was, is, next_trial).run();
}

const Difference* Comparison::find(Weight weight) const {
  const auto found = std::find_if(differences.begin(), differences.end(),
                                  [&](const Difference& difference) { return difference.weight == weight; });
  return found == differences.end() ? nullptr : &*found;
}

Result<Comparison> compare(storage::Storage& storage, const studyfile::StudyFile& file) {
  Comparison comparison;
  STERLET_TRY(const auto stored, storage.find_study(file.spec.name));
  if (!stored) return comparison;
  STERLET_TRY(const Json json, base::parse_json(stored->spec));
  STERLET_TRY(studyfile::StudyFile before, studyfile::study_from_json(strategies(), json));
  if (!before.spec.seed) before.spec.seed = stored->seed;
  STERLET_TRY(comparison.trials, storage.count_trials(stored->id));
  comparison.differences = find_differences(before.spec, file.spec, comparison.trials);
  if (comparison.find(Weight::kAmendment) == nullptr) return comparison;
  // As one version more would see them.
  STERLET_TRY(auto rows, storage.load_spec_versions(stored->id));
  const std::string own = base::json_line(studyfile::json_from_spec(file.spec));
  rows.push_back({.version = rows.back().version + 1, .first_trial = comparison.trials, .spec = own});
  Versions versions(file.spec, file.space);
  versions.replace(std::move(rows), own);
  STERLET_PASS(storage.visit_trials(stored->id, 0, [&](storage::TrialRow& row) -> Result<void> {
    STERLET_TRY(const Seen seen, versions.see(storage, stored->id, row));
    comparison.outside += seen.formerly && seen.formerly->is_outside ? 1 : 0;
    return {};
  }));
  return comparison;
}

Result<void> check_consent(const Comparison& comparison, const std::string& study, bool is_asked) {
  const std::string trials = base::count_text(static_cast<std::uint64_t>(comparison.trials), "trial");
  const auto what = [&](const Difference& difference) {
    return fmt::format("{} was {} and is {}, but the study '{}' has {} in the storage", difference.key,
                       shown(difference.was), shown(difference.is), study, trials);
  };
  if (const Difference* refused = comparison.find(Weight::kNewStudy)) {
    return base::fail(
        ErrorCode::kBadStudyFile, what(*refused),
        fmt::format("put it back, or give it another name (study: ...), which makes it a study of its own; "
                    "sterlet tune with --warm-from {} begins it with what this one has learned",
                    study));
  }
  const Difference* amended = is_asked ? nullptr : comparison.find(Weight::kAmendment);
  if (amended == nullptr) return {};
  return base::fail(ErrorCode::kBadStudyFile, what(*amended),
                    "to go on with them all the same, add --amend; for a study of its own, give it another name "
                    "(study: ...), or another --storage");
}

}  // namespace sterlet::study
