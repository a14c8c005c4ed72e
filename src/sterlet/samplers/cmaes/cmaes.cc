#include "sterlet/samplers/cmaes/cmaes.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "sterlet/samplers/cmaes/run.h"
#include "sterlet/samplers/cmaes/screen.h"
#include "sterlet/samplers/cmaes/view.h"
#include "sterlet/samplers/cmaes/warm.h"
#include "sterlet/samplers/history_cursor.h"
#include "sterlet/samplers/sobol.h"
#include "sterlet/samplers/unit_table.h"

namespace sterlet::samplers {

namespace {

constexpr std::size_t kScreenRowsMax = 100;
constexpr std::size_t kExtraDraws = 50;  // Past the candidates, where constraints refuse them.
constexpr double kWidening = 1.5;        // Of the spread, each time that a point could not be used.
constexpr std::uint32_t kAttemptsRecognised = 2;
constexpr std::size_t kRunsRecognised = 4;  // Generations back from which a finished trial may come.
constexpr std::size_t kPopulationMax = 4096;
constexpr std::uint32_t kRestartAttempt = 0xFFFF, kBehindAttempt = 0xFFFE;  // Streams that no draw uses.
constexpr std::int64_t kShortBudget = 300;
constexpr double kCoarse = 0.03;    // A first run's last spread with a short budget.
constexpr double kFlat = 1e-12;     // Of the values' spread in the start.
constexpr double kShareRate = 0.3;  // How fast the shares of categories follow a generation.
// Memory of generations: the latest, and of the older every so many.
constexpr std::size_t kRecentRuns = 32, kRunStride = 64;

bool is_finished(const space::Observation& trial) {
  return trial.outcome != space::Outcome::kPending && trial.outcome != space::Outcome::kVoid;
}

class Cmaes final : public Sampler {
 public:
  Cmaes(const space::Space& space, const CmaesOptions& options, const StudyFacts& facts)
      : view_(space),
        priors_(facts.priors),
        options_(options),
        seed_(facts.seed),
        sobol_(make_sobol(space, facts.seed)),
        units_(space.dimensions().size()) {
    const bool is_short = facts.trial_budget && *facts.trial_budget <= kShortBudget;
    tolerance_ = options.tolerance > 0 ? options.tolerance : is_short ? kCoarse : 0;
    population_ = options.population == 0 ? cmaes_population(view_.searched_count())
                                          : static_cast<std::size_t>(options.population);
  }

  Suggestion suggest(const space::History& history, const base::StreamKey& key) const override {
    if (view_.searched_count() == 0) return sobol_->suggest(history, key);
    follow(history);
    if (runs_.empty()) return sobol_->suggest(history, key);
    return {.point = draw(history, runs_.back(), key), .origin = space::Origin::kModel};
  }

 private:
  void follow(const space::History& history) const {
    const HistoryCursor::Step step = cursor_.advance(history);
    if (step.restart) {
      runs_.clear();
      units_.clear();
    }
    for (const std::uint32_t number : step.changed) {
      while (!runs_.empty() && runs_.back().next > number) runs_.pop_back();
    }
    while (!runs_.empty() && !has_latest()) runs_.pop_back();
    units_.extend(view_.space(), history);
    if (runs_.empty()) start(history);
    if (runs_.empty()) return;
    while (std::optional<CmaesRun> next = next_generation(history, runs_.back())) {
      runs_.push_back(std::move(*next));
      thin();
    }
  }

  // Forgets all but the latest runs and, of older ones, some in a row every so often.
  void thin() const {
    if (runs_.size() <= kRecentRuns) return;
    const std::size_t old = runs_.size() - 1 - kRecentRuns;
    if (runs_[old].index % kRunStride < kRunsRecognised) return;
    runs_.erase(runs_.begin() + static_cast<std::ptrdiff_t>(old));
  }

  // Whether the runs that a finished trial may come from are all there, as they would be in a replay.
  bool has_latest() const {
    const std::size_t count = std::min(kRunsRecognised, runs_.back().index + 1);
    return runs_.size() >= count && runs_[runs_.size() - count].index + count == runs_.back().index + 1;
  }

