#include "sterlet/api/documents.h"

#include <gtest/gtest.h>

#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::api {
namespace {

TEST(Export, TellsHowManyRunsTheMeanOfTheBestSettingHas) {
  auto file = studyfile::parse_study_text(
      study::strategies(),
      "study: s\nobjective: {metric: loss, direction: minimize}\nparams:\n  x: {type: float, low: 0, high: 1}\n"
      "repeats: 2\nbudget: {trials: 4}\nseed: 3\n",
      "s.yaml", "/");
  ASSERT_TRUE(file.has_value()) << file.error().front().message();
  const auto study = study::Study::open(std::move(*file), {}).value();
  for (std::int64_t trial = 0; trial < 4; ++trial) {
    ASSERT_TRUE(study->ask().value().has_value());
    ASSERT_TRUE(study->tell(trial, 1, {.values = {static_cast<double>(trial)}}).has_value());
  }
  EXPECT_TRUE(assurance_text(*study, study->best().front()).starts_with("mean of "));
}

std::unique_ptr<study::Study> small_study(const std::string& more) {
  auto file = studyfile::parse_study_text(study::strategies(),
                                          "study: s\nobjective: loss\nparams: {x: {type: int, low: 0, high: 9}}\n"
                                          "sampler: random\nseed: 3\n" +
                                              more,
                                          "s.yaml", "/");
  EXPECT_TRUE(file.has_value()) << file.error().front().message();
  return study::Study::open(std::move(*file), {}).value();
}

void add(study::Study& study, int x, double value, std::vector<double> constraints = {}) {
  EXPECT_TRUE(study.add({{"x", x}}, {.values = {value}, .constraints = std::move(constraints)}).has_value());
}

TEST(Documents, NameAsTheBestWhatTheStudyNames) {
  const auto constrained = small_study("");
  add(*constrained, 1, 0.3, {-1});
  add(*constrained, 2, 0.1, {1});
  add(*constrained, 3, 0.2, {-1});
  EXPECT_EQ(study_json(*constrained)["study"]["best"], base::Json::parse(R"([{"number":2,"values":[0.2]}])"))
      << "the lowest value is infeasible";
  const auto averaged = small_study("duplicates: average\n");
  add(*averaged, 1, 0);
  add(*averaged, 1, 4);
  add(*averaged, 2, 1);
  EXPECT_EQ(study_json(*averaged)["study"]["best"], base::Json::parse(R"([{"number":2,"values":[1.0]}])"))
      << "the lowest value is a lucky one of two";
  EXPECT_EQ(study_json(*small_study(""))["study"]["best"], base::Json::array());
}

}  // namespace
}  // namespace sterlet::api
