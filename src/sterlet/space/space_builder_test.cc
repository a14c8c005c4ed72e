#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sterlet/space/space.h"

namespace sterlet::space {
namespace {

using enum Kind;

// "parameter.key: message" of every fault, one a line.
std::string faults_of(std::vector<Parameter> parameters, const std::vector<std::string>& constraints = {}) {
  const auto space = Space::make(std::move(parameters), constraints);
  if (space) return "none";
  std::string text;
  for (const Fault& fault : space.error()) {
    const std::string place = fault.constraint ? fmt::format("constraint {}", *fault.constraint)
                                               : fmt::format("{}.{}", fault.parameter, fault.key);
    text += fmt::format("{}{}: {}", text.empty() ? "" : "\n", place, fault.error.message());
  }
  return text;
}

std::vector<Scalar> texts(const std::vector<std::string>& names) { return {names.begin(), names.end()}; }

TEST(SpaceFaults, OfNames) {
  EXPECT_EQ(faults_of({{.name = "2x"}}).substr(0, 41), "2x.: '2x' cannot be a parameter's name; u");
  EXPECT_NE(faults_of({{.name = ""}}), "none");
  EXPECT_NE(faults_of({{.name = "a b"}}), "none");
  EXPECT_NE(faults_of({{.name = std::string(201, 'a')}}), "none");
  EXPECT_EQ(faults_of({{.name = std::string(200, 'a')}, {.name = "_a.b-c"}}), "none");
  EXPECT_EQ(faults_of({{.name = "a"}, {.name = "a"}}), "a.: this parameter is declared twice; keep one of the two");
}

TEST(SpaceFaults, OfRanges) {
  EXPECT_EQ(faults_of({{.name = "a", .low = 2, .high = 1}}),
            "a.low: low must be below high (found 2 and 1); swap them");
  EXPECT_EQ(faults_of({{.name = "a", .low = std::nan(""), .high = 1}}),
            "a.low: low must be a finite number (found NaN); give the bound that you would search up to");
  EXPECT_EQ(faults_of({{.name = "a", .high = INFINITY}}),
            "a.high: high must be a finite number (found Infinity); give the bound that you would search up to");
  EXPECT_EQ(faults_of({{.name = "a", .kind = kInt, .low = 0.5, .high = 3}}),
            "a.low: low of an int must be a whole number (found 0.5); round it, or use type: float");
  EXPECT_EQ(faults_of({{.name = "a", .kind = kInt, .low = 0, .high = 1e13}}),
            "a.high: high of an int is at most 1e12 (found 10000000000000); use type: float");
}

TEST(SpaceFaults, OfScales) {
  EXPECT_EQ(faults_of({{.name = "a", .low = 0, .high = 1, .scale = Scale::kLog}}),
            "a.low: a log scale needs low > 0 (found 0); try low: 1e-5, or scale: linear");
  EXPECT_EQ(faults_of({{.name = "a", .kind = kInt, .low = 0, .high = 9, .scale = Scale::kLog}}),
            "a.low: a log scale needs low > 0 (found 0); try low: 1, or scale: linear");
  EXPECT_EQ(faults_of({{.name = "a", .low = 0, .high = 0.9, .scale = Scale::kReverseLog}}),
            "a.low: a reverse_log scale needs 0 < low and high < 1 (found low = 0); try low: 0.5, or scale: linear");
  EXPECT_EQ(
      faults_of({{.name = "a", .low = 0.5, .high = 1, .scale = Scale::kReverseLog}}),
      "a.high: a reverse_log scale needs 0 < low and high < 1 (found high = 1); try high: 0.999, or scale: linear");
  EXPECT_EQ(faults_of({{.name = "a", .kind = kInt, .low = 1, .high = 5, .scale = Scale::kReverseLog}}),
            "a.scale: a reverse_log scale is for floats between 0 and 1; use type: float, or scale: log");
  EXPECT_EQ(faults_of({{.name = "a", .kind = kCategorical, .scale = Scale::kLog, .choices = texts({"x"})}}),
            "a.scale: a categorical has no scale; remove it");
}

TEST(SpaceFaults, OfSteps) {
  const auto step = [](double value, Kind kind = kFloat) {
    return faults_of({{.name = "a", .kind = kind, .low = 0, .high = 10, .step = value}});
  };
  EXPECT_EQ(step(0), "a.step: step must be a number above 0 (found 0); remove it for a continuous range");
  EXPECT_EQ(step(-1), "a.step: step must be a number above 0 (found -1); remove it for a continuous range");
  EXPECT_EQ(step(NAN), "a.step: step must be a number above 0 (found NaN); remove it for a continuous range");
  EXPECT_EQ(step(0.5, kInt), "a.step: step of an int must be a whole number (found 0.5); round it, or use type: float");
  EXPECT_EQ(step(11), "a.step: step is larger than high - low (found 11 and 10); take a smaller step");
  EXPECT_EQ(
      step(1e-13),
      "a.step: step divides the range into more than 1e12 values (found 1e-13); remove it for a continuous range");
  EXPECT_EQ(step(10), "none");
}

TEST(SpaceFaults, OfZero) {
  const auto zero = [](Parameter parameter, double share) {
    parameter.zero = share;
    return faults_of({parameter});
  };
  const Parameter log{.name = "a", .low = 1e-6, .high = 1, .scale = Scale::kLog};
  EXPECT_EQ(zero(log, 0.1), "none");
  for (const double share : {1.0, -0.1, 2.0, std::nan("")}) {
    EXPECT_EQ(zero(log, share).substr(0, 54), "a.zero: zero is a share of draws, from 0 to below 1 (f") << share;
  }
  EXPECT_EQ(zero({.name = "a"}, 0.1),
            "a.zero: zero is for floats on a log scale, which cannot reach 0 otherwise; remove it and let low be 0, or "
            "set scale: log");
  Parameter stepped = log;
  stepped.step = 0.1;
  EXPECT_EQ(zero(stepped, 0.1), "a.step: step and zero do not go together; keep one of the two");
}

TEST(SpaceFaults, OfChoices) {
  EXPECT_EQ(faults_of({{.name = "a", .kind = kCategorical}}),
            "a.choices: choices are missing; list them: choices: [a, b]");
  EXPECT_EQ(faults_of({{.name = "a", .kind = kOrdinal, .choices = texts({"x", "y", "x"})}}),
            "a.choices: 'x' is listed twice; keep one of the two");
  EXPECT_EQ(faults_of({{.name = "a", .kind = kOrdinal, .choices = {std::int64_t{1}, 1.0}}}),
            "a.choices: '1' is listed twice; keep one of the two");
  EXPECT_EQ(faults_of({{.name = "a", .kind = kOrdinal, .choices = {std::int64_t{1}, true, std::string("1")}}}), "none");
  EXPECT_EQ(faults_of({{.name = "a", .kind = kOrdinal, .choices = {std::nan("")}}}),
            "a.choices: a choice must be finite (found NaN); give it as text, in quotes");
}

TEST(SpaceFaults, OfTiers) {
  EXPECT_EQ(faults_of({{.name = "a", .tier = 5}}),
            "a.tier: a tier is 1, 2, 3 or 4 (found 5); 1 is tuned first, 4 left at its default");
}

TEST(SpaceFaults, OfConditions) {
  EXPECT_EQ(faults_of({{.name = "alpha"}, {.name = "b", .when = "alpah > 1"}}),
            "b.when: unknown parameter 'alpah' (column 1 of the expression); did you mean 'alpha'?");
  EXPECT_EQ(faults_of({{.name = "a", .when = "a > 1"}}),
            "a.when: a cannot depend on itself; name the parameter that decides whether it exists");
}

TEST(SpaceFaults, OfCirclesNameEveryParameterOnThem) {
  EXPECT_EQ(
      faults_of({{.name = "a", .when = "b > 0.5"}, {.name = "b", .when = "c > 0.5"}, {.name = "c", .when = "a > 0.5"}}),
      "a.when: the conditions go round in a circle: a needs b needs c needs a; remove one of them");
  // What hangs on the circle is not on it, wherever it is declared.
  EXPECT_EQ(faults_of({{.name = "x", .when = "c > 0.5"},
                       {.name = "c", .when = "b > 0.5"},
                       {.name = "b", .when = "c > 0.1 or x > 2"}}),
            "x.when: the conditions go round in a circle: x needs c needs b needs x; remove one of them");
  EXPECT_EQ(
      faults_of({{.name = "x", .when = "c > 0.5"}, {.name = "c", .when = "b > 0.5"}, {.name = "b", .when = "c > 0.1"}}),
      "c.when: the conditions go round in a circle: c needs b needs c; remove one of them");
  EXPECT_EQ(
      faults_of({{.name = "n", .kind = kInt, .low = 1, .high = 3, .when = "u[0] > 0.5"}, {.name = "u", .repeat = "n"}}),
      "n.when: the conditions go round in a circle: n needs u needs n; remove one of them");
}

TEST(SpaceFaults, OfRepeats) {
  const Parameter layers{.name = "layers", .kind = kInt, .low = 1, .high = 3};
  EXPECT_EQ(faults_of({layers, {.name = "u", .repeat = "layer"}}),
            "u.repeat: unknown parameter 'layer'; did you mean 'layers'?");
  EXPECT_EQ(faults_of({{.name = "f"}, {.name = "u", .repeat = "f"}}),
            "u.repeat: repeat needs an int parameter that says how many ('f' is of type float); declare one, as in "
            "layers: {type: int, low: 1, high: 4}");
  EXPECT_EQ(faults_of({{.name = "u", .kind = kInt, .low = 1, .high = 3, .repeat = "u"}}).substr(0, 72),
            "u.repeat: repeat needs an int parameter that says how many ('u' is itsel");
  EXPECT_EQ(faults_of({{.name = "n", .kind = kInt, .low = -1, .high = 3}, {.name = "u", .repeat = "n"}}),
            "u.repeat: 'n' counts from -1 to 3, but repeat goes from 0 to 1000; narrow its range");
  EXPECT_EQ(
      faults_of(
          {layers, {.name = "m", .kind = kInt, .low = 1, .high = 2, .repeat = "layers"}, {.name = "u", .repeat = "m"}})
          .substr(0, 75),
      "u.repeat: repeat needs an int parameter that says how many ('m' is repeated");
  EXPECT_EQ(faults_of({{.name = "n", .kind = kInt, .low = 1, .high = 1000},
                       {.name = "a", .repeat = "n"},
                       {.name = "b", .repeat = "n"},
                       {.name = "c", .repeat = "n"},
                       {.name = "d", .repeat = "n"},
                       {.name = "e", .repeat = "n"},
                       {.name = "f", .repeat = "n"},
                       {.name = "g", .repeat = "n"},
                       {.name = "h", .repeat = "n"},
                       {.name = "i", .repeat = "n"},
                       {.name = "j", .repeat = "n"}}),
            "j.: the space has more than 10000 dimensions; remove parameters or repeat fewer times");
}

TEST(SpaceFaults, OfDefaults) {
  EXPECT_EQ(faults_of({{.name = "a", .defaults = {2.0}}}),
            "a.default: the default must be from 0 to 1 (found 2); change it or the range");
  EXPECT_EQ(faults_of({{.name = "a", .step = 0.25, .defaults = {0.3}}}),
            "a.default: the default must be from 0 to 1 in steps of 0.25 (found 0.3); change it or the range");
  EXPECT_EQ(faults_of({{.name = "a", .kind = kCategorical, .choices = texts({"x"}), .defaults = texts({"y"})}}),
            "a.default: the default must be one of its choices (found y); change it or the range");
  EXPECT_EQ(faults_of({{.name = "a", .defaults = {0.1, 0.2}}}),
            "a.default: a list as default is for repeated parameters; give one value");
  EXPECT_NE(faults_of({{.name = "a", .defaults = texts({"0.5"})}}), "none");
  EXPECT_NE(faults_of({{.name = "a", .defaults = {true}}}), "none");
  EXPECT_EQ(faults_of({{.name = "a", .low = 1e-6, .scale = Scale::kLog, .zero = 0.1, .defaults = {0.0}}}), "none");
}

TEST(SpaceFaults, OfConstraints) {
  EXPECT_EQ(faults_of({{.name = "a"}}, {"a < 0.5", "b < 1"}),
            "constraint 1: unknown parameter 'b' (column 1 of the expression); did you mean 'a'?");
  EXPECT_EQ(faults_of({{.name = "a"}}, {"a > 2"}),
            "constraint 0: no configuration among 20000 random ones satisfies the constraints; loosen them, or give "
            "defaults that satisfy them");
  EXPECT_EQ(faults_of({{.name = "a", .defaults = {0.5}}}, {"a == 0.5"}), "none");
}

TEST(SpaceFaults, AreAllReported) {
  EXPECT_EQ(
      faults_of({{.name = "a", .low = 2, .high = 1}, {.name = "b", .tier = 9}, {.name = "c", .kind = kCategorical}}),
      "a.low: low must be below high (found 2 and 1); swap them\n"
      "b.tier: a tier is 1, 2, 3 or 4 (found 9); 1 is tuned first, 4 left at its default\n"
      "c.choices: choices are missing; list them: choices: [a, b]");
}

TEST(Parameter, JsonShowsOnlyWhatWasSaid) {
  EXPECT_EQ(
      base::json_line(json_from_parameter(
          {.name = "a", .kind = kInt, .low = 1, .high = 64, .scale = Scale::kLog, .when = "b > 1", .live = true})),
      R"({"type":"int","low":1,"high":64,"scale":"log","when":"b > 1","tier":2,"live":true})");
  EXPECT_EQ(base::json_line(json_from_parameter({.name = "a",
                                                 .kind = kCategorical,
                                                 .choices = {true, std::int64_t{1}, 0.5, std::string("x")},
                                                 .defaults = {std::string("x")},
                                                 .tier = 1})),
            R"({"type":"categorical","choices":[true,1,0.5,"x"],"default":"x","tier":1})");
}

TEST(Parameter, TextsReadBack) {
  for (const Kind kind : {kFloat, kInt, kCategorical, kOrdinal}) EXPECT_EQ(kind_from_text(text_of(kind)), kind);
  for (const Scale scale : {Scale::kLinear, Scale::kLog, Scale::kReverseLog}) {
    EXPECT_EQ(scale_from_text(text_of(scale)), scale);
  }
  EXPECT_FALSE(kind_from_text("real"));
  EXPECT_FALSE(scale_from_text("inverse"));
  for (const Scalar& scalar : {Scalar(true), Scalar(std::int64_t{-3}), Scalar(0.25), Scalar(std::string("x"))}) {
    EXPECT_EQ(scalar_from_json(json_from_scalar(scalar)), scalar);
  }
  EXPECT_FALSE(scalar_from_json(nullptr));
  EXPECT_FALSE(scalar_from_json(base::Json::array()));
}

}  // namespace
}  // namespace sterlet::space
