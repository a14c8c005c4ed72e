#include "sterlet/study/study_view.h"

#include <utility>

namespace sterlet::study {

TrialView StudyView::view(std::int64_t trial) const {
  return {.record = ledger_.trials().record(trial),
          .origin = ledger_.trials().observation(trial).origin,
          .params = space().to_json(point_of(trial))};
}

space::Point StudyView::point_of(std::int64_t trial) const {
  auto point = strategy_->point_of(trial);
  return point ? std::move(*point) : ledger_.trials().point(trial);
}

studyfile::Schedule StudyView::schedule_of(std::int64_t trial) const {
  auto schedule = strategy_->schedule_of(trial);
  return schedule ? std::move(*schedule) : studyfile::Schedule{.entries = {{.step = 0, .set = view(trial).params}}};
}

}  // namespace sterlet::study
