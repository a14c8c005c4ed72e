#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/analysis/retest.h"
#include "sterlet/analysis/scale.h"
#include "sterlet/analysis/trial_table.h"
#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/plan/model.h"
#include "sterlet/samplers/registry.h"
#include "sterlet/space/space.h"

namespace sterlet::practices {

/// What claims are computed with: the program's own parts. A test hands in broken ones and sees the claims fail.
struct Parts {
  /// samplers::make.
  std::function<base::Result<std::unique_ptr<samplers::Sampler>>(
      std::string_view name, const space::Space& space, const base::Json& options, const samplers::StudyFacts& facts)>
      make_sampler;
  /// Where a value lies on its parameter's scale, in [0, 1]: Axis::unit.
  std::function<double(const space::Parameter& parameter, double value)> unit_of;
  /// One step of an exponential moving average: beta * average + (1 - beta) * value.
  std::function<double(double beta, double average, double value)> average_step;
  /// Of each column its share of the results' variance: fANOVA.
  std::function<std::vector<double>(const analysis::TrialTable& table)> variance_shares;
  /// analysis::judge_retest.
  std::function<analysis::RetestJudgement(std::span<const analysis::RetestArm> arms,
                                          const analysis::RetestFacts& facts)>
      judge_retest;
  /// analysis::judge_scale.
  std::function<analysis::ScaleVerdict(const analysis::ScaleQuestion& question)> judge_scale;
  /// plan::make_plan.
  std::function<plan::Plan(const plan::Facts& facts)> make_plan;
};
Parts real_parts();

/// What came out.
struct Finding {
  bool holds = false;
  std::string figure;  ///< The numbers in words, as short as a table cell.
  base::Json numbers;  ///< The same for programs: an object.
};

/// One claim. Its check is deterministic: fixed seeds, no clock.
struct Claim {
  std::string_view name;   ///< As in JSON: "grid-values".
  std::string_view claim;  ///< A sentence.
  Finding (*check)(const Parts& parts);
};

/// All claims, in the order of the table.
std::span<const Claim> claims();

/// A check that could not be computed: a part refused.
Finding broken(const base::Error& error);

}  // namespace sterlet::practices