  // The first run, once enough trials have finished.
  void start(const space::History& history) const {
    std::vector<CmaesStanding> standings;
    std::size_t next = 0;
    for (const space::Observation& trial : history.trials()) {
      if (!is_finished(trial)) continue;
      standings.push_back(cmaes_standing(trial));
      if (std::ssize(standings) < options_.startup_trials) continue;
      next = static_cast<std::size_t>(trial.number) + 1;
      break;
    }
    if (next == 0) return;
    std::sort(standings.begin(), standings.end());
    double low = HUGE_VAL, high = -HUGE_VAL;
    for (const CmaesStanding& standing : standings) {
      if (standing.outcome != 0 || !std::isfinite(standing.value)) continue;
      low = std::min(low, standing.value);
      high = std::max(high, standing.value);
    }
    CmaesRun run{.next = next,
                 .constants = cmaes_constants(view_.coordinate_count(), population_),
                 .shares = view_.even_shares(),
                 .best = standings.front(),
                 .flat = kFlat * (high > low ? high - low : 1.0)};
    const std::size_t half = (standings.size() + 1) / 2;
    for (std::size_t rank = 0; rank < half && standings[rank].outcome != 2; ++rank) {
      view_.add_choices(row_of(standings[rank]), 1 - static_cast<double>(rank) / static_cast<double>(half), run.shares);
    }
    view_.normalise(run.shares, least_share());
    std::vector<double> mean = view_.coordinates_of(row_of(standings.front()));
    if (standings.front().outcome == 2) std::fill(mean.begin(), mean.end(), 0.5);
    begin_state(run, std::move(mean), options_.sigma);
    start_warm(run, std::span(history.trials()).first(next));
    runs_.push_back(std::move(run));
  }

  // From an older study's distribution, where the first trials bear that study out.
  void start_warm(CmaesRun& run, std::span<const space::Observation> trials) const {
    const std::optional<CmaesWarm> warm = priors_.empty() ? std::nullopt : cmaes_warm(view_, priors_, trials);
    if (!warm) return;
    run.shares = warm->shares;
    view_.normalise(run.shares, least_share());
    if (warm->mean.empty()) return;
    begin_state(run, warm->mean, warm->sigma, warm->covariance);
  }

  std::span<const double> row_of(const CmaesStanding& standing) const {
    return units_.row(static_cast<std::size_t>(standing.number));
  }

  double least_share() const { return 1 / static_cast<double>(population_); }

  void begin_state(CmaesRun& run, std::vector<double> mean, double sigma,
                   std::span<const double> covariance = {}) const {
    run.state = cmaes_start(std::move(mean), sigma);
    if (!covariance.empty()) cmaes_shape(run.state, covariance);
    settle(run);
    run.lows.clear();
    run.highs.clear();
    run.used_here = 0;
  }

  void settle(CmaesRun& run) const {
    const auto draws =
        static_cast<double>(std::max<std::size_t>(1, view_.coordinate_count()) * run.constants.population);
    view_.settle(run.state, 1 / draws);
  }

  // The run after the next lambda finished trials; nothing while there are fewer.
  std::optional<CmaesRun> next_generation(const space::History& history, const CmaesRun& run) const {
    std::vector<CmaesStanding> members;
    CmaesStanding best = run.best;
    std::size_t next = run.next;
    for (; next < history.size() && members.size() < run.constants.population; ++next) {
      const space::Observation& trial = history.trials()[next];
      if (!is_finished(trial)) continue;
      const CmaesStanding standing = cmaes_standing(trial);
      // By number, a later trial loses a tie; so equal values do not let in what others suggested.
      const bool better = standing < best;
      if (trial.origin == space::Origin::kModel || better) members.push_back(standing);
      if (better) best = standing;
    }
    if (members.size() < run.constants.population) return std::nullopt;
    std::sort(members.begin(), members.end());
    CmaesRun after = run;
    after.next = next;
    ++after.index;
    after.best = best;
    std::vector<double> ranked;
    for (const CmaesStanding& member : members) {
      const std::vector<double> sample = sample_of(history.trials()[static_cast<std::size_t>(member.number)]);
      ranked.insert(ranked.end(), sample.begin(), sample.end());
    }
    cmaes_update(after.state, after.constants, ranked);
    settle(after);
    learn_shares(after, members);
    cmaes_note_values(after, view_, members);
    after.used_here += members.size();
    if (cmaes_has_stopped(after, view_, tolerance_, options_.sigma)) restart(after);
    return after;
  }

