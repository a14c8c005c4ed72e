#include "sterlet/api/models.h"

#include <utility>

#include <fmt/format.h>

#include "sterlet/babysit/record/change.h"
#include "sterlet/babysit/record/logbook.h"
#include "sterlet/babysit/record/tree.h"
#include "sterlet/base/figure.h"
#include "sterlet/base/text.h"
#include "sterlet/studyfile/schedule.h"

namespace sterlet::api {

using base::Json;
using base::Result;

namespace {

Result<Json> branches_json(const study::Study& study, storage::Storage& storage, const babysit::Tree& tree) {
  Json list = Json::array();
  for (const storage::BranchRecord& branch : tree.branches) {
    STERLET_TRY(const auto reports,
                storage.live().load_branch_reports(study.storage_id(), tree.model.trial, branch.number));
    const auto curve = babysit::curve_of(reports, study.spec().objectives.front().metric);
    Json json;
    json["id"] = babysit::branch_name(branch.number);
    json["parent"] = branch.parent ? Json(babysit::branch_name(*branch.parent)) : Json(nullptr);
    json["from_step"] = branch.from_step;
    json["params"] = babysit::params_of(tree, branch.number);
    json["step"] = curve.empty() ? Json(nullptr) : Json(curve.back().first);
    json["value"] = curve.empty() ? Json(nullptr) : base::json_number(curve.back().second);
    list.push_back(std::move(json));
  }
  return list;
}

Json changes_json(const babysit::Tree& tree) {
  Json list = Json::array();
  for (const storage::InterventionRecord& made : tree.interventions) {
    Json json;
    json["step"] = made.step;
    json["branch"] = babysit::branch_name(made.branch);
    json["started"] = babysit::branch_name(made.started);
    json["kind"] = storage::text_of(made.kind);
    json["change"] = babysit::change_text(made);
    json["by"] = babysit::author_text(made);
    json["why"] = made.note;
    json["state"] = storage::text_of(made.state);
    json["helped"] = made.helped ? base::json_number(*made.helped) : Json(nullptr);
    json["outcome"] = made.outcome;
    list.push_back(std::move(json));
  }
  return list;
}

Result<Json> json_of(const study::Study& study, storage::Storage& storage, const storage::ModelRecord& model) {
  STERLET_TRY(const babysit::Tree tree, babysit::load_tree(storage, study.storage_id(), model));
  Json json;
  json["branch"] = babysit::branch_name(model.active);
  json["settings"] = babysit::params_of(tree, model.active);
  json["schedule"] = studyfile::json_from_schedule(babysit::schedule_of(tree, model.active))["schedule"];
  STERLET_TRY(json["branches"], branches_json(study, storage, tree));
  json["changes"] = changes_json(tree);
  return json;
}

}  // namespace

Result<std::optional<Json>> model_json(const study::Study& study, storage::Storage& storage, std::int64_t trial) {
  STERLET_TRY(const auto models, storage.live().load_models(study.storage_id()));
  for (const storage::ModelRecord& model : models) {
    if (model.trial != trial) continue;
    STERLET_TRY(Json json, json_of(study, storage, model));
    return std::optional(std::move(json));
  }
  return std::optional<Json>();
}

Result<std::map<std::int64_t, Json>> models_json(const study::Study& study, storage::Storage& storage) {
  std::map<std::int64_t, Json> all;
  STERLET_TRY(const auto models, storage.live().load_models(study.storage_id()));
  for (const storage::ModelRecord& model : models) {
    STERLET_TRY(all[model.trial], json_of(study, storage, model));
  }
  return all;
}

std::string schedule_text(const Json& model) {
  std::string text;
  for (const Json& entry : model.at("schedule")) {
    Json shown = entry.at("set");
    for (auto& [name, value] : shown.items()) {
      if (!value.is_number_float()) continue;
      const auto figure = base::parse_number(base::figure_text(value.get<double>()));
      if (figure) value = *figure;
    }
    text += fmt::format("{}{} from step {}", text.empty() ? "" : ", ", babysit::settings_words(shown),
                        entry.at("step").get<std::int64_t>());
  }
  return text;
}

}  // namespace sterlet::api
