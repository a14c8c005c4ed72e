#include "sterlet/api/define_by_run.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "sterlet/api/documents.h"
#include "sterlet/base/text.h"
#include "sterlet/studyfile/spec.h"

namespace sterlet::api {

using base::Json;
using base::Result;

Result<Json> join(study::Study& study, const Json& arguments) {
  STERLET_PASS(study.by_run().join(arguments["params"]));
  return Json{{"ok", true}};
}

Result<Json> describe(study::Study& study, const Json&) {
  STERLET_PASS(study.refresh());
  Json notes = Json::array();
  for (const storage::NoteRecord& note : study.labels().notes_of(std::nullopt)) notes.push_back(note.text);
  return Json{{"spec", studyfile::json_from_spec(study.spec())},
              {"seed", study.seed()},
              {"trials", study.records().size()},
              {"created", base::timestamp_text(study.created_ms())},
              {"notes", std::move(notes)}};
}

Result<Json> list_trials(study::Study& study, const Json& arguments) {
  STERLET_PASS(study.refresh());
  const auto since = arguments.find("since");
  const std::int64_t seen = since == arguments.end() ? -1 : since->get<std::int64_t>();
  std::int64_t last = std::max<std::int64_t>(seen, 0);
  Json trials = Json::array();
  for (const storage::TrialRecord& record : study.records()) {
    last = std::max(last, record.changed_seq);
    if (record.changed_seq <= seen) continue;
    STERLET_TRY(Json trial, trial_json(study, study.storage(), record.number));
    trials.push_back(std::move(trial));
  }
  return Json{{"seq", last}, {"trials", std::move(trials)}};
}

Json enqueued_note(const study::Study& study, std::int64_t trial) {
  const auto index = static_cast<std::size_t>(trial);
  if (study.history().trials()[index].origin != space::Origin::kEnqueued) return nullptr;
  const auto predicted = base::parse_json(study.records()[index].predicted);
  if (!predicted || !predicted->is_object() || !predicted->contains("note")) return nullptr;
  const Json& note = (*predicted)["note"];
  return note.is_object() && note.contains("enqueued") ? note : Json(nullptr);
}

}  // namespace sterlet::api
