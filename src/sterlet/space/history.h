#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/space/space.h"

namespace sterlet::space {

/// How far a trial has come, as a sampler needs to know it.
enum class Outcome {
  kPending,   ///< Suggested; no result yet.
  kComplete,  ///< Has its objective values.
  kPruned,    ///< Stopped early; `values` hold its last reported objective, if any.
  kFailed,    ///< Ended without a result, or with NaN.
  kVoid,      ///< Says nothing: cancelled, or lost for good.
};

/// Where a point came from.
enum class Origin { kDefault, kEnqueued, kAdded, kRandom, kGrid, kSobol, kModel, kZoom, kRepeat };

std::string_view text_of(Origin origin);
std::optional<Origin> origin_from_text(std::string_view text);

/// One trial as plain values.
struct Observation {
  std::int64_t number = 0;
  Point point;
  Origin origin = Origin::kRandom;
  Outcome outcome = Outcome::kPending;
  std::vector<double> values;       ///< One an objective, all to be minimised (maximised ones negated); empty if none.
  std::vector<double> constraints;  ///< Feasible when all are <= 0; empty if none were told.
  std::int64_t last_step = 0;       ///< Of its last report; 0 if none.
  double seconds = 0;               ///< How long its last attempt ran; 0 if not known.
  /// Of a pruned trial: its extrapolated final value and the standard deviation of that; sd 0 if there is none. Models
  /// take it as a noisy value, because values.front() comes from a training cut short.
  double predicted_final = 0, predicted_sd = 0;
  /// How many runs `values` are the mean of. Repeats of a point that count in an earlier trial are kVoid themselves.
  std::int64_t runs = 1;
};

/// What a sampler may look at: trials in the order of their creation, with what has become of them.
class History final {
 public:
  const std::vector<Observation>& trials() const { return trials_; }
  std::size_t size() const { return trials_.size(); }
  /// How many trials came from there. Cost O(1).
  std::int64_t count(Origin origin) const { return origin_counts_[static_cast<std::size_t>(origin)]; }
  /// Whether an equal point is in the history (cancelled and lost trials aside). Cost O(d).
  bool contains(const Point& point) const;
  /// Numbers of trials at an equal point, ascending.
  std::vector<std::int64_t> trials_at(const Point& point) const;
  /// The least of them; -1 where there is none.
  std::int64_t first_at(const Point& point) const;

  /// Trial numbers, one for each append and update so far, in the order they came: what followers read on from where
  /// they stopped.
  std::span<const std::uint32_t> changes() const { return changes_; }
  /// Of the first `position` changes and what they changed: two histories that agree in it have that beginning in
  /// common.
  std::uint64_t fingerprint(std::size_t position) const { return position == 0 ? 0 : fingerprints_[position - 1]; }

  /// Makes room for so many trials in all.
  void reserve(std::size_t count);
  /// `observation.number` must equal size().
  void append(Observation observation);
  /// Replaces what is known of a trial; its point and origin stay.
  void update(std::int64_t number, Outcome outcome, std::vector<double> values, std::vector<double> constraints,
              std::int64_t last_step, double seconds = 0, std::int64_t runs = 1);
  /// Gives a trial its predicted final objective.
  void predict(std::int64_t number, double predicted_final, double predicted_sd);

 private:
  void note_change(const Observation& trial);
  void index(std::size_t number);
  template <typename Visit>
  void visit_at(const Point& point, Visit visit) const;

  std::vector<Observation> trials_;
  std::array<std::int64_t, 9> origin_counts_{};
  std::vector<std::uint32_t> changes_;
  std::vector<std::uint64_t> fingerprints_;  // One a change.
  // Trials by the hash of their points, in 8 to 16 bytes a trial: the last one of each bucket (a power of two of them),
  // and of each trial the one before it in its bucket.
  std::vector<std::uint32_t> bucket_last_, bucket_before_;
};

}  // namespace sterlet::space
