#include "sterlet/plan/pilot.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>

#include <gtest/gtest.h>

#include "sterlet/run/test_support.h"
#include "sterlet/study/strategies/registry.h"

namespace sterlet::plan {
namespace {

using exec::Event;

constexpr const char* kStudy = R"(
study: toy
objective: {metric: loss, direction: minimize}
command: [train, "${x}"]
params:
  x: {type: float, low: 0, high: 1, default: 0.5, live: true}
budget: {time: 1m}
)";

studyfile::StudyFile study_of(const std::string& text = kStudy) {
  auto file = studyfile::parse_study_text(study::strategies(), text, "toy.yaml", "/tmp");
  EXPECT_TRUE(file.has_value());
  return std::move(*file);
}

/// Programs that start in 400 ms and then take 100 ms a step alone, or 150 ms beside another.
class PilotTest : public testing::Test {
 protected:
  PilotTest() : executor_(clock_) {
    executor_.script = [this] {
      for (const exec::Launch& launch : executor_.launches) {
        if (executor_.programs.contains(launch.id)) advance(launch);
      }
      last_ms_ = clock_.now_ms;
    };
  }

  virtual void advance(const exec::Launch& launch) {
    Program& program = programs_[launch.id.trial];
    if (program.launched_ms < 0) {
      program.launched_ms = clock_.now_ms;
      executor_.tell(launch.id, Event::Hello{.live = true, .restores = true});
      return;
    }
    const auto running = static_cast<double>(executor_.programs.size());
    program.work_ms += static_cast<double>(clock_.now_ms - last_ms_) / (running > 1 ? 1.5 : 1);
    while (program.work_ms >= 400 + 100.0 * static_cast<double>(program.step + 1) && program.step < length_) {
      ++program.step;
      executor_.report(launch.id, program.step, 1.0 / static_cast<double>(program.step));
    }
    if (program.step == length_) executor_.exit(launch.id, {.memory_bytes = 1000});
  }

  base::Result<PilotResult> run(int at_once, double part_seconds = 20, const studyfile::StudyFile& study = study_of()) {
    return run_pilot(study, executor_, clock_,
                     {.folder = "/tmp/none", .part_seconds = part_seconds, .at_once = at_once});
  }

