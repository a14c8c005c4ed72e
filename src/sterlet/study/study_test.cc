#include "sterlet/study/study.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "sterlet/storage/open.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::study {
namespace {

using storage::State;

class FakeClock final : public base::Clock {
 public:
  std::int64_t wall_ms() const override { return 1700000000000 + now; }
  std::int64_t steady_ms() const override { return now; }
  std::int64_t now = 0;
};

constexpr const char* kHead = "study: s\nobjective: {metric: loss, direction: minimize}\nseed: 3\n";

studyfile::StudyFile parse(const std::string& text) {
  auto file = studyfile::parse_study_text(strategies(), kHead + text, "s.yaml", "/");
  EXPECT_TRUE(file.has_value()) << file.error().front().message();
  return std::move(*file);
}

std::unique_ptr<Study> in_memory(const std::string& text) {
  auto study = Study::open(parse(text), {});
  EXPECT_TRUE(study.has_value()) << study.error().message();
  return std::move(*study);
}

void tell(Study& study, std::int64_t trial, double value) {
  const auto told = study.tell(trial, 1, {.values = {value}});
  EXPECT_TRUE(told.has_value()) << told.error().message();
}

class StoredStudy : public testing::Test {
 protected:
  StoredStudy() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sterlet-study-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~StoredStudy() override { std::filesystem::remove_all(folder_); }

