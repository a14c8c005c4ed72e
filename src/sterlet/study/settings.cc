#include "sterlet/study/settings.h"

#include <algorithm>
#include <cmath>

#include "sterlet/analysis/best_arm.h"
#include "sterlet/math/pareto.h"
#include "sterlet/study/expectation.h"
#include "sterlet/study/trial.h"

namespace sterlet::study {

using storage::State;

namespace {

// A race needs some settings to choose from before it says which are worth a repeat; only where no budget of trials
// tells when the search is over and the race begins.
constexpr std::size_t kSettingsBeforeRace = 10;

std::vector<analysis::Arm> arms_of(const std::vector<Setting>& settings, const studyfile::StudySpec& spec) {
  std::vector<analysis::Arm> arms;
  for (const Setting& setting : settings) {
    arms.push_back({.mean = spec.objectives.front().minimised(setting.values.front()),
                    .squares = setting.squares,
                    .runs = setting.runs(),
                    .under_way = setting.under_way,
                    .is_full = setting.runs() + setting.under_way + setting.failed >= spec.repeats.at_most});
  }
  return arms;
}

}  // namespace

// Infinite results are legal; they are never raced, and only the best where there is nothing else.
struct Settings::Race {
  std::vector<Setting> settings;
  std::vector<analysis::Arm> arms;
  analysis::BestArm best;  // Meaningless without settings.
};

struct Settings::Memo {
  std::optional<Race> race;
  std::optional<std::optional<Expectation>> expectation;
  std::optional<std::int64_t> least;  // The trial of the least result, where expectation() has seen them.
};

Settings::Settings(Ledger& ledger) : ledger_(ledger) { ledger.add_derived(*this); }

Setting Settings::at(std::int64_t first) const {
  Setting setting{.first = first};
  if (ledger_.trials().is_outside(first)) return setting;  // What it came to says nothing of what is searched now.
  std::vector<const storage::TrialRecord*> complete;
  for (const std::int64_t trial : ledger_.trials().twins(first)) {
    const storage::TrialRecord& record = ledger_.trials().record(trial);
    switch (record.state) {
      case State::kComplete:
        complete.push_back(&record);
        setting.trials.push_back(trial);
        break;
      case State::kWaiting:
      case State::kRunning:
      case State::kPaused:
      case State::kLost:
        ++setting.under_way;
        break;
      case State::kFailed:
      case State::kPruned:
        ++setting.failed;
        break;
      case State::kCancelled:
      case State::kRemoved:
        break;
    }
  }
  if (complete.empty()) return setting;
  const auto count = static_cast<double>(complete.size());
  const auto mean_into = [&](std::vector<double>& means, std::vector<double> storage::TrialRecord::*values) {
    means.assign((complete.front()->*values).size(), 0.0);
    for (std::size_t i = 0; i < means.size(); ++i) {
      for (const storage::TrialRecord* record : complete)
        means[i] += i < (record->*values).size() ? (record->*values)[i] : 0;
      means[i] /= count;
    }
  };
  mean_into(setting.values, &storage::TrialRecord::values);
  mean_into(setting.constraints, &storage::TrialRecord::constraints);
  for (const storage::TrialRecord* record : complete) {
    const double off = record->values.front() - setting.values.front();
    setting.squares += off * off;
  }
  return setting;
}

// Those that have a mean and are feasible.
std::vector<Setting> Settings::complete() const {
  std::vector<Setting> settings;
  for (std::int64_t trial = 0; trial < ledger_.trials().next_number(); ++trial) {
    const bool is_later = ledger_.trials().observation(trial).origin == space::Origin::kRepeat;
    if (is_later || ledger_.trials().is_repeat(trial)) continue;
    Setting setting = at(trial);
    if (!setting.trials.empty() && is_feasible(setting.constraints)) settings.push_back(std::move(setting));
  }
  return settings;
}

Settings::Memo& Settings::memo() const {
  if (!memo_) memo_ = std::make_shared<Memo>();
  return *memo_;
}

const Settings::Race& Settings::race() const {
  if (memo().race) return *memo().race;
  Race race{.settings = complete()};
  std::erase_if(race.settings,
                [](const auto& setting) { return !std::isfinite(setting.values.front() + setting.squares); });
  race.arms = arms_of(race.settings, ledger_.spec());
  if (!race.arms.empty()) race.best = analysis::find_best_arm(race.arms);
  return memo().race.emplace(std::move(race));
}

// The mean of the runs of a setting is what samplers see of its first trial; of the repeats they see nothing.
void Settings::changed(const Change& change) {
  memo_.reset();
  const studyfile::StudySpec& spec = ledger_.spec();
  if (!spec.repeats.is_on() || ledger_.trials().is_outside(change.now.number)) return;
  const std::int64_t first = ledger_.trials().first_run(change.now.number);
  const Setting setting = at(first);
  const bool is_open = ledger_.trials().record(first).state == State::kComplete &&
                       setting.runs() + setting.under_way + setting.failed < spec.repeats.at_most;
  if (is_open) {
    open_.insert(first);
  } else {
    open_.erase(first);
  }
  const space::Observation& known = ledger_.trials().observation(first);
  const bool is_shown = setting.runs() == known.runs && known.outcome == space::Outcome::kComplete;
  if (setting.runs() == 0 || is_shown) return;
  std::vector<double> values = setting.values;
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = spec.objectives[i].minimised(values[i]);
  ledger_.show_mean(first, std::move(values), setting.constraints, setting.runs());
}

void Settings::restarted() {
  open_.clear();
  memo_.reset();
}

std::optional<std::int64_t> Settings::next_repeat(std::int64_t runs, bool is_space_used_up) const {
  if (!ledger_.spec().repeats.is_on()) return std::nullopt;
  if (ledger_.spec().repeats.race) return next_of_race(runs, is_space_used_up);
  // Every setting whose first run was complete gets the others at once, before a new one is begun.
  return open_.empty() ? std::nullopt : std::optional(*open_.begin());
}

// The last share of the budget is raced for, or where there is no such budget that share of the runs; as long as it is
// open which setting is the best.
std::optional<std::int64_t> Settings::next_of_race(std::int64_t runs, bool is_space_used_up) const {
  const studyfile::StudySpec& spec = ledger_.spec();
  std::int64_t repeats = 0;
  for (const storage::TrialRecord& record : ledger_.trials().records()) {
    repeats += record.state != State::kCancelled && ledger_.trials().is_repeat(record.number) ? 1 : 0;
  }
  const std::vector<Setting>& raced = race().settings;
  if (raced.empty()) return std::nullopt;
  if (spec.budget.target) {
    const studyfile::Objective& objective = spec.objectives.front();
    for (const Setting& setting : raced) {
      const bool is_there = objective.minimised(setting.values.front()) <= objective.minimised(*spec.budget.target);
      if (is_there && setting.runs() == 1 && setting.under_way + setting.failed == 0) return setting.first;
    }
  }
  const double share = spec.repeats.share;
  bool is_due = is_space_used_up;
  if (spec.budget.trials) {
    const auto budget = static_cast<double>(*spec.budget.trials);
    is_due = is_due || budget - static_cast<double>(runs) <= std::floor(share * budget) - static_cast<double>(repeats);
  } else {
    is_due = is_due ||
             (raced.size() >= kSettingsBeforeRace && static_cast<double>(repeats) < share * static_cast<double>(runs));
  }
  if (!is_due) return std::nullopt;
  const auto probability = analysis::probability_of_best(race().arms, race().best);
  if (probability && *probability >= spec.repeats.confidence) return std::nullopt;
  const auto next = analysis::next_arm(race().arms, race().best);
  return next ? std::optional(raced[*next].first) : std::nullopt;
}

// Whether what it came to is the mean of several.
bool Settings::is_mean(std::int64_t trial) const {
  const studyfile::StudySpec& spec = ledger_.spec();
  return (spec.duplicates == studyfile::Duplicates::kAverage || spec.repeats.is_on()) &&
         !ledger_.trials().is_outside(trial) && ledger_.trials().record(trial).state == State::kComplete;
}

std::vector<double> Settings::values_of(std::int64_t trial) const {
  if (!is_mean(trial)) return ledger_.trials().record(trial).values;
  std::vector<double> sums(ledger_.spec().objectives.size(), 0.0);
  double count = 0;
  for (const std::int64_t twin : ledger_.trials().twins(trial)) {
    const storage::TrialRecord& record = ledger_.trials().record(twin);
    if (record.state != State::kComplete) continue;
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += record.values[i];
    ++count;
  }
  for (double& sum : sums) sum /= count;
  return sums;
}

// Of the first objective, to be minimised.
double Settings::result_of(std::int64_t trial) const {
  const double value = is_mean(trial) ? values_of(trial).front() : ledger_.trials().record(trial).values.front();
  return ledger_.spec().objectives.front().minimised(value);
}

// Complete, feasible, of what is searched now; one for each setting that is repeated.
std::vector<std::int64_t> Settings::candidates() const {
  std::vector<std::int64_t> trials;
  for (const storage::TrialRecord& record : ledger_.trials().records()) {
    const bool is_candidate = record.state == State::kComplete && is_feasible(record.constraints) &&
                              !ledger_.trials().is_repeat(record.number) && !ledger_.trials().is_outside(record.number);
    if (is_candidate) trials.push_back(record.number);
  }
  return trials;
}

std::vector<std::int64_t> Settings::best() const {
  if (expectation()) return {expectation()->trial};
  return best_measured();
}

std::vector<std::int64_t> Settings::best_measured() const {
  const std::vector<studyfile::Objective>& objectives = ledger_.spec().objectives;
  if (ledger_.spec().repeats.is_on() && objectives.size() == 1) return best_setting();
  if (memo().least) return {*memo().least};
  const std::vector<std::int64_t> all = candidates();
  if (all.empty()) return {};
  std::vector<double> values;  // To be minimised, those of one trial side by side.
  if (objectives.size() == 1) {
    for (const std::int64_t trial : all) values.push_back(result_of(trial));
    return {all[static_cast<std::size_t>(std::min_element(values.begin(), values.end()) - values.begin())]};
  }
  for (const std::int64_t trial : all) {
    const std::vector<double> own = values_of(trial);
    for (std::size_t i = 0; i < own.size(); ++i) values.push_back(objectives[i].minimised(own[i]));
  }
  std::vector<std::int64_t> best;
  for (const std::size_t index : math::pareto_front({.values = values, .width = objectives.size()}))
    best.push_back(all[index]);
  return best;
}

const std::optional<Expectation>& Settings::expectation() const {
  std::optional<std::optional<Expectation>>& known = memo().expectation;
  if (known) return *known;
  const studyfile::StudySpec& spec = ledger_.spec();
  // A member of a population, or a model that is babysat, is not what its first configuration was.
  const bool is_plain = spec.strategy.name == "parallel";
  if (!is_plain || spec.repeats.is_on() || spec.objectives.size() > 1) return known.emplace(std::nullopt);
  std::vector<Measured> measured;
  std::optional<Measured> least;
  for (const std::int64_t trial : candidates()) {
    const Measured one{.trial = trial, .value = result_of(trial)};
    if (!least || one.value < least->value) least = one;
    if (std::isfinite(one.value)) measured.push_back(one);
  }
  if (least) memo().least = least->trial;
  auto found = expect_of(std::move(measured), ledger_.trials(), ledger_.space());
  if (found) {
    found->value = spec.objectives.front().minimised(found->value);  // Its own inverse.
    found->of_luckiest = spec.objectives.front().minimised(found->of_luckiest);
  }
  return known.emplace(found);
}

std::vector<std::int64_t> Settings::best_setting() const {
  if (!race().settings.empty()) return {race().settings[race().best.index].trials.front()};
  const std::vector<Setting> all = complete();
  if (all.empty()) return {};
  const auto arms = arms_of(all, ledger_.spec());
  const auto least =
      std::min_element(arms.begin(), arms.end(), [](const auto& a, const auto& b) { return a.mean < b.mean; });
  return {all[static_cast<std::size_t>(least - arms.begin())].trials.front()};
}

std::optional<Assurance> Settings::assurance(std::int64_t trial) const {
  if (!ledger_.spec().repeats.is_on()) return std::nullopt;
  const std::int64_t first = ledger_.trials().first_run(trial);
  const Setting own = at(first);
  if (own.trials.empty()) return std::nullopt;
  Assurance assurance{.trials = own.trials, .values = own.values};
  if (ledger_.spec().objectives.size() > 1) return assurance;
  const auto& [raced, arms, best] = race();
  const auto found = std::find_if(raced.begin(), raced.end(), [&](const auto& one) { return one.first == first; });
  if (found == raced.end()) return assurance;
  assurance.standard_error = standard_error(own);
  if (raced[best.index].first == first) assurance.probability = analysis::probability_of_best(arms, best);
  return assurance;
}

std::optional<double> Settings::standard_error(const Setting& setting) const {
  if (ledger_.spec().objectives.size() > 1 || setting.trials.empty() || !race().best.noise_sd) return std::nullopt;
  return *race().best.noise_sd / std::sqrt(static_cast<double>(setting.trials.size()));
}

}  // namespace sterlet::study