  struct Program {
    std::int64_t launched_ms = -1, step = 0;
    double work_ms = 0;
  };
  run::FakeClock clock_;
  run::FakeExecutor executor_;
  std::map<std::int64_t, Program> programs_;
  std::int64_t last_ms_ = 0, length_ = 50;
};

TEST_F(PilotTest, MeasuresStartStepAndTheSlowDownOfCompany) {
  const studyfile::StudyFile study = study_of();
  const auto pilot = run(2);
  ASSERT_TRUE(pilot.has_value()) << pilot.error().message();
  EXPECT_TRUE(pilot->alone.is_whole);
  EXPECT_EQ(pilot->alone.memory_bytes, 1000);
  const auto facts = gather_facts(study.spec, study.space, *pilot, std::nullopt);
  ASSERT_TRUE(facts.has_value()) << facts.error().message();
  EXPECT_EQ(facts->steps, 50);
  EXPECT_NEAR(facts->step_seconds, 0.1, 0.005);
  EXPECT_NEAR(facts->start_seconds, 0.4, 0.11);  // The clock goes in tenths.
  EXPECT_NEAR(facts->slow_down, 1.5, 0.1);
  EXPECT_TRUE(facts->can_babysit);
  EXPECT_NEAR(*facts->value, 1.0 / 50, 1e-9);
  for (const double cost : facts->costs) EXPECT_NEAR(cost, 1, 0.1);
  EXPECT_FALSE(facts->costs.empty());
  EXPECT_EQ(executor_.running(), 0u);
}

TEST_F(PilotTest, AloneOnAOneSlotMachineItStillTriesPoints) {
  const auto pilot = run(1);
  ASSERT_TRUE(pilot.has_value());
  EXPECT_FALSE(pilot->beside.empty());
  for (const Training& training : pilot->beside) EXPECT_FALSE(training.is_default);
}

TEST_F(PilotTest, WhatIsTooLongToEndNeedsToBeToldItsLength) {
  length_ = 1'000'000;
  const studyfile::StudyFile study = study_of();
  const auto pilot = run(2, 5);
  ASSERT_TRUE(pilot.has_value());
  EXPECT_FALSE(pilot->alone.is_whole);
  EXPECT_EQ(
      gather_facts(study.spec, study.space, *pilot, std::nullopt).error().message(),
      "toy: the pilot's training was at step 95 after 10s and had not ended, and nothing says how many steps a full "
      "one has; add budget: {max_steps: 1000}, or --steps 1000, or a longer --pilot-time");
  const auto facts = gather_facts(study.spec, study.space, *pilot, 1000);
  ASSERT_TRUE(facts.has_value());
  EXPECT_NEAR(facts->full_seconds(), 100.4, 5);
}

/// Programs that take a time by their width, twice as long in company, and are the better the wider they are.
class WidthPilotTest : public PilotTest {
 protected:
  WidthPilotTest() { length_ = 20; }
  void advance(const exec::Launch& launch) override {
    Program& program = programs_[launch.id.trial];
    if (program.launched_ms < 0) {
      program.launched_ms = clock_.now_ms;
      executor_.tell(launch.id, Event::Hello{.steps = length_});
      return;
    }
    const double width = launch.params.at("width").get<double>();
    const auto step =
        static_cast<std::int64_t>(static_cast<double>(clock_.now_ms - program.launched_ms) / (20 * width));
    while (program.step < std::min(step, length_)) {
      ++program.step;
      executor_.report(launch.id, program.step, 1 / width + 1.0 / static_cast<double>(program.step));
    }
    if (program.step == length_) executor_.exit(launch.id);
  }
  static studyfile::StudyFile study_by(const std::string& sampler) {
    return study_of("study: toy\nobjective: loss\ncommand: [train]\nsampler: " + sampler +
                    "\nparams:\n  width: {type: int, low: 1, high: 64, scale: log, default: 8}\n"
                    "  rate: {type: float, low: 0, high: 1, default: 0.5}\nbudget: {time: 1m}\n");
  }
  static double mean_width(const PilotResult& pilot, bool is_guess) {
    double sum = 0, count = 0;
    for (const Training& training : pilot.beside) {
      if (training.is_default || training.is_guess != is_guess) continue;
      sum += training.unit[0];
      count += 1;
    }
    EXPECT_GT(count, 0);
    return sum / count;
  }
};

TEST_F(WidthPilotTest, GoesWhereTheSearchWillGo) {
  const studyfile::StudyFile study = study_by("auto");
  const auto pilot = run(2, 60, study);
  ASSERT_TRUE(pilot.has_value()) << pilot.error().message();
  EXPECT_NEAR(mean_width(*pilot, false), 0.5, 0.15);
  EXPECT_GT(mean_width(*pilot, true), 0.75);
  const auto facts = gather_facts(study.spec, study.space, *pilot, std::nullopt);
  ASSERT_TRUE(facts.has_value()) << facts.error().message();
  // The mean over the space is that of points drawn: of 64^u / 8 that is 63 / 8 / ln 64.
  ASSERT_TRUE(facts->cost_mean.has_value());
  EXPECT_NEAR(*facts->cost_mean, 63 / 8.0 / std::log(64.0), 0.3);
  std::vector<double> near = facts->costs_near_best;
  ASSERT_FALSE(near.empty());
  std::sort(near.begin(), near.end());
  EXPECT_GT(near[near.size() / 4], 5);
}

/// Programs that take a time by their epochs, of which 20 are best.
class EpochsPilotTest : public WidthPilotTest {
 protected:
  void advance(const exec::Launch& launch) override {
    Program& program = programs_[launch.id.trial];
    const auto epochs = launch.params.at("width").get<std::int64_t>();
    if (program.launched_ms < 0) {
      program.launched_ms = clock_.now_ms;
      executor_.tell(launch.id, Event::Hello{.steps = epochs});
      return;
    }
    const std::int64_t step = std::min(epochs, (clock_.now_ms - program.launched_ms) / 300);
    const double off = std::log10(static_cast<double>(epochs) / 20);
    while (program.step < step) {
      ++program.step;
      executor_.report(launch.id, program.step, 0.3 * off * off + 0.5 / static_cast<double>(program.step));
    }
    if (program.step == epochs) executor_.exit(launch.id);
  }
};

// The first steps are the worst in each: at the same share of a longer training there are more of them behind it.
TEST_F(EpochsPilotTest, ComparesTrainingsOfUnequalLengthAtTheSameStep) {
  const studyfile::StudyFile study = study_by("auto");
  const auto pilot = run(2, 60, study);
  ASSERT_TRUE(pilot.has_value()) << pilot.error().message();
  const double best = std::log(20.0) / std::log(64.0);
  EXPECT_NEAR(mean_width(*pilot, true), best, 0.15);
}

TEST_F(WidthPilotTest, DrawsAllAtRandomWhereTheSearchDoes) {
  const studyfile::StudyFile study = study_by("random");
  const auto pilot = run(2, 60, study);
  ASSERT_TRUE(pilot.has_value()) << pilot.error().message();
  EXPECT_GT(pilot->beside.size(), 12U);
  for (const Training& training : pilot->beside) EXPECT_FALSE(training.is_guess);
}

class SilentPilotTest : public PilotTest {
 protected:
  void advance(const exec::Launch& launch) override {
    if (ends && clock_.now_ms > 1000) executor_.exit(launch.id, *ends);
  }
  std::optional<Event::Exited> ends;
};

TEST_F(SilentPilotTest, SaysThatNothingWasReported) {
  EXPECT_EQ(run(2, 5).error().message(),
            "toy: the pilot's program reported nothing in 5s; give it longer with --pilot-time 5m, or say what a step "
            "takes with --seconds-per-step");
  EXPECT_EQ(executor_.running(), 0u);
}

TEST_F(SilentPilotTest, SaysThatItEndedWithoutAReport) {
  ends = Event::Exited{};
  EXPECT_EQ(run(2).error().message(),
            "toy: the pilot's program ended after 1.1s without reporting anything; let it report its metrics "
            "(docs/channel.md), or give metrics: a pattern");
}

TEST_F(SilentPilotTest, SaysWhyTheProgramFailed) {
  ends = Event::Exited{.cause = exec::Cause::kError, .code = 1, .reason = "train ended with exit code 1: no data"};
  EXPECT_EQ(run(2).error().message(),
            "toy: the pilot's program failed: train ended with exit code 1: no data; mend it, and plan again");
}

}  // namespace
}  // namespace sterlet::plan
