#include "sterlet/study/difference.h"

#include <gtest/gtest.h>

#include "sterlet/base/json.h"
#include "sterlet/storage/memory/memory.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/study/study.h"

namespace sterlet::study {
namespace {

constexpr const char* kText =
    "study: s\nobjective: {metric: loss, direction: minimize}\ncommand: [a]\nseed: 3\nsampler: random\n"
    "params:\n  x: {type: float, low: 0, high: 1, default: 0.5}\n  k: {type: categorical, choices: [a, b]}\n";

studyfile::StudyFile parse(const std::string& text) {
  auto file = studyfile::parse_study_text(strategies(), text, "s.yaml", "/");
  EXPECT_TRUE(file.has_value()) << file.error().front().message();
  return std::move(*file);
}

std::string with(const std::string& old, const std::string& now, std::string text = kText) {
  const auto at = text.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return text.replace(at, old.size(), now);
}

// Each difference as "key was -> is weight", one a line.
std::string told(const std::string& before, const std::string& after, std::int64_t next_trial) {
  std::string lines;
  for (const Difference& one : find_differences(parse(before).spec, parse(after).spec, next_trial)) {
    lines += one.key + " " + base::json_line(one.was) + " -> " + base::json_line(one.is) + " " +
             std::string(text_of(one.weight)) + "\n";
  }
  return lines;
}

TEST(Differences, OfHowTrialsAreRunAndChosenAreTaken) {
  EXPECT_EQ(told(kText, kText, 9), "");
  EXPECT_EQ(told(kText, with("[a]", "[b]"), 9), "command [\"a\"] -> [\"b\"] taken\n");
  EXPECT_EQ(told(kText, with("sampler: random", "sampler: {name: grid, points: 3}"), 9),
            "sampler {\"name\":\"random\"} -> {\"name\":\"grid\",\"points\":3} taken\n");
  EXPECT_EQ(told(kText, kText + std::string("budget: {trials: 5, time: 60s}\nretries: 3\n"), 9),
            "budget.trials null -> 5 taken\nbudget.time null -> 60.0 taken\nretries 100 -> 3 taken\n");
  EXPECT_EQ(told(kText, with("default: 0.5", "default: 0.25, tier: 1"), 9),
            "params.x.default 0.5 -> 0.25 taken\nparams.x.tier 2 -> 1 taken\n");
}

TEST(Differences, OfWhatIsSearchedAreAmendmentsOnceThereAreTrials) {
  for (const auto& [old, now] :
       {std::pair{"high: 1", "high: 2"}, std::pair{"[a, b]", "[a]"}, std::pair{"minimize", "maximize"},
        std::pair{"  k:", "  y: {type: float, low: 0, high: 1}\n  k:"},
        std::pair{"params:", "constraints: [\"x < 0.5\"]\nparams:"}}) {
    EXPECT_NE(told(kText, with(old, now), 9).find(" amendment\n"), std::string::npos) << now;
    EXPECT_EQ(told(kText, with(old, now), 9).find(" taken\n"), std::string::npos) << now;
    EXPECT_EQ(told(kText, with(old, now), 0).find(" amendment\n"), std::string::npos) << now;
  }
  const std::string swapped = with("  x: {type: float, low: 0, high: 1, default: 0.5}\n", "") +
                              "  x: {type: float, low: 0, high: 1, default: 0.5}\n";
  EXPECT_EQ(told(kText, swapped, 9), "params [\"x\",\"k\"] -> [\"k\",\"x\"] taken\n");
}

TEST(Differences, OfTheSeedAreAnAmendment) {
  EXPECT_EQ(told(kText, with("seed: 3", "seed: 4"), 9), "seed 3 -> 4 amendment\n");
  EXPECT_EQ(told(kText, with("seed: 3", "seed: 4"), 0), "seed 3 -> 4 taken\n");
}

TEST(Differences, OfTheStrategyMakeAnotherStudy) {
  EXPECT_NE(told(kText, kText + std::string("strategy: babysit\n"), 9).find("new study"), std::string::npos);
}

TEST(Differences, AreRefusedInASentenceThatNamesTheFirst) {
  const auto storage = storage::make_memory_storage(base::system_clock());
  const Study::Options options{.storage = storage.get(), .session = "a"};
  {
    const auto study = Study::open(parse(kText), options).value();
    ASSERT_TRUE(study->add({{"x", 0.25}, {"k", "a"}}, {.values = {1.0}}).has_value());
    ASSERT_TRUE(study->add({{"x", 0.75}, {"k", "b"}}, {.values = {2.0}}).has_value());
  }
  const studyfile::StudyFile narrower = parse(with("low: 0, high: 1, default: 0.5", "low: 0.5, high: 1"));
  const Comparison comparison = compare(*storage, narrower).value();
  EXPECT_EQ(comparison.trials, 2);
  EXPECT_EQ(comparison.outside, 1);
  const auto refused = Study::open(narrower, options);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, base::ErrorCode::kBadStudyFile);
  EXPECT_NE(
      refused.error().message().find("params.x.low was 0.0 and is 0.5, but the study 's' has 2 trials in the storage; "
                                     "to go on with them all the same, add --amend"),
      std::string::npos)
      << refused.error().message();
  const auto study = Study::open(narrower, options, Amend::kYes).value();
  EXPECT_EQ(study->differences().size(), 2U);
  EXPECT_TRUE(study->is_outside(0));
  EXPECT_FALSE(study->is_outside(1));
  EXPECT_EQ(study->best(), std::vector<std::int64_t>{1});
  EXPECT_EQ(base::json_line(study->view(0).params), R"({"x":0.25,"k":"a"})");
  EXPECT_EQ(study->history().trials()[0].outcome, space::Outcome::kVoid);
  EXPECT_EQ(study->history().trials()[1].outcome, space::Outcome::kComplete);
  EXPECT_EQ(study->spec_versions().back().first_trial, 2);
}

}  // namespace
}  // namespace sterlet::study
