#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/doctor/file/rules.h"

namespace sterlet::doctor {

namespace {

using space::Parameter;

// With so many trials a parameter, also what hardly matters can be looked at.
constexpr double kPlentyOfTrials = 40;

double default_of(const Parameter& parameter) {
  if (role_of(parameter) == Role::kEpsilon) return 1e-8;
  const char last = parameter.name.empty() ? ' ' : parameter.name.back();
  return last == '2' ? 0.999 : 0.9;
}

// Of what the parameter can be; on a log scale, or that of averages.
base::Json nearest_to(const Parameter& parameter, double value, bool is_log) {
  if (space::is_numeric(parameter)) return std::clamp(value, parameter.low, parameter.high);
  const std::vector<double> numbers = *numbers_of(parameter);
  const auto distance = [&](double number) {
    return is_log ? std::fabs(std::log(std::max(number, 1e-300) / value))
                  : std::fabs(std::log(std::max(1 - number, 1e-300) / (1 - value)));
  };
  const auto nearest =
      std::min_element(numbers.begin(), numbers.end(), [&](double a, double b) { return distance(a) < distance(b); });
  return space::json_from_scalar(parameter.choices[static_cast<std::size_t>(nearest - numbers.begin())]);
}

// That it is searched on purpose: the file says tune: true of it, or gives it a tier to be tuned in.
bool has_reason(const FileView& view, const Parameter& parameter) {
  const studyfile::YamlNode* node = view.declaration(parameter.name);
  if (node == nullptr) return false;
  const studyfile::YamlNode* tune = node->find("tune");
  if (tune != nullptr && tune->text == "true") return true;
  return node->find("tier") != nullptr && parameter.tier <= 2;
}

}  // namespace

std::vector<Finding> find_defaults(const FileView& view) {
  std::vector<Finding> findings;
  if (!view.is_searched()) return findings;
  const std::vector<const Parameter*> searched = view.searched();
  std::vector<const Parameter*> unneeded;
  for (const Parameter* parameter : searched) {
    if (parameter->kind == space::Kind::kInt || !numbers_of(*parameter) || has_reason(view, *parameter)) continue;
    if (role_of(*parameter) == Role::kEpsilon || is_adam_beta(parameter->name)) unneeded.push_back(parameter);
  }
  // A study of these alone is about them.
  if (unneeded.size() == searched.size()) return findings;
  const auto count = static_cast<double>(searched.size());
  // Without a budget of trials nobody knows; then one of Adam's betas is let pass.
  const auto& trials = view.spec().budget.trials;
  const bool is_plenty = trials ? static_cast<double>(*trials) >= kPlentyOfTrials * count : unneeded.size() < 2;
  for (const Parameter* parameter : unneeded) {
    const bool is_epsilon = role_of(*parameter) == Role::kEpsilon;
    if (!is_epsilon && is_plenty) continue;
    double value = default_of(*parameter);
    std::vector<Edit> edits = {{parameter->name, "tune", false}};
    const auto own = parameter->defaults.size() == 1
                         ? base::number_from_json(space::json_from_scalar(parameter->defaults.front()))
                         : std::nullopt;
    if (own) {
      value = *own;
    } else {
      const base::Json nearest = nearest_to(*parameter, value, is_epsilon);
      value = base::number_from_json(nearest).value_or(value);
      edits.push_back({parameter->name, "default", nearest});
    }
    findings.push_back(
        {.about = {parameter->name},
         .at = view.place(parameter->name, "type"),
         .says = fmt::format("{}: it is searched, but {} is right nearly everywhere; leave it there, or say tune: true "
                             "where you have a reason",
                             parameter->name, base::number_text(value)),
         .because = {{"tier", 4}, {"default", base::json_number(value)}, {"parameters", searched.size()}},
         .edits = std::move(edits),
         .confidence = is_epsilon ? 0.9 : 0.85});
  }
  return findings;
}

}  // namespace sterlet::doctor