  struct Opened {
    std::unique_ptr<storage::Storage> storage;
    std::unique_ptr<Study> study;
  };
  Opened open(const std::string& text, const std::string& session) {
    Opened opened;
    auto storage = storage::open_sqlite(folder_ + "/s.db", {});
    EXPECT_TRUE(storage.has_value());
    opened.storage = std::move(*storage);
    auto study = Study::open(parse(text), {.storage = opened.storage.get(), .session = session});
    EXPECT_TRUE(study.has_value()) << study.error().message();
    opened.study = std::move(*study);
    return opened;
  }
  std::string folder_;
};

TEST(Study, HandsOutExactlyItsBudget) {
  const auto study = in_memory("params: {x: {type: float, low: 0, high: 1}}\nbudget: {trials: 5}\n");
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(study->ask().value().has_value());
  EXPECT_FALSE(study->ask().value().has_value());
  EXPECT_EQ(study->pause(), Pause::kTrials);
}

TEST(Study, CancelledTrialsGiveTheirPlaceBack) {
  const auto study = in_memory("params: {x: {type: float, low: 0, high: 1}}\nbudget: {trials: 1}\n");
  ASSERT_TRUE(study->ask().value().has_value());
  ASSERT_TRUE(study->tell(0, 1, {.state = State::kCancelled}).has_value());
  EXPECT_TRUE(study->ask().value().has_value());
}

TEST(Study, ACancelledConfigurationIsNotCountedAsTried) {
  const auto study = in_memory("params: {x: {type: categorical, choices: [a, b, c]}}\nsampler: grid\n");
  ASSERT_TRUE(study->ask().value().has_value());
  ASSERT_TRUE(study->tell(0, 1, {.state = State::kCancelled}).has_value());
  std::set<double> tried;
  while (const auto claim = study->ask().value()) {
    tried.insert(claim->point.values.front());
    tell(*study, claim->number, 1);
  }
  EXPECT_EQ(tried.size(), 3U);
  EXPECT_EQ(study->pause(), Pause::kSpace);
}

TEST(Study, StopsAtItsTargetInEitherDirection) {
  const auto least = in_memory("params: {x: {type: float, low: 0, high: 1}}\nbudget: {target: 0.1}\n");
  ASSERT_TRUE(least->ask().value().has_value());
  tell(*least, 0, 0.2);
  ASSERT_TRUE(least->ask().value().has_value());
  tell(*least, 1, 0.1);
  EXPECT_FALSE(least->ask().value().has_value());
  EXPECT_EQ(least->pause(), Pause::kTarget);
}

TEST(Study, StopsWhenItsTimeIsOver) {
  FakeClock clock;
  auto study =
      Study::open(parse("params: {x: {type: float, low: 0, high: 1}}\nbudget: {time: 30s}\n"), {.clock = &clock});
  ASSERT_TRUE((*study)->ask().value().has_value());
  clock.now = 29999;
  ASSERT_TRUE((*study)->ask().value().has_value());
  clock.now = 30000;
  EXPECT_FALSE((*study)->ask().value().has_value());
  EXPECT_EQ((*study)->pause(), Pause::kTime);
}

TEST(Study, BeginsWithTheDefaultsUnlessToldNotTo) {
  const std::string params = "params: {x: {type: float, low: 0, high: 1, default: 0.25}}\n";
  EXPECT_EQ(in_memory(params)->ask().value()->point.values[0], 0.25);
  EXPECT_NE(in_memory(params + "defaults_first: false\n")->ask().value()->point.values[0], 0.25);
}

TEST(Study, AvoidsRepeatsUntilTheSpaceIsUsedUp) {
  for (const char* sampler : {"random", "sobol", "grid", "refine"}) {
    const auto study =
        in_memory(fmt::format("params: {{a: {{type: int, low: 1, high: 4}}, b: {{type: categorical, "
                              "choices: [x, y, z]}}}}\nsampler: {}\n",
                              sampler));
    for (int i = 0; i < 12; ++i) ASSERT_TRUE(study->ask().value().has_value()) << sampler << i;
    for (int i = 0; i < 12; ++i) {
      EXPECT_EQ(study->history().trials_at(study->history().trials()[static_cast<std::size_t>(i)].point).size(), 1U);
    }
    EXPECT_FALSE(study->ask().value().has_value());
    EXPECT_EQ(study->pause(), Pause::kSpace);
  }
}

TEST(Study, AveragesRepeatsWhenAskedTo) {
  const auto study = in_memory(
      "params: {a: {type: categorical, choices: [x, y]}}\nduplicates: average\n"
      "enqueue: [{a: x}, {a: x}, {a: y}]\n");
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(study->ask().value().has_value());
  tell(*study, 0, 0.0);
  tell(*study, 1, 1.0);
  tell(*study, 2, 0.4);
  EXPECT_EQ(study->best(), std::vector<std::int64_t>{2});
  EXPECT_EQ(study->values_of(0), std::vector<double>{0.5});
}

TEST(Study, NanIsAFailureAndInfinityIsNot) {
  const auto study = in_memory("params: {x: {type: float, low: 0, high: 1}}\n");
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(study->ask().value().has_value());
  tell(*study, 0, std::nan(""));
  tell(*study, 1, HUGE_VAL);
  ASSERT_TRUE(study->tell(2, 1, {}).has_value());
  EXPECT_EQ(study->records()[0].state, State::kFailed);
  EXPECT_EQ(study->records()[0].reason, "loss was NaN");
  EXPECT_EQ(study->records()[1].state, State::kComplete);
  EXPECT_EQ(study->records()[2].reason, "it ended without reporting loss");
}

TEST(Study, TakesTheLastReportWhereNoValueIsTold) {
  const auto study = in_memory("params: {x: {type: float, low: 0, high: 1}}\n");
  ASSERT_TRUE(study->ask().value().has_value());
  ASSERT_TRUE(study->report(0, 1, 1, {{"loss", 0.5}, {"other", 1}}).has_value());
  ASSERT_TRUE(study->report(0, 1, 2, {{"other", 2}}).has_value());
  ASSERT_TRUE(study->tell(0, 1, {}).has_value());
  EXPECT_EQ(study->records()[0].values, std::vector<double>{0.5});
  EXPECT_EQ(study->records()[0].last_step, 2);
}

TEST(Study, TakesOfACurveWhatTheObjectiveSays) {
  auto file = studyfile::parse_study_text(
      strategies(),
      "study: s\nobjective: [{metric: acc, direction: maximize, of: best}, {metric: loss, of: mean of last 2}, "
      "{metric: c}]\n"
      "params: {x: {type: float, low: 0, high: 1}}\n",
      "s.yaml", "/");
  ASSERT_TRUE(file.has_value()) << file.error().front().message();
  auto study = Study::open(std::move(*file), {});
  ASSERT_TRUE(study.has_value());
  for (int trial = 0; trial < 3; ++trial) {
    ASSERT_TRUE((*study)->ask().has_value());
    for (int step = 1; step <= 3; ++step) {
      const double acc = step == 2 ? 0.9 : 0.5;
      ASSERT_TRUE(
          (*study)->report(trial, 1, step, {{"acc", acc}, {"loss", 1.0 * step}, {"c", 10.0 * step}}).has_value());
    }
  }
  ASSERT_TRUE((*study)->tell(0, 1, {}).has_value());
  EXPECT_EQ((*study)->records()[0].values, (std::vector<double>{0.9, 2.5, 30}));
  ASSERT_TRUE((*study)->tell(1, 1, {.values = {0.1, 0.2, 0.3}}).has_value());  // What is told counts.
  EXPECT_EQ((*study)->records()[1].values, (std::vector<double>{0.1, 0.2, 0.3}));
  ASSERT_TRUE((*study)->tell(2, 1, {.state = State::kPruned, .reason = "worse"}).has_value());
  EXPECT_EQ((*study)->records()[2].values, (std::vector<double>{0.5, 3, 30}));  // As pruners and samplers had it.
}

TEST(Study, AnEndThatIsRefusedLeavesTheCurveAsItWas) {
  auto file = studyfile::parse_study_text(
      strategies(),
      "study: s\nobjective: {metric: loss, direction: minimize, of: best}\nparams: {x: {type: float, low: 0, high: "
      "1}}\n",
      "s.yaml", "/");
  ASSERT_TRUE(file.has_value()) << file.error().front().message();
  auto study = Study::open(std::move(*file), {});
  ASSERT_TRUE(study.has_value());
  ASSERT_TRUE((*study)->ask().has_value());
  ASSERT_TRUE((*study)->report(0, 1, 1, {{"loss", 0.2}}).has_value());
  ASSERT_TRUE((*study)->report(0, 1, 2, {{"loss", 0.5}}).has_value());
  EXPECT_FALSE((*study)->tell(0, 1, {.values = {0.1, 0.2}}).has_value());  // One value too many.
  ASSERT_TRUE((*study)->tell(0, 1, {}).has_value());
  EXPECT_EQ((*study)->records()[0].values, std::vector<double>{0.2});
}

// Attempt 1 reports steps 1 to 4 and is lost; attempt 2 goes on from the checkpoint of step 2. The best of the one curve is
// at step 1, and what attempt 1 reported after step 2 does not count.
TEST_F(StoredStudy, TheBestOfACurveMayBeOfAnEarlierAttempt) {
  auto file = studyfile::parse_study_text(
      strategies(),
      "study: s\nobjective: {metric: loss, direction: minimize, of: best}\nparams: {x: {type: float, low: 0, high: "
      "1}}\n",
      "s.yaml", "/");
  ASSERT_TRUE(file.has_value());
  auto storage = storage::open_sqlite(folder_ + "/s.db", {});
  ASSERT_TRUE(storage.has_value());
  auto study = Study::open(std::move(*file), {.storage = storage->get(), .session = "ours"});
  ASSERT_TRUE(study.has_value());
  const auto report = [&](int attempt, std::int64_t step, double loss) {
    ASSERT_TRUE((*study)->report(0, attempt, step, {{"loss", loss}}).has_value());
  };
  ASSERT_TRUE((*study)->ask().has_value());
  report(1, 1, 0.2);
  report(1, 2, 0.5);
  ASSERT_TRUE((*study)->checkpoint(0, 1, "/ck").has_value());
  report(1, 3, 0.1);
  ASSERT_TRUE((*study)->tell(0, 1, {.state = State::kLost}).has_value());
  EXPECT_EQ((*study)->ask().value()->attempt, 2);
  report(2, 3, 0.4);
  report(2, 4, 0.6);
  ASSERT_TRUE((*study)->tell(0, 2, {}).has_value());
  EXPECT_EQ((*study)->records()[0].values, std::vector<double>{0.2});
}

TEST(Study, EndsAfterTooManyFailuresInARow) {
  const auto study = in_memory("params: {x: {type: float, low: 0, high: 1}}\nfailures_max: 2\n");
  for (const bool fails : {true, false, true, true}) {
    const auto claim = study->ask().value();
    ASSERT_TRUE(claim.has_value());
    const State state = fails ? State::kFailed : State::kComplete;
    ASSERT_TRUE(study->tell(claim->number, 1, {.state = state, .values = {1.0}}).has_value());
  }
  EXPECT_FALSE(study->ask().value().has_value());
  EXPECT_EQ(study->pause(), Pause::kFailures);
}

TEST_F(StoredStudy, FailuresInARowAreCountedAnewOnceAPersonStartsItAgain) {
  const std::string text = "params: {x: {type: float, low: 0, high: 1}}\nfailures_max: 2\n";
  for (const char* session : {"first", "second"}) {
    Opened opened = open(text, session);
    for (int i = 0; i < 2; ++i) {
      const auto claim = opened.study->ask().value();
      ASSERT_TRUE(claim.has_value()) << session;
      ASSERT_TRUE(opened.study->tell(claim->number, 1, {.state = State::kFailed}).has_value());
    }
    EXPECT_FALSE(opened.study->ask().value().has_value());
    EXPECT_EQ(opened.study->pause(), Pause::kFailures);
    Opened looks = open(text, "");
    ASSERT_TRUE(looks.study->ask().has_value());
    EXPECT_EQ(looks.study->pause(), Pause::kFailures) << "who only looks starts nothing";
  }
}

TEST_F(StoredStudy, AProgramThatCannotStartTakesNothingOfTheBudget) {
  const std::string text = "params: {x: {type: float, low: 0, high: 1, default: 0.25}}\nbudget: {trials: 2}\n";
  const Outcome unstarted{.state = State::kFailed, .reason = "no such program", .is_unstarted = true};
  {
    Opened first = open(text, "first");
    for (int attempt = 1; attempt <= 3; ++attempt) {
      const auto claim = first.study->ask().value();
      ASSERT_TRUE(claim.has_value());
      EXPECT_EQ(claim->number, 0) << "the same trial again";
      EXPECT_EQ(claim->attempt, attempt);
      ASSERT_TRUE(first.study->tell(0, attempt, unstarted).has_value());
      EXPECT_EQ(first.study->records()[0].state, State::kFailed);
      EXPECT_EQ(first.study->history().trials()[0].outcome, space::Outcome::kVoid);
    }
    EXPECT_FALSE(first.study->ask().value().has_value());
    EXPECT_EQ(first.study->pause(), Pause::kUnstarted);
  }
  Opened second = open(text, "second");
  for (const std::int64_t number : {0, 1}) {
    const auto claim = second.study->ask().value();
    ASSERT_TRUE(claim.has_value());
    EXPECT_EQ(claim->number, number);
    if (number == 0) {
      EXPECT_EQ(claim->point.values, std::vector<double>{0.25}) << "the defaults were not lost";
    }
    ASSERT_TRUE(second.study->tell(number, claim->attempt, {.values = {1.0}}).has_value());
  }
  EXPECT_FALSE(second.study->ask().value().has_value());
  EXPECT_EQ(second.study->pause(), Pause::kTrials);
}

TEST_F(StoredStudy, TrialsRunAgainAlsoWhereTheBudgetIsUsedUp) {
  const std::string text = "params: {x: {type: float, low: 0, high: 1}}\nbudget: {trials: 3}\n";
  Opened a = open(text, "a"), b = open(text, "b");
  for (const std::int64_t number : {0, 1, 2}) {
    ASSERT_TRUE(a.study->ask().value().has_value());
    ASSERT_TRUE(a.study->tell(number, 1, {.state = State::kFailed, .reason = "why"}).has_value());
  }
  ASSERT_TRUE(b.study->refresh().has_value());
  const std::vector<std::int64_t> two{0, 2}, wrong{1, 7};
  EXPECT_FALSE(b.study->by_hand().retry(wrong).has_value());
  EXPECT_EQ(b.study->records()[1].state, State::kFailed) << "refused as a whole";
  ASSERT_TRUE(b.study->by_hand().retry(two).has_value());
  b.study->sessions().only_run_again();
  for (const std::int64_t number : two) {
    const auto claim = b.study->ask().value();
    ASSERT_TRUE(claim.has_value());
    EXPECT_EQ(claim->number, number);
    EXPECT_EQ(claim->point, a.study->point_of(number));
    ASSERT_TRUE(b.study->tell(number, 2, {.values = {1.0}}).has_value());
  }
  EXPECT_FALSE(b.study->ask().value().has_value());
  EXPECT_EQ(b.study->pause(), Pause::kAgain);
  ASSERT_TRUE(a.study->refresh().has_value());
  EXPECT_EQ(a.study->records()[2].state, State::kComplete);
}

TEST_F(StoredStudy, TwoProcessesShareOneBudgetAndOneSequence) {
  const std::string text = "params: {x: {type: float, low: 0, high: 1}}\nsampler: random\nbudget: {trials: 10}\n";
  Opened a = open(text, "a"), b = open(text, "b");
  const auto alone = in_memory(text);
  for (int i = 0; i < 10; ++i) {
    const auto claim = (i % 3 == 0 ? a : b).study->ask().value();
    ASSERT_TRUE(claim.has_value());
    EXPECT_EQ(claim->number, i);
    EXPECT_EQ(claim->point, alone->ask().value()->point);
  }
  EXPECT_FALSE(a.study->ask().value().has_value());
  EXPECT_FALSE(b.study->ask().value().has_value());
  EXPECT_FALSE(b.study->tell(0, 1, {.values = {1}}).has_value()) << "trial 0 is the other session's";
  EXPECT_TRUE(a.study->tell(0, 1, {.values = {1}}).has_value());
}

TEST_F(StoredStudy, LostTrialsRunAgainAsTheSameTrialBeforeNewOnes) {
  const std::string text = "params: {x: {type: float, low: 0, high: 1}}\nbudget: {trials: 2}\n";
  space::Point point;
  {
    Opened first = open(text, "first");
    point = first.study->ask().value()->point;
  }
  Opened second = open(text, "second");
  ASSERT_TRUE(second.study->sessions().collect_lost([](const auto&) { return false; }).has_value());
  EXPECT_EQ(second.study->records()[0].state, State::kLost);
  const auto again = second.study->ask().value();
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->number, 0);
  EXPECT_EQ(again->attempt, 2);
  EXPECT_EQ(again->point, point);
  EXPECT_FALSE(second.study->tell(0, 1, {.values = {1}}).has_value()) << "attempt 1 is over";
  EXPECT_TRUE(second.study->tell(0, 2, {.values = {1}}).has_value());
}

