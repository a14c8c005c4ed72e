#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "sterlet/study/ledger.h"

namespace sterlet::study {

/// Trials at one point.
struct Setting {
  std::int64_t first = 0;            ///< Its first trial, whatever became of it.
  std::vector<std::int64_t> trials;  ///< Those that are COMPLETE.
  std::vector<double> values;        ///< Their means; empty where there are none.
  std::vector<double> constraints;   ///< Likewise.
  double squares = 0;                ///< Squared deviations of the first objective from its mean, summed.
  std::int64_t under_way = 0, failed = 0;

  std::int64_t runs() const { return static_cast<std::int64_t>(trials.size()); }
};

/// What is known of a trial's setting from its repeats.
struct Assurance {
  std::vector<std::int64_t> trials;      ///< The runs that count.
  std::vector<double> values;            ///< Their means.
  std::optional<double> standard_error;  ///< Of the first mean; nothing before some setting was run twice.
  std::optional<double> probability;     ///< That it is the best of all; only of the best, with one objective.
};

/// What a model of the study expects of its best trials, where results are partly luck.
struct Expectation {
  std::int64_t trial = 0;     ///< The one that is expected to be the best.
  double value = 0;           ///< Its expected result, were it run with other seeds.
  std::int64_t luckiest = 0;  ///< The one whose result is the best; the same one, often.
  double of_luckiest = 0;     ///< Its expected result.
  double noise = 0;           ///< Standard deviation of one result.
};

/// Noise: settings that are run again with other seeds, and which of them is the best.
///
/// A repeat is a trial of its own at the point of an earlier one, so that leases, retries, budgets and the event log
/// hold for it as for any other; together they are one setting, whose first trial stands for all of them.
class Settings final : public Derived {
 public:
  /// Borrows the ledger for its life, and shows samplers the means of its settings.
  explicit Settings(Ledger& ledger);

  /// The setting whose first trial is `first`.
  Setting at(std::int64_t first) const;
  /// The setting of a trial.
  Setting of(std::int64_t trial) const { return at(ledger_.trials().first_run(trial)); }
  /// The objective values of a trial as best() sees them: with duplicates: average, and with repeats, means.
  std::vector<double> values_of(std::int64_t trial) const;
  /// Of the mean of a setting's first objective, the noise being that of all settings; nothing where there are several
  /// objectives, none of its runs is complete, or no setting was run twice. Cost O(1) where nothing changed.
  std::optional<double> standard_error(const Setting& setting) const;
  /// Nothing where repeats are off, or no run of it is complete. Cost O(n), and for the best
  /// analysis::probability_of_best.
  std::optional<Assurance> assurance(std::int64_t trial) const;
  /// Best finished trials: one for a single objective, else the Pareto front by number. With repeats, a setting is named
  /// by its first complete trial, and a single objective's best is the one that analysis::find_best_arm finds; without
  /// them the one that expectation() names, if it does. Infeasible trials do not count.
  std::vector<std::int64_t> best() const;
  /// As best(), but without a model: the best result, the earliest of equals. Cheap enough to be asked after each trial.
  std::vector<std::int64_t> best_measured() const;
  /// With one objective and no repeats: what analysis::find_likely_best finds in the complete trials; nothing where the
  /// noise is small or not known. Cost O(1) where nothing changed, else O(n d) and that of a model.
  const std::optional<Expectation>& expectation() const;
  /// The first trial of the setting that is to be repeated next, if one is; `runs` count in the budget. A function of
  /// the records alone.
  std::optional<std::int64_t> next_repeat(std::int64_t runs, bool is_space_used_up) const;

  void changed(const Change& change) override;
  void restarted() override;

 private:
  struct Race;
  struct Memo;

  std::vector<Setting> complete() const;
  Memo& memo() const;
  const Race& race() const;
  std::vector<std::int64_t> best_setting() const;
  std::vector<std::int64_t> candidates() const;
  bool is_mean(std::int64_t trial) const;
  double result_of(std::int64_t trial) const;
  std::optional<std::int64_t> next_of_race(std::int64_t runs, bool is_space_used_up) const;

  Ledger& ledger_;
  std::set<std::int64_t> open_;  // First trials of settings that may be repeated.
  // Of what the trials say, until one changes; null: nothing yet. Shared, so that the type may stay in settings.cc.
  mutable std::shared_ptr<Memo> memo_;
};

}  // namespace sterlet::study
