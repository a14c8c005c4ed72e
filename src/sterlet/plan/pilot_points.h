#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "sterlet/base/rng.h"
#include "sterlet/math/sobol_points.h"
#include "sterlet/plan/facts.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::plan {

/// Which points a pilot tries: the defaults, some spread evenly over the space, then those that the study's own sampler
/// suggests by what the pilot has seen: so it sees what a trial takes where the search will go. Where all points take the same
/// as far as it can tell, or the sampler does not learn, all are spread.
class PilotPoints final {
 public:
  /// Borrows the study. steps: of a full training, where the user says it.
  PilotPoints(const studyfile::StudyFile& study, std::optional<std::int64_t> steps);

  /// The defaults, else the middle of each range.
  space::Point first() const;

  struct Next {
    space::Point point;
    bool is_guess = false;  ///< Suggested by what was seen.
  };
  /// `seen`: the trainings that have ended; `number`: of the training that will try the point.
  Next next(const PilotResult& seen, std::uint64_t number);

 private:
  std::optional<space::Point> guess(const PilotResult& seen, std::uint64_t number) const;
  base::StreamKey key(std::uint64_t number) const;

  const studyfile::StudyFile& study_;
  std::optional<std::int64_t> steps_;
  math::SobolPoints points_;
  std::size_t drawn_ = 0;
};

}  // namespace sterlet::plan