TEST_F(StoredStudy, EverythingComesBackFromTheFile) {
  const std::string text =
      "params: {lr: {type: float, low: 1.0e-8, high: 1, scale: log}, m: {type: float, low: 0.9, high: 0.999999, scale: "
      "reverse_log}, n: {type: int, low: 1, high: 3}, u: {type: int, low: 1, high: 99, repeat: n}}\nsampler: random\n";
  std::vector<space::Point> points;
  {
    Opened first = open(text, "first");
    for (int i = 0; i < 20; ++i) points.push_back(first.study->ask().value()->point);
    for (int i = 0; i < 20; ++i) tell(*first.study, i, i == 7 ? HUGE_VAL : i == 8 ? -HUGE_VAL : 1e-310 * i);
  }
  Opened second = open(text, "second");
  ASSERT_EQ(second.study->records().size(), 20U);
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_EQ(second.study->history().trials()[i].point, points[i]);
    EXPECT_EQ(second.study->records()[i].values[0], i == 7   ? HUGE_VAL
                                                    : i == 8 ? -HUGE_VAL
                                                             : 1e-310 * static_cast<double>(i));
  }
  EXPECT_EQ(second.study->best(), std::vector<std::int64_t>{8});
}

TEST(Study, APointThatTheSamplersValuesCannotJoinIsStillTriedAndHoldsUpNothing) {
  // x must be within 3e-5 of y: hardly any completion fits, and where one was found when the point was enqueued, the
  // draws of the ask may find none.
  int accepted = 0;
  for (int seed = 0; seed < 6; ++seed) {
    auto file = parse(
        "params: {x: {type: float, low: 0, high: 1, default: 0.5}, y: {type: float, low: 0, high: 1, default: 0.5}}\n"
        "constraints: [\"abs(x - y) <= 0.00003\"]\nsampler: random\ndefaults_first: false\n");
    file.spec.seed = static_cast<std::uint64_t>(seed);
    const auto study = Study::open(std::move(file), {}).value();
    if (!study->enqueue({{"y", 0.3}})) continue;
    ++accepted;
    const auto claim = study->ask();
    ASSERT_TRUE(claim.has_value()) << "seed " << seed << ": " << claim.error().message();
    EXPECT_EQ((*claim)->point.values[1], 0.3);
    EXPECT_TRUE(study->ask().has_value());
  }
  EXPECT_GT(accepted, 0);
}

