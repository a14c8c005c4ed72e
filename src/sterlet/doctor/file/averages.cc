#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/doctor/file/rules.h"

namespace sterlet::doctor {

namespace {

using space::Parameter;
using space::Scale;

constexpr double kLowestBeta = 0.1;      // For a range that begins at 0, which reverse_log does not hold.
constexpr double kHighestBeta = 0.9999;  // For one that ends at 1, an average over everything.

// How many values an average with this beta is made from.
double window(double beta) { return 1 / (1 - beta); }

bool is_average(const Parameter& parameter) {
  if (parameter.kind != space::Kind::kFloat || parameter.low < 0 || parameter.high > 1) return false;
  // A plain beta is often the weight of a term of the loss.
  if (role_of(parameter) == Role::kAverage) return is_sure_average(parameter.name) || parameter.low >= 0.5;
  if (role_of(parameter) != Role::kUnknown) return false;
  // A gamma up to 1 discounts rewards; of schedules and kernels it is less.
  if (has_any(parameter.name, {"gamma"}) && parameter.low >= 0.5 && parameter.high >= 0.99) return true;
  // Whatever it is called: a range that lies between 0.9 and 1 is about the distance to 1.
  return parameter.low >= 0.9 && parameter.high < 1;
}

bool is_near_one(const Parameter& parameter) {
  if (parameter.high >= 1) return true;
  const double ratio = window(parameter.high) / window(parameter.low);
  return (parameter.high >= 0.98 && ratio >= 5) || ratio >= 50;
}

std::string window_text(double beta) {
  return beta >= 1 ? std::string("all") : base::number_text(std::round(window(beta)));
}

}  // namespace

// Equal steps on a linear scale are nothing at one end and everything at the other: 0.9 to 0.9005 leaves an average at
// 10 values, 0.999 to 0.9995 takes it from 1,000 to 2,000.
std::vector<Finding> find_averages(const FileView& view) {
  std::vector<Finding> findings;
  if (!view.is_searched()) return findings;
  for (const Parameter* parameter : view.searched()) {
    if (!space::is_numeric(*parameter) || parameter->scale == Scale::kReverseLog) continue;
    if (!is_average(*parameter) || !is_near_one(*parameter)) continue;
    const double low = std::max(parameter->low, parameter->low == 0 ? kLowestBeta : parameter->low);
    const double high = parameter->high >= 1 ? kHighestBeta : parameter->high;
    Parameter right = *parameter;
    right.low = low;
    right.high = high;
    right.scale = Scale::kReverseLog;
    const double last = 1 - 10 * (1 - high);  // Where the last tenfold of windows begins.
    const double share = share_within(*parameter, std::max(last, parameter->low), parameter->high);
    const double right_share = share_within(right, std::max(last, low), high);
    Finding finding{
        .about = {parameter->name},
        .at = view.place(parameter->name, "scale"),
        .says = fmt::format(
            "{}: from {} to {} it averages over {} to {} values, and {:.0f}% of samples on a {} scale would average "
            "over more than {}; use scale: reverse_log ({:.0f}%)",
            parameter->name, base::short_number_text(parameter->low), base::short_number_text(parameter->high),
            window_text(parameter->low), window_text(parameter->high), 100 * share, space::text_of(parameter->scale),
            window_text(std::max(last, parameter->low)), 100 * right_share),
        .because = {{"low", base::json_number(parameter->low)},
                    {"high", base::json_number(parameter->high)},
                    {"window_low", base::json_number(window(parameter->low))},
                    {"window_high", base::json_number(window(high))},
                    {"share_of_last_tenfold", base::json_number(share)},
                    {"share_on_reverse_log", base::json_number(right_share)}},
        .edits = {{parameter->name, "scale", "reverse_log"}},
        .confidence = 0.95};
    if (low != parameter->low) finding.edits.push_back({parameter->name, "low", low});
    if (high != parameter->high) finding.edits.push_back({parameter->name, "high", high});
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace sterlet::doctor
