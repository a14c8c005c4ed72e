#include <array>

#include "sterlet/doctor/trials/rules.h"

namespace sterlet::doctor {

std::span<const TrialsRuleRow> trials_rules() {
  static constexpr std::array<TrialsRuleRow, 7> kTable{{
      {"constant", "results that are all the same", &find_constant},
      {"failures", "trials that fail in a region of the space", &find_failures},
      {"edge", "results that go on getting better at a bound", &find_edges},
      {"scale", "a parameter that acts evenly on another scale than its own", &find_wrong_scales},
      {"noise", "noise larger than the differences between the best", &find_noise},
      {"unimportant", "parameters that hardly change the result", &find_unimportant},
      {"few", "too few trials to say anything", &find_few},
  }};
  return kTable;
}

std::vector<Finding> examine_trials(const study::Study& study) {
  const TrialsView view(study);
  std::vector<Finding> findings;
  for (const TrialsRuleRow& row : trials_rules()) {
    for (Finding& finding : row.find(view)) {
      finding.kind = row.kind;
      findings.push_back(std::move(finding));
    }
  }
  return findings;
}

}  // namespace sterlet::doctor
