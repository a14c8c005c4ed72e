#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/doctor/file/rules.h"

namespace sterlet::doctor {

namespace {

using space::Kind;
using space::Parameter;
using space::Scale;

constexpr double kDropoutRatio = 20;  // Of a range on a log scale that is hardly ever meant so.

// A range that begins at 0 has no order of magnitude to begin with; of these two kinds it is known.
std::optional<double> low_for(const Parameter& parameter) {
  if (parameter.kind != Kind::kFloat || parameter.low != 0) return std::nullopt;
  const bool is_known = role_of(parameter) == Role::kLearningRate || is_weight_decay(parameter.name);
  return is_known ? std::optional(parameter.high * 1e-4) : std::nullopt;
}

Finding found(const FileView& view, const Parameter& parameter, double low) {
  // The part of the range, in factors of ten below its end, into which nearly all draws fall.
  const double upper = parameter.high / 10;
  const double share = share_within(parameter, upper, parameter.high);
  Parameter log = parameter;
  log.low = low;
  log.scale = Scale::kLog;
  const double log_share = share_within(log, std::max(upper, low), parameter.high);
  Finding finding{
      .about = {parameter.name},
      .at = view.place(parameter.name, "scale"),
      .says = fmt::format("{}: {:.0f}% of samples would fall between {} and {}; use scale: log", parameter.name,
                          100 * share, base::short_number_text(upper), base::short_number_text(parameter.high)),
      .because = {{"low", base::json_number(parameter.low)},
                  {"high", base::json_number(parameter.high)},
                  {"scale", "linear"},
                  {"share_in_last_tenfold", base::json_number(share)},
                  {"share_on_log", base::json_number(log_share)}},
      .edits = {{parameter.name, "scale", "log"}},
      .confidence = role_of(parameter) == Role::kUnknown ? 0.8 : 0.97};
  if (low != parameter.low) {
    finding.says += fmt::format(" and low: {}", base::short_number_text(low));
    finding.edits.push_back({parameter.name, "low", low});
    if (role_of(parameter) == Role::kRegularizer) finding.edits.push_back({parameter.name, "zero", 0.1});
  }
  return finding;
}

// On a scale whose even steps are of the wrong kind: what counts by orders of magnitude on that of averages, a share by
// orders of magnitude.
std::optional<Finding> on_wrong_scale(const FileView& view, const Parameter& parameter) {
  const Role role = role_of(parameter);
  const double ratio = parameter.low > 0 ? parameter.high / parameter.low : 0;
  const bool is_for_averages =
      parameter.scale == Scale::kReverseLog && role != Role::kUnknown && log_ratio_of(parameter) > 0;
  const bool is_share_on_log =
      parameter.scale == Scale::kLog && role == Role::kDropout && parameter.high >= 0.2 && ratio >= kDropoutRatio;
  if (!is_for_averages && !is_share_on_log) return std::nullopt;
  const Scale right = is_for_averages && ratio >= log_ratio_of(parameter) ? Scale::kLog : Scale::kLinear;
  // The part of the range that the right scale would give half of the draws.
  const double middle =
      right == Scale::kLog ? std::sqrt(parameter.low * parameter.high) : (parameter.low + parameter.high) / 2;
  const double share = share_within(parameter, parameter.low, middle);
  return Finding{
      .about = {parameter.name},
      .at = view.place(parameter.name, "scale"),
      .says = fmt::format("{}: {:.0f}% of samples would fall between {} and {} on a {} scale, half of them on a "
                          "{} one; use scale: {}",
                          parameter.name, 100 * share, base::short_number_text(parameter.low),
                          base::short_number_text(middle), space::text_of(parameter.scale), space::text_of(right),
                          space::text_of(right)),
      .because = {{"low", base::json_number(parameter.low)},
                  {"high", base::json_number(parameter.high)},
                  {"scale", space::text_of(parameter.scale)},
                  {"share_below_middle", base::json_number(share)}},
      .edits = {{parameter.name, "scale", std::string(space::text_of(right))}},
      .confidence = is_for_averages ? 0.9 : 0.8};
}

}  // namespace

double log_ratio_of(const Parameter& parameter) {
  switch (role_of(parameter)) {
    case Role::kLearningRate:
      return 10;
    case Role::kRegularizer:
    case Role::kEpsilon:
      return 20;
    case Role::kBatchSize:
      return 32;
    case Role::kUnits:
      return 50;
    case Role::kSteps:
      return 1000;
    case Role::kUnknown:
      return parameter.kind == Kind::kInt ? 150 : 100;  // 10 to 1,000 of something may be meant one by one.
    case Role::kAverage:
    case Role::kLayers:
    case Role::kDropout:
    case Role::kShare:
    case Role::kLabel:
      return 0;
  }
  return 0;
}

std::vector<Finding> find_scale(const FileView& view) {
  std::vector<Finding> findings;
  if (!view.is_searched()) return findings;
  for (const Parameter* parameter : view.searched()) {
    if (!space::is_numeric(*parameter)) continue;
    if (parameter->scale != Scale::kLinear) {
      if (auto finding = on_wrong_scale(view, *parameter)) findings.push_back(std::move(*finding));
      continue;
    }
    if (const auto low = low_for(*parameter)) {
      findings.push_back(found(view, *parameter, *low));
      continue;
    }
    const double from = log_ratio_of(*parameter);
    // What lies between 0.9 and 1 is the business of averages.
    if (from == 0 || parameter->low <= 0 || parameter->high / parameter->low < from) continue;
    findings.push_back(found(view, *parameter, parameter->low));
  }
  return findings;
}

}  // namespace sterlet::doctor
