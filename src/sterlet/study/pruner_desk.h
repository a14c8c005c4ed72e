#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sterlet/pruners/registry.h"
#include "sterlet/study/ending.h"
#include "sterlet/study/ledger.h"

namespace sterlet::study {

/// Tells a study's pruner all reports and endings in their stored order, whoever stored them, and stores what it
/// decides: a study that is opened again, or shared by processes, decides as one that was never closed.
class PrunerDesk final : public Derived {
 public:
  /// Borrows the ledger for its life.
  explicit PrunerDesk(Ledger& ledger);

  /// Makes the spec's pruner. One that was told something with this seed is kept: another budget does not concern it.
  base::Result<void> make(std::uint64_t seed);

  /// Adds one report of a running trial, and decides whether the trial goes on.
  base::Result<pruners::Decision> report(std::int64_t trial, int attempt, std::int64_t step,
                                         std::span<const std::pair<std::string, double>> metrics);
  /// Writes the end of an attempt, one that was cut short with what its curve was on the way to.
  base::Result<void> end(Ending&& ending);
  /// A trial that was put aside and has come among the best of its rung.
  base::Result<std::optional<std::int64_t>> find_promotion();
  /// Where nothing runs and no trial is COMPLETE, the one that was put aside and had come furthest, the best of equals:
  /// it goes on to its end, so that a study that promotes one by one has a result.
  base::Result<std::optional<std::int64_t>> find_finalist();
  /// Once a study is over, for the reason `why`, what was put aside and not promoted was in effect stopped: it is
  /// PRUNED, but comes back where a larger budget brings it among the best of its rung. Nothing happens while a trial
  /// runs, whose reports may still promote another.
  base::Result<void> settle(std::string_view why);

  void changed(const Change& change) override;
  void restarted() override;
  void closed(bool is_committed) override;

 private:
  base::Result<void> catch_up();
  base::Result<pruners::Decision> judge(std::int64_t trial, std::int64_t step, double value);
  base::Result<void> add_forecast(storage::TrialRecord& record) const;
  bool is_of_another_objective(std::int64_t trial) const;
  void tell_ending(std::int64_t trial);
  base::Result<std::vector<std::int64_t>> candidates() const;
  const studyfile::Objective& objective() const { return ledger_.spec().objectives.front(); }

  Ledger& ledger_;
  std::uint64_t seed_ = 0;
  std::unique_ptr<pruners::Pruner> pruner_;  // Null: none. Knows everything up to judged_seq_.
  std::int64_t judged_seq_ = 0;
  std::set<std::int64_t> unjudged_;  // Trials that others, or earlier sessions, have ended since.
  bool is_behind_ = true;            // Others may have reported since it was told last.
  std::set<std::int64_t> put_aside_;
};

}  // namespace sterlet::study
