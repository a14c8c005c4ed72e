#include <algorithm>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/doctor/trials/rules.h"

namespace sterlet::doctor {

std::vector<Finding> find_few(const TrialsView& view) {
  const std::size_t trials = view.evidence().table.results.size();
  if (trials >= kTrialsToJudge) return {};
  const std::size_t failed = static_cast<std::size_t>(
      std::count_if(view.study().history().trials().begin(), view.study().history().trials().end(),
                    [](const space::Observation& trial) { return trial.outcome == space::Outcome::kFailed; }));
  if (trials == 0 && failed > 0) return {};  // That says it.
  return {
      {.says = fmt::format("too few trials to say more: {} finished with a value, {} are needed",
                           trials == 0 ? std::string("none has") : base::count_text(trials, "trial"), kTrialsToJudge),
       .because = {{"trials", trials}, {"needed", kTrialsToJudge}},
       .confidence = 0.99}};
}

}  // namespace sterlet::doctor
