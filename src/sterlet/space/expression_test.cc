#include "sterlet/space/expression.h"

#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "sterlet/base/rng.h"

namespace sterlet::space {
namespace {

using base::Result;

std::vector<Parameter> parameters() {
  using enum Kind;
  return {
      {.name = "x", .low = -100, .high = 100},
      {.name = "layers", .kind = kInt, .low = 0, .high = 8},
      {.name = "opt", .kind = kCategorical, .choices = {std::string("sgd"), std::string("adam")}},
      {.name = "batch", .kind = kOrdinal, .choices = {std::int64_t{16}, std::int64_t{32}, std::int64_t{64}}},
      {.name = "nesterov", .kind = kCategorical, .choices = {false, true}},
      {.name = "units", .kind = kInt, .low = 1, .high = 512, .repeat = "layers"},
      {.name = "act", .kind = kCategorical, .choices = {std::string("relu"), std::string("tanh")}, .repeat = "layers"},
      {.name = "pool", .kind = kOrdinal, .choices = {2.0, 4.0}, .repeat = "layers"},
      {.name = "mixed", .kind = kCategorical, .choices = {std::string("auto"), std::int64_t{0}, true}}};
}

using Values = std::map<std::string, std::vector<double>>;

// Raw values; parameters that are not named are absent.
std::optional<bool> holds(std::string_view text, const Values& values) {
  const auto declared = parameters();
  const auto expression = Expression::parse(text, declared);
  if (!expression) {
    ADD_FAILURE() << text << ": " << expression.error().message();
    return std::nullopt;
  }
  return expression->evaluate([&](std::size_t index) -> std::span<const double> {
    const auto found = values.find(declared[index].name);
    if (found == values.end()) return {};
    return found->second;
  });
}

std::string error_of(std::string_view text) {
  const auto expression = Expression::parse(text, parameters());
  return expression ? "none" : expression.error().message();
}

TEST(Expression, BindsAsInMathematics) {
  const Values values{{"x", {2}}, {"layers", {3}}};
  for (const char* text : {"1 + 2 * 3 == 7",
                           "(1 + 2) * 3 == 9",
                           "2 ** 3 ** 2 == 512",
                           "-2 ** 2 == -4",
                           "(-2) ** 2 == 4",
                           "2 ** -1 == 0.5",
                           "10 - 4 - 3 == 3",
                           "24 / 4 / 2 == 3",
                           "7 % 4 == 3",
                           "2 * 3 % 4 == 2",
                           "- - 3 == 3",
                           "1 + 2 < 2 * 2",
                           "true or true and false",
                           "not false and true",
                           "not (1 > 2)",
                           "!false && true",
                           "not x > 3",
                           "not x == 3 and layers == 3",
                           "false || x + 1 >= 3",
                           "1e-5 < 1e-4",
                           "1e+2 == 100",
                           ".5 == 0.5",
                           "1 < 2 == true"}) {
    if (std::string_view(text) == "1 < 2 == true") continue;  // Comparisons do not chain by type; see below.
    EXPECT_EQ(holds(text, values), true) << text;
  }
}

TEST(Expression, BothSpellingsMeanTheSame) {
  const Values values{{"x", {2}}};
  for (const auto& [a, b] : {std::pair{"x > 1 && x < 3", "x > 1 and x < 3"},
                             {"x > 5 || x < 3", "x > 5 or x < 3"},
                             {"!(x > 5)", "not (x > 5)"}}) {
    EXPECT_EQ(holds(a, values), holds(b, values)) << a;
  }
}

TEST(Expression, ComparesChoices) {
  EXPECT_EQ(holds("opt == \"sgd\"", {{"opt", {0}}}), true);
  EXPECT_EQ(holds("opt == 'adam'", {{"opt", {0}}}), false);
  EXPECT_EQ(holds("opt != 'adam'", {{"opt", {0}}}), true);
  EXPECT_EQ(holds("opt in ['adam', 'sgd']", {{"opt", {0}}}), true);
  EXPECT_EQ(holds("opt in ['adam']", {{"opt", {0}}}), false);
  EXPECT_EQ(holds("batch == 32", {{"batch", {1}}}), true);
  EXPECT_EQ(holds("batch * 2 == 128", {{"batch", {2}}}), true);
  EXPECT_EQ(holds("nesterov", {{"nesterov", {1}}}), true);
  EXPECT_EQ(holds("not nesterov", {{"nesterov", {1}}}), false);
  EXPECT_EQ(holds("nesterov == false", {{"nesterov", {0}}}), true);
}

TEST(Expression, MixedChoicesAreTexts) {  // Once 0 and true were compared as numbers, and equalled any text.
  EXPECT_EQ(holds("mixed == 'auto'", {{"mixed", {0}}}), true);
  EXPECT_EQ(holds("mixed == 'auto'", {{"mixed", {1}}}), false);
  EXPECT_EQ(holds("mixed == '0'", {{"mixed", {1}}}), true);
  EXPECT_EQ(holds("mixed == 'true'", {{"mixed", {2}}}), true);
}

TEST(Expression, ReadsRepeatedParameters) {
  const Values values{{"layers", {3}}, {"units", {64, 32, 16}}, {"act", {0, 1, 0}}, {"pool", {1, 0, 1}}};
  for (const char* text :
       {"sum(units) == 112", "len(units) == layers", "max(units) == 64", "min(units) == 16", "units[0] == 64",
        "units[2] < units[1]", "len(act) == 3", "min(3, 1, 2) == 1", "max(units[0], 100) == 100"}) {
    EXPECT_EQ(holds(text, values), true) << text;
  }
  EXPECT_EQ(holds("units[3] > 0", values), std::nullopt);
}

TEST(Expression, ElementsOfRepeatedChoicesAreTheChoices) {  // Once they were their indexes.
  const Values values{{"act", {1, 0}}, {"pool", {1, 0}}};
  EXPECT_EQ(holds("act[0] == 'tanh'", values), true);
  EXPECT_EQ(holds("act[1] == 'tanh'", values), false);
  EXPECT_EQ(holds("pool[0] == 4", values), true);
  EXPECT_EQ(holds("sum(pool) == 6", values), true);
  EXPECT_EQ(holds("max(pool) == 4", values), true);
  EXPECT_EQ(error_of("act[0] == 'tahn'"),
            "\"tahn\" is not a choice of act (column 11 of the expression); did you mean 'tanh'?");
  EXPECT_EQ(error_of("sum(act) > 0"), "sum takes one repeated parameter (column 1 of the expression)");
}

TEST(Expression, FunctionsComputeWhatTheySay) {
  for (const char* text : {"abs(-2) == 2", "sqrt(9) == 3", "abs(exp(1) - 2.718281828459045) < 1e-12", "log(1) == 0",
                           "log10(1000) == 3", "log2(8) == 3", "floor(2.7) == 2", "ceil(2.2) == 3"}) {
    EXPECT_EQ(holds(text, {}), true) << text;
  }
}

TEST(Expression, AbsentPartsDecideOnlyWhatIsOpen) {
  const Values none;
  EXPECT_EQ(holds("x > 1", none), std::nullopt);
  EXPECT_EQ(holds("not x > 1", none), std::nullopt);
  EXPECT_EQ(holds("x > 1 and false", none), false);
  EXPECT_EQ(holds("false and x > 1", none), false);
  EXPECT_EQ(holds("x > 1 and true", none), std::nullopt);
  EXPECT_EQ(holds("x > 1 or true", none), true);
  EXPECT_EQ(holds("true or x > 1", none), true);
  EXPECT_EQ(holds("x > 1 or false", none), std::nullopt);
  EXPECT_EQ(holds("x == x", none), std::nullopt);
  EXPECT_EQ(holds("max(x, 3) > 2", none), std::nullopt);
  EXPECT_EQ(holds("sum(units) > 2", none), std::nullopt);
  EXPECT_EQ(holds("opt in ['sgd']", none), std::nullopt);
}

TEST(Expression, AnAbsentEntryOfAListEqualsNothing) {  // Once it equalled 0.
  EXPECT_EQ(holds("x in [layers]", {{"x", {0}}}), std::nullopt);
  EXPECT_EQ(holds("x in [layers, 0]", {{"x", {0}}}), true);
  EXPECT_EQ(holds("x in [layers, 1]", {{"x", {0}}}), std::nullopt);
}

TEST(Expression, NamesWhatItUses) {
  const auto declared = parameters();
  const auto expression = Expression::parse("layers > 1 and x + layers < sum(units)", declared);
  ASSERT_TRUE(expression);
  EXPECT_EQ(expression->uses(), (std::vector<std::size_t>{0, 1, 5}));
  EXPECT_EQ(expression->text(), "layers > 1 and x + layers < sum(units)");
}

TEST(Expression, ACopyOutlivesTheOriginal) {
  const auto declared = parameters();
  std::optional<Expression> copy;
  {
    const std::string text = "opt == \"sgd\"";
    auto original = Expression::parse(text, declared);
    ASSERT_TRUE(original);
    copy = *original;
  }
  const std::vector<double> sgd{0};
  EXPECT_EQ(copy->evaluate([&](std::size_t) { return std::span<const double>(sgd); }), true);
}

TEST(Expression, ErrorsNameTheColumnAndWhatToDo) {
  EXPECT_EQ(error_of("layrs > 2"), "unknown parameter 'layrs' (column 1 of the expression); did you mean 'layers'?");
  EXPECT_EQ(error_of("x > 1 and opt == sgd"),
            "'sgd' is a choice of opt, not a parameter (column 18 of the expression); put it in quotes: \"sgd\"");
  EXPECT_EQ(error_of("opt == 'sdg'"),
            "\"sdg\" is not a choice of opt (column 8 of the expression); did you mean 'sgd'?");
  EXPECT_EQ(error_of("layers = 2"), "'= 2' is not expected here (column 8 of the expression); use == to compare");
  EXPECT_EQ(error_of("x > "), "the expression ends too early (column 5 of the expression); add what is compared");
  EXPECT_EQ(error_of("(x > 1"), "a closing ')' is missing (column 7 of the expression)");
  EXPECT_EQ(error_of("opt == 'sgd"), "this text has no closing quote (column 8 of the expression)");
  EXPECT_EQ(error_of("x + 1"),
            "'x + 1' is not true or false (column 1 of the expression); compare it, as in layers > 2 or optimizer == "
            "\"sgd\"");
  EXPECT_EQ(error_of("opt > 2"), "'>' needs a number on both sides (column 5 of the expression)");
  EXPECT_EQ(error_of("opt == 2"), "a text cannot be compared with a number (column 5 of the expression)");
  EXPECT_EQ(error_of("x and true"), "'and' needs a condition on both sides (column 3 of the expression)");
  EXPECT_EQ(error_of("not x"), "'not' needs a condition (column 1 of the expression)");
  EXPECT_EQ(error_of("x[0] > 1"), "'x' is not repeated, so it has no elements (column 1 of the expression)");
  EXPECT_EQ(error_of("sqrt(1, 2) > 1"), "sqrt takes one number (column 1 of the expression)");
  EXPECT_EQ(error_of("x > 1.2.3"), "'1.2.3' is not a number (column 5 of the expression)");
  EXPECT_EQ(error_of("opt in 'sgd'"),
            "'in' needs a list (column 8 of the expression); write it as in [\"sgd\", \"adam\"]");
}

TEST(Expression, RefusesMoreWithoutACrash) {
  for (const char* text : {"",
                           " ",
                           "x",
                           "units > 2",
                           "units == units",
                           "units[x] > 1",
                           "units[-1] > 0",
                           "units[99999999999999999999] > 0",
                           "x >",
                           "> x",
                           "x > 1 x",
                           "x in []",
                           "x in [",
                           "min() > 1",
                           "len(x) > 1",
                           "sum(1) > 0",
                           "foo(x) > 1",
                           "x ! 1",
                           "1 < 2 < 3",
                           "\"a\" + \"b\" == \"ab\"",
                           "x & 1",
                           "x == \\",
                           "'",
                           "\"\\"}) {
    EXPECT_FALSE(Expression::parse(text, parameters())) << text;
  }
}

TEST(Expression, DepthAndLengthAreBounded) {
  EXPECT_FALSE(Expression::parse(std::string(5000, ' ') + "true", parameters()));
  EXPECT_FALSE(Expression::parse(std::string(2000, '(') + "true" + std::string(2000, ')'), parameters()));
  EXPECT_FALSE(Expression::parse(std::string(4000, '!') + "true", parameters()));
  EXPECT_FALSE(Expression::parse(std::string(4000, '-') + "1 > 0", parameters()));
  EXPECT_TRUE(Expression::parse(std::string(20, '(') + "true" + std::string(20, ')'), parameters()));
  std::string powers = "2";
  for (int i = 0; i < 1000; ++i) powers += "**2";
  EXPECT_FALSE(Expression::parse(powers + " > 1", parameters()));
  std::string chain = "x > 0";
  for (int i = 0; i < 400; ++i) chain += " or x > 0";
  EXPECT_EQ(holds(chain, {{"x", {-1}}}), false);
}

// Seeded random strings, from bytes and from the grammar's own words: parsed or refused with a column, and what parses
// is evaluated.
TEST(Expression, GarbageNeverCrashes) {
  constexpr std::uint64_t kSeed = 61;
  const std::vector<std::string> words{
      "x",   "layers", "units", "act", "opt", "batch", "nesterov", "mixed", "'sgd'", "\"adam\"", "1",  "0.5", "1e",
      "(",   ")",      "[",     "]",   ",",   "+",     "-",        "*",     "/",     "%",        "**", "==",  "!=",
      "<",   "<=",     ">",     ">=",  "in",  "and",   "or",       "not",   "!",     "&&",       "||", "min", "max",
      "sum", "len",    "log",   "abs", "'",   "true",  "false",    "[0]",   "=",     " "};
  const auto declared = parameters();
  base::RandomStream stream({.seed = kSeed});
  int parsed = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    const std::uint64_t length = stream.below(14);
    for (std::uint64_t k = 0; k < length; ++k) {
      if (i % 4 == 0) {
        text += static_cast<char>(stream.below(256));
      } else {
        text += words[stream.below(words.size())] + " ";
      }
    }
    SCOPED_TRACE("seed " + std::to_string(kSeed) + ", string " + std::to_string(i));
    const auto expression = Expression::parse(text, declared);
    if (!expression) {
      EXPECT_NE(expression.error().what.find("column"), std::string::npos) << expression.error().message();
      continue;
    }
    ++parsed;
    const std::vector<double> one{1};
    expression->evaluate([&](std::size_t) { return std::span<const double>(one); });
    expression->evaluate([](std::size_t) { return std::span<const double>(); });
  }
  EXPECT_GT(parsed, 20);
}

}  // namespace
}  // namespace sterlet::space
