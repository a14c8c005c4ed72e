#include "sterlet/doctor/experience.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/study/warm.h"

namespace sterlet::doctor {

namespace {

using space::Parameter;

constexpr double kTails = 0.05;  // Of the good values, left out at either end.
constexpr double kMargin = 0.2;  // Of a range, added at either end.

double quantile(const std::vector<double>& ascending, double share) {
  const double at = share * static_cast<double>(ascending.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const double rest = at - static_cast<double>(below);
  return below + 1 < ascending.size() ? ascending[below] * (1 - rest) + ascending[below + 1] * rest : ascending[below];
}

// Where all came to the same, none is better than another.
bool has_differences(const study::Study& study) {
  std::optional<double> first;
  for (const space::Observation& trial : study.history().trials()) {
    if (trial.outcome != space::Outcome::kComplete || trial.values.empty()) continue;
    if (first && trial.values.front() != *first) return true;
    first = trial.values.front();
  }
  return false;
}

std::size_t complete_trials(const study::Study& study) {
  return static_cast<std::size_t>(
      std::count_if(study.records().begin(), study.records().end(), [&](const storage::TrialRecord& record) {
        return record.state == storage::State::kComplete && !study.is_outside(record.number);
      }));
}

// A number's place on the axis of a space that may be another than its own; beyond the ends at them.
double place_on(const space::Space& space, std::size_t dimension, double value) {
  const Parameter& parameter = space.parameters()[space.dimensions()[dimension].parameter];
  const double inside = std::clamp(value, parameter.low, parameter.high);
  const space::Axis& axis = space.axis(dimension);
  const auto levels = axis.level_count();
  if (!levels) return axis.unit(inside);
  const double level = std::round((inside - parameter.low) / parameter.step.value_or(1));
  return axis.unit(axis.level(std::min(*levels - 1, static_cast<std::uint64_t>(level))));
}

std::string count_studies(std::size_t count) { return count == 1 ? "1 study" : fmt::format("{} studies", count); }

std::string listed(std::span<const Found> found, const std::string& where) {
  std::string names;
  for (const Found& one : found) {
    const std::string there =
        one.is_number ? fmt::format("{}..{}", base::short_number_text(one.low), base::short_number_text(one.high))
                      : one.choice;
    if (there == where) names += fmt::format("{}'{}'", names.empty() ? "" : ", ", base::printable(one.study));
  }
  return names;
}

std::string split_text(const std::string& parameter, std::span<const Found> found) {
  std::string text;
  std::vector<std::string> told;
  for (const Found& one : found) {
    const std::string there =
        one.is_number ? fmt::format("{}..{}", base::short_number_text(one.low), base::short_number_text(one.high))
                      : one.choice;
    if (std::find(told.begin(), told.end(), there) != told.end()) continue;
    told.push_back(there);
    text += fmt::format("{}{} in {}", text.empty() ? "" : ", ", there, listed(found, there));
  }
  return fmt::format("{}: what was good in one study was not in another, so it does not carry over: {}", parameter,
                     text);
}

// Whether all good values lay below the range of the new study, or all above it; then it says so.
bool learn_outside(Experience& experience, const Parameter& parameter) {
  double low = experience.found.front().low, high = experience.found.front().high;
  for (const Found& one : experience.found) {
    low = std::min(low, one.low);
    high = std::max(high, one.high);
  }
  experience.is_outside = high < parameter.low || low > parameter.high;
  if (!experience.is_outside) return false;
  experience.says =
      fmt::format("{}: good values lay at {} to {}, outside its range of {} to {}: widen it ({})", experience.parameter,
                  base::short_number_text(low), base::short_number_text(high), base::number_text(parameter.low),
                  base::number_text(parameter.high), count_studies(experience.found.size()));
  return true;
}

// Of studies whose good values all lay beyond one end of the new range, while others found theirs inside: there the end
// stands in the way, and is no place that both agree on.
std::string beyond_text(const Experience& experience, const Parameter& parameter) {
  std::string text;
  for (const Found& one : experience.found) {
    if (one.low <= parameter.high && one.high >= parameter.low) continue;
    text += fmt::format("{}{} to {} in '{}'", text.empty() ? "" : ", ", base::short_number_text(one.low),
                        base::short_number_text(one.high), base::printable(one.study));
  }
  return text;
}

void learn_number(Experience& experience, const space::Space& space, std::size_t dimension) {
  if (learn_outside(experience, space.parameters()[space.dimensions()[dimension].parameter])) return;
  const auto at = [&](double value) { return place_on(space, dimension, value); };
  double highest_low = 0, lowest_high = 1, low = 1, high = 0;
  std::vector<double> bests;
  for (const Found& one : experience.found) {
    highest_low = std::max(highest_low, at(one.low));
    lowest_high = std::min(lowest_high, at(one.high));
    low = std::min(low, at(one.low));
    high = std::max(high, at(one.high));
    bests.push_back(at(one.best));
  }
  const std::size_t count = experience.found.size();
  if (highest_low - lowest_high > kApart) {
    experience.is_split = true;
    experience.says = split_text(experience.parameter, experience.found);
    return;
  }
  std::sort(bests.begin(), bests.end());
  const double margin = kMargin * std::max(high - low, kApart);
  const double from = std::max(0.0, low - margin), to = std::min(1.0, high + margin);
  const space::Axis& axis = space.axis(dimension);
  const bool is_whole = axis.level_count().has_value();
  const auto figure = [&](double value) {
    return is_whole ? value : base::parse_number(fmt::format("{:.3g}", value)).value_or(value);
  };
  experience.value = figure(axis.value(quantile(bests, 0.5)));
  const std::string studies = count_studies(count);
  const Parameter& parameter = space.parameters()[space.dimensions()[dimension].parameter];
  if (const std::string beyond = beyond_text(experience, parameter); !beyond.empty()) {
    experience.says = fmt::format("{}: begin with {}, but good values lay outside its range of {} to {} too: {}",
                                  experience.parameter, base::short_number_text(*experience.value),
                                  base::number_text(parameter.low), base::number_text(parameter.high), beyond);
    return;
  }
  if (count < 2 || to - from > kSaving) {
    experience.says = fmt::format("{}: begin with {} ({})", experience.parameter,
                                  base::short_number_text(*experience.value), studies);
    return;
  }
  experience.low = figure(axis.value(from));
  experience.high = figure(axis.value(to));
  experience.says =
      fmt::format("{}: {} to {} is enough, {:.0f}% of the range; begin with {} ({} agree)", experience.parameter,
                  base::short_number_text(*experience.low), base::short_number_text(*experience.high),
                  100 * (to - from), base::short_number_text(*experience.value), studies);
}

void learn_choice(Experience& experience) {
  const std::string& first = experience.found.front().choice;
  const bool agree = std::all_of(experience.found.begin(), experience.found.end(),
                                 [&](const Found& one) { return one.choice == first; });
  if (!agree) {
    experience.is_split = true;
    experience.says = split_text(experience.parameter, experience.found);
    return;
  }
  experience.choice = first;
  const std::size_t count = experience.found.size();
  experience.says = fmt::format("{}: begin with {} ({})", experience.parameter, base::printable(first),
                                count == 1 ? "1 study" : fmt::format("{} studies agree", count));
}

bool is_decided(const Found& found) {
  return found.is_number ? found.width <= kDecidedWidth : found.share >= kDecidedShare;
}

Experience learn_from(std::vector<Found> found, const space::Space& space, std::size_t parameter) {
  Experience experience{.parameter = space.parameters()[parameter].name, .found = std::move(found)};
  if (is_numeric(space.parameters()[parameter])) {
    learn_number(experience, space, space.first_dimension(parameter));
  } else {
    learn_choice(experience);
  }
  return experience;
}

std::string kind_text(const std::string& kind) {
  return kind.empty() ? std::string("studies of no known kind") : fmt::format("'{}'", base::printable(kind));
}

// Of studies of several kinds of model: what the wanted kind alone says, or where each kind agrees in itself, what each
// does.
void choose_kind(Experience& experience, const std::string& wanted) {
  std::vector<Experience>& kinds = experience.by_kind;
  const auto own = std::find_if(kinds.begin(), kinds.end(), [&](const Experience& one) { return one.kind == wanted; });
  if (!wanted.empty() && own != kinds.end()) {
    const bool is_split = experience.is_split;
    Experience chosen = *own;
    std::vector<Experience> all = std::move(kinds);
    experience = std::move(chosen);
    experience.says += fmt::format(", of {} alone{}", kind_text(wanted),
                                   is_split ? ": what other kinds of model found does not carry over" : "");
    experience.by_kind = std::move(all);
    return;
  }
  const bool any_open =
      std::any_of(kinds.begin(), kinds.end(), [](const Experience& one) { return one.is_split || one.is_outside; });
  if (!experience.is_split || any_open) return;
  std::string text;
  for (const Experience& one : kinds) {
    const std::string what = one.value ? base::short_number_text(*one.value) : base::printable(one.choice);
    text += fmt::format("{}{} for {} ({})", text.empty() ? "" : ", ", what, kind_text(one.kind),
                        count_studies(one.found.size()));
  }
  experience.says = fmt::format("{}: it carries over within a kind of model, not between them; begin with {}",
                                experience.parameter, text);
}

}  // namespace

std::vector<Found> found_in(const study::Study& study) {
  std::vector<Found> found;
  // With more parameters than trials the good trials agree on most of them by chance, or since a sampler came back there.
  const auto& parameters = study.space().parameters();
  const auto searched =
      static_cast<std::size_t>(std::count_if(parameters.begin(), parameters.end(), [](const Parameter& parameter) {
        const bool has_range = is_numeric(parameter) ? parameter.low < parameter.high : parameter.choices.size() > 1;
        return has_range && parameter.repeat.empty();
      }));
  const std::size_t fewest = std::max(kFewestTrials, searched);
  if (study.spec().objectives.size() != 1 || complete_trials(study) < fewest) return found;
  if (!has_differences(study)) return found;
  const std::vector<std::size_t> good = study::good_trials(study);
  const space::Space& space = study.space();
  for (std::size_t p = 0; p < space.parameters().size(); ++p) {
    const Parameter& parameter = space.parameters()[p];
    const std::size_t j = space.first_dimension(p);
    if (!parameter.repeat.empty()) continue;
    std::vector<double> raw;
    for (const std::size_t trial : good) {
      const double value = study.point_of(static_cast<std::int64_t>(trial)).values[j];
      if (!std::isnan(value)) raw.push_back(value);
    }
    if (raw.size() < 3) continue;
    Found one{.study = study.spec().name, .parameter = parameter.name, .is_number = is_numeric(parameter)};
    if (!one.is_number) {
      std::map<double, std::size_t> counts;
      for (const double value : raw) ++counts[value];
      const auto most = std::max_element(counts.begin(), counts.end(),
                                         [](const auto& a, const auto& b) { return a.second < b.second; });
      one.choice = space::text_of(parameter.choices[static_cast<std::size_t>(most->first)]);
      one.share = static_cast<double>(most->second) / static_cast<double>(raw.size());
      if (parameter.choices.size() > 1) found.push_back(std::move(one));
      continue;
    }
    if (!(parameter.low < parameter.high)) continue;
    one.best = raw.front();
    std::vector<double> units;
    for (const double value : raw) units.push_back(space.axis(j).unit(value));
    std::sort(units.begin(), units.end());
    const double from = quantile(units, kTails), to = quantile(units, 1 - kTails);
    one.low = space.axis(j).value(from);
    one.high = space.axis(j).value(to);
    one.width = to - from;
    found.push_back(std::move(one));
  }
  return found;
}

std::vector<Experience> gather(std::span<const Found> found, const space::Space& space, const std::string& kind) {
  std::vector<Experience> experiences;
  for (std::size_t p = 0; p < space.parameters().size(); ++p) {
    const Parameter& parameter = space.parameters()[p];
    std::map<std::string, std::vector<Found>> kinds;
    std::vector<Found> all;
    for (const Found& one : found) {
      const bool fits = one.parameter == parameter.name && one.is_number == is_numeric(parameter);
      if (!fits || !is_decided(one)) continue;
      all.push_back(one);
      kinds[one.kind].push_back(one);
    }
    if (all.empty() || !parameter.repeat.empty()) continue;
    Experience experience = learn_from(std::move(all), space, p);
    if (kinds.size() > 1) {
      for (auto& [of, own] : kinds) {
        experience.by_kind.push_back(learn_from(std::move(own), space, p));
        experience.by_kind.back().kind = of;
      }
      choose_kind(experience, kind);
    }
    experiences.push_back(std::move(experience));
  }
  return experiences;
}

base::Json experiences_json(const std::vector<Experience>& experiences) {
  base::Json list = base::Json::array();
  for (const Experience& experience : experiences) {
    base::Json one{{"param", experience.parameter}, {"studies", experience.found.size()}};
    if (!experience.kind.empty()) one["kind"] = experience.kind;
    if (experience.is_outside) one["outside"] = true;
    if (!experience.by_kind.empty()) one["by_kind"] = experiences_json(experience.by_kind);
    if (experience.low) one["low"] = base::json_number(*experience.low);
    if (experience.high) one["high"] = base::json_number(*experience.high);
    if (experience.value) one["default"] = base::json_number(*experience.value);
    if (!experience.choice.empty()) one["default"] = experience.choice;
    one["split"] = experience.is_split;
    one["by"] = base::Json::array();
    for (const Found& found : experience.found) {
      base::Json by{{"study", found.study}};
      if (found.is_number) {
        by["low"] = base::json_number(found.low);
        by["high"] = base::json_number(found.high);
        by["best"] = base::json_number(found.best);
      } else {
        by["choice"] = found.choice;
        by["share"] = base::json_number(found.share);
      }
      one["by"].push_back(std::move(by));
    }
    one["says"] = experience.says;
    list.push_back(std::move(one));
  }
  return list;
}

}  // namespace sterlet::doctor
