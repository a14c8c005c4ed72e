// An expression over parameters of every kind, evaluated with values of all kinds.
#include <cmath>
#include <limits>
#include <vector>

#include "fuzz.h"
#include "sterlet/space/expression.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sterlet;  // NOLINT(google-build-using-namespace): a target is one function.
  static const std::vector<space::Parameter> kParameters = {
      {.name = "x"},
      {.name = "n", .kind = space::Kind::kInt, .low = 1, .high = 9},
      {.name = "optimizer",
       .kind = space::Kind::kCategorical,
       .choices = {std::string("sgd"), std::string("adam"), std::int64_t{3}}},
      {.name = "units", .kind = space::Kind::kInt, .low = 1, .high = 512, .repeat = "n"},
  };
  const auto expression = space::Expression::parse(fuzz::text_of(data, size), kParameters);
  if (!expression) return 0;
  const double infinity = std::numeric_limits<double>::infinity();
  std::size_t choice = 0;
  for (const double value : {0.0, 1.0, -0.5, 1e308, infinity, std::nan("")}) {
    const std::vector<double> numbers = {value, 2}, chosen = {static_cast<double>(choice++ % 3)};
    const auto one = [&](std::size_t parameter) { return std::span(parameter == 2 ? chosen : numbers).first(1); };
    const auto several = [&](std::size_t parameter) { return std::span(parameter == 2 ? chosen : numbers); };
    STERLET_CHECK(expression->evaluate(one) == expression->evaluate(one), "an expression has two values");
    static_cast<void>(expression->evaluate(several));
    static_cast<void>(expression->evaluate([](std::size_t) { return std::span<const double>(); }));
  }
  return 0;
}
