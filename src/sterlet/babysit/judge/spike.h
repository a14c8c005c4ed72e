#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sterlet/babysit/judge/curve.h"

namespace sterlet::babysit {

/// A curve that has gone bad.
struct Spike {
  std::int64_t good_step = 0;   ///< Of the last report that was as it should be; 0: there was none.
  std::int64_t first_step = 0;  ///< Of the first report that was not.
  std::int64_t bad_step = 0;    ///< Of the newest report.
  std::string sentence;         ///< What was seen: "val_loss rose from 0.41 to 2.3 at step 40, 22 times its noise".
};

/// Whether the newest reports of a metric are a spike: not a number, or far above what they were.
///
/// On y = log(value) where all values are above 0, else the value itself (negated, where it is to be maximised):
/// level = median of the last 5 reports before those judged, noise = 1.4826 max(MAD(d1), MAD(d3)) / sqrt(2), with d1
/// and d3 the differences of neighbours and of every third report among the 20 before: both ignore a trend, and d3 sees
/// noise that follows itself. A spike is one report above level + 12 noise that doubles the value, or three in a row
/// above level + 6 noise that are a quarter larger. For y = value, "doubles" is 1 and "a quarter" 0.32 of the spread of
/// the 20. Its first report is the first of those, up to the one judged, that lie as high as a run must.
///
/// curve     by step, oldest first; what is older than the newest 23 reports is not looked at.
/// Edges     fewer than 8 reports: only what is not finite. A first report that is not finite: good_step 0.
/// Cost      O(1).
std::optional<Spike> find_spike(const Curve& curve, std::string_view metric, bool minimize);

/// Whether a program's reason for its failure is that its numbers ran away ("the loss became NaN at step 120").
bool tells_divergence(std::string_view reason);

}  // namespace sterlet::babysit
