#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/space/parameter.h"
#include "sterlet/space/space.h"
#include "sterlet/studyfile/notify.h"
#include "sterlet/studyfile/staleness.h"

namespace sterlet::studyfile {

enum class Direction { kMinimize, kMaximize };
/// What happens when a sampler would repeat a point: draw another, run it again, or run it again and count the mean.
enum class Duplicates { kAvoid, kAllow, kAverage };

/// What of a trial's curve counts as its value, where its program tells none: the last report, the best one (NaN aside),
/// or the mean of the last `count` ones.
struct CurveValue {
  enum class Kind { kLast, kBest, kMean };
  Kind kind = Kind::kLast;
  std::int64_t count = 1;  ///< >= 2 for kMean, else 1.
  bool operator==(const CurveValue&) const = default;
};

struct Objective {
  std::string metric;
  Direction direction = Direction::kMinimize;
  CurveValue of;
  /// The value as samplers, pruners and comparisons see it: less is better. Its own inverse.
  double minimised(double value) const { return direction == Direction::kMaximize ? -value : value; }
  bool operator==(const Objective&) const = default;
};

/// When a study has had enough; whichever comes first. All empty: no limit.
struct Budget {
  std::optional<std::int64_t> trials;  ///< >= 1, of the whole study, not of a worker.
  std::optional<double> seconds;       ///< > 0, of running time, summed over sessions.
  std::optional<double> target;        ///< Stop once the first objective is this good or better.
  std::optional<double> grace;  ///< > 0. After `seconds`, running trials end so many seconds later; empty: never.
  /// >= 1. Steps of one full training, as its program reports them: for plans; nothing is ended by it. Empty: not said.
  std::optional<std::int64_t> steps_max;
  bool operator==(const Budget&) const = default;
};

/// Where the metrics of a trial come from: the trial channel, or lines of its stdout that match `pattern`, a regular
/// expression whose named groups are the metrics; the group `step`, if there is one, is the step.
struct MetricsSource {
  std::string pattern;  ///< Empty: the channel.
  bool operator==(const MetricsSource&) const = default;
};

/// What one trial may use.
struct Resources {
  /// > 0. Cores; workers: auto is the machine's cores divided by this. Empty: 1, and with fewer workers than cores each
  /// trial may use its share of them.
  std::optional<double> cpu;
  int gpu = 0;                               ///< >= 0. Devices, given to the trial as CUDA_VISIBLE_DEVICES.
  int gpu_share = 1;                         ///< >= 1. Trials that share one device.
  std::optional<std::int64_t> memory_bytes;  ///< Of the whole process group; beyond it the trial is ended.
  std::optional<double> seconds;             ///< Of one attempt; beyond it the trial is ended.
  bool operator==(const Resources&) const = default;
};

/// What a parameter makes larger: the model, its data, or its training.
enum class Size { kWidth, kData, kSteps };
struct SizeParameter {
  std::string parameter;
  Size size = Size::kWidth;
  bool operator==(const SizeParameter&) const = default;
};

/// A named algorithm with its options.
struct Choice {
  std::string name;
  base::Json options = base::Json::object();
  bool operator==(const Choice&) const = default;
};

/// How often a setting is run, each time with another seed; its value is the mean.
struct Repeats {
  std::int64_t at_most = 1;  ///< >= 1. Of one setting; 1: none is repeated.
  bool race = false;         ///< Only those are repeated that may be the best; otherwise all, `at_most` times.
  double share = 0.3;        ///< In (0, 1). Of a race: the share of the budget of trials (else of the runs) it may use.
  double confidence = 0.95;  ///< In (0.5, 1). Of a race: the probability of the best that ends it.
  bool is_on() const { return at_most > 1; }
  bool operator==(const Repeats&) const = default;
};

/// What a study file says, after presets and `tune` have been applied; plain values.
struct StudySpec {
  std::string name;
  std::vector<Objective> objectives;  ///< At least one.
  std::vector<std::string> command;   ///< argv; may be empty only for ask-tell. ${name} is replaced.
  MetricsSource metrics;
  std::vector<space::Parameter> parameters;  ///< Those that `tune` or `value` fixed, too: low == high, or one choice.
  std::vector<SizeParameter> sizes;          ///< By `scale_of`; in the order of the parameters.
  std::vector<std::string> constraints;
  Budget budget;
  Choice strategy{.name = "parallel"};  ///< A row of strategies(), by its name.
  Choice sampler{.name = "auto"};
  Choice pruner{.name = "none"};
  std::optional<int> workers;         ///< >= 1; empty: auto.
  std::optional<std::uint64_t> seed;  ///< Empty: drawn when the study is created.
  Duplicates duplicates = Duplicates::kAvoid;
  Repeats repeats;
  bool defaults_first = true;
  Resources resources;
  int retries = 100;                ///< >= 0. How often a lost trial is started again.
  int failures_max = 10;            ///< >= 1. Failed trials in a row, none successful since, that end the study.
  std::vector<base::Json> enqueue;  ///< Points to try first; may be partial.
  Notify notify;                    ///< Who is told of what happens.
  base::Json context = base::Json::object();  ///< {"files": [...], "command": [...], "env": [...]}.
  RetestPolicy retest;                        ///< When its results count as stale.
  std::string folder;                         ///< Absolute; the study file's. Trials run there.

  bool operator==(const StudySpec&) const = default;
};

std::string_view text_of(Direction direction);
std::string_view text_of(Duplicates duplicates);
std::string_view text_of(Size size);
std::optional<Size> size_from_text(std::string_view text);
/// last, best, "mean of last 5".
std::string text_of(const CurveValue& of);
/// For people: "minimized", "maximized, best of its curve".
std::string describe(const Objective& objective);

/// The spec as one JSON document in the words of a study file, everything resolved: what storage keeps.
base::Json json_from_spec(const StudySpec& spec);

}  // namespace sterlet::studyfile
