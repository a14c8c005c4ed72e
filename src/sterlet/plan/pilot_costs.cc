#include "sterlet/plan/pilot_costs.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <optional>
#include <vector>

#include "sterlet/plan/cost_model.h"
#include "sterlet/plan/draw.h"
#include "sterlet/plan/value_model.h"
#include "sterlet/samplers/sobol.h"

namespace sterlet::plan {

namespace {

constexpr double kKeptBack = 0.02;    // Steps that take less than this part of the start came all at once.
constexpr double kStartMin = 0.3;     // Seconds: a start of less may vary as it likes.
constexpr double kStartSlowest = 10;  // Times as long as alone.
constexpr std::uint32_t kSpacePoints = 512;
constexpr double kAtEnds = 0.3;
constexpr double kAlike = 1.3;       // Trainings whose times differ by less than this factor are alike.
constexpr double kLonger = 1.25;     // Of what was cut off when it had run longer than the defaults.
constexpr double kLate = 3;          // A first report so many times as late as the defaults' is no chance of the start.
constexpr std::size_t kDraws = 100;  // Of what points around the best take.
constexpr double kFlattening = 0.5;  // A curve's slope over ln(step) goes on at this share.
constexpr double kEarlyNoise = 0.3;  // Of the ranks of values seen at the very beginning.

using Rows = std::vector<std::vector<double>>;

// The same steps may take longer at first: only those that both have seen are compared.
std::optional<double> slow_down_of(const Training& alone, const Training& beside) {
  const bool are_whole = alone.is_whole && beside.is_whole && alone.seconds > 0;
  const auto of_whole = are_whole ? std::optional(beside.seconds / alone.seconds) : std::nullopt;
  if (alone.reports.empty() || beside.reports.empty()) return of_whole;
  const auto last = std::min(alone.reports.back().step, beside.reports.back().step);
  const auto until = [&](const std::vector<Seen>& reports) {
    std::vector<Seen> kept;
    std::copy_if(reports.begin(), reports.end(), std::back_inserter(kept),
                 [&](const Seen& each) { return each.step <= last; });
    return pace_of(kept);
  };
  const auto one = until(alone.reports), other = until(beside.reports);
  // What a program keeps back and prints at its end says nothing of its steps.
  const bool is_kept_back = one && one->step_seconds * static_cast<double>(last) < kKeptBack * one->start_seconds;
  if (!one || !other || one->step_seconds <= 0 || is_kept_back) return of_whole;
  return other->step_seconds / one->step_seconds;
}

std::optional<double> start_slow_down_of(const Training& alone, const Training& beside) {
  const auto one = pace_of(alone.reports), other = pace_of(beside.reports);
  if (!one || !other || one->start_seconds < kStartMin || other->start_seconds <= 0) return std::nullopt;
  return std::clamp(other->start_seconds / one->start_seconds, 0.5, kStartSlowest);
}

// What is said of a full training's length: by the user in steps, and by the defaults' program.
struct Length {
  std::int64_t steps = 1;
  std::optional<std::int64_t> told;
  // Of another point's training: where the batch size counts, a full one has another number of steps.
  double of(const Training& training) const {
    const auto own = static_cast<double>(steps);
    return training.steps && told ? own * static_cast<double>(*training.steps) / static_cast<double>(*told) : own;
  }
};

// Of a full training, from what was seen of it; nothing where nothing was. `tail` where it did not end.
std::optional<double> full_seconds(const Training& training, const Length& length, double tail) {
  if (training.is_whole) return training.seconds;
  const auto pace = pace_of(training.reports);
  if (!pace) return std::nullopt;
  double steps = length.of(training);
  // It has gone further than the defaults do, and not told how far it will.
  const auto last = static_cast<double>(training.reports.back().step);
  if (!training.steps && last > steps) steps = kLonger * last;
  return pace->start_seconds + steps * pace->step_seconds + tail;
}

// Where the points of a search would lie, as far as it knows nothing, kSpacePoints; then as many more, of whose numbers three in
// ten lie at either end of their range: a search that finds its best there goes there.
Rows spread_over(const space::Space& space) {
  const math::SobolPoints points = samplers::sobol_points(space, 0);
  Rows units;
  for (std::uint32_t i = 0; i < 2 * kSpacePoints; ++i) {
    const base::StreamKey key{.seed = 0, .trial = i, .stream = base::Stream::kSpace};
    std::vector<double> place = points.at(i, key);
    base::RandomStream chance({.seed = kPlanSeed, .trial = i, .stream = kPlanStream, .attempt = 3});
    for (std::size_t j = 0; j < place.size() && i >= kSpacePoints; ++j) {
      const double which = chance.uniform();
      if (space.axis(j).ordered() && which < 2 * kAtEnds) place[j] = which < kAtEnds ? 0 : 1 - 1e-12;
    }
    const space::Point point = space.repair(space.from_unit(place), key);
    std::vector<double> unit;
    for (std::size_t j = 0; j < point.values.size(); ++j) {
      const double value = point.values[j];
      unit.push_back(std::isnan(value) ? value : space.axis(j).unit(value));
    }
    units.push_back(std::move(unit));
  }
  return units;
}

// Places in the unit cube, then of numbers on a linear scale those on a log one: what takes time by a power of a size is
// even there.
Rows with_logs(const space::Space& space, Rows rows) {
  for (std::size_t j = 0; j < space.dimensions().size(); ++j) {
    const space::Parameter& parameter = space.parameters()[space.dimensions()[j].parameter];
    const bool is_size = space::is_numeric(parameter) && parameter.scale == space::Scale::kLinear &&
                         parameter.low > 0 && parameter.high > parameter.low;
    if (!is_size) continue;
    for (std::vector<double>& row : rows) {
      const double value = std::isnan(row[j]) ? row[j] : space.axis(j).value(row[j]);
      row.push_back(std::log(value / parameter.low) / std::log(parameter.high / parameter.low));
    }
  }
  return rows;
}

// How far a training came, as a share of its own length; nothing where that is not known.
std::optional<double> share_of(const Training& training, const Length& length) {
  if (training.is_whole) return 1;
  if (training.reports.empty()) return std::nullopt;
  return std::min(1.0, static_cast<double>(training.reports.back().step) / length.of(training));
}

// At that step; infinite where it had none then.
double value_at(const Training& training, double step) {
  if (training.reports.empty()) return training.value.value_or(std::numeric_limits<double>::infinity());
  double value = training.reports.front().value;
  for (const Seen& each : training.reports) {
    if (static_cast<double>(each.step) > step * (1 + 1e-9)) break;
    value = each.value;
  }
  return std::isfinite(value) ? value : std::numeric_limits<double>::infinity();
}

double value_at_end(const Training& training) {
  return training.value.value_or(value_at(training, std::numeric_limits<double>::infinity()));
}

// What all came to at their ends, where all came there. Else all are compared at the step that the one has that came least far, and
// each goes on from there as the defaults do, by the slope that their values have over ln(step): one that has more steps comes further.
PilotValues values_of(const PilotResult& pilot, const Length& length, double slope) {
  std::vector<const Training*> compared{&pilot.alone};
  for (const Training& training : pilot.beside) {
    if (!training.is_default) compared.push_back(&training);
  }
  double least = 1, step = std::numeric_limits<double>::infinity();
  for (const Training* training : compared) {
    if (training->has_failed) continue;
    least = std::min(least, share_of(*training, length).value_or(1));
    if (!training->reports.empty()) step = std::min(step, static_cast<double>(training->reports.back().step));
  }
  PilotValues out{.noise = kEarlyNoise * (1 - std::sqrt(least))};
  for (const Training* training : compared) {
    if (!training->has_failed && !share_of(*training, length)) continue;
    out.units.push_back(training->unit);
    if (training->has_failed) {
      out.values.push_back(std::numeric_limits<double>::infinity());
    } else if (least >= 1) {
      out.values.push_back(value_at_end(*training));
    } else {
      const double steps = training->is_whole && !training->reports.empty()
                               ? static_cast<double>(training->reports.back().step)
                               : length.of(*training);
      out.values.push_back(value_at(*training, step) +
                           kFlattening * slope * std::log(steps / static_cast<double>(length.steps)));
    }
  }
  return out;
}

// Of a training with a point drawn, to the defaults in the same company; nothing where too little was seen of it.
std::optional<double> cost_of(const Training& training, const Length& length, const Facts& facts, double company) {
  const double first_report =
      facts.start_seconds + facts.report_steps * facts.step_seconds * std::max(1.0, facts.slow_down);
  std::optional<double> cost;
  if (training.has_failed) {
    cost = training.seconds / company;
  } else if (const auto full = full_seconds(training, length, facts.tail_seconds)) {
    cost = *full / company;
  } else if (training.seconds >= kLate * first_report) {
    // Of one that did not report even once it is known that this takes longer, once the defaults would have.
    cost = training.seconds / first_report;
  } else if (training.seconds >= company) {
    cost = kLonger * training.seconds / company;
  }
  return cost && std::isfinite(*cost) && *cost > 0 ? cost : std::nullopt;
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

double tail_of(const Training& training) {
  return training.is_whole && !training.reports.empty() ? training.seconds - training.reports.back().seconds : 0;
}

namespace {

// What the pilot has seen of its points' costs, to the defaults' own, and where a line through them says what all cost.
struct Costs {
  Rows units{};                  // Of trainings that did not fail, ...
  std::vector<double> ended;     // ... their costs, ...
  std::vector<double> failed{};  // ... and those of the others.
  std::vector<double> drawn{};   // Of the points spread over the space, both.
  double failures = 0;           // The share of these that failed.
  Rows space{};                  // Points of the space, with `costs` one a point; empty: there is no line.
  std::vector<double> costs{};
  PilotValues values{};
};

Costs costs_of(const space::Space& space, const PilotResult& pilot, const Facts& facts, double company) {
  const Length length{.steps = facts.steps, .told = pilot.alone.steps};
  Costs out{.units = {pilot.alone.unit}, .ended = {1}};
  double drawn = 0, failures = 0;
  for (const Training& training : pilot.beside) {
    if (training.is_default) continue;
    drawn += training.is_guess ? 0 : 1;
    const auto cost = cost_of(training, length, facts, company);
    if (!cost) continue;
    if (!training.is_guess) out.drawn.push_back(*cost);
    (training.has_failed ? out.failed : out.ended).push_back(*cost);
    if (!training.has_failed) out.units.push_back(training.unit);
    if (training.has_failed && !training.is_guess) failures += 1;
  }
  if (drawn > 0) out.failures = failures / drawn;
  out.values = values_of(pilot, length, facts.slope);
  Rows points = spread_over(space);
  const std::size_t count = points.size();
  points.insert(points.end(), out.values.units.begin(), out.values.units.end());
  auto costs = costs_over(with_logs(space, out.units), out.ended, with_logs(space, points));
  if (!costs) return out;
  out.values.costs.assign(costs->begin() + static_cast<std::ptrdiff_t>(count), costs->end());
  costs->resize(count);
  points.resize(count);
  out.costs = *std::move(costs);
  out.space = std::move(points);
  return out;
}

// A full training with the defaults in company.
double company_of(const PilotResult& pilot, const Facts& facts) {
  const Length length{.steps = facts.steps, .told = pilot.alone.steps};
  double company = facts.full_seconds();
  for (const Training& training : pilot.beside) {
    if (!training.is_default || training.has_failed) continue;
    company = full_seconds(training, length, facts.tail_seconds).value_or(company);
  }
  return company;
}

}  // namespace

void take_costs(const space::Space& space, const PilotResult& pilot, Facts& facts) {
  for (const Training& training : pilot.beside) {
    if (!training.is_default || training.has_failed) continue;
    facts.slow_down = std::max(0.5, slow_down_of(pilot.alone, training).value_or(1));
    facts.start_slow_down = start_slow_down_of(pilot.alone, training).value_or(1);
  }
  const Costs costs = costs_of(space, pilot, facts, company_of(pilot, facts));
  facts.costs = costs.drawn;
  facts.failures = costs.failures;
  if (costs.space.empty()) {
    // What fails is not come back to; of the others any may be like the best one, or differ from it by chance.
    const double mean = mean_of(costs.ended);
    for (const double cost : costs.ended) facts.costs_near_best.push_back((cost + mean) / 2);
    return;
  }
  facts.cost_mean = mean_of({costs.costs.begin(), costs.costs.begin() + kSpacePoints});
  if (!costs.failed.empty()) *facts.cost_mean += facts.failures * (mean_of(costs.failed) - *facts.cost_mean);
  facts.costs_near_best =
      costs_near_best(costs.values, costs.space, costs.costs, kDraws, static_cast<std::uint64_t>(facts.steps));
}

std::optional<PilotValues> values_where_costs_differ(const PilotResult& pilot, const Facts& facts) {
  const Length length{.steps = facts.steps, .told = pilot.alone.steps};
  const double company = company_of(pilot, facts);
  double least = 1, most = 1;
  for (const Training& training : pilot.beside) {
    if (training.is_default || training.has_failed) continue;
    const auto cost = cost_of(training, length, facts, company);
    if (!cost) continue;
    least = std::min(least, *cost);
    most = std::max(most, *cost);
  }
  return most < kAlike * least ? std::nullopt : std::optional(values_of(pilot, length, facts.slope));
}

}  // namespace sterlet::plan