TEST(Study, WhatAPartRefusesIsRefusedByValidateAsByOpen) {
  const auto file = studyfile::parse_study_text(
      strategies(), "study: s\nobjective: [a, b]\nsampler: cmaes\nparams: {x: {type: float, low: 0, high: 1}}\n",
      "s.yaml", "/");
  ASSERT_TRUE(file.has_value());
  const auto valid = Study::validate(*file);
  ASSERT_FALSE(valid.has_value());
  EXPECT_EQ(valid.error(), Study::open(*file, {}).error());
  EXPECT_TRUE(Study::validate(parse("params: {x: {type: float, low: 0, high: 1}}\n")).has_value());
  const auto impossible =
      Study::validate(parse("params: {x: {type: float, low: 0, high: 1}, y: {type: float, low: 0, high: 1}}\n"
                            "constraints: [\"x + y >= 1.9\"]\nenqueue: [{x: 1}, {x: 0.5}]\n"));
  ASSERT_FALSE(impossible.has_value());
  EXPECT_EQ(impossible.error().where, "enqueue[1]");
}

TEST_F(StoredStudy, SessionsSideBySideShareTheBudgetOfTime) {
  FakeClock clock;
  const std::string text = "params: {x: {type: float, low: 0, high: 1}}\nbudget: {time: 30s}\n";
  const auto storage = storage::open_sqlite(folder_ + "/s.db", {}).value();
  const auto one = Study::open(parse(text), {.storage = storage.get(), .clock = &clock, .session = "a"}).value();
  const auto other = Study::open(parse(text), {.storage = storage.get(), .clock = &clock, .session = "b"}).value();
  clock.now = 14000;
  for (const auto* session : {"a", "b"}) {
    ASSERT_TRUE((session == std::string("a") ? one : other)
                    ->sessions()
                    .beat({.id = session, .started_ms = clock.wall_ms() - clock.now})
                    .has_value());
  }
  EXPECT_TRUE(one->ask().value().has_value()) << "28 s are used";
  clock.now = 15000;
  EXPECT_FALSE(one->ask().value().has_value()) << "the other has run on since it wrote last";
  EXPECT_EQ(one->pause(), Pause::kTime);
}

