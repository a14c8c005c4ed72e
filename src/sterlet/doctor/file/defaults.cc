#include <algorithm>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/doctor/file/rules.h"

namespace sterlet::doctor {

namespace {

using space::Parameter;

// With so many trials a parameter, also what hardly matters can be looked at.
constexpr double kPlentyOfTrials = 40;

double default_of(const Parameter& parameter) {
  if (role_of(parameter.name) == Role::kEpsilon) return 1e-8;
  const char last = parameter.name.empty() ? ' ' : parameter.name.back();
  return last == '2' ? 0.999 : 0.9;
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
    if (parameter->kind != space::Kind::kFloat || has_reason(view, *parameter)) continue;
    const bool is_epsilon = role_of(parameter->name) == Role::kEpsilon && parameter->high <= 0.01;
    if (is_epsilon || is_adam_beta(parameter->name)) unneeded.push_back(parameter);
  }
  // A study of these alone is about them.
  if (unneeded.size() == searched.size()) return findings;
  const auto count = static_cast<double>(searched.size());
  // Without a budget of trials nobody knows; then one of Adam's betas is let pass.
  const auto& trials = view.spec().budget.trials;
  const bool is_plenty = trials ? static_cast<double>(*trials) >= kPlentyOfTrials * count : unneeded.size() < 2;
  for (const Parameter* parameter : unneeded) {
    const bool is_epsilon = role_of(parameter->name) == Role::kEpsilon;
    if (!is_epsilon && is_plenty) continue;
    double value = default_of(*parameter);
    std::vector<Edit> edits = {{parameter->name, "tune", false}};
    const auto own = parameter->defaults.size() == 1
                         ? base::number_from_json(space::json_from_scalar(parameter->defaults.front()))
                         : std::nullopt;
    if (own) {
      value = *own;
    } else {
      value = std::clamp(value, parameter->low, parameter->high);
      edits.push_back({parameter->name, "default", value});
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
