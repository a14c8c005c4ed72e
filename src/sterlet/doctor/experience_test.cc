#include "sterlet/doctor/experience.h"

#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sterlet/study/strategies/registry.h"
#include "sterlet/study/study.h"

namespace sterlet::doctor {
namespace {

using space::Kind;
using space::Scale;

space::Space new_space() {
  auto space = space::Space::make({{.name = "rate", .low = 1e-4, .high = 1, .scale = Scale::kLog},
                                   {.name = "units", .kind = Kind::kInt, .low = 8, .high = 512},
                                   {.name = "opt", .kind = Kind::kCategorical, .choices = {"sgd", "adam"}}},
                                  {});
  EXPECT_TRUE(space.has_value());
  return std::move(*space);
}

Found rate(const char* study, double low, double high, double width = 0.2) {
  return {.study = study, .parameter = "rate", .low = low, .high = high, .best = std::sqrt(low * high), .width = width};
}

TEST(Experience, ProposesARangeFromTwoStudiesThatAgree) {
  const std::vector<Found> found{rate("a", 0.01, 0.05), rate("b", 0.02, 0.1)};
  const auto gathered = gather(found, new_space());
  ASSERT_EQ(gathered.size(), 1U);
  ASSERT_TRUE(gathered[0].low && gathered[0].high && gathered[0].value);
  EXPECT_LT(*gathered[0].low, 0.01);
  EXPECT_GT(*gathered[0].low, 0.001);
  EXPECT_GT(*gathered[0].high, 0.1);
  EXPECT_LT(*gathered[0].high, 0.5);
  EXPECT_NEAR(*gathered[0].value, 0.0316, 0.001);  // Middle, on the log scale, of 0.0224 and 0.0447.
  EXPECT_FALSE(gathered[0].is_split);
}

TEST(Experience, OfAStudyWhoseResultsAreAllTheSameIsNone) {
  for (const bool is_constant : {false, true}) {
    auto file = studyfile::parse_study_text(study::strategies(),
                                            "objective: loss\nparams:\n  rate: {type: float, low: 0, high: 1}\n"
                                            "  act: {choices: [relu, tanh]}\n",
                                            "toy.yaml", "/");
    ASSERT_TRUE(file.has_value());
    auto study = study::Study::open(std::move(*file), {});
    ASSERT_TRUE(study.has_value());
    for (int i = 0; i < 40; ++i) {
      const base::Json params{{"rate", i / 40.0}, {"act", i % 4 == 0 ? "tanh" : "relu"}};
      ASSERT_TRUE((*study)->add(params, {.values = {is_constant ? 0.5 : i / 40.0}}).has_value());
    }
    EXPECT_EQ(found_in(**study).empty(), is_constant);
  }
}

TEST(Experience, OfFewerTrialsThanParametersIsNone) {
  for (const int count : {12, 30}) {
    std::string text = "objective: loss\nparams:\n";
    for (int p = 0; p < count; ++p) text += fmt::format("  x{}: {{type: float, low: 0, high: 1}}\n", p);
    auto file = studyfile::parse_study_text(study::strategies(), text, "toy.yaml", "/");
    ASSERT_TRUE(file.has_value());
    auto study = study::Study::open(std::move(*file), {});
    ASSERT_TRUE(study.has_value());
    for (int i = 0; i < 20; ++i) {
      base::Json params;
      for (int p = 0; p < count; ++p) params[fmt::format("x{}", p)] = i / 20.0;
      ASSERT_TRUE((*study)->add(params, {.values = {i / 20.0}}).has_value());
    }
    EXPECT_EQ(found_in(**study).empty(), count == 30);
  }
}

TEST(Experience, OfOneStudyIsAValueToBeginWith) {
  const std::vector<Found> found{rate("a", 0.01, 0.05)};
  const auto gathered = gather(found, new_space());
  ASSERT_EQ(gathered.size(), 1U);
  EXPECT_FALSE(gathered[0].low.has_value());
  EXPECT_EQ(gathered[0].says, "rate: begin with 0.0224 (1 study)");
}

TEST(Experience, SaysWhereStudiesContradictEachOther) {
  const std::vector<Found> found{
      rate("images", 0.1, 0.5),
      rate("text", 0.0002, 0.001),
      {.study = "images", .parameter = "opt", .is_number = false, .choice = "sgd", .share = 0.9},
      {.study = "text", .parameter = "opt", .is_number = false, .choice = "adam", .share = 1}};
  const auto gathered = gather(found, new_space());
  ASSERT_EQ(gathered.size(), 2U);
  EXPECT_TRUE(gathered[0].is_split);
  EXPECT_FALSE(gathered[0].low.has_value());
  EXPECT_EQ(gathered[0].says,
            "rate: what was good in one study was not in another, so it does not carry over: 0.1..0.5 in 'images', "
            "0.0002..0.001 in 'text'");
  EXPECT_EQ(gathered[1].says,
            "opt: what was good in one study was not in another, so it does not carry over: sgd in 'images', adam in "
            "'text'");
}

TEST(Experience, LeavesOutWhatDidNotMatterAndWhatIsUnknown) {
  const std::vector<Found> found{rate("a", 0.0002, 0.9, 0.9),
                                 {.study = "a", .parameter = "gone", .low = 0, .high = 0.1, .width = 0.1}};
  EXPECT_TRUE(gather(found, new_space()).empty());
}

Found rate_of(const char* study, const char* kind, double low, double high) {
  Found found = rate(study, low, high);
  found.kind = kind;
  return found;
}

TEST(Experience, IsToldByKindWhereKindsDifferAndEachAgrees) {
  const std::vector<Found> found{rate_of("a", "cnn", 0.1, 0.5), rate_of("b", "cnn", 0.2, 0.4),
                                 rate_of("c", "transformer", 0.0002, 0.001)};
  const auto gathered = gather(found, new_space());
  ASSERT_EQ(gathered.size(), 1U);
  EXPECT_TRUE(gathered[0].is_split);
  EXPECT_EQ(gathered[0].by_kind.size(), 2U);
  EXPECT_EQ(gathered[0].says,
            "rate: it carries over within a kind of model, not between them; begin with 0.251 for 'cnn' (2 studies), "
            "0.000447 for 'transformer' (1 study)");
}

TEST(Experience, OfTheKindThatIsAskedForIsItsOwn) {
  const std::vector<Found> found{rate_of("a", "cnn", 0.1, 0.5), rate_of("b", "cnn", 0.2, 0.4),
                                 rate_of("c", "transformer", 0.0002, 0.001)};
  const auto gathered = gather(found, new_space(), "cnn");
  ASSERT_EQ(gathered.size(), 1U);
  EXPECT_FALSE(gathered[0].is_split);
  ASSERT_TRUE(gathered[0].low && gathered[0].high);
  EXPECT_GT(*gathered[0].low, 0.01);
  EXPECT_NE(gathered[0].says.find("of 'cnn' alone: what other kinds of model found does not carry over"),
            std::string::npos)
      << gathered[0].says;
  // Nobody knows of another kind: all are asked.
  EXPECT_TRUE(gather(found, new_space(), "tree")[0].is_split);
}

TEST(Experience, SaysWhereGoodValuesLayOutsideTheNewRange) {
  const std::vector<Found> found{rate("a", 2e-5, 5e-5), rate("b", 1e-5, 3e-5)};
  const auto gathered = gather(found, new_space());
  ASSERT_EQ(gathered.size(), 1U);
  EXPECT_TRUE(gathered[0].is_outside);
  EXPECT_FALSE(gathered[0].low.has_value() || gathered[0].value.has_value());
  EXPECT_EQ(gathered[0].says,
            "rate: good values lay at 1e-05 to 5e-05, outside its range of 0.0001 to 1: widen it (2 studies)");
}

TEST(Experience, ABoundThatSomeWereBeyondIsNoAgreement) {
  const std::vector<Found> found{rate("a", 2e-5, 5e-5), rate("b", 1e-4, 2e-4)};
  const auto gathered = gather(found, new_space());
  ASSERT_EQ(gathered.size(), 1U);
  EXPECT_FALSE(gathered[0].is_outside || gathered[0].is_split);
  EXPECT_FALSE(gathered[0].low.has_value() || gathered[0].high.has_value());
  EXPECT_EQ(
      gathered[0].says,
      "rate: begin with 0.000119, but good values lay outside its range of 0.0001 to 1 too: 2e-05 to 5e-05 in 'a'");
}

TEST(Experience, KeepsWholeNumbersWhole) {
  std::vector<Found> found;
  for (const char* study : {"a", "b"}) {
    found.push_back({.study = study, .parameter = "units", .low = 60.4, .high = 90, .best = 71, .width = 0.06});
  }
  const auto gathered = gather(found, new_space());
  ASSERT_EQ(gathered.size(), 1U);
  EXPECT_EQ(*gathered[0].low, std::round(*gathered[0].low));
  EXPECT_EQ(*gathered[0].value, 71);
}

}  // namespace
}  // namespace sterlet::doctor
