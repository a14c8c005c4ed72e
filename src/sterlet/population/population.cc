#include "sterlet/population/population.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/population/explorer.h"

namespace sterlet::population {

using base::ErrorCode;
using base::fail;
using base::Json;
using base::Result;

namespace {

constexpr double kStepsMax = 1e12;
constexpr double kMembersMax = 1000;
constexpr std::int64_t kIntervalsMax = 10'000;  // Each is one of the 2^16 attempts of a stream of chance.

std::vector<std::string> explorer_words() {
  std::vector<std::string> words;
  for (const Row& row : explorers()) words.emplace_back(row.name);
  return words;
}

Result<void> check_option(const Option& option, const Json& value) {
  if (!option.words.empty()) {
    const std::string word = value.is_string() ? value.get<std::string>() : base::json_line(value);
    if (std::find(option.words.begin(), option.words.end(), word) != option.words.end()) return {};
    return fail(ErrorCode::kInvalidArgument, fmt::format("{} cannot be '{}'", option.name, base::printable(word)),
                base::suggest_name(word, option.words));
  }
  const bool whole = option.name == "population" || option.name == "interval" || option.name == "steps";
  const auto number = base::number_from_json(value);
  const bool fits = number && *number >= option.low && *number <= option.high &&
                    (!whole || (value.is_number_integer() || std::floor(*number) == *number));
  if (fits) return {};
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("{} must be a {}number from {} to {} (found {})", option.name, whole ? "whole " : "",
                          base::number_text(option.low), base::number_text(option.high), base::json_line(value)),
              "change it");
}

std::string place_text(std::size_t place) {
  const std::size_t place_of_hundred = (place + 1) % 100, last = (place + 1) % 10;
  const bool is_teen = place_of_hundred >= 11 && place_of_hundred <= 13;
  const char* ending = is_teen ? "th" : last == 1 ? "st" : last == 2 ? "nd" : last == 3 ? "rd" : "th";
  return fmt::format("{}{}", place + 1, ending);
}

}  // namespace

std::span<const Option> options() {
  const Options defaults;
  static const std::array<Option, 7> table{{
      {.name = "interval",
       .summary = "steps between two decisions, counted as in the program's reports",
       .default_value = nullptr,
       .low = 1,
       .high = kStepsMax},
      {.name = "steps", .summary = "steps of a whole training", .default_value = nullptr, .low = 1, .high = kStepsMax},
      {.name = "population",
       .summary = "members trained side by side",
       .default_value = defaults.population,
       .low = 2,
       .high = kMembersMax},
      {.name = "quantile",
       .summary = "share of the members that is replaced at each interval by copies of as many of the best",
       .default_value = defaults.quantile,
       .low = 0.01,
       .high = 0.5},
      {.name = "explore",
       .summary = "how a copy's live parameters are changed: perturb (small steps), or pb2 (by a model)",
       .default_value = defaults.explore,
       .words = explorer_words()},
      {.name = "move",
       .summary = "how far perturb moves a parameter, as a share of its range on its own scale",
       .default_value = defaults.move,
       .low = 0.001,
       .high = 1},
      {.name = "resample",
       .summary = "chance that perturb draws a parameter anew instead",
       .default_value = defaults.resample,
       .low = 0,
       .high = 1},
  }};
  return table;
}

Result<Options> read_options(const Json& json) {
  std::vector<std::string> names;
  for (const Option& option : options()) names.emplace_back(option.name);
  for (const auto& [name, value] : json.items()) {
    const auto found = std::find_if(options().begin(), options().end(),
                                    [&, &key = name](const Option& option) { return option.name == key; });
    if (found == options().end()) {
      return fail(ErrorCode::kInvalidArgument, fmt::format("unknown option '{}'", base::printable(name)),
                  base::suggest_name(name, names));
    }
    STERLET_PASS(check_option(*found, value));
  }
  for (const char* needed : {"interval", "steps"}) {
    if (json.contains(needed)) continue;
    return fail(ErrorCode::kInvalidArgument, fmt::format("pbt needs {}", needed),
                "write it as in strategy: {name: pbt, interval: 2, steps: 20}, in steps of the program's reports");
  }
  Options read;
  read.interval = static_cast<std::int64_t>(json["interval"].get<double>());
  read.steps = static_cast<std::int64_t>(json["steps"].get<double>());
  if (json.contains("population")) read.population = static_cast<std::int64_t>(json["population"].get<double>());
  read.quantile = json.value("quantile", read.quantile);
  read.explore = json.value("explore", read.explore);
  read.move = json.value("move", read.move);
  read.resample = json.value("resample", read.resample);
  if (read.interval >= read.steps) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("a training of {} steps has no second interval of {}", read.steps, read.interval),
                "make interval smaller, perhaps a tenth of steps");
  }
  if (read.steps / read.interval > kIntervalsMax) {
    return fail(
        ErrorCode::kInvalidArgument,
        fmt::format("a training has at most {} intervals (found {})", kIntervalsMax, read.steps / read.interval),
        "make interval larger");
  }
  return read;
}

