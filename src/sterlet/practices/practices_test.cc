// Every claim holds with the program's own parts, and fails when a part that it stands on is broken.

#include <map>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sterlet/practices/claim.h"
#include "sterlet/space/axis.h"

namespace sterlet::practices {
namespace {

using space::Scale;

const Claim& claim_named(std::string_view name) {
  for (const Claim& claim : claims()) {
    if (claim.name == name) return claim;
  }
  ADD_FAILURE() << "no claim " << name;
  return claims().front();
}

// Parts in which asking for one sampler gives another.
Parts swapped(std::string asked, std::string given, base::Json options = base::Json::object()) {
  Parts parts = real_parts();
  parts.make_sampler = [=](std::string_view name, const space::Space& space, const base::Json& own,
                           const samplers::StudyFacts& facts) {
    return name == asked ? samplers::make(given, space, options, facts) : samplers::make(name, space, own, facts);
  };
  return parts;
}

// Parts in which one scale is taken for another, in samplers and axes alike, where both are possible.
Parts misread(Scale from, Scale to) {
  Parts parts = real_parts();
  const auto misreading = [=](space::Parameter parameter) {
    if (parameter.scale == from && parameter.low > 0 && parameter.high <= 1) parameter.scale = to;
    return parameter;
  };
  parts.make_sampler = [=](std::string_view name, const space::Space& space, const base::Json& options,
                           const samplers::StudyFacts& facts) {
    std::vector<space::Parameter> parameters = space.parameters();
    for (space::Parameter& parameter : parameters) parameter = misreading(parameter);
    return samplers::make(name, *space::Space::make(parameters, {}), options, facts);
  };
  parts.unit_of = [=](const space::Parameter& parameter, double value) {
    return space::Axis(misreading(parameter)).unit(value);
  };
  return parts;
}

Parts forgetful() {
  Parts parts = real_parts();
  parts.average_step = [](double beta, double average, double value) { return beta * average + 0.1 * value; };
  return parts;
}

Parts that_always_raise_one() {
  Parts parts = real_parts();
  parts.make_plan = [](const plan::Facts& facts) {
    plan::Plan plan = plan::make_plan(facts);
    for (std::size_t i = 0; i < plan.choices.size(); ++i) {
      if (plan.choices[i].strategy == plan::Strategy::kBabysit) plan.best = i;
    }
    return plan;
  };
  return parts;
}

Parts that_measure_nothing() {
  Parts parts = real_parts();
  parts.variance_shares = [](const analysis::TrialTable& table) {
    return std::vector<double>(table.width(), 1.0 / static_cast<double>(table.width()));
  };
  return parts;
}

Parts that_keep_the_scale() {
  Parts parts = real_parts();
  parts.judge_scale = [](const analysis::ScaleQuestion& question) {
    analysis::ScaleVerdict verdict{.probabilities = std::vector<double>(question.candidates.size(), 0.0)};
    verdict.probabilities[question.current] = 1;
    return verdict;
  };
  return parts;
}

Parts that_always_say(analysis::Verdict verdict) {
  Parts parts = real_parts();
  parts.judge_retest = [verdict](std::span<const analysis::RetestArm>, const analysis::RetestFacts&) {
    return analysis::RetestJudgement{.verdict = verdict};
  };
  return parts;
}

struct Break {
  std::string_view claim, what;
  Parts parts;
};

std::vector<Break> breaks() {
  return {
      {"grid-values", "the grid draws at random", swapped("grid", "random")},
      {"grid-values", "random draws a grid", swapped("random", "grid")},
      {"random-beats-grid", "random draws a grid", swapped("random", "grid")},
      {"random-beats-grid", "the grid covers evenly", swapped("grid", "sobol")},
      {"even-cover", "sobol draws at random", swapped("sobol", "random")},
      {"even-cover", "random covers evenly", swapped("random", "sobol")},
      {"log-scale", "log is read as linear", misread(Scale::kLog, Scale::kLinear)},
      {"log-scale", "linear is read as log", misread(Scale::kLinear, Scale::kLog)},
      {"reverse-log-scale", "reverse_log is read as linear", misread(Scale::kReverseLog, Scale::kLinear)},
      {"reverse-log-scale", "reverse_log is read as log", misread(Scale::kReverseLog, Scale::kLog)},
      {"reverse-log-scale", "linear is read as reverse_log", misread(Scale::kLinear, Scale::kReverseLog)},
      {"average-window", "the average weighs new values wrongly", forgetful()},
      {"average-window", "reverse_log is read as linear", misread(Scale::kReverseLog, Scale::kLinear)},
      {"coarse-to-fine", "refine covers the space only", swapped("refine", "sobol")},
      {"coarse-to-fine", "boxes do not shrink", swapped("refine", "refine", {{"shrink", 1}})},
      {"never-cut-off", "refine starts zooming at once and stays there",
       swapped("refine", "refine", {{"start", 8}, {"global_share", 0.01}})},
      {"wrong-scale-refine", "refine covers the space only", swapped("refine", "sobol")},
      {"wrong-scale-refine", "log is read as linear", misread(Scale::kLog, Scale::kLinear)},
      {"wrong-scale-refine", "linear is read as log", misread(Scale::kLinear, Scale::kLog)},
      {"wrong-scale-gp", "the model draws at random", swapped("gp", "random")},
      {"wrong-scale-gp", "the model covers the space only", swapped("gp", "sobol")},
      {"wrong-scale-gp", "linear is read as log", misread(Scale::kLinear, Scale::kLog)},
      {"tiers", "importance is not measured", that_measure_nothing()},
      {"doctor", "every scale is taken for right", that_keep_the_scale()},
      {"stale-optimum", "every retest says holds", that_always_say(analysis::Verdict::kHolds)},
      {"stale-optimum", "every retest says rusted", that_always_say(analysis::Verdict::kRusted)},
      {"plan", "the one model is always taken", that_always_raise_one()},
  };
}

TEST(Practices, EveryClaimHolds) {
  const Parts parts = real_parts();
  for (const Claim& claim : claims()) {
    const Finding finding = claim.check(parts);
    EXPECT_TRUE(finding.holds) << claim.name << ": " << finding.figure;
    EXPECT_FALSE(finding.figure.empty()) << claim.name;
    EXPECT_TRUE(finding.numbers.is_object()) << claim.name;
  }
}

TEST(Practices, EveryClaimFailsWhereItsPartsAreBroken) {
  std::set<std::string_view> covered;
  for (const Break& broken_parts : breaks()) {
    const Finding finding = claim_named(broken_parts.claim).check(broken_parts.parts);
    EXPECT_FALSE(finding.holds) << broken_parts.claim << " though " << broken_parts.what << ": " << finding.figure;
    covered.insert(broken_parts.claim);
  }
  for (const Claim& claim : claims()) EXPECT_TRUE(covered.contains(claim.name)) << claim.name << " has no break here";
}

TEST(Practices, ARefusalIsAFailedClaim) {
  Parts parts = real_parts();
  parts.make_sampler = [](std::string_view name, const space::Space& space, const base::Json&,
                          const samplers::StudyFacts& facts) {
    return samplers::make(name, space, base::Json("no object"), facts);
  };
  const Finding finding = claim_named("grid-values").check(parts);
  EXPECT_FALSE(finding.holds);
  EXPECT_NE(finding.figure.find("options of sampler grid"), std::string::npos) << finding.figure;
}

TEST(Practices, FiguresAreTheSameEveryTime) {
  const Parts parts = real_parts();
  for (const Claim& claim : claims()) EXPECT_EQ(claim.check(parts).numbers, claim.check(parts).numbers) << claim.name;
}

}  // namespace
}  // namespace sterlet::practices
