// What a study promises about repeats: they are trials at the point of an earlier one, counted exactly, seen by
// samplers as one mean, and given to those settings that may be the best.

#include <cmath>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "sterlet/base/rng.h"
#include "sterlet/samplers/registry.h"
#include "sterlet/storage/open.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/study/study.h"

namespace sterlet::study {
namespace {

using storage::State;

studyfile::StudyFile file_of(const std::string& more, const std::string& sampler = "random") {
  auto file = studyfile::parse_study_text(
      strategies(),
      fmt::format("study: s\nobjective: {{metric: loss}}\nsampler: {}\nseed: 3\ndefaults_first: false\n"
                  "params: {{x: {{type: float, low: 0, high: 1}}, y: {{type: float, low: 0, high: 1}}}}\n{}\n",
                  sampler, more),
      "study.yaml", "/tmp");
  EXPECT_TRUE(file.has_value()) << more << (file ? "" : file.error().front().what);
  return std::move(*file);
}

class StillClock final : public base::Clock {
 public:
  std::int64_t wall_ms() const override { return 1764000000000; }
  std::int64_t steady_ms() const override { return 0; }
};

double noisy(const Study& study, std::int64_t trial, double noise) {
  const auto& point = study.history().trials()[static_cast<std::size_t>(trial)].point;
  base::RandomStream chance({.seed = 5, .trial = static_cast<std::uint64_t>(trial), .stream = base::Stream::kPractice});
  const double x = point.values[0] - 0.3, y = point.values[1] - 0.6;
  return x * x + y * y + noise * chance.normal();
}

// Runs a study to its end, one trial at a time.
void run(Study& study, double noise) {
  while (const auto claim = study.ask().value()) {
    ASSERT_TRUE(study.tell(claim->number, 1, {.values = {noisy(study, claim->number, noise)}}).has_value());
  }
}

TEST(Repeats, EachSettingIsRunSoOftenAndItsValueIsTheMean) {
  const auto study = Study::open(file_of("repeats: 3\nbudget: {trials: 8}"), {}).value();
  run(*study, 0.1);
  ASSERT_EQ(study->records().size(), 8U) << "a repeat is a run, and counts in the budget";
  const auto& trials = study->history().trials();
  for (const std::size_t first : {0U, 3U}) {
    double sum = 0;
    for (std::size_t i = first; i < first + 3; ++i) {
      EXPECT_EQ(trials[i].point, trials[first].point);
      EXPECT_EQ(study->history().trials()[i].origin, i == first ? space::Origin::kRandom : space::Origin::kRepeat);
      sum += study->records()[i].values.front();
    }
    EXPECT_EQ(trials[first].outcome, space::Outcome::kComplete);
    EXPECT_EQ(trials[first].runs, 3);
    EXPECT_NEAR(trials[first].values.front(), sum / 3, 1e-15);
    EXPECT_EQ(trials[first + 1].outcome, space::Outcome::kVoid) << "samplers count it once";
    EXPECT_TRUE(trials[first + 1].values.empty());
    EXPECT_EQ(study->values_of(static_cast<std::int64_t>(first)),
              study->values_of(static_cast<std::int64_t>(first + 2)));
  }
  EXPECT_FALSE(trials[3].point == trials[0].point);
  EXPECT_EQ(trials[6].runs, 2) << "the budget ended before its third run";
  const auto best = study->best();
  ASSERT_EQ(best.size(), 1U);
  const auto assurance = study->assurance(best.front());
  ASSERT_TRUE(assurance && assurance->probability && assurance->standard_error);
}

TEST(Repeats, ARaceComesLastRepeatsOnlyContendersAndNamesItsProbability) {
  studyfile::StudyFile file = file_of("repeats: {at_most: 6, share: 0.5, confidence: 0.99}\nbudget: {trials: 40}");
  const auto study = Study::open(file, {}).value();
  run(*study, 0.1);
  ASSERT_EQ(study->records().size(), 40U);
  std::map<std::int64_t, int> runs;
  for (const auto& record : study->records()) {
    if (record.number < 20) {
      EXPECT_NE(study->view(record.number).origin, space::Origin::kRepeat);
    }
    if (study->view(record.number).origin == space::Origin::kRepeat) ++runs[study->first_run(record.number)];
  }
  EXPECT_GT(runs.size(), 1U);
  EXPECT_LT(runs.size(), 10U) << "only settings that may be the best are repeated";
  for (const auto& [first, count] : runs) EXPECT_LE(count, 5) << first;
  const auto assurance = study->assurance(study->best().front()).value();
  EXPECT_GT(assurance.trials.size(), 1U) << "what was run once does not win against the raced by luck";
  EXPECT_GT(*assurance.probability, 0.1);
  EXPECT_FALSE(study->assurance(study->best().front() == 0 ? 1 : 0)->probability) << "only the best has one";
}

TEST(Repeats, WithoutNoiseARaceSpendsLittle) {
  const auto study = Study::open(file_of("repeats: {share: 0.5}\nbudget: {trials: 40}"), {}).value();
  run(*study, 0);
  int repeats = 0;
  for (const auto& record : study->records())
    repeats += study->view(record.number).origin == space::Origin::kRepeat ? 1 : 0;
  EXPECT_GE(repeats, 1) << "one shows that there is no noise";
  EXPECT_LE(repeats, 5);
}

TEST(Repeats, WithoutABudgetOfTrialsARaceTakesItsShareAllAlong) {
  const auto study = Study::open(file_of("repeats: {share: 0.25, confidence: 0.999}"), {}).value();
  int repeats = 0;
  for (int i = 0; i < 60; ++i) {
    const auto claim = study->ask().value();
    repeats += study->is_repeat(claim->number) ? 1 : 0;
    ASSERT_TRUE(study->tell(claim->number, 1, {.values = {noisy(*study, claim->number, 0.5)}}).has_value());
  }
  EXPECT_EQ(repeats, 15);
}

TEST(Repeats, ARepeatThatFailsCountsAsARunAndNotInTheMean) {
  const auto study = Study::open(file_of("repeats: 3\nbudget: {trials: 4}"), {}).value();
  ASSERT_EQ(study->ask().value()->number, 0);
  ASSERT_TRUE(study->tell(0, 1, {.values = {1}}).has_value());
  ASSERT_TRUE(study->ask().value().has_value());
  ASSERT_TRUE(study->tell(1, 1, {.state = State::kFailed}).has_value());
  ASSERT_TRUE(study->ask().value().has_value());
  ASSERT_TRUE(study->tell(2, 1, {.values = {3}}).has_value());
  ASSERT_EQ(study->first_run(study->ask().value()->number), 3);
  EXPECT_EQ(study->values_of(0), std::vector<double>{2});
  EXPECT_EQ(study->history().trials()[0].runs, 2);
}

TEST(Repeats, OneLuckyRunDoesNotReachTheTarget) {
  const auto study = Study::open(file_of("repeats: {at_most: 3}\nbudget: {trials: 100, target: 0.5}"), {}).value();
  ASSERT_EQ(study->ask().value()->number, 0);
  ASSERT_TRUE(study->tell(0, 1, {.values = {0.4}}).has_value());
  ASSERT_EQ(study->first_run(study->ask().value()->number), 0) << "what is at the target is run again at once";
  ASSERT_TRUE(study->tell(1, 1, {.values = {0.8}}).has_value());
  ASSERT_EQ(study->first_run(study->ask().value()->number), 2) << "the mean is not there";
  ASSERT_TRUE(study->tell(2, 1, {.values = {0.3}}).has_value());
  ASSERT_EQ(study->first_run(study->ask().value()->number), 2);
  ASSERT_TRUE(study->tell(3, 1, {.values = {0.5}}).has_value());
  EXPECT_FALSE(study->ask().value().has_value());
  EXPECT_EQ(study->pause(), Pause::kTarget);
}

TEST(Repeats, AnExhaustedSpaceIsRepeated) {
  auto file = studyfile::parse_study_text(strategies(),
                                          "study: s\nobjective: {metric: loss}\nsampler: grid\nseed: 3\nrepeats: 2\n"
                                          "params: {k: {type: categorical, choices: [a, b, c]}}\n",
                                          "study.yaml", "/tmp");
  ASSERT_TRUE(file.has_value());
  const auto study = Study::open(std::move(*file), {}).value();
  for (int i = 0; i < 6; ++i) {
    const auto claim = study->ask().value();
    ASSERT_TRUE(claim.has_value()) << i;
    ASSERT_TRUE(study->tell(claim->number, 1, {.values = {1.0 * i}}).has_value());
  }
  EXPECT_FALSE(study->ask().value().has_value());
  EXPECT_EQ(study->pause(), Pause::kSpace);
}

TEST(Repeats, PrunersJudgeFirstRunsAlone) {
  const auto study =
      Study::open(file_of("repeats: 2\npruner: {name: threshold, upper: 1}\nbudget: {trials: 4}"), {}).value();
  ASSERT_EQ(study->ask().value()->number, 0);
  EXPECT_FALSE(study->report(0, 1, 1, {{"loss", 0.5}}).value().prune);
  ASSERT_TRUE(study->tell(0, 1, {}).has_value());
  ASSERT_TRUE(study->is_repeat(study->ask().value()->number));
  EXPECT_FALSE(study->report(1, 1, 1, {{"loss", 2}}).value().prune) << "only the lucky runs would be left";
  ASSERT_TRUE(study->tell(1, 1, {}).has_value());
  EXPECT_EQ(study->values_of(0), std::vector<double>{1.25});
  ASSERT_FALSE(study->is_repeat(study->ask().value()->number));
  EXPECT_TRUE(study->report(2, 1, 1, {{"loss", 2}}).value().prune);
}

TEST(Repeats, SeveralObjectivesHaveAFrontOfMeans) {
  auto file = studyfile::parse_study_text(
      strategies(),
      "study: s\nobjective: [{metric: a}, {metric: b, direction: maximize}]\nsampler: random\nseed: 3\nrepeats: 2\n"
      "params: {x: {type: float, low: 0, high: 1}}\nbudget: {trials: 4}\n",
      "study.yaml", "/tmp");
  ASSERT_TRUE(file.has_value());
  const auto study = Study::open(std::move(*file), {}).value();
  const std::vector<std::vector<double>> told = {{1, 5}, {3, 7}, {1.5, 6.5}, {1.5, 6.5}};
  for (const auto& values : told) {
    const auto claim = study->ask().value();
    ASSERT_TRUE(study->tell(claim->number, 1, {.values = values}).has_value());
  }
  EXPECT_EQ(study->best(), std::vector<std::int64_t>{2}) << "trial 0 alone is not dominated, its mean is";
  EXPECT_EQ(study->history().trials()[0].values, (std::vector<double>{2, -6}));
}

TEST(Repeats, ReopenedAtAnyMomentSuggestsAsNeverClosed) {
  std::string pattern = (std::filesystem::temp_directory_path() / "sterlet-repeats-XXXXXX").string();
  const std::string folder = mkdtemp(pattern.data());
  for (const samplers::Row& row : samplers::registry()) {
    if (row.name == "grid") continue;  // A continuous space has none.
    for (const char* repeats : {"2", "{at_most: 4, share: 0.4}"}) {
      SCOPED_TRACE(fmt::format("{} {}", row.name, repeats));
      const studyfile::StudyFile file =
          file_of(fmt::format("repeats: {}\nbudget: {{trials: 40}}", repeats), std::string(row.name));
      const StillClock clock;  // The automatic sampler looks at how long trials took.
      const auto in_memory = Study::open(file, {.clock = &clock}).value();
      run(*in_memory, 0.1);
      const auto stored =
          storage::open_sqlite(fmt::format("{}/{}{}.db", folder, row.name, repeats[0] == '2'), {}).value();
      std::unique_ptr<Study> study;
      for (int i = 0; i < 40; ++i) {
        if (i % 7 == 0) study = Study::open(file, {.storage = stored.get(), .clock = &clock, .session = "a"}).value();
        const auto claim = study->ask().value();
        ASSERT_TRUE(claim.has_value());
        const double value = noisy(*study, claim->number, 0.1);
        ASSERT_TRUE(study->tell(claim->number, 1, {.values = {value}}).has_value());
      }
      for (std::size_t i = 0; i < 40; ++i) {
        EXPECT_EQ(study->history().trials()[i].point, in_memory->history().trials()[i].point) << i;
        EXPECT_EQ(study->history().trials()[i].origin, in_memory->history().trials()[i].origin) << i;
      }
      EXPECT_EQ(study->best(), in_memory->best());
    }
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace sterlet::study
