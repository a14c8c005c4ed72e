#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/samplers/sampler.h"
#include "sterlet/samplers/study_facts.h"

namespace sterlet::samplers {

struct AutoOptions {
  double practice = 1;
};

/// What the automatic choice looks at.
struct Situation {
  std::size_t finished = 0;    ///< Trials with a result, good or bad.
  std::size_t pending = 0;     ///< Trials that run now: how many work side by side.
  std::size_t dimensions = 0;  ///< That can vary.
  std::size_t objectives = 1;
  double categorical_share = 0;  ///< Of those, in [0, 1].
  double conditional_share = 0;  ///< Of those, in [0, 1]: with `when`, or an element of a repeated parameter.
  std::optional<std::int64_t> trial_budget;
  double trial_seconds = 0;  ///< Median of the first ten timed trials; 0 while none is timed.
};

/// Who is asked in a situation: the first row that holds. Shares are twentieths of the trials and add up to 20.
struct PolicyRow {
  struct Share {
    std::string_view sampler;  ///< A name of the registry.
    int twentieths = 0;
  };
  std::string_view name;
  std::size_t objectives_low = 1, objectives_high = 1;  ///< The row is for studies of so many objectives.
  std::string_view when;                                ///< In words.
  std::string_view measured;                            ///< What the row rests on.
  bool (*holds)(const Situation& situation) = nullptr;
  std::vector<Share> shares;
};

/// Numbers that a row of the policy rests on, as a table.
struct PolicyMeasurement {
  std::string_view row, what;
  std::vector<std::string_view> columns;
  std::vector<std::vector<std::string_view>> rows;
};
std::span<const PolicyMeasurement> auto_measurements();

/// The policy. For each number of objectives, the last row for it always holds.
std::span<const PolicyRow> auto_policy();
/// The sampler that a row's shares give trial `number`: spread evenly, by counting, not by chance.
std::string_view auto_pick(const PolicyRow& row, std::uint64_t number);

/// The automatic choice: asks the samplers named by the first row of auto_policy() that fits the study as it stands.
///
/// These expect of parameters what practice expects of their names (prior/practice.h), unless an older study tells more.
///
/// Works in  any space, for one objective or several, with any number of workers.
/// Edges     trials are shared out by their number, so the choice is as reproducible as the samplers are.
/// Cost      that of the sampler asked; where trials are so short that this would be over 1% of a trial's time (as far
///           as durations are known: those of trials that Sterlet itself ran), a cheaper one.
/// Errors    none of its own.
/// Source    the measurement beside each row, from bench/quality.
base::Result<std::unique_ptr<Sampler>> make_auto(const space::Space& space, const AutoOptions& options,
                                                 const StudyFacts& facts);

}  // namespace sterlet::samplers
