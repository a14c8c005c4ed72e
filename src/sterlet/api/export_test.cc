#include "sterlet/api/export.h"

#include <gtest/gtest.h>

#include "sterlet/studyfile/study_file.h"

namespace sterlet::api {
namespace {

TEST(Export, TellsHowManyRunsTheMeanOfTheBestSettingHas) {
  auto file = studyfile::parse_study_text(
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

}  // namespace
}  // namespace sterlet::api
