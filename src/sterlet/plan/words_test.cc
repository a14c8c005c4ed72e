// What a person reads of a plan: tests/golden/plan/NAME.txt; UPDATE_GOLDEN=1 in the environment writes them anew.

#include "sterlet/plan/words.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

namespace sterlet::plan {
namespace {

studyfile::StudySpec spec_of() {
  studyfile::StudySpec spec;
  spec.name = "mlp";
  spec.objectives = {{.metric = "val_error"}};
  return spec;
}

Facts facts_of(double budget_seconds) {
  Facts facts;
  facts.start_seconds = 0.5;
  facts.step_seconds = 1.4;
  facts.step_spread = 0.05;
  facts.steps = 60;
  facts.at_once = 2;
  facts.slow_down = 1.07;
  facts.costs = {0.7, 1.1, 2.1, 1.3};
  facts.memory_bytes = std::int64_t{310} << 20;
  facts.checkpoint_seconds = 0.012;
  facts.checkpoint_bytes = 800'000;
  facts.pilot_seconds = 21;
  facts.value = 0.13;
  facts.share = 0.4;
  facts.slope = -0.012;
  facts.gaps = {0.1, -0.01, 0.04};
  facts.live_share = 0.6;
  facts.machine = {.cores = 2, .memory_bytes = std::int64_t{8} << 30};
  facts.budget.seconds = budget_seconds;
  facts.is_pruner_open = true;
  facts.open_share = 0.6;
  return facts;
}

std::string told(const Facts& facts, const studyfile::StudySpec& spec) {
  const Plan plan = make_plan(facts);
  std::string text = fmt::format("{}\n", fmt::join(explain(plan, facts, spec), " "));
  for (const std::vector<std::string>& row : table_of(plan, facts, spec))
    text += fmt::format("{}\n", fmt::join(row, " | "));
  text += "settings: " + settings_of(plan, spec, "study.yaml") + "\n";
  for (const std::string& line : describe_facts(facts)) text += line + "\n";
  return text;
}

void expect_golden(const std::string& name, const std::string& got) {
  const auto path = std::filesystem::path(STERLET_SOURCE_DIR) / "tests/golden/plan" / (name + ".txt");
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path) << got;
  std::ifstream file(path);
  EXPECT_EQ(got, std::string(std::istreambuf_iterator<char>(file), {})) << name;
}

TEST(PlanWords, Caviar) { expect_golden("caviar", told(facts_of(3600), spec_of())); }

TEST(PlanWords, PandaWhereNotOneTrainingFits) { expect_golden("panda", told(facts_of(60), spec_of())); }

TEST(PlanWords, NoPanda) {
  Facts facts = facts_of(3600);
  facts.can_babysit = false;
  facts.why_not = "no parameter is live";
  expect_golden("no_panda", told(facts, spec_of()));
}

TEST(PlanWords, WithoutAPilotInTrials) {
  Facts facts = facts_of(0);
  facts.budget = {.trials = 40};
  facts.value.reset();
  facts.gaps.clear();
  facts.costs.clear();
  facts.pilot_seconds = 0;
  facts.checkpoint_seconds.reset();
  facts.machine.is_limited = true;
  facts.machine.gpus = {0, 1};
  expect_golden("without_pilot", told(facts, spec_of()));
}

TEST(PlanWords, WhatIsMaximizedIsShownAsItIs) {
  studyfile::StudySpec spec = spec_of();
  spec.objectives = {{.metric = "accuracy", .direction = studyfile::Direction::kMaximize}};
  Facts facts = facts_of(3600);
  facts.value = -0.87;
  const base::Json json = json_from_plan(make_plan(facts), facts, spec);
  for (const base::Json& choice : json["choices"]) {
    EXPECT_GT(choice["expected"][0].get<double>(), 0.5);
    EXPECT_LE(choice["expected"][0].get<double>(), choice["expected"][1].get<double>());
    EXPECT_LE(choice["expected"][1].get<double>(), choice["expected"][2].get<double>());
  }
}

TEST(PlanWords, TimesAreShort) {
  EXPECT_EQ(hours_text(30.0 / 3600), "30s");
  EXPECT_EQ(hours_text(0.25), "15m");
  EXPECT_EQ(hours_text(4.12), "4.12h");
  EXPECT_EQ(hours_text(60), "2.5d");
}

}  // namespace
}  // namespace sterlet::plan
