#include "sterlet/study/study_view.h"

#include <utility>

namespace sterlet::study {

TrialView StudyView::view(std::int64_t trial) const {
  TrialView view{.record = ledger_.trials().record(trial),
                 .origin = ledger_.trials().observation(trial).origin,
                 .params = space().to_json(point_of(trial))};
  if (const Formerly* then = ledger_.trials().formerly(trial)) {
    view.origin = then->origin;
    view.formerly = *then;
    if (then->is_outside) view.params = ledger_.versions().params_of(*then);
  }
  return view;
}

std::vector<std::int64_t> StudyView::shown_trials(const std::string& tag) const {
  std::vector<std::int64_t> trials;
  for (const storage::TrialRecord& record : records()) {
    const bool is_wanted = tag.empty() || labels_.has_tag(record.number, tag);
    if (is_wanted && record.state != storage::State::kRemoved) trials.push_back(record.number);
  }
  return trials;
}

std::vector<std::int64_t> StudyView::failed_trials() const {
  std::vector<std::int64_t> trials;
  for (const storage::TrialRecord& record : records()) {
    if (record.state == storage::State::kFailed) trials.push_back(record.number);
  }
  return trials;
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
