#include "sterlet/api/lineage.h"

#include <algorithm>

#include <fmt/format.h>

#include "sterlet/base/text.h"

namespace sterlet::api {

using base::Json;
using base::Result;
using storage::TurnRecord;

namespace {

Json params_of(const study::Study& study, const TurnRecord& turn) {
  const auto point = study.space().from_text(turn.point);
  STERLET_CHECK(point.has_value(), "a turn whose point does not fit the space");
  return study.space().to_json(*point);
}

}  // namespace

Result<studyfile::Schedule> schedule_of(const study::Study& study, std::int64_t trial) {
  if (trial < 0 || trial >= static_cast<std::int64_t>(study.records().size())) {
    return base::fail(base::ErrorCode::kNotFound, fmt::format("there is no trial {}", trial),
                      fmt::format("see which there are with sterlet ls {}", study.spec().name), study.spec().name);
  }
  return study.schedule_of(trial);
}

Json turns_json(const study::Study& study, std::int64_t trial) {
  Json list = Json::array();
  for (const TurnRecord& turn : study.turns()) {
    if (turn.trial != trial) continue;
    Json json{{"turn", turn.turn},
              {"attempt", turn.attempt},
              {"from_step", turn.from_step},
              {"to_step", turn.to_step},
              {"parent", turn.parent ? Json(*turn.parent) : Json(nullptr)},
              {"params", params_of(study, turn)},
              {"state", storage::text_of(turn.state)},
              {"reason", turn.reason}};
    if (turn.value) json["value"] = base::json_number(*turn.value);
    list.push_back(std::move(json));
  }
  return list;
}

}  // namespace sterlet::api