  void learn_shares(CmaesRun& run, const std::vector<CmaesStanding>& members) const {
    if (run.shares.empty()) return;
    for (double& share : run.shares) share *= 1 - kShareRate;
    for (std::size_t rank = 0; rank < run.constants.parents; ++rank) {
      view_.add_choices(row_of(members[rank]), kShareRate * run.constants.weights[rank], run.shares);
    }
    view_.normalise(run.shares, least_share());
  }

  // What the distribution drew to suggest a trial. A draw of one of the latest generations is drawn again and
  // recognised by its point; anything else is a point of somebody else, or of a generation that a late result changed.
  std::vector<double> sample_of(const space::Observation& trial) const {
    const auto number = static_cast<std::size_t>(trial.number);
    if (trial.origin == space::Origin::kModel) {
      for (std::size_t back = 0; back < std::min(kRunsRecognised, runs_.size()); ++back) {
        const CmaesRun& run = runs_[runs_.size() - 1 - back];
        if (run.next > number) continue;
        for (std::uint32_t attempt = 0; attempt < kAttemptsRecognised; ++attempt) {
          std::optional<std::vector<double>> sample = recognise(run, trial, attempt);
          if (!sample) continue;
          return back == 0 && attempt == 0 ? std::move(*sample) : shortened(std::move(*sample));
        }
      }
    }
    base::RandomStream stream({.seed = seed_,
                               .trial = static_cast<std::uint64_t>(trial.number),
                               .stream = base::Stream::kCmaes,
                               .attempt = kBehindAttempt});
    return shortened(view_.sample_behind(runs_.back().state, units_.row(number), stream));
  }

  std::optional<std::vector<double>> recognise(const CmaesRun& run, const space::Observation& trial,
                                               std::uint32_t attempt) const {
    const auto number = static_cast<std::size_t>(trial.number);
    base::RandomStream stream({.seed = seed_, .trial = number, .stream = base::Stream::kCmaes, .attempt = attempt});
    const std::size_t count = draw_count(number);
    for (std::size_t i = 0; i < count; ++i) {
      CmaesDraw one = view_.draw(run.state, run.shares, std::pow(kWidening, attempt), stream);
      if (is_near(one.unit, units_.row(number)) && view_.space().from_unit(one.unit) == trial.point) return one.sample;
    }
    return std::nullopt;
  }

  // Saves making a point of nearly every draw.
  bool is_near(std::span<const double> drawn, std::span<const double> row) const {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::size_t parameter = view_.space().dimensions()[i].parameter;
      const bool one_to_one = !view_.space().axis(i).level_count() && view_.space().parameters()[parameter].zero == 0;
      if (one_to_one && std::fabs(drawn[i] - row[i]) > 1e-6) return false;
    }
    return true;
  }

  std::vector<double> shortened(std::vector<double> sample) const {
    const CmaesState& state = runs_.back().state;
    const auto d = static_cast<double>(sample.size());
    const double longest = std::sqrt(d) + 2 * d / (d + 2);
    const double distance = cmaes_distance(state, sample);
    if (!(distance > longest)) return sample;
    for (std::size_t i = 0; i < sample.size(); ++i) {
      sample[i] = state.mean[i] + (sample[i] - state.mean[i]) * (longest / distance);
    }
    return sample;
  }

  void restart(CmaesRun& run) const {
    base::RandomStream stream(
        {.seed = seed_, .trial = ++run.restarts, .stream = base::Stream::kCmaes, .attempt = kRestartAttempt});
    if (run.restarts > 1) (run.small ? run.used_small : run.used_large) += run.used_here;
    std::vector<double> mean(view_.coordinate_count());
    for (double& coordinate : mean) coordinate = stream.uniform();
    const auto first = static_cast<double>(population_);
    const auto grown = [&](std::uint64_t times) {
      return std::min(static_cast<double>(kPopulationMax),
                      first * std::pow(options_.growth, static_cast<double>(times)));
    };
    run.small = options_.alternate == 1 && run.used_small < run.used_large;
    double population = 0, sigma = options_.sigma;
    if (run.small) {
      const double share = stream.uniform();
      population = first * std::pow(0.5 * grown(run.large_restarts) / first, share * share);
      sigma *= std::pow(10.0, -2 * stream.uniform());
    } else {
      population = grown(++run.large_restarts);
    }
    run.constants =
        cmaes_constants(view_.coordinate_count(), std::max<std::size_t>(2, static_cast<std::size_t>(population)));
    run.shares = view_.even_shares();
    begin_state(run, std::move(mean), sigma);
  }