TEST_F(StoredStudy, AnEnqueuedPointThatFitsNoMoreIsSkippedAndToldOf) {
  const auto storage = storage::open_sqlite(folder_ + "/s.db", {}).value();
  const auto study = Study::open(parse("params: {x: {type: float, low: 0, high: 1}}\nsampler: random\n"),
                                 {.storage = storage.get(), .session = "a"})
                         .value();
  for (const char* params : {R"({"x":5})", R"({"x":0.5})"}) {  // As a study with another space would have checked it.
    ASSERT_TRUE(storage->push_queue(study->storage_id(), params).has_value());
  }
  EXPECT_EQ(study->ask().value()->point.values.front(), 0.5);
  ASSERT_EQ(study->remarks().size(), 1U);
  EXPECT_EQ(
      study->remarks().front(),
      R"(the enqueued point {"x":5} was skipped, since it fits the space no more: x cannot be 5; it is a number from )"
      "0 to 1");
  const auto events = storage->load_events(study->storage_id(), 0).value();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].kind, "skip");
  EXPECT_EQ(events[0].detail, study->remarks().front());
  EXPECT_FALSE(events[0].trial.has_value());
  EXPECT_EQ(events[1].kind, "claim");
  ASSERT_TRUE(study->ask().value().has_value());
  EXPECT_TRUE(study->remarks().empty());
}

