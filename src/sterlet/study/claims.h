#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/samplers/registry.h"
#include "sterlet/study/budget.h"
#include "sterlet/study/ledger.h"
#include "sterlet/study/priors.h"
#include "sterlet/study/pruner_desk.h"
#include "sterlet/study/queue.h"
#include "sterlet/study/settings.h"
#include "sterlet/study/trial.h"

namespace sterlet::study {

/// Kind of the event that tells of an enqueued point which no configuration fits any more; its detail is a sentence.
inline constexpr std::string_view kSkippedPointEvent = "skip";

/// Hands out trials: a lost one again, one that a pruner promotes, an enqueued point, the defaults, a repeat, or the
/// sampler's suggestion. All but make() and changed() within a transaction.
class Claims final : public Derived {
 public:
  /// Borrows all for its life.
  Claims(Ledger& ledger, const Settings& settings, PrunerDesk& pruner, const Budget& budget);

  /// Makes the spec's sampler; `trial_budget`: how many trials it will see, nothing where there is no limit.
  base::Result<void> make(std::uint64_t seed, std::optional<std::int64_t> trial_budget);

  Priors& priors() { return priors_; }
  const Priors& priors() const { return priors_; }
  /// Takes in the priors as they stand, ends those that the results contradict (a remark tells of it), and gives the
  /// sampler what is left. Without priors it does nothing.
  base::Result<void> follow_priors();

  /// Where the point of a new trial with that number comes from; nothing: the space is used up.
  using PointSource = std::function<base::Result<std::optional<samplers::Suggestion>>(std::int64_t number)>;
  /// The next trial of a study whose trials stand side by side. `pause` says why no new one is begun, and afterwards
  /// why nothing was handed out.
  base::Result<std::optional<Claim>> next(Pause& pause, const PointSource& point);

  /// The point of the next trial: the defaults first, then what was enqueued, then repeats and the sampler's.
  base::Result<std::optional<samplers::Suggestion>> next_point(std::int64_t number);
  /// The sampler's point, whatever the rule for duplicates.
  samplers::Suggestion suggest(std::int64_t number) const;
  /// Begins a new trial there. `known_seq`: the last event that was known when the point was suggested.
  base::Result<Claim> start(samplers::Suggestion&& suggestion, std::int64_t known_seq);
  /// Begins one at a point of the caller's choice, beside the sampler's sequence and the budget.
  base::Result<Claim> start_by_hand(space::Point point, space::Origin origin);
  /// Another attempt of a trial, from its last checkpoint.
  base::Result<Claim> run_again(storage::TrialRecord record, const std::string& event);
  /// The same, of one that goes on by hand. Errors: kConflict where it is finished.
  base::Result<Claim> take_over(std::int64_t trial);
  /// Whether a trial may be run again because a person wants it. Errors: kConflict where it runs or has its result, or is
  /// raised by hand.
  base::Result<void> check_again(std::int64_t trial) const;
  /// Makes it wait for its next attempt, which whoever runs the study begins before anything else.
  base::Result<void> put_back(std::int64_t trial);
  /// Puts a point (may be partial) at the end of those to be tried next.
  base::Result<void> enqueue(const base::Json& params);
  /// The same of values by names of which the space may know none yet: those that it does know then are the point's,
  /// and all of them, with the note, the trial's prediction says under "note" as "enqueued" and "told".
  base::Result<void> enqueue_freely(const base::Json& params, const std::string& note);
  /// Whether all points that the study file enqueues can be completed. Errors: kInvalidArgument names the first.
  base::Result<void> check_enqueued() const;
  bool has_lost() const { return !lost_.empty(); }
  /// What a person should know of what was handed out last, in sentences.
  const std::vector<std::string>& remarks() const { return remarks_; }
  void forget_remarks() { remarks_.clear(); }
  /// Whether trials wait to be run again.
  bool has_waiting() const { return !waiting_.empty(); }

  void changed(const Change& change) override;
  void restarted() override;

 private:
  base::Result<void> make_sampler();
  bool is_default_next(std::int64_t number) const;
  base::Result<std::optional<Claim>> retry_waiting();
  base::Result<std::optional<Claim>> retry_lost();
  base::Result<std::optional<Claim>> retry_unstarted();
  base::Result<std::optional<Claim>> promote(Pause pause);
  std::optional<samplers::Suggestion> sample(std::int64_t number) const;
  std::optional<samplers::Suggestion> repeat(bool is_space_used_up) const;
  base::Result<samplers::Suggestion> complete(const std::string& queued, std::int64_t number) const;
  base::Result<space::Point> complete_alone(const base::Json& params) const;

  Ledger& ledger_;
  const Settings& settings_;
  PrunerDesk& pruner_;
  const Budget& budget_;
  Queue queue_;
  Priors priors_;
  std::int64_t followed_ = 0;  // The revision of the priors that the sampler has.
  std::uint64_t seed_ = 0;
  std::optional<std::int64_t> trial_budget_;
  std::unique_ptr<samplers::Sampler> sampler_;
  std::set<std::int64_t> lost_;
  std::vector<std::string> remarks_;
  std::set<std::int64_t> waiting_;    // A person wants them run again.
  std::set<std::int64_t> unstarted_;  // Their program could not be started.
};

}  // namespace sterlet::study
