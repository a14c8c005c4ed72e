#include "sterlet/plan/facts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/plan/pilot_costs.h"

namespace sterlet::plan {

namespace {

using base::ErrorCode;

// How much of what tuning gains lies in a parameter of each tier: as `sterlet practices` has it.
constexpr std::array<double, 5> kTierWeight{0, 1, 0.4, 0.12, 0.03};
// Of the steps of a full training, the mean of trials after the fourth, on eight tasks with real curves: bench/RESULTS.md,
// Plans. Of random points; those of a sampler that learns are more alike, so that fewer can be stopped early.
struct PrunedShare {
  std::string_view pruner;
  double of_random;
};
constexpr std::array<PrunedShare, 5> kPrunedShares{
    {{"curve", 0.44}, {"auto", 0.44}, {"median", 0.34}, {"percentile", 0.22}, {"hyperband", 0.4}}};
constexpr double kOtherShare = 0.8;  // Of pruners that stop what is hopeless alone, as threshold does: our estimate.
constexpr double kLearning = 1.3;
constexpr std::size_t kSameMin = 2;        // Points that came to what the defaults did are no chance.
constexpr std::int64_t kStepsUsual = 100;  // Where nothing is known of them ...
constexpr double kReportsUsual = 100;      // ... and of the reports.
constexpr double kRungs = 27;  // A full training is so many times as long as the first rung, where nothing says it.

bool is_searched(const space::Parameter& parameter) {
  return space::is_numeric(parameter) ? parameter.low < parameter.high : parameter.choices.size() > 1;
}

// Rungs eta times apart from r to N cost (r/N) (1 + (1 - 1/eta) log_eta(N/r)) full trainings a start. With few reports there
// are few places to stop at, with one none.
double pruned_share(const studyfile::Choice& pruner, double steps, double reports, bool is_model_based) {
  if (pruner.name == "none" || reports < 2) return pruner.name == "none" ? 0 : 1;
  if (pruner.name == "asha") {
    const double eta = pruner.options.value("eta", 3.0), first = pruner.options.value("min_steps", 0.0);
    const double times = std::max(1.0, first > 0 && steps > 0 ? steps / first : std::min(kRungs, reports));
    return std::min(1.0, (1 + (1 - 1 / eta) * std::log(times) / std::log(eta)) / times);
  }
  const auto found = std::find_if(kPrunedShares.begin(), kPrunedShares.end(),
                                  [&](const PrunedShare& row) { return row.pruner == pruner.name; });
  const double of_random = found == kPrunedShares.end() ? kOtherShare : found->of_random;
  const double share = std::min(1.0, of_random * (is_model_based ? kLearning : 1));
  return share + (1 - share) / reports;
}

double value_at(const std::vector<Seen>& reports, std::int64_t step) {
  double value = std::numeric_limits<double>::quiet_NaN();
  for (const Seen& each : reports) {
    if (each.step > step) break;
    value = each.value;
  }
  return value;
}

// Least squares of the value on ln(step) over the later half.
double slope_of(const std::vector<Seen>& reports) {
  std::vector<std::pair<double, double>> points;
  for (std::size_t i = reports.size() / 2; i < reports.size(); ++i) {
    if (std::isfinite(reports[i].value) && reports[i].step > 0) {
      points.emplace_back(std::log(static_cast<double>(reports[i].step)), reports[i].value);
    }
  }
  if (points.size() < 2) return 0;
  double mean_x = 0, mean_y = 0, xx = 0, xy = 0;
  for (const auto& [x, y] : points) {
    mean_x += x / static_cast<double>(points.size());
    mean_y += y / static_cast<double>(points.size());
  }
  for (const auto& [x, y] : points) {
    xx += (x - mean_x) * (x - mean_x);
    xy += (x - mean_x) * (y - mean_y);
  }
  return xx > 0 ? xy / xx : 0;
}

base::Result<std::int64_t> steps_of(const studyfile::StudySpec& spec, const PilotResult& pilot,
                                    std::optional<std::int64_t> steps) {
  if (steps) return *steps;
  const auto length = [](const Training& training) {
    return training.reports.empty() ? std::int64_t{1} : std::max(std::int64_t{1}, training.reports.back().step);
  };
  if (pilot.alone.is_whole) return length(pilot.alone);
  if (spec.budget.steps_max) return *spec.budget.steps_max;
  if (pilot.alone.steps) return *pilot.alone.steps;
  for (const Training& training : pilot.beside) {
    if (training.is_whole) return length(training);
  }
  const std::int64_t last = pilot.alone.reports.empty() ? 0 : pilot.alone.reports.back().step;
  return base::fail(ErrorCode::kInvalidArgument,
                    fmt::format("the pilot's training was at step {} after {} and had not ended, and nothing says how "
                                "many steps a full one has",
                                last, base::duration_text(std::round(pilot.alone.seconds))),
                    "add budget: {max_steps: 1000}, or --steps 1000, or a longer --pilot-time", spec.name);
}

void take_outcomes(const studyfile::StudySpec& spec, const PilotResult& pilot, Facts& facts) {
  const Training* most = &pilot.alone;
  for (const Training& training : pilot.beside) {
    const bool is_more = training.is_default && !training.has_failed;
    if (is_more && training.reports.size() > most->reports.size()) most = &training;
  }
  const std::string& metric = spec.objectives.front().metric;
  if (most->reports.empty()) return;
  if (!std::isfinite(most->reports.back().value)) {
    facts.doubt = fmt::format("With the defaults {} was no number at step {}: see why before anything else.", metric,
                              most->reports.back().step);
    return;
  }
  facts.value = most->reports.back().value;
  facts.share =
      std::clamp(static_cast<double>(most->reports.back().step) / static_cast<double>(facts.steps), 1e-6, 1.0);
  facts.slope = std::min(0.0, slope_of(most->reports));  // What gets worse for now is not taken to go on so.
  for (const Training& training : pilot.beside) {
    if (training.is_default || training.is_guess || training.has_failed || training.reports.empty()) continue;
    const std::int64_t step = std::min(training.reports.back().step, most->reports.back().step);
    const double gap = value_at(training.reports, step) - value_at(most->reports, step);
    if (std::isfinite(gap)) facts.gaps.push_back(gap);
  }
  const auto is_same = [](double gap) { return gap == 0; };
  if (facts.gaps.size() < kSameMin || !std::all_of(facts.gaps.begin(), facts.gaps.end(), is_same)) return;
  facts.doubt = fmt::format(
      "All {} trainings of the pilot had the same {}, whatever their parameters: see whether the "
      "program uses them.",
      facts.gaps.size() + 1, metric);
  facts.value.reset();
  facts.gaps.clear();
}

}  // namespace

std::optional<Pace> pace_of(const std::vector<Seen>& reports) {
  if (reports.empty() || reports.back().step <= 0) return std::nullopt;
  const Seen &first = reports.front(), &last = reports.back();
  const auto steps = static_cast<double>(last.step - first.step);
  if (steps <= 0) {
    return Pace{.step_seconds = last.seconds / static_cast<double>(last.step),
                .step_spread = 0.2,  // One report says nothing of it.
                .report_steps = static_cast<double>(last.step)};
  }
  Pace pace;
  pace.step_seconds = (last.seconds - first.seconds) / steps;
  pace.start_seconds = std::max(0.0, first.seconds - static_cast<double>(first.step) * pace.step_seconds);
  const auto count = static_cast<double>(reports.size() - 1);
  pace.report_steps = steps / count;
  double squares = 0;
  for (std::size_t i = 1; i < reports.size(); ++i) {
    const auto between = static_cast<double>(reports[i].step - reports[i - 1].step);
    if (between <= 0 || pace.step_seconds <= 0) continue;
    const double ratio = (reports[i].seconds - reports[i - 1].seconds) / between / pace.step_seconds;
    squares += (ratio - 1) * (ratio - 1);
  }
  pace.step_spread = std::sqrt(squares / std::max(1.0, count - 1));
  return pace;
}

void set_pruned_shares(const studyfile::StudySpec& spec, Facts& facts) {
  const double steps = static_cast<double>(facts.steps), reports = steps / facts.report_steps;
  facts.pruned_share = pruned_share(spec.pruner, steps, reports, facts.is_model_based);
  facts.open_share = pruned_share({.name = "auto"}, steps, reports, facts.is_model_based);
}

Facts facts_of_study(const studyfile::StudySpec& spec, const space::Space& space) {
  Facts facts;
  facts.budget = spec.budget;
  facts.resources = spec.resources;
  facts.workers = spec.workers;
  facts.pruner = spec.pruner.name;
  facts.is_model_based = spec.sampler.name != "random" && spec.sampler.name != "sobol" && spec.sampler.name != "grid";
  facts.steps = spec.budget.steps_max.value_or(kStepsUsual);
  facts.report_steps = std::max(1.0, static_cast<double>(facts.steps) / kReportsUsual);
  set_pruned_shares(spec, facts);
  double all = 0, live = 0;
  for (const space::Parameter& parameter : space.parameters()) {
    if (!is_searched(parameter)) continue;
    const double weight = kTierWeight[static_cast<std::size_t>(std::clamp(parameter.tier, 1, 4))];
    all += weight;
    if (parameter.live) live += weight;
  }
  facts.live_share = all > 0 ? live / all : 0;
  if (facts.live_share == 0) {
    facts.can_babysit = false;
    facts.why_not = "no parameter is live";
  } else if (spec.objectives.size() > 1) {
    facts.can_babysit = false;
    facts.why_not = "there are several objectives";
  }
  return facts;
}

namespace {

void take_pace(const PilotResult& pilot, Facts& facts) {
  const std::optional<Pace> pace = pace_of(pilot.alone.reports);
  facts.tail_seconds = tail_of(pilot.alone);
  for (const Training& training : pilot.beside) {
    if (!pilot.alone.is_whole && training.is_whole) facts.tail_seconds = tail_of(training);
  }
  if (!pace) {  // One that tells its value alone, at its end.
    facts.step_seconds = pilot.alone.seconds / static_cast<double>(facts.steps);
    facts.report_steps = static_cast<double>(facts.steps);
    return;
  }
  facts.start_seconds = pace->start_seconds;
  facts.step_seconds = pace->step_seconds;
  facts.step_spread = pace->step_spread;
  facts.report_steps = std::max(1.0, pace->report_steps);
}

}  // namespace

base::Result<Facts> gather_facts(const studyfile::StudySpec& spec, const space::Space& space, const PilotResult& pilot,
                                 std::optional<std::int64_t> steps) {
  Facts facts = facts_of_study(spec, space);
  STERLET_TRY(facts.steps, steps_of(spec, pilot, steps));
  facts.pilot_seconds = pilot.seconds;
  take_pace(pilot, facts);
  set_pruned_shares(spec, facts);
  facts.at_once = pilot.at_once;
  take_outcomes(spec, pilot, facts);
  take_costs(space, pilot, facts);
  facts.memory_bytes = pilot.alone.memory_bytes;
  for (const Training& training : pilot.beside)
    facts.memory_bytes = std::max(facts.memory_bytes, training.memory_bytes);
  facts.checkpoint_seconds = pilot.alone.checkpoint_seconds;
  facts.checkpoint_bytes = pilot.alone.checkpoint_bytes;
  if (facts.can_babysit && (!pilot.alone.is_live || !pilot.alone.restores)) {
    facts.can_babysit = false;
    facts.why_not = pilot.alone.is_live ? "its program does not go back to checkpoints"
                                        : "its program takes no changes while it trains";
  }
  return facts;
}

}  // namespace sterlet::plan
