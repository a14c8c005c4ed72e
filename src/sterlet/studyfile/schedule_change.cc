#include "sterlet/studyfile/schedule_change.h"

#include <utility>

namespace sterlet::studyfile {

void change_to(Schedule& schedule, std::int64_t step, const base::Json& params) {
  const base::Json held = schedule.values_at(step, base::Json::object());
  base::Json set = base::Json::object();
  for (const auto& [name, value] : params.items()) {
    if (!held.contains(name) || held[name] != value) set[name] = value;
  }
  if (set.empty()) return;
  if (!schedule.entries.empty() && schedule.entries.back().step == step) {
    schedule.entries.back().set.update(set);
  } else {
    schedule.entries.push_back({.step = step, .set = std::move(set)});
  }
}

}  // namespace sterlet::studyfile
