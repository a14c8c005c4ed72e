#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sterlet/study/ledger.h"
#include "sterlet/study/settings.h"

namespace sterlet::study {

/// Why a study hands out no trial now.
enum class Pause {
  kNone,       ///< It does hand out trials.
  kTrials,     ///< The budget of trials is used up.
  kTime,       ///< The budget of time is used up.
  kTarget,     ///< The target is reached.
  kSpace,      ///< Every configuration of the space has been tried.
  kFailures,   ///< Too many failed trials in a row.
  kUnstarted,  ///< Its program could not be started, several times in a row.
  kRequested,  ///< Somebody asked it to stop.
  kAmended,    ///< Another process has changed its spec: this one works with the old one.
  kAgain,      ///< The trials that were to be run again have been, and no others were wanted.
  kTrained,    ///< Every member of the population is trained.
  kUnfit,      ///< The program does not do what the strategy needs: see Study::unfit().
};
std::string_view text_of(Pause pause);
/// The same with the study's own numbers: "the budget of 20 trials is used up", "the target of 0.1 is reached".
std::string describe(Pause pause, const studyfile::StudySpec& spec);

/// What a study may use up, and what it has.
class Budget final : public Derived {
 public:
  /// Borrows both for its life.
  Budget(Ledger& ledger, const Settings& settings);

  /// Why no new trial is begun. A strategy may have reasons of its own.
  Pause pause() const;
  /// Trials that count: all but cancelled and removed ones, and those whose program could not be started.
  std::int64_t runs() const { return ledger_.trials().next_number() - free_; }
  /// A person starts the study: what failed until now no longer counts among the failures in a row.
  void begin_anew();
  /// Seconds that sessions of this study have run, this one's included.
  double seconds_used() const;
  /// Milliseconds that this session has run.
  std::int64_t own_ms() const { return ledger_.clock().steady_ms() - started_ms_; }
  /// Reads how long the other sessions have run.
  base::Result<void> read_sessions();
  /// With duplicates: avoid, how many configurations the space has; nothing where they are not counted.
  std::optional<std::uint64_t> configurations() const { return configurations_; }
  /// Counts the configurations. Cost O(k), k configurations.
  void count_configurations();
  /// The limits have been changed.
  void limits_changed();

  void changed(const Change& change) override;
  void restarted() override;

 private:
  bool is_alone_at_point(std::int64_t trial) const;
  bool is_target_reached(const storage::TrialRecord& record) const;

  const Ledger& ledger_;
  const Settings& settings_;
  const std::int64_t started_ms_;
  double other_seconds_ = 0;
  std::optional<std::uint64_t> configurations_;
  std::int64_t distinct_ = 0;       // Configurations that were tried; kept where they are counted.
  std::int64_t forgiven_seq_ = -1;  // The last event before a person started the study.
  std::int64_t failures_in_a_row_ = 0, unstarted_in_a_row_ = 0;
  std::int64_t free_ = 0;  // Trials that do not count.
  bool target_reached_ = false;
};

/// How long a session has run.
std::int64_t used_ms_of(const storage::SessionRecord& session, std::int64_t now_ms);

/// Of the trials that a sampler will see; a race takes the last ones. Nothing: no limit.
std::optional<std::int64_t> search_budget(const studyfile::StudySpec& spec);

}  // namespace sterlet::study
