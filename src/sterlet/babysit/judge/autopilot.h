#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sterlet/babysit/judge/response_model.h"
#include "sterlet/babysit/judge/curve.h"
#include "sterlet/space/space.h"

namespace sterlet::babysit {

/// What a user allows the autopilot.
struct AutopilotLimits {
  std::optional<std::int64_t> steps;  ///< To spend in all, branches counted; then the model is ended. Empty: no end.
  int tries = 20;                     ///< >= 0. Changes tried, of those after the range test.
  std::optional<double> worst;        ///< A try that reports an objective worse than this is taken back at once.
};

/// A branch tried from the same checkpoint over the same steps as the base.
struct Arm {
  int branch = 0;
  double rate = 0;  ///< Its learning rate; 0 where there is none.
  Curve window;     ///< Of the objective. Of one that ran away: what it reported.
  bool ran_away = false;
};

/// All that the autopilot decides by, at the end of a window of the base.
struct Situation {
  base::Json params;               ///< Of the base.
  Curve line;                      ///< Of the objective, from the start of the training to now.
  Curve window;                    ///< Its last part, since the checkpoint that arms start from.
  std::vector<Arm> arms;           ///< Tried from that checkpoint until now, in their order.
  std::size_t window_reports = 0;  ///< Reports of a full window; `window` may have fewer at the end.
  bool is_start = false;           ///< The range test is made from this checkpoint.
  double rate = 0;                 ///< The base's learning rate; 0 where there is none.
  double rate_found = 0;           ///< What the range test ended with; 0: there is none.
  double spent = 0;                ///< Share of the steps that may be spent, in [0, 1]; 0 without such a limit.
  double phase = 0;                ///< As ResponseModel's.
  int tries = 0;                   ///< Of those that count against the limit, until now.
  int windows_since_try = 0;       ///< Windows of the base since the last try; large: there was none.
  std::optional<bool> last_kept;   ///< What became of that.
  bool is_short = false;           ///< Too few steps for tries: see propose().
  /// Of a short training, once the plan has begun to lower the rate: the rate until then, and the share of the steps from
  /// there to the end that is over.
  double plan_rate = 0, plan_over = 0;
};

struct Proposal {
  std::string name;
  base::Json value;
  std::string reason;       ///< A sentence without its full stop.
  bool is_planned = false;  ///< To be made as it is, without a control.
};

/// What to try from the checkpoint at which the base's window begins; nothing: no (more) tries there.
///
/// 1. At the start (the first checkpoint that the autopilot sees), a range test over the learning rate: times 10 while that is better, else over 10, then once between
///    the best and its better neighbour. What runs away counts as the worst.
/// 2. Where a limit of steps is set: when 40% of them are left, and from then on, the learning rate over sqrt(10), as
///    long as it stays above half of a cosine decay from what the range test found.
/// 3. On a plateau: the candidate with the largest forecast gain plus one deviation, of the learning rate times or over
///    sqrt(10) and every other live number a fifth of its axis up or down; none where all are likely to lose. The rate
///    stays within a factor of 10 of what the range test found: a lower one nearly always looks better at once (Wu,
///    Ren, Liao, Grosse: Understanding short-horizon bias in stochastic meta-optimization, ICLR 2018).
/// A short training gets the range test alone, and then a plan: on a plateau, or when 40% of the steps are left, the rate
/// is lowered by a quarter, and from there on towards zero in proportion to the steps that are left. A window of few
/// steps shows how a change begins, not what comes of it, and each try costs one (bench/RESULTS.md, "Small steps").
/// Pure. Cost O(reports).
std::optional<Proposal> propose(const space::Space& space, const Situation& situation, const ResponseModel& model,
                                const AutopilotLimits& limits, bool minimize);

/// What the range test of a short training goes on with: 0 is the base, i the arm i - 1. The highest rate of those that
/// gained at least 85% of the best gain since the window's first report: so short a window favours low rates,
/// and the plan lowers a high one in time.
std::size_t choose_rate(const Situation& situation, bool minimize);

/// Whether the share of the steps is spent after which the learning rate is lowered for good.
bool is_ending(const Situation& situation, const AutopilotLimits& limits);

/// Whether the last two windows of a curve show no trend for the better: Mann-Kendall's test on them finds none at 0.2
/// (one-sided), or the Theil-Sen slope gains less than 0.5% a window. A curve that gained more than a fifth of its level
/// within its last four windows is none, whatever its end looks like.
bool is_plateau(const Curve& line, std::size_t window, bool minimize);

/// Mean of the second half of a window, to be minimised; infinite where a report is not finite or there is none.
double score_of(const Curve& window, bool minimize);

}  // namespace sterlet::babysit
