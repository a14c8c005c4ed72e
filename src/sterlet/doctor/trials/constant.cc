#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "sterlet/base/figure.h"
#include "sterlet/doctor/trials/rules.h"

namespace sterlet::doctor {

namespace {
constexpr std::size_t kTrialsMin = 3;  // Two may be equal by chance, where a metric counts errors, say.
}

// From the history itself: the evidence has its outliers drawn in, by which nearly equal results become equal.
std::vector<Finding> find_constant(const TrialsView& view) {
  std::size_t count = 0;
  std::optional<double> same;
  for (const space::Observation& trial : view.study().history().trials()) {
    if (trial.outcome != space::Outcome::kComplete || trial.values.empty() || std::isnan(trial.values.front()))
      continue;
    if (same && trial.values.front() != *same) return {};
    same = trial.values.front();
    ++count;
  }
  if (count < kTrialsMin || view.evidence().dimensions.empty()) return {};
  const double value = view.study().spec().objectives.front().minimised(*same);  // Back from what is minimised.
  return {{.says = fmt::format(
               "all {} trials came to the same {}, {}, whatever their parameters: see whether the program uses "
               "them, and whether what it reports is of this training",
               count, view.importance().metric, base::figure_text(value)),
           .because = {{"trials", count}, {"value", base::json_number(value)}},
           .confidence = 0.95}};
}

}  // namespace sterlet::doctor
