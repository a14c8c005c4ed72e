#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/options.h"
#include "sterlet/base/result.h"
#include "sterlet/space/space.h"

namespace sterlet::population {

struct Options {
  std::int64_t population = 8;  ///< >= 2. Members trained side by side.
  std::int64_t interval = 0;    ///< >= 1. Steps between two decisions.
  std::int64_t steps = 0;       ///< > interval. Steps of a whole training.
  double quantile = 0.25;       ///< In (0, 0.5]. Share of members replaced at each interval, and share copied from.
  std::string explore = "perturb";
  double move = 0.1;      ///< In (0, 1]. How far perturb moves a parameter, as a share of its range on its own scale.
  double resample = 0.1;  ///< In [0, 1]. Chance that perturb draws a parameter anew instead.
};

/// The options of pbt in a study file.
std::span<const base::Option> options();
/// Errors: kInvalidArgument, naming the option and its range; for one that is missing, what to write.
base::Result<Options> read_options(const base::Json& json);
/// Whether a population can be trained in this space: kInvalidArgument where no parameter is live.
base::Result<void> check_space(const space::Space& space);

/// A member at the end of an interval.
struct Standing {
  std::int64_t member = 0;
  space::Point point;  ///< Its hyperparameters in that interval.
  double before = 0;   ///< To be minimised: of the weights it began with; NaN in the first interval.
  double value = 0;    ///< To be minimised; NaN where it failed.
};

/// How a member continues.
struct Move {
  std::int64_t member = 0;
  std::int64_t from = 0;  ///< Member whose checkpoint it continues from; itself where it stays.
  space::Point point;
  std::string reason;  ///< In words and numbers.
};

/// What each member does after the last of `intervals`, each of which holds all members by number.
///
/// Truncation selection: the worst `quantile` of the members, and all that failed, each continue from one of the best
/// `quantile`, drawn evenly, with its weights and hyperparameters; the explorer then changes the live ones. The rest
/// continues as it is. Empty where all members failed.
///
/// Pure: equal intervals, options and seed give equal moves, whatever the workers and the timing were; so a whole
/// population is compared at once, at the same step.
/// Source    Jaderberg et al.: Population based training of neural networks, 2017, section 4.
/// Departs   in comparing whole generations: the paper's members decide by themselves, each against what the others
///           happened to have reached, so that a run cannot be repeated.
std::vector<Move> next_moves(const space::Space& space, const Options& options,
                             std::span<const std::vector<Standing>> intervals, std::uint64_t seed);

/// What an interval is ranked by: the mean of the last fifth of its reports (at least one), which are (step, value).
/// NaN without reports. One report says more of its noise than of the member.
double score_of(std::span<const std::pair<std::int64_t, double>> reports);

}  // namespace sterlet::population