TEST_F(StoredStudy, ANumberThatAnEarlierVersionSkippedIsNoDeadEnd) {
  const auto storage = storage::open_sqlite(folder_ + "/s.db", {}).value();
  const std::string text = "params: {x: {type: float, low: 0, high: 1}}\nbudget: {trials: 3}\n";
  const auto file = parse(text);
  {
    const auto study = Study::open(file, {.storage = storage.get(), .session = "a"}).value();
    ASSERT_TRUE(study->ask().value().has_value());
    const std::string point = space::Space::text_of(study->history().trials()[0].point);
    ASSERT_TRUE(storage
                    ->put_trial(study->storage_id(),
                                {.record = {.number = 2, .state = State::kRunning, .attempt = 1},
                                 .origin = "random",
                                 .point = point,
                                 .session = "a"},
                                "claim", 0, "")
                    .has_value());
  }
  const auto study = Study::open(file, {.storage = storage.get(), .session = "a"}).value();
  ASSERT_EQ(study->records().size(), 3U);
  EXPECT_EQ(study->records()[1].state, State::kCancelled);
  tell(*study, 2, 0.5);
  const auto claim = study->ask().value();
  ASSERT_TRUE(claim.has_value()) << "what was never stored is not counted";
  EXPECT_EQ(claim->number, 3);
}

