#include <algorithm>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/doctor/trials/rules.h"

namespace sterlet::doctor {

namespace {

constexpr std::size_t kTrialsMin = 40;
constexpr double kShareMax = 0.01, kHighMax = 0.06, kTogetherMax = 0.02;
constexpr double kExplainedMin = 0.6;  // What is not explained may be theirs.

double together(const Importance& importance, const ImportanceRow& row) {
  double sum = 0;
  for (const ImportancePair& pair : importance.pairs) {
    const auto is_own = [&](const std::string& name) { return name == row.name || name.rfind(row.name + "[", 0) == 0; };
    if (is_own(pair.first) || is_own(pair.second)) sum += pair.share.value;
  }
  return sum;
}

}  // namespace

std::vector<Finding> find_unimportant(const TrialsView& view) {
  const Importance& importance = view.importance();
  std::vector<Finding> findings;
  if (!importance.is_enough || importance.trials < kTrialsMin || importance.explained < kExplainedMin) return findings;
  const auto best = view.study().best();
  for (const ImportanceRow& row : importance.rows) {
    if (importance.rows.size() < 3 || row.fanova->value > kShareMax || row.fanova->high > kHighMax) continue;
    if (together(importance, row) > kTogetherMax) continue;
    Finding finding{.about = {row.name},
                    .says = fmt::format("{} hardly matters: {:.1f}% of the variance ({:.0f} to {:.0f}%)", row.name,
                                        100 * row.fanova->value, 100 * row.fanova->low, 100 * row.fanova->high),
                    .because = {{"share", base::json_number(row.fanova->value)},
                                {"high", base::json_number(row.fanova->high)},
                                {"tier", row.tier},
                                {"trials", importance.trials}},
                    .confidence = 0.9};
    const base::Json params =
        best.empty() ? base::Json::object() : view.space().to_json(view.study().point_of(best.front()));
    if (params.contains(row.name) && !params[row.name].is_array()) {
      const base::Json& value = params[row.name];
      finding.says += fmt::format("; fix it, as in the best trial at {}",
                                  value.is_number_float() ? base::short_number_text(value.get<double>())
                                  : value.is_string()     ? value.get<std::string>()
                                                          : value.dump());
      finding.edits = {{row.name, "tune", false}, {row.name, "default", params[row.name]}};
    } else {
      finding.says += "; fix it at its default";
    }
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace sterlet::doctor
