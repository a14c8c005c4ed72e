#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/population/population.h"
#include "sterlet/space/history.h"
#include "sterlet/storage/storage.h"
#include "sterlet/study/budget.h"
#include "sterlet/study/labels.h"
#include "sterlet/study/ledger.h"
#include "sterlet/study/settings.h"
#include "sterlet/study/strategies/strategy.h"
#include "sterlet/study/trial.h"
#include "sterlet/studyfile/schedule.h"
#include "sterlet/studyfile/spec.h"

namespace sterlet::study {

/// A study as readers see it: what pages, tables and documents are made from. Each function answers from one part, as of
/// the study's last refresh() or transaction.
class StudyView {
 public:
  using Setting = study::Setting;
  using Assurance = study::Assurance;

  const studyfile::StudySpec& spec() const { return ledger_.spec(); }
  const space::Space& space() const { return ledger_.space(); }
  const space::History& history() const { return ledger_.trials().history(); }
  std::uint64_t seed() const { return ledger_.study().seed; }
  const storage::StudyRecord& stored() const { return ledger_.study(); }
  std::int64_t storage_id() const { return ledger_.study().id; }
  std::int64_t created_ms() const { return ledger_.study().created_ms; }
  /// To read what is not kept in memory; null without a storage.
  storage::Storage* storage() const { return ledger_.storage(); }
  /// Seconds that sessions of this study have run, this one's included.
  double seconds_used() const { return budget_.seconds_used(); }
  /// Why it would hand out no trial now, as its budget says.
  Pause standing() const { return budget_.pause(); }
  /// What the program does not do, in a sentence; set where the pause is kUnfit.
  std::string unfit() const { return strategy_->unfit(); }

  /// By trial number; points and origins are in the history.
  const std::vector<storage::TrialRecord>& records() const { return ledger_.trials().records(); }
  TrialView view(std::int64_t trial) const;
  /// Whether a trial lies outside what is searched since the spec was changed; see Formerly.
  bool is_outside(std::int64_t trial) const { return ledger_.trials().is_outside(trial); }
  /// What the study was from which trial on; empty without a storage.
  const std::vector<storage::SpecVersion>& spec_versions() const { return ledger_.versions().rows(); }
  /// Numbers of all trials but those that were removed, ascending; of those with a tag, where one is given.
  std::vector<std::int64_t> shown_trials(const std::string& tag = {}) const;
  /// Notes and tags, as of the last refresh().
  const Labels& labels() const { return labels_; }
  /// Numbers of those that are FAILED.
  std::vector<std::int64_t> failed_trials() const;
  /// What view() gives as parameters.
  space::Point point_of(std::int64_t trial) const;
  /// What a trial was trained with, from its beginning on.
  studyfile::Schedule schedule_of(std::int64_t trial) const;
  /// Session that runs a trial, or ran it last; empty where it is final, or none ever did.
  const std::string& session_of(std::int64_t trial) const { return ledger_.trials().session_of(trial); }
  /// With strategy: pbt, what each member was trained with, by interval, then member; else empty.
  const std::vector<storage::TurnRecord>& turns() const { return ledger_.turns(); }
  /// With strategy: pbt.
  std::optional<population::Options> population_options() const { return strategy_->population(); }
  /// See Strategy; within a transaction.
  base::Result<std::vector<std::string>> find_spent_checkpoints() const { return strategy_->find_spent_checkpoints(); }

  /// Of repeats and duplicates: see Settings.
  Setting setting(std::int64_t trial) const { return settings_.of(trial); }
  std::int64_t first_run(std::int64_t trial) const { return ledger_.trials().first_run(trial); }
  bool is_repeat(std::int64_t trial) const { return ledger_.trials().is_repeat(trial); }
  std::optional<double> standard_error(const Setting& setting) const { return settings_.standard_error(setting); }
  std::optional<Assurance> assurance(std::int64_t trial) const { return settings_.assurance(trial); }
  std::vector<std::int64_t> best() const { return settings_.best(); }
  std::vector<std::int64_t> best_measured() const { return settings_.best_measured(); }
  const std::optional<Expectation>& expectation() const { return settings_.expectation(); }
  std::vector<double> values_of(std::int64_t trial) const { return settings_.values_of(trial); }

 protected:
  /// Borrows the parts of the study that it belongs to; the strategy may be made later.
  StudyView(const Ledger& ledger, const Settings& settings, const Budget& budget,
            const std::unique_ptr<Strategy>& strategy, const Labels& labels)
      : ledger_(ledger), settings_(settings), budget_(budget), strategy_(strategy), labels_(labels) {}
  StudyView(const StudyView&) = delete;
  StudyView& operator=(const StudyView&) = delete;
  ~StudyView() = default;

 private:
  const Ledger& ledger_;
  const Settings& settings_;
  const Budget& budget_;
  const std::unique_ptr<Strategy>& strategy_;
  const Labels& labels_;
};

}  // namespace sterlet::study