Result<void> check_space(const space::Space& space) {
  for (const space::Parameter& parameter : space.parameters()) {
    if (parameter.live && (parameter.low != parameter.high || parameter.choices.size() > 1)) return {};
  }
  return fail(ErrorCode::kInvalidArgument, "pbt changes live parameters while they train, and there is none",
              "add live: true to what may change, as in learning_rate: {..., live: true}");
}

std::vector<Move> next_moves(const space::Space& space, const Options& options,
                             std::span<const std::vector<Standing>> intervals, std::uint64_t seed) {
  const std::vector<Standing>& members = intervals.back();
  std::vector<std::size_t> order(members.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const double x = members[a].value, y = members[b].value;
    return std::isnan(y) ? !std::isnan(x) : x < y;  // NaN is worse than anything; of equals the first.
  });
  const auto finite = static_cast<std::size_t>(
      std::count_if(members.begin(), members.end(), [](const Standing& m) { return !std::isnan(m.value); }));
  if (finite == 0) return {};
  const auto count = std::max<std::size_t>(
      1, static_cast<std::size_t>(std::floor(options.quantile * static_cast<double>(members.size()) + 1e-9)));
  const std::size_t best_count = std::min(count, finite);
  const std::size_t kept_count = std::max(best_count, std::min(finite, members.size() - count));
  std::vector<std::size_t> places(members.size());
  for (std::size_t i = 0; i < order.size(); ++i) places[order[i]] = i;
  std::unique_ptr<Explorer> explorer;
  for (const Row& row : explorers()) {
    if (row.name == options.explore) explorer = row.make(space, options, intervals);
  }
  STERLET_CHECK(explorer != nullptr, "an explorer that read_options does not know");
  std::vector<space::Point> chosen;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (places[i] < kept_count) chosen.push_back(members[i].point);
  }
  std::vector<Move> moves;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const Standing& member = members[i];
    const std::string stood = std::isnan(member.value) ? std::string("failed")
                                                       : fmt::format("stood {} of {} with {}", place_text(places[i]),
                                                                     members.size(), base::number_text(member.value));
    if (places[i] < kept_count) {
      moves.push_back({.member = member.member, .from = member.member, .point = member.point, .reason = stood});
      continue;
    }
    const base::StreamKey key{.seed = seed,
                              .trial = static_cast<std::uint64_t>(member.member),
                              .stream = base::Stream::kPbt,
                              .attempt = static_cast<std::uint32_t>(2 * intervals.size())};
    base::RandomStream stream(key);
    const Standing& source = members[order[stream.below(best_count)]];
    base::StreamKey explore_key = key;
    explore_key.attempt += 1;
    space::Point point =
        explorer->explore({.copied = &source.point, .level = source.value, .chosen = chosen, .key = explore_key});
    chosen.push_back(point);
    const std::size_t place = places[static_cast<std::size_t>(&source - members.data())];
    moves.push_back({.member = member.member,
                     .from = source.member,
                     .point = std::move(point),
                     .reason = fmt::format("{}, so it goes on from trial {} ({} with {})", stood, source.member,
                                           place_text(place), base::number_text(source.value))});
  }
  return moves;
}

double score_of(std::span<const std::pair<std::int64_t, double>> reports) {
  if (reports.empty()) return std::nan("");
  const std::size_t count = std::max<std::size_t>(1, reports.size() / 5);
  double sum = 0;
  for (const auto& [step, value] : reports.last(count)) sum += value;
  return sum / static_cast<double>(count);
}

}  // namespace sterlet::population
