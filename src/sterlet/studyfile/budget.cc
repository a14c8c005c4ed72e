#include "sterlet/studyfile/budget.h"

#include <fmt/format.h>

#include "sterlet/studyfile/schema.h"
#include "sterlet/studyfile/values.h"

namespace sterlet::studyfile {

namespace {

constexpr std::int64_t kTrialsMax = 1000000000;
constexpr std::int64_t kStepsMax = 1'000'000'000'000;

}  // namespace

Budget read_budget(const YamlNode& root, Faults& faults) {
  Budget budget;
  const YamlNode* node = root.find("budget");
  if (node == nullptr) return budget;
  const Values values(faults, "budget");
  if (node->is_scalar() || node->is_list()) {
    const bool is_number = json_from_yaml(*node).is_number();
    Values(faults, "")
        .is_map(*node, "budget",
                is_number ? fmt::format("budget: {{trials: {}}}", node->text) : "budget: {trials: 100, time: 30m}");
    return budget;
  }
  values.check_keys(*node, key_names(budget_keys()), "budget");
  if (const YamlNode* trials = node->find("trials")) {
    budget.trials = values.integer(*trials, "trials", 1, kTrialsMax);
  }
  if (const YamlNode* time = node->find("time")) budget.seconds = values.duration(*time, "time");
  if (const YamlNode* target = node->find("target")) budget.target = values.number(*target, "target");
  if (const YamlNode* steps = node->find("max_steps")) {
    budget.steps_max = values.integer(*steps, "max_steps", 1, kStepsMax);
  }
  if (const YamlNode* grace = node->find("grace")) {
    budget.grace = values.duration(*grace, "grace");
    if (node->find("time") == nullptr) {
      values.fault(grace->mark, "grace begins where time is over, and there is no time",
                   "add time, as in budget: {time: 1h, grace: 2m}");
    }
  }
  return budget;
}

}  // namespace sterlet::studyfile