  bool is_screened(std::size_t trials) const {
    return options_.candidates > 1 && trials < static_cast<std::size_t>(options_.screened_trials);
  }

  // How many draws there may be for a trial.
  std::size_t draw_count(std::size_t trial) const {
    const std::size_t candidates = is_screened(trial) ? static_cast<std::size_t>(options_.candidates) : 1;
    return candidates + (view_.space().constraints().empty() ? 0 : kExtraDraws);
  }

  space::Point draw(const space::History& history, const CmaesRun& run, base::StreamKey key) const {
    key.stream = base::Stream::kCmaes;
    base::RandomStream stream(key);
    const std::size_t wanted = is_screened(history.size()) ? static_cast<std::size_t>(options_.candidates) : 1;
    const std::size_t limit = draw_count(history.size());
    std::vector<space::Point> points;
    std::vector<double> rows;
    space::Point refused;
    for (std::size_t i = 0; i < limit && points.size() < wanted; ++i) {
      CmaesDraw one = view_.draw(run.state, run.shares, std::pow(kWidening, std::min(key.attempt, 16u)), stream);
      space::Point point = view_.space().from_unit(one.unit);
      if (!view_.space().satisfies_constraints(point)) {
        if (i == 0) refused = std::move(point);
        continue;
      }
      for (std::size_t j = 0; j < one.unit.size(); ++j) {
        if (std::isnan(point.values[j])) one.unit[j] = std::numeric_limits<double>::quiet_NaN();
      }
      points.push_back(std::move(point));
      rows.insert(rows.end(), one.unit.begin(), one.unit.end());
    }
    if (points.empty()) return view_.space().repair(refused, key);
    if (points.size() == 1) return std::move(points.front());
    std::vector<std::pair<double, std::size_t>> order;
    for (const double score : make_screen(history, run).scores(rows)) order.emplace_back(score, order.size());
    std::sort(order.begin(), order.end());
    const auto fresh = std::find_if(order.begin(), order.end(),
                                    [&](const auto& entry) { return !history.contains(points[entry.second]); });
    return std::move(points[fresh == order.end() ? order.front().second : fresh->second]);
  }

  CmaesScreen make_screen(const space::History& history, const CmaesRun& run) const {
    std::vector<CmaesStanding> standings;
    for (const space::Observation& trial : history.trials()) {
      if (is_finished(trial)) standings.push_back(cmaes_standing(trial));
    }
    if (standings.size() > kScreenRowsMax) {  // Those that lie nearest to where draws will fall.
      std::vector<std::pair<double, CmaesStanding>> near;
      for (const CmaesStanding& standing : standings) {
        near.emplace_back(cmaes_distance(run.state, view_.coordinates_of(row_of(standing))), standing);
      }
      std::sort(near.begin(), near.end());
      standings.clear();
      for (std::size_t i = 0; i < kScreenRowsMax; ++i) standings.push_back(near[i].second);
    }
    std::sort(standings.begin(), standings.end());
    std::vector<double> rows;
    for (const CmaesStanding& standing : standings) {
      const std::span<const double> row = row_of(standing);
      rows.insert(rows.end(), row.begin(), row.end());
    }
    return CmaesScreen(view_.space(), std::move(rows));
  }

  CmaesView view_;
  std::vector<ActivePrior> priors_;
  CmaesOptions options_;
  std::uint64_t seed_;
  std::unique_ptr<Sampler> sobol_;
  std::size_t population_ = 0;
  double tolerance_ = 0;  // Spread at which the first run ends; 0: none but the least.
  // The memo: generations so far, by rising `next`.
  mutable HistoryCursor cursor_;
  mutable UnitTable units_;
  mutable std::vector<CmaesRun> runs_;
};

}  // namespace

base::Result<std::unique_ptr<Sampler>> make_cmaes(const space::Space& space, const CmaesOptions& options,
                                                  const StudyFacts& facts) {
  if (facts.objective_count > 1) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("sampler cmaes follows one objective (found {})", facts.objective_count),
                      "use nsga2 for several");
  }
  if (options.population == 1) {
    return base::fail(base::ErrorCode::kInvalidArgument, "a generation of sampler cmaes cannot be 1 trial",
                      "population is 0 (4 + 3 ln d), or 2 to 10000");
  }
  return std::make_unique<Cmaes>(space, options, facts);
}

}  // namespace sterlet::samplers
