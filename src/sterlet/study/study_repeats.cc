// Noise: settings that are run again with other seeds. A repeat is a trial of its own at the point of an earlier one,
// so that leases, retries, budgets and the event log hold for it as for any other; together they are one setting, whose
// first trial stands for all of them.
#include <algorithm>
#include <cmath>

#include "sterlet/analysis/best_arm.h"
#include "sterlet/study/study.h"

namespace sterlet::study {

using storage::State;

namespace {

// A race needs some settings to choose from before it says which are worth a repeat; only where no budget of trials
// tells when the search is over and the race begins.
constexpr std::size_t kSettingsBeforeRace = 10;
constexpr std::int64_t kRunsForTarget = 2;  // In a race; one run may be luck.

double minimised(double value, studyfile::Direction direction) {
  return direction == studyfile::Direction::kMaximize ? -value : value;
}

}  // namespace

Study::Setting Study::setting_at(std::int64_t first) const {
  Setting setting{.first = first};
  std::vector<const storage::TrialRecord*> complete;
  for (const std::int64_t trial : ledger_.history().trials_at(ledger_.point(first))) {
    const storage::TrialRecord& record = ledger_.record(trial);
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

std::vector<Study::Setting> Study::settings() const {
  std::vector<Setting> settings;
  for (std::size_t i = 0; i < ledger_.records().size(); ++i) {
    const auto trial = static_cast<std::int64_t>(i);
    if (ledger_.history().trials()[i].origin == space::Origin::kRepeat || is_repeat(trial)) continue;
    Setting setting = setting_at(trial);
    const bool is_feasible = std::all_of(setting.constraints.begin(), setting.constraints.end(),
                                         [](double constraint) { return constraint <= 0; });
    if (!setting.trials.empty() && is_feasible) settings.push_back(std::move(setting));
  }
  return settings;
}

namespace {

std::vector<analysis::Arm> arms_of(const std::vector<Study::Setting>& settings, const studyfile::StudySpec& spec) {
  std::vector<analysis::Arm> arms;
  for (const Study::Setting& setting : settings) {
    const auto runs = static_cast<std::int64_t>(setting.trials.size());
    arms.push_back({.mean = minimised(setting.values.front(), spec.objectives.front().direction),
                    .squares = setting.squares,
                    .runs = runs,
                    .under_way = setting.under_way,
                    .is_full = runs + setting.under_way + setting.failed >= spec.repeats.at_most});
  }
  return arms;
}

}  // namespace

// Infinite results are legal; they are never raced, and only the best where there is nothing else.
struct Study::Race {
  std::vector<Setting> settings;
  std::vector<analysis::Arm> arms;
  analysis::BestArm best;  // Meaningless without settings.
};

const Study::Race& Study::race() const {
  if (race_) return *race_;
  Race race{.settings = settings()};
  std::erase_if(race.settings,
                [](const auto& setting) { return !std::isfinite(setting.values.front() + setting.squares); });
  race.arms = arms_of(race.settings, spec_);
  if (!race.arms.empty()) race.best = analysis::find_best_arm(race.arms);
  race_ = std::make_shared<const Race>(std::move(race));
  return *race_;
}

// After a trial's row has changed: the mean of the runs of its setting is what samplers see of the first trial there;
// of the repeats they see nothing.
void Study::take_in_setting(std::int64_t trial) {
  if (!spec_.repeats.is_on()) return;
  race_.reset();
  const std::int64_t first = first_run(trial);
  const Setting setting = setting_at(first);
  const auto runs = static_cast<std::int64_t>(setting.trials.size());
  const bool is_open = ledger_.record(first).state == State::kComplete &&
                       runs + setting.under_way + setting.failed < spec_.repeats.at_most;
  if (is_open) {
    open_settings_.insert(first);
  } else {
    open_settings_.erase(first);
  }
  const space::Observation& known = ledger_.history().trials()[static_cast<std::size_t>(first)];
  if (runs == 0 || (runs == known.runs && known.outcome == space::Outcome::kComplete)) return;
  std::vector<double> values = setting.values;
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = minimised(values[i], spec_.objectives[i].direction);
  ledger_.show_mean(first, std::move(values), setting.constraints, runs);
}

bool Study::is_target_reached(std::int64_t trial) const {
  if (!spec_.budget.target) return false;
  const auto direction = spec_.objectives.front().direction;
  const double target = minimised(*spec_.budget.target, direction);
  const storage::TrialRecord& record = ledger_.record(trial);
  if (record.state != State::kComplete || record.values.empty()) return false;
  if (!spec_.repeats.is_on()) return minimised(record.values.front(), direction) <= target;
  const Setting setting = this->setting(trial);
  const auto runs = static_cast<std::int64_t>(setting.trials.size());
  const bool is_enough = runs >= (spec_.repeats.race ? kRunsForTarget : spec_.repeats.at_most);
  return is_enough && minimised(setting.values.front(), direction) <= target;
}

// The first trial of the setting that is to be repeated next, if one is. Pure: a function of the records.
std::optional<std::int64_t> Study::next_repeat() const {
  if (spec_.repeats.race) return next_of_race();
  // Every setting whose first run was complete gets the others at once, before a new one is begun.
  return open_settings_.empty() ? std::nullopt : std::optional(*open_settings_.begin());
}

// The last share of the budget is raced for, or where there is no such budget that share of the runs; as long as it is
// open which setting is the best.
std::optional<std::int64_t> Study::next_of_race() const {
  std::int64_t repeats = 0;
  for (std::size_t i = 0; i < ledger_.records().size(); ++i) {
    const bool counts = ledger_.records()[i].state != State::kCancelled;
    repeats += counts && is_repeat(static_cast<std::int64_t>(i)) ? 1 : 0;
  }
  const std::vector<Setting>& raced = race().settings;
  if (raced.empty()) return std::nullopt;
  if (spec_.budget.target) {
    const auto direction = spec_.objectives.front().direction;
    for (const Setting& setting : raced) {
      const bool is_there = minimised(setting.values.front(), direction) <= minimised(*spec_.budget.target, direction);
      if (is_there && setting.trials.size() == 1 && setting.under_way + setting.failed == 0) return setting.first;
    }
  }
  const auto runs = static_cast<double>(ledger_.next_number() - cancelled_count_);
  const double share = spec_.repeats.share;
  bool is_due = pause_ == Pause::kSpace;
  if (spec_.budget.trials) {
    const auto budget = static_cast<double>(*spec_.budget.trials);
    is_due = is_due || budget - runs <= std::floor(share * budget) - static_cast<double>(repeats);
  } else {
    is_due = is_due || (raced.size() >= kSettingsBeforeRace && static_cast<double>(repeats) < share * runs);
  }
  if (!is_due) return std::nullopt;
  const auto probability = analysis::probability_of_best(race().arms, race().best);
  if (probability && *probability >= spec_.repeats.confidence) return std::nullopt;
  const auto next = analysis::next_arm(race().arms, race().best);
  if (!next) return std::nullopt;
  return raced[*next].first;
}

std::vector<std::int64_t> Study::best_setting() const {
  if (!race().settings.empty()) return {race().settings[race().best.index].trials.front()};
  const std::vector<Setting> all = settings();
  if (all.empty()) return {};
  const auto arms = arms_of(all, spec_);
  const auto least =
      std::min_element(arms.begin(), arms.end(), [](const auto& a, const auto& b) { return a.mean < b.mean; });
  return {all[static_cast<std::size_t>(least - arms.begin())].trials.front()};
}

std::optional<Study::Assurance> Study::assurance(std::int64_t trial) const {
  if (!spec_.repeats.is_on()) return std::nullopt;
  const std::int64_t first = first_run(trial);
  const Setting own = setting_at(first);
  if (own.trials.empty()) return std::nullopt;
  Assurance assurance{.trials = own.trials, .values = own.values};
  if (spec_.objectives.size() > 1) return assurance;
  const auto& [raced, arms, best] = race();
  const auto found = std::find_if(raced.begin(), raced.end(), [&](const auto& one) { return one.first == first; });
  if (found == raced.end()) return assurance;
  assurance.standard_error = standard_error(own);
  if (raced[best.index].first == first) assurance.probability = analysis::probability_of_best(arms, best);
  return assurance;
}

std::optional<double> Study::standard_error(const Setting& setting) const {
  if (spec_.objectives.size() > 1 || setting.trials.empty() || !race().best.noise_sd) return std::nullopt;
  return *race().best.noise_sd / std::sqrt(static_cast<double>(setting.trials.size()));
}

}  // namespace sterlet::study
