#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/doctor/file/rules.h"

namespace sterlet::doctor {

namespace {

using space::Parameter;
using space::Scale;

// What practice knows of a kind of parameter: values beyond `low` and `high` are of no use, and a range of less than
// `narrow` or more than `wide` between its ends does not search.
struct Practice {
  Role role;
  double low, high;
  double narrow, wide;
  std::string_view beyond;  // What is wrong there.
};

constexpr std::array<Practice, 8> kPractice{{
    {Role::kLearningRate, 1e-7, 10, 3, 1e6, "trains nothing or diverges there"},
    {Role::kRegularizer, 1e-10, 1e4, 3, 1e9, "does nothing or everything there"},
    {Role::kEpsilon, 1e-16, 1, 3, 1e12, "is no small number there"},
    {Role::kBatchSize, 1, 65536, 1.5, 1e4, "leaves no noise for the gradient to get anywhere"},
    {Role::kUnits, 1, 65536, 1.2, 1e4, "takes more time than the rest of the study"},
    {Role::kLayers, 0, 200, 1, 200, "takes more time than the rest of the study"},
    {Role::kDropout, 0, 0.9, 1, 1e300, "drops nearly everything"},
    {Role::kAverage, 0, 0.99999, 1, 1e300, "never forgets"},
}};

constexpr double kUsualRateLow = 1e-5, kUsualRateHigh = 1;

const Practice* practice_of(const Parameter& parameter) {
  const Role role = role_of(parameter);
  const auto found =
      std::find_if(kPractice.begin(), kPractice.end(), [&](const Practice& p) { return p.role == role; });
  return found == kPractice.end() ? nullptr : found;
}

double rounded(double value) { return base::parse_number(fmt::format("{:.1e}", value)).value_or(value); }

// Bounds as the parameter can have them, with its defaults between them.
std::vector<Edit> edits_to(const Parameter& parameter, double low, double high) {
  for (const space::Scalar& scalar : parameter.defaults) {
    const auto value = base::number_from_json(space::json_from_scalar(scalar));
    if (!value || *value == 0) continue;
    low = std::min(low, *value);
    high = std::max(high, *value);
  }
  const bool is_int = parameter.kind == space::Kind::kInt;
  std::vector<Edit> edits;
  const auto add = [&](const char* key, double value, double now) {
    if (value == now) return;
    edits.push_back({parameter.name, key, is_int ? base::Json(static_cast<std::int64_t>(value)) : base::Json(value)});
  };
  add("low", is_int ? std::floor(low) : low, parameter.low);
  add("high", is_int ? std::ceil(high) : high, parameter.high);
  return edits;
}

std::string edits_text(const std::vector<Edit>& edits) {
  std::string text;
  for (const Edit& edit : edits) {
    const std::string value =
        edit.value.is_string() ? edit.value.get<std::string>() : base::number_text(edit.value.get<double>());
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", edit.key, value);
  }
  return text;
}

Finding finding_of(const FileView& view, const Parameter& parameter, const char* key, std::string says,
                   std::vector<Edit> edits) {
  Finding finding{.about = {parameter.name},
                  .at = view.place(parameter.name, key),
                  .says = fmt::format("{}: {}", parameter.name, says),
                  .because = {{"low", base::json_number(parameter.low)}, {"high", base::json_number(parameter.high)}},
                  .edits = std::move(edits),
                  .confidence = 0.85};
  if (parameter.low > 0) finding.because["ratio"] = base::json_number(parameter.high / parameter.low);
  if (!finding.edits.empty()) finding.says += fmt::format("; try {}", edits_text(finding.edits));
  return finding;
}

std::string range_text(const Parameter& parameter) {
  return fmt::format("{} to {}", base::short_number_text(parameter.low), base::short_number_text(parameter.high));
}

// Of ranges that begin near 0 or end near 1, where a ratio says nothing: shares and averages.
std::optional<Finding> too_narrow_near_the_ends(const FileView& view, const Parameter& parameter, Role role) {
  if (role == Role::kAverage && parameter.low < 1 && parameter.high < 1) {
    const double from = 1 / (1 - parameter.low), to = 1 / (1 - parameter.high);
    if (parameter.low < 0 || to / from >= 1.3) return std::nullopt;
    std::vector<Edit> edits = edits_to(parameter, std::min(parameter.low, 0.5), std::max(parameter.high, 0.99));
    if (parameter.scale == Scale::kLinear) edits.push_back({parameter.name, "scale", "reverse_log"});
    return finding_of(view, parameter, "low",
                      fmt::format("{} is too narrow: it averages over {:.3g} values at one end and {:.3g} at the other",
                                  range_text(parameter), from, to),
                      std::move(edits));
  }
  const bool is_share = role == Role::kDropout || role == Role::kShare;
  if (!is_share || parameter.high > 1 || parameter.high - parameter.low >= 0.03) return std::nullopt;
  if (parameter.low > 0 && parameter.high / parameter.low >= 2) return std::nullopt;  // Small shares, far apart.
  return finding_of(view, parameter, "low", fmt::format("{} is too narrow to change a result", range_text(parameter)),
                    edits_to(parameter, std::max(0.0, rounded(parameter.low - 0.2)),
                             std::min(role == Role::kDropout ? 0.9 : 1.0, rounded(parameter.high + 0.2))));
}

// The low bound of a range with so many orders of magnitude that something is in it.
double narrowed(double low, double high, const Practice& practice) {
  return std::max(low, practice.role == Role::kLearningRate ? high * 1e-5 : rounded(high / practice.wide * 10));
}

std::optional<Finding> beyond(const FileView& view, const Parameter& parameter, const Practice& practice) {
  const bool is_low = parameter.low < practice.low && parameter.low > 0;
  const bool is_high = parameter.high > practice.high;
  if (!is_low && !is_high) return std::nullopt;
  const bool is_for_averages =
      practice.role == Role::kAverage && parameter.high <= 1 && parameter.scale != Scale::kReverseLog;
  // One that lies above 1 altogether is a number of steps, as a half-life.
  const bool is_plain = practice.role == Role::kAverage && (!is_sure_average(parameter.name) || parameter.low >= 1);
  if (is_for_averages || is_plain) return std::nullopt;
  double low = parameter.low, high = parameter.high;
  if (is_high)
    high = practice.role == Role::kLearningRate ? kUsualRateHigh
           : practice.role == Role::kAverage    ? 0.999
                                                : practice.high;
  if (is_low) low = practice.role == Role::kLearningRate ? kUsualRateLow : practice.low;
  if (low > 0 && high / low > practice.wide) low = narrowed(low, high, practice);
  // All of the range lies there.
  const bool is_all = low >= high;
  if (is_all && practice.role == Role::kLearningRate) low = kUsualRateLow, high = kUsualRateHigh;
  std::vector<Edit> edits = low < high ? edits_to(parameter, low, high) : std::vector<Edit>{};
  if (practice.role == Role::kAverage && parameter.scale == Scale::kLinear && low > 0) {
    edits.push_back({parameter.name, "scale", "reverse_log"});
  }
  return finding_of(view, parameter, is_high ? "high" : "low",
                    fmt::format("{} is too {}: it {}", range_text(parameter),
                                !is_all   ? "wide"
                                : is_high ? "high"
                                          : "low",
                                practice.beyond),
                    std::move(edits));
}

std::optional<Finding> too_wide(const FileView& view, const Parameter& parameter, const Practice& practice) {
  if (parameter.low <= 0 || parameter.high / parameter.low <= practice.wide) return std::nullopt;
  const double orders = std::log10(parameter.high / parameter.low);
  const double high = practice.role == Role::kLearningRate ? std::min(parameter.high, 1.0) : parameter.high;
  const double low = narrowed(parameter.low, high, practice);
  return finding_of(view, parameter, "low",
                    fmt::format("{} spans {:.0f} orders of magnitude, so that most trials lie where nothing is",
                                range_text(parameter), orders),
                    edits_to(parameter, low, high));
}

constexpr double kSameNarrow = 1.02;  // Of a parameter that nothing is known of, on a linear scale.

std::optional<Finding> too_narrow(const FileView& view, const Parameter& parameter, double narrow) {
  if (parameter.low <= 0 || parameter.high / parameter.low >= narrow) return std::nullopt;
  const double middle = std::sqrt(parameter.low * parameter.high), reach = narrow >= 3 ? 10 : 4;
  double low = rounded(middle / reach), high = rounded(middle * reach);
  if (const Practice* practice = practice_of(parameter)) {
    low = std::max(low, practice->low);
    high = std::min(high, practice->high);
  }
  std::vector<Edit> edits = edits_to(parameter, std::min(low, parameter.low), std::max(high, parameter.high));
  // The wider range counts by orders of magnitude, where the narrow one did not.
  const double from = log_ratio_of(parameter);
  if (parameter.scale == Scale::kLinear && from > 0 && high / low >= from) {
    edits.push_back({parameter.name, "scale", "log"});
  }
  return finding_of(
      view, parameter, "low",
      fmt::format("{} is too narrow: its ends differ by a factor of {:.4g}, which hardly changes a result",
                  range_text(parameter), parameter.high / parameter.low),
      std::move(edits));
}

}  // namespace

std::vector<Finding> find_bounds(const FileView& view) {
  std::vector<Finding> findings;
  if (!view.is_searched()) return findings;
  const auto take = [&](std::optional<Finding> finding) {
    if (finding) findings.push_back(std::move(*finding));
    return finding.has_value();
  };
  for (const Parameter* parameter : view.searched()) {
    if (!space::is_numeric(*parameter)) continue;
    const Role role = role_of(*parameter);
    const bool is_sure = role != Role::kAverage || is_sure_average(parameter->name);
    if (is_sure && take(too_narrow_near_the_ends(view, *parameter, role))) continue;
    if (const Practice* practice = practice_of(*parameter)) {
      if (take(beyond(view, *parameter, *practice)) || take(too_wide(view, *parameter, *practice))) continue;
      take(too_narrow(view, *parameter, practice->narrow));
      continue;
    }
    if (parameter->scale != Scale::kLog) {
      if (role == Role::kUnknown) take(too_narrow(view, *parameter, kSameNarrow));
      continue;
    }
    // Of a parameter that nothing is known of, the scale says that orders of magnitude are meant.
    static constexpr Practice kUnknown{Role::kUnknown, 0, 1e300, 1.5, 1e10, ""};
    if (!take(too_wide(view, *parameter, kUnknown))) take(too_narrow(view, *parameter, kUnknown.narrow));
  }
  return findings;
}

}  // namespace sterlet::doctor
