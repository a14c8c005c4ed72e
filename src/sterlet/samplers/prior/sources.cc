#include "sterlet/samplers/prior/sources.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/text.h"

namespace sterlet::samplers {

namespace {

using base::ErrorCode;
using base::Json;
using base::Result;
using space::Parameter;
using space::Space;

// Spread of a hint: of a range half its length, but at least so much; about a single value.
constexpr double kLeastSpread = 0.03, kAboutValue = 0.08;
constexpr double kOtherChoices = 0.1;  // Probability of all choices that a hint leaves out, together.
constexpr double kOwnChoice = 0.7;     // Of a good setting's own choice; the rest goes by how often each was good.
constexpr double kAboutOne = 0.15;     // Width about a single good setting.
constexpr int kActiveDraws = 256;      // Of a hint, in some of which each parameter that it names must exist.
constexpr std::size_t kShownMax = 60;  // Bytes of a wrong value that an error shows.

base::Failure refuse(std::string what, std::string next) {
  return base::fail(ErrorCode::kInvalidArgument, std::move(what), std::move(next));
}

std::string shown(const Json& value) { return base::printable(base::json_line(value).substr(0, kShownMax)); }

std::string range_text(const Parameter& parameter) {
  return fmt::format("{} to {}", base::number_text(parameter.low), base::number_text(parameter.high));
}

Result<PriorPull> pull_of_number(const Parameter& parameter, const space::Axis& axis, const Json& hinted) {
  const bool is_range = hinted.is_array();
  if (is_range && hinted.size() != 2) {
    return refuse(fmt::format("{} cannot be hinted as {}", parameter.name, shown(hinted)),
                  "give one value, or a range of two, as 0.01..0.03 or [0.01, 0.03]");
  }
  std::vector<double> ends;
  for (const Json& end : is_range ? hinted : Json::array({hinted})) {
    const auto number = base::number_from_json(end);
    if (!number || !std::isfinite(*number)) {
      return refuse(fmt::format("{} is a number and cannot be hinted as {}", parameter.name, shown(hinted)),
                    fmt::format("give a value or a range within {}", range_text(parameter)));
    }
    ends.push_back(*number);
  }
  if (ends.front() > ends.back()) {
    return refuse(fmt::format("the range hinted for {} ends before it begins ({} > {})", parameter.name,
                              base::number_text(ends.front()), base::number_text(ends.back())),
                  "write the smaller number first");
  }
  const bool is_zero = parameter.zero > 0 && ends.back() == 0;
  if (!is_zero && (ends.front() < parameter.low || ends.back() > parameter.high)) {
    return refuse(fmt::format("the hint for {} leaves its range of {} (found {})", parameter.name,
                              range_text(parameter), shown(hinted)),
                  "hint within the range, or widen it with --amend");
  }
  // Of an int or a stepped number, from the cell of the first value to that of the last.
  PriorPull pull{.low = axis.unit(ends.front()), .high = axis.unit(ends.back())};
  // Whoever names a range means its middle before its ends.
  pull.spread = is_range ? std::max(kLeastSpread, (pull.high - pull.low) / 2) : kAboutValue;
  pull.low = pull.high = (pull.low + pull.high) / 2;
  return pull;
}

Result<PriorPull> pull_of_choices(const Parameter& parameter, const Json& hinted) {
  const std::size_t count = parameter.choices.size();
  std::vector<bool> is_hinted(count, false);
  std::size_t hits = 0;
  for (const Json& one : hinted.is_array() ? hinted : Json::array({hinted})) {
    const auto scalar = space::scalar_from_json(one);
    std::size_t at = 0;
    while (at < count && !(scalar && space::same_choice(parameter.choices[at], *scalar))) ++at;
    if (at == count) {
      std::vector<std::string> names;
      for (const space::Scalar& choice : parameter.choices) names.push_back(space::text_of(choice));
      std::string list;
      for (const std::string& name : names) list += (list.empty() ? "" : ", ") + base::printable(name);
      return refuse(fmt::format("{} cannot be hinted as {}", parameter.name, shown(one)),
                    fmt::format("it is one of {}", list));
    }
    hits += is_hinted[at] ? 0 : 1;
    is_hinted[at] = true;
  }
  if (hits == 0) {
    return refuse(fmt::format("the hint for {} names no choice", parameter.name), "name at least one");
  }
  PriorPull pull;
  const double others = hits == count ? 0 : kOtherChoices;
  for (std::size_t i = 0; i < count; ++i) {
    pull.shares.push_back(is_hinted[i] ? (1 - others) / static_cast<double>(hits)
                                       : others / static_cast<double>(count - hits));
  }
  return pull;
}

// A parameter whose condition the rest of the hint rules out cannot be hinted.
Result<void> check_exists(const Space& space, const Prior& prior, const Json& params) {
  base::RandomStream stream({.stream = base::Stream::kAuto});
  std::vector<bool> exists(space.parameters().size(), false);
  for (int i = 0; i < kActiveDraws; ++i) {
    std::vector<double> unit(space.dimensions().size(), std::nan(""));
    prior.draw(stream, unit);
    const space::Point point = space.from_unit(unit);
    for (std::size_t j = 0; j < unit.size(); ++j) {
      if (!std::isnan(point.values[j])) exists[space.dimensions()[j].parameter] = true;
    }
  }
  for (const auto& [name, value] : params.items()) {
    const std::size_t parameter = *space.find_parameter(name);
    if (exists[parameter]) continue;
    return refuse(
        fmt::format("{} does not exist with the rest of the hint (when: {})", name, space.parameters()[parameter].when),
        "leave it out, or hint what it depends on");
  }
  return {};
}

// The nearest value that a number can have.
double nearest(const Parameter& parameter, const space::Axis& axis, double number) {
  if (parameter.zero > 0 && number == 0) return 0;
  const double inside = std::clamp(number, parameter.low, parameter.high);
  const auto levels = axis.level_count();
  if (!levels) return inside;
  const double level = std::round((inside - parameter.low) / parameter.step.value_or(1));
  return axis.level(std::min(*levels - 1, static_cast<std::uint64_t>(level)));
}

double axis_width(std::vector<std::pair<double, double>>& seen) {
  double sum = 0, mean = 0, square = 0, weights_square = 0;
  for (const auto& [u, weight] : seen) {
    sum += weight;
    weights_square += weight * weight;
    mean += weight * u;
  }
  mean /= sum;
  for (const auto& [u, weight] : seen) square += weight * (u - mean) * (u - mean);
  const double count = sum * sum / weights_square;
  if (count < 1.5) return kAboutOne;
  return std::sqrt(square / sum * count / (count - 1));
}

}  // namespace

Result<Prior> prior_of_hint(const Space& space, const Json& params) {
  if (!params.is_object() || params.empty()) {
    return refuse(fmt::format("a hint is an object of parameters and where they are good (found {})", shown(params)),
                  R"(write it as {"learning_rate": [0.01, 0.03]})");
  }
  PriorBump bump;
  for (const auto& [name, hinted] : params.items()) {
    const auto parameter = space.find_parameter(name);
    if (!parameter) {
      std::vector<std::string> names;
      for (const Parameter& declared : space.parameters()) names.push_back(declared.name);
      return refuse(fmt::format("unknown parameter '{}'", base::printable(name)), base::suggest_name(name, names));
    }
    const Parameter& declared = space.parameters()[*parameter];
    const std::size_t first = space.first_dimension(*parameter);
    STERLET_TRY(PriorPull pull, declared.choices.empty() ? pull_of_number(declared, space.axis(first), hinted)
                                                         : pull_of_choices(declared, hinted));
    for (std::size_t j = first; j < space.dimensions().size() && space.dimensions()[j].parameter == *parameter; ++j) {
      pull.dimension = j;
      bump.pulls.push_back(pull);
    }
  }
  Prior prior({std::move(bump)});
  STERLET_PASS(check_exists(space, prior, params));
  return prior;
}

std::optional<Carried> carry_value(const Space& space, std::size_t parameter, const Json& value) {
  const Parameter& declared = space.parameters()[parameter];
  const std::size_t first = space.first_dimension(parameter);
  if (declared.repeat.empty() == value.is_array()) return std::nullopt;
  Carried carried;
  for (const Json& one : value.is_array() ? value : Json::array({value})) {
    const std::size_t j = first + carried.raw.size();
    if (j >= space.dimensions().size() || space.dimensions()[j].parameter != parameter) break;
    if (declared.choices.empty()) {
      if (!one.is_number() || !std::isfinite(one.get<double>())) return std::nullopt;
      const double number = one.get<double>(), here = nearest(declared, space.axis(j), number);
      carried.is_moved = carried.is_moved || std::abs(here - number) > 1e-9 * std::abs(number);
      if (!space.axis(j).contains(here)) return std::nullopt;
      carried.raw.push_back(here);
      continue;
    }
    const auto scalar = space::scalar_from_json(one);
    std::size_t at = 0;
    while (at < declared.choices.size() && !(scalar && space::same_choice(declared.choices[at], *scalar))) ++at;
    if (at == declared.choices.size()) return std::nullopt;
    carried.raw.push_back(static_cast<double>(at));
  }
  return carried;
}

std::optional<Prior> prior_of_settings(const Space& space, const std::vector<GoodSetting>& settings) {
  const std::size_t width = space.dimensions().size();
  std::vector<PriorBump> bumps;
  std::vector<std::size_t> owners;  // Which setting each bump is of.
  for (std::size_t i = 0; i < settings.size(); ++i) {
    const bool any = std::any_of(settings[i].values.begin(), settings[i].values.end(),
                                 [](double value) { return !std::isnan(value); });
    if (!any) continue;
    bumps.push_back({.weight = settings[i].weight});
    owners.push_back(i);
  }
  if (bumps.empty()) return std::nullopt;
  // Silverman's form of the rule, for as many settings as there are bumps.
  const double shrink = std::pow(static_cast<double>(bumps.size()), -1.0 / (static_cast<double>(width) + 4));
  for (std::size_t j = 0; j < width; ++j) {
    const Parameter& parameter = space.parameters()[space.dimensions()[j].parameter];
    const std::size_t levels = parameter.choices.size();
    std::vector<std::pair<double, double>> seen;  // Coordinate and weight.
    std::vector<double> frequency(levels, 0.5);
    for (const std::size_t i : owners) {
      const double value = settings[i].values[j];
      if (std::isnan(value)) continue;
      seen.emplace_back(space.axis(j).unit(value), settings[i].weight);
      if (levels > 0) frequency[static_cast<std::size_t>(value)] += 1;
    }
    if (seen.empty()) continue;
    double total = 0;
    for (const double count : frequency) total += count;
    const double spread = std::clamp(shrink * axis_width(seen), kPriorNarrowest, kPriorWidest);
    for (std::size_t b = 0; b < bumps.size(); ++b) {
      const double value = settings[owners[b]].values[j];
      if (std::isnan(value)) continue;
      PriorPull pull{.dimension = j, .spread = spread};
      if (levels > 0) {
        for (const double count : frequency) pull.shares.push_back((1 - kOwnChoice) * count / total);
        pull.shares[static_cast<std::size_t>(value)] += kOwnChoice;
      } else {
        pull.low = pull.high = space.axis(j).unit(value);
      }
      bumps[b].pulls.push_back(std::move(pull));
    }
  }
  return Prior(std::move(bumps));
}

}  // namespace sterlet::samplers
