#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "sterlet/samplers/prior/prior.h"
#include "sterlet/space/history.h"
#include "sterlet/space/space.h"

namespace sterlet::samplers {

/// What the results of a study say against a prior: the best of each, minimised.
struct Contradiction {
  std::size_t inside = 0;  ///< Trials in the prior's region that have ended with a value.
  double best_inside = 0, best_elsewhere = 0;
  std::size_t results = 0;  ///< That there are.
  enum class By {
    kModel,    ///< It expects no better there.
    kResults,  ///< Those inside are worse than most elsewhere.
    kOrder,    ///< The order of the results is not the old one.
  };
  By by = By::kModel;
};

/// Whether the results speak against a prior. They do where the best trial lies outside its region, at least kEvidence
/// have ended inside it, and a Gaussian process of all trials expects the best settings to become worse by moving there:
/// the mean, over the kTops best settings and draws from the prior put in their place (what the prior says nothing of
/// stays), of the lower bound mean - kDeviations sd, is above the mean of those settings by more than kMargin.
///
/// They do, too, where its trust is gone (trust.h): of a warm start where nothing is left of it after kOrdered results, of
/// a hint where no more than kHintTrust is left after kProbed inside.
///
/// The region is where the prior is at least as dense as at nine tenths of its own draws.
/// Edges     nothing for several objectives, and while fewer than two values are known.
/// Pure      it depends on the history, the prior and `seed` alone.
/// Cost      fits a Gaussian process, O(m^3), m the smaller of the number of trials and some 500.
/// Source    the rule of DynaBO (Fehring et al. 2025), which compares the mean lower bound over a prior's draws with that
///           about the best setting.
/// Departs   with settings moved into the prior, so that a hint of one parameter of six is not held against what the
///           other five are; and with evidence from inside the region, so that no prior is dropped unseen.
std::optional<Contradiction> find_contradiction(const space::Space& space, const space::History& history,
                                                const ActivePrior& prior, std::size_t objectives, std::uint64_t seed);

}  // namespace sterlet::samplers