TEST_F(StoredStudy, ANumberFarBeyondTheOthersIsADamagedStorage) {
  const auto storage = storage::open_sqlite(folder_ + "/s.db", {}).value();
  const auto file = parse("params: {x: {type: float, low: 0, high: 1}}\n");
  {
    const auto study = Study::open(file, {.storage = storage.get(), .session = "a"}).value();
    ASSERT_TRUE(study->ask().value().has_value());
    ASSERT_TRUE(storage
                    ->put_trial(study->storage_id(),
                                {.record = {.number = std::int64_t{1} << 62, .state = State::kRunning, .attempt = 1},
                                 .origin = "random",
                                 .point = space::Space::text_of(study->history().trials()[0].point),
                                 .session = "a"},
                                "claim", 0, "")
                    .has_value());
  }
  const auto study = Study::open(file, {.storage = storage.get(), .session = "a"});
  ASSERT_FALSE(study.has_value());
  EXPECT_EQ(study.error().what, "trial 1 is missing in the storage");
}

TEST(Study, ATrialLastsAsLongAsItsProgramRanWhateverTheWallClockSays) {
  FakeClock clock;
  const auto study = Study::open(parse("params: {x: {type: float, low: 0, high: 1}}\n"), {.clock = &clock}).value();
  ASSERT_TRUE(study->ask().value().has_value());
  clock.now = 86'400'000;  // Somebody set it.
  ASSERT_TRUE(study->tell(0, 1, {.values = {0.5}, .seconds = 2.5}).has_value());
  EXPECT_EQ(study->records()[0].ended_ms - study->records()[0].started_ms, 2500);
}

TEST_F(StoredStudy, ARefusedCallInALargerTransactionLeavesItWhole) {
  auto opened = open("params: {x: {type: float, low: 0, high: 1}}\n", "a");
  Study& study = *opened.study;
  ASSERT_TRUE(study.ask().value().has_value());
  {
    auto transaction = study.begin().value();
    tell(study, 0, 0.5);
    EXPECT_FALSE(study.tell(7, 1, {.values = {0.1}}).has_value()) << "there is no such trial, and nothing was written";
    EXPECT_TRUE(transaction.commit().has_value());
  }
  EXPECT_EQ(study.records()[0].state, State::kComplete);
  {
    auto transaction = study.begin().value();
    ASSERT_TRUE(study.ask().value().has_value());
    EXPECT_EQ(study.records().size(), 2U);
  }
  EXPECT_EQ(study.records().size(), 1U) << "it was not committed";
  EXPECT_EQ(study.history().size(), 1U);
  EXPECT_EQ(study.ask().value()->number, 1);
}

}  // namespace
}  // namespace sterlet::study
