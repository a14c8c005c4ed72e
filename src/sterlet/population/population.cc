#include "sterlet/population/population.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "sterlet/base/figure.h"
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

Result<void> check_option(const base::Option& option, const Json& value) {
  const std::string advice = base::objection(option, value);
  if (advice.empty()) return {};
  if (option.kind == base::OptionKind::kWord) {
    const std::string word = value.is_string() ? value.get<std::string>() : base::json_line(value);
    return fail(ErrorCode::kInvalidArgument, fmt::format("{} cannot be '{}'", option.name, base::printable(word)),
                advice);
  }
  constexpr std::string_view kItIs = "it is ";
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("{} must be {} (found {})", option.name, advice.substr(kItIs.size()), base::json_line(value)),
              "change it");
}

}  // namespace

std::span<const base::Option> options() {
  using base::option;
  static const std::vector<base::Option> kTable = {
      required(option("interval", &Options::interval, 1, kStepsMax,
                      "steps between two decisions, counted as in the program's reports")),
      required(option("steps", &Options::steps, 1, kStepsMax, "steps of a whole training")),
      option("population", &Options::population, 2, kMembersMax, "members trained side by side"),
      option("quantile", &Options::quantile, 0.01, 0.5,
             "share of the members that is replaced at each interval by copies of as many of the best"),
      option("explore", &Options::explore, explorers().names(),
             "how a copy's live parameters are changed: perturb (small steps), or pb2 (by a model)"),
      option("move", &Options::move, 0.001, 1,
             "how far perturb moves a parameter, as a share of its range on its own scale"),
      option("resample", &Options::resample, 0, 1, "chance that perturb draws a parameter anew instead"),
  };
  return kTable;
}

Result<Options> read_options(const Json& json) {
  std::vector<std::string> names;
  for (const base::Option& option : options()) names.push_back(option.name);
  for (const auto& [name, value] : json.items()) {
    const auto found = std::find_if(options().begin(), options().end(),
                                    [&, &key = name](const base::Option& option) { return option.name == key; });
    if (found == options().end()) {
      return fail(ErrorCode::kInvalidArgument, fmt::format("unknown option '{}'", base::printable(name)),
                  base::suggest_name(name, names));
    }
    STERLET_PASS(check_option(*found, value));
  }
  if (const base::Option* missing = base::missing_option(options(), json)) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("pbt needs {}", missing->name),
                "write it as in strategy: {name: pbt, interval: 2, steps: 20}, in steps of the program's reports");
  }
  const auto read = base::read_options<Options>(options(), json);
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
  const Row* row = explorers().find(options.explore);
  STERLET_CHECK(row != nullptr, "an explorer that read_options does not know");
  const std::unique_ptr<Explorer> explorer = row->make(space, options, intervals);
  std::vector<space::Point> chosen;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (places[i] < kept_count) chosen.push_back(members[i].point);
  }
  std::vector<Move> moves;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const Standing& member = members[i];
    const std::string stood = std::isnan(member.value)
                                  ? std::string("failed")
                                  : fmt::format("stood {} of {} with {}", base::ordinal_text(places[i] + 1),
                                                members.size(), base::figure_text(member.value));
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
                                           base::ordinal_text(place + 1), base::figure_text(source.value))});
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
