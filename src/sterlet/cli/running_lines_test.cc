#include "sterlet/cli/running_lines.h"

#include <gtest/gtest.h>

#include "sterlet/cli/display.h"
#include "sterlet/cli/test_support.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::cli {
namespace {

std::unique_ptr<study::Study> study_of(const std::string& params, const base::Clock& clock) {
  auto file = studyfile::parse_study_text(study::strategies(),
                                          "study: mlp\nobjective: {metric: loss, direction: minimize}\nparams: {" +
                                              params + "}\nsampler: random\nseed: 3\nbudget: {trials: 9, time: 2h}\n",
                                          "s.yaml", "/");
  EXPECT_TRUE(file.has_value());
  return study::Study::open(std::move(*file), {.clock = &clock}).value();
}

constexpr const char* kX = "x: {type: float, low: 0, high: 1}";

TEST(Curve, KeepsItsCourseInLittleMemory) {
  Curve curve;
  for (int step = 1; step <= 100'000; ++step) curve.add(step, step);
  EXPECT_EQ(curve.step(), 100'000);
  EXPECT_EQ(curve.last(), 100'000);
  EXPECT_LE(curve.values().size(), 1024U);
  EXPECT_GE(curve.values().size(), 512U);
  EXPECT_TRUE(std::is_sorted(curve.values().begin(), curve.values().end()));
  EXPECT_GT(curve.values().back(), 99'000);
}

TEST(StepsOf, ComeFromAParameterOrFromWhatCompleted) {
  const HeldClock clock;
  const auto named = study_of(std::string(kX) + ", epochs: {value: 40}", clock);
  ASSERT_TRUE(named->ask().value());
  EXPECT_EQ(steps_of(*named, 0, 3), 40);
  EXPECT_EQ(steps_of(*named, 0, 41), std::nullopt) << "then it counts something else";
  const auto plain = study_of(kX, clock);
  for (int trial = 0; trial < 3; ++trial) ASSERT_TRUE(plain->ask().value());
  EXPECT_EQ(steps_of(*plain, 1, 3), std::nullopt);
  ASSERT_TRUE(plain->report(0, 1, 20, {{"loss", 1}}));
  ASSERT_TRUE(plain->tell(0, 1, {}));
  EXPECT_EQ(steps_of(*plain, 1, 3), 20);
  ASSERT_TRUE(plain->report(1, 1, 21, {{"loss", 1}}));
  ASSERT_TRUE(plain->tell(1, 1, {}));
  EXPECT_EQ(steps_of(*plain, 2, 3), std::nullopt) << "they had different ones";
}

TEST(RunningLines, CountThoseThatHaveNoRoom) {
  const HeldClock clock;
  const auto study = study_of(kX, clock);
  for (int trial = 0; trial < 9; ++trial) ASSERT_TRUE(study->ask().value());
  const auto lines = running_lines(*study, clock, {}, 79, 5);
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(lines.back().text(79, false), "    ... and 6 more");
  EXPECT_EQ(running_lines(*study, clock, {}, 79, 10).size(), 10U);
  EXPECT_TRUE(running_lines(*study, clock, {}, 79, 1).empty());
}

TEST(PlainDisplay, SaysWhatRunsOnceAMinuteWhereNothingEnds) {
  HeldClock clock;
  Sink sink;
  Printer printer(sink.fd(), Buffering::kLines);
  Context context{.parts = {.clock = clock, .environment = {}, .open_storage = {}, .make_executor = {}},
                  .out = printer,
                  .err = printer};
  const auto study = study_of(std::string(kX) + ", epochs: {value: 40}", clock);
  const auto display =
      make_display(Progress::kPlain, context, *study,
                   {.workers = 2, .storage = "/s/sterlet.db", .trials_folder = "/s/sterlet-trials/mlp-1"});
  EXPECT_EQ(sink.take(),
            "mlp: minimize loss; sampler random, pruner none, 2 workers, budget 9 trials, 2h\n"
            "storage /s/sterlet.db; output of the trials: sterlet logs mlp N, or /s/sterlet-trials/mlp-1\n");
  for (int trial = 0; trial < 4; ++trial) display->started(study->ask().value().value());
  ASSERT_TRUE(study->report(0, 1, 3, {{"loss", 0.25}}));
  display->reported(0, 3, 0.25);
  clock.now_ms += 59'999;
  display->tick();
  EXPECT_EQ(sink.take(), "");
  clock.now_ms += 1;
  display->tick();
  EXPECT_EQ(sink.take(),
            "4 trials run: trial 0 for 1m, step 3 of 40, loss 0.25; trial 1 for 1m; trial 2 for 1m; and 1 more\n");
  display->tick();
  EXPECT_EQ(sink.take(), "");
  ASSERT_TRUE(study->tell(0, 1, {}));
  display->finished(0);
  EXPECT_NE(sink.take().find("trial 0 COMPLETE loss=0.25"), std::string::npos);
  clock.now_ms += 60'000;
  display->tick();
  EXPECT_EQ(sink.take(), "3 trials run: trial 1 for 2m; trial 2 for 2m; trial 3 for 2m\n");
}

}  // namespace
}  // namespace sterlet::cli
