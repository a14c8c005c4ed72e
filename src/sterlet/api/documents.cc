#include "sterlet/api/documents.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/api/curve.h"
#include "sterlet/api/lineage.h"
#include "sterlet/base/figure.h"
#include "sterlet/base/text.h"
#include "sterlet/study/strategies/registry.h"

namespace sterlet::api {

namespace {

base::Json time_json(std::int64_t wall_ms) {
  if (wall_ms == 0) return nullptr;
  return base::timestamp_text(wall_ms);
}

base::Json numbers_json(const std::vector<double>& numbers) {
  base::Json list = base::Json::array();
  for (const double number : numbers) list.push_back(base::json_number(number));
  return list;
}

base::Result<base::Json> reports_json(const study::Study& study, storage::Storage& storage, std::int64_t trial) {
  STERLET_TRY(const auto curve, curve_of(study, storage, trial));
  base::Json list = base::Json::array();
  for (const storage::ReportRecord& report : curve) {
    if (list.empty() || list.back()["step"] != report.step) {
      list.push_back({{"step", report.step}, {"metrics", base::Json::object()}});
    }
    list.back()["metrics"][report.metric] = base::json_number(report.value);
  }
  return list;
}

constexpr std::size_t kPieceBytes = 1 << 16;

// The same as text, step by step: a tree of a million steps would take many times the memory of its curve.
base::Result<void> write_reports(const study::Study& study, storage::Storage& storage, std::int64_t trial,
                                 const Write& write) {
  STERLET_TRY(const auto curve, curve_of(study, storage, trial));
  std::string piece = "[";
  for (std::size_t i = 0; i < curve.size(); ++i) {
    if (i == 0 || curve[i].step != curve[i - 1].step) {
      if (i > 0) piece += "}},";
      if (piece.size() >= kPieceBytes && !write(std::exchange(piece, {}))) return {};
      piece += fmt::format("{{\"step\":{},\"metrics\":{{", curve[i].step);
    } else {
      piece += ',';
    }
    piece += base::json_line(curve[i].metric) + ":" + base::json_line(base::json_number(curve[i].value));
  }
  write(piece + (curve.empty() ? "]" : "}}]"));
  return {};
}

// Notes and tags of a trial, or of the study; keys where there are any.
void add_labels(const study::Study& study, study::Labels::Place place, base::Json& json) {
  const auto& tags = study.labels().tags_of(place);
  if (!tags.empty()) json["tags"] = tags;
  for (const storage::NoteRecord& note : study.labels().notes_of(place)) {
    base::Json one{{"text", note.text}, {"at", time_json(note.created_ms)}};
    if (!note.who.empty()) one["who"] = note.who;
    json["notes"].push_back(std::move(one));
  }
}

base::Json objectives_json(const study::Study& study) {
  base::Json list = base::Json::array();
  for (const studyfile::Objective& objective : study.spec().objectives) {
    list.push_back({{"metric", objective.metric}, {"direction", text_of(objective.direction)}});
    if (objective.of != studyfile::CurveValue{}) list.back()["of"] = text_of(objective.of);
  }
  return list;
}

}  // namespace

base::Json assurance_json(const study::Study::Assurance& assurance) {
  base::Json json;
  json["runs"] = assurance.trials;
  json["mean"] = numbers_json(assurance.values);
  if (assurance.standard_error) json["standard_error"] = base::json_number(*assurance.standard_error);
  if (assurance.probability) json["probability"] = base::json_number(*assurance.probability);
  return json;
}

base::Result<base::Json> trial_json(const study::Study& study, storage::Storage* storage, std::int64_t trial,
                                    Reports with_reports) {
  const study::TrialView view = study.view(trial);
  const storage::TrialRecord& record = view.record;
  base::Json json;
  json["number"] = record.number;
  json["state"] = storage::text_of(record.state);
  json["origin"] = space::text_of(view.origin);
  json["params"] = view.params;
  json["values"] = numbers_json(record.values);
  if (view.formerly) {
    json["spec_version"] = view.formerly->version;
    json["outside"] = view.formerly->is_outside;
    if (view.formerly->has_other_objective) json["values_then"] = numbers_json(view.formerly->values);
  }
  if (!record.constraints.empty()) json["constraints"] = numbers_json(record.constraints);
  json["attempts"] = record.attempt;
  if (study.spec().repeats.is_on()) {
    if (study.is_repeat(trial)) {
      json["repeat_of"] = study.first_run(trial);
    } else if (const auto setting = study.setting(trial); setting.trials.size() > 1) {
      json["runs"] = setting.trials;
      json["mean"] = numbers_json(setting.values);
      if (const auto error = study.standard_error(setting)) json["standard_error"] = base::json_number(*error);
    }
  }
  if (!study.turns().empty() && !record.checkpoint.empty()) json["checkpoint"] = record.checkpoint;
  json["reports"] = base::Json::array();
  if (with_reports == Reports::kWith && storage != nullptr) {
    STERLET_TRY(json["reports"], reports_json(study, *storage, trial));
  }
  if (!study.turns().empty()) json["turns"] = turns_json(study, trial);
  json["started"] = time_json(record.started_ms);
  json["ended"] = time_json(record.ended_ms);
  if (!record.reason.empty()) json["reason"] = record.reason;
  if (!record.predicted.empty()) {
    STERLET_TRY(base::Json said, base::parse_json(record.predicted));
    if (said.contains("note")) {
      json["note"] = std::move(said["note"]);
      said.erase("note");
    }
    if (!said.empty()) json["predicted"] = std::move(said);
  }
  add_labels(study, trial, json);
  return json;
}

base::Result<void> write_trial(const study::Study& study, storage::Storage& storage, std::int64_t trial,
                               const Write& write) {
  STERLET_TRY(const base::Json json, trial_json(study, &storage, trial, Reports::kWithout));
  std::string piece;
  char separator = '{';
  for (const auto& [key, value] : json.items()) {
    piece += std::exchange(separator, ',') + base::json_line(key) + ":";
    if (key == "reports") {
      write(std::exchange(piece, {}));
      STERLET_PASS(write_reports(study, storage, trial, write));
    } else {
      piece += base::json_line(value);
    }
  }
  write(piece + "}");
  return {};
}

base::Json expectation_json(const study::Study& study, std::int64_t trial) {
  base::Json json = base::Json::object();
  const auto& expectation = study.expectation();
  if (!expectation || expectation->trial != trial) return json;
  json["expected"] = base::json_number(expectation->value);
  json["noise"] = base::json_number(expectation->noise);
  if (expectation->luckiest == trial) return json;
  json["luckiest"] = {{"number", expectation->luckiest},
                      {"value", base::json_number(study.values_of(expectation->luckiest).front())},
                      {"expected", base::json_number(expectation->of_luckiest)}};
  return json;
}

std::string expectation_text(const study::Study& study, std::int64_t trial) {
  const auto& expectation = study.expectation();
  if (!expectation || expectation->trial != trial) return {};
  const std::string expected =
      fmt::format("expected {} with another seed", base::short_figure_text(expectation->value));
  const std::string noise = fmt::format("noise {:.2g}", expectation->noise);
  if (expectation->luckiest == trial) return fmt::format("{} ({})", expected, noise);
  return fmt::format("{}; trial {}'s {} is probably luck (expected {}; {})", expected, expectation->luckiest,
                     base::figure_text(study.values_of(expectation->luckiest).front()),
                     base::short_figure_text(expectation->of_luckiest), noise);
}

base::Json best_json(const study::Study& study, std::span<const std::int64_t> trials) {
  base::Json best = base::Json::array();
  for (const std::int64_t number : trials) {
    best.push_back(
        {{"number", number}, {"params", study.view(number).params}, {"values", numbers_json(study.values_of(number))}});
    if (const auto assurance = study.assurance(number)) best.back().update(assurance_json(*assurance));
    best.back().update(expectation_json(study, number));
  }
  return best;
}

base::Json summary_json(const study::Study& study) {
  base::Json counts = base::Json::object();
  for (const auto state :
       {storage::State::kWaiting, storage::State::kRunning, storage::State::kPaused, storage::State::kComplete,
        storage::State::kPruned, storage::State::kFailed, storage::State::kLost, storage::State::kCancelled}) {
    std::int64_t count = 0;
    for (const storage::TrialRecord& record : study.records()) count += record.state == state ? 1 : 0;
    counts[std::string(storage::text_of(state))] = count;
  }
  base::Json json;
  json["version"] = 1;
  json["study"] = study.spec().name;
  json["objectives"] = objectives_json(study);
  json["strategy"] = study.spec().strategy.name;
  if (study::strategy_of(study.spec()).is_tuned) {  // One model that is babysat has neither.
    json["sampler"] = study.spec().sampler.name;
    json["pruner"] = study.spec().pruner.name;
  }
  json["seed"] = study.seed();
  json["trials"] = study.shown_trials().size();
  json["counts"] = counts;
  const studyfile::Budget& budget = study.spec().budget;
  json["budget"] = base::Json::object();
  if (budget.trials) json["budget"]["trials"] = *budget.trials;
  if (budget.seconds) json["budget"]["time"] = *budget.seconds;
  if (budget.target) json["budget"]["target"] = *budget.target;
  json["created"] = time_json(study.created_ms());
  json["best"] = best_json(study, study.best());
  add_labels(study, std::nullopt, json);
  return json;
}

base::Json study_json(const study::Study& study) {
  base::Json document;
  document["version"] = 1;
  std::int64_t ended_ms = 0;
  bool is_running = false;
  for (const storage::TrialRecord& record : study.records()) {
    ended_ms = std::max(ended_ms, record.ended_ms);
    is_running = is_running || record.state == storage::State::kRunning;
  }
  document["study"] = {{"name", study.spec().name},
                       {"objectives", objectives_json(study)},
                       {"seed", study.seed()},
                       {"started", time_json(study.created_ms())},
                       {"ended", is_running ? base::Json(nullptr) : time_json(ended_ms)},
                       {"state", is_running ? "running" : "done"}};
  if (study::strategy_of(study.spec()).is_tuned) document["study"]["sampler"] = study.spec().sampler.name;
  add_labels(study, std::nullopt, document["study"]);
  const auto best = study.best();
  document["study"]["best"] = base::Json::array();
  for (const std::int64_t number : best) {
    document["study"]["best"].push_back({{"number", number}, {"values", numbers_json(study.values_of(number))}});
  }
  const std::string text = best.size() != 1               ? std::string()
                           : study.spec().repeats.is_on() ? assurance_text(study, best.front())
                                                          : expectation_text(study, best.front());
  if (!text.empty()) {
    document["study"]["answer"] = {
        {"number", best.front()}, {"value", base::json_number(study.values_of(best.front()).front())}, {"text", text}};
  }
  document["parameters"] = base::Json::array();
  for (const space::Parameter& parameter : study.space().parameters()) {
    base::Json json;
    json["name"] = parameter.name;
    json.update(space::json_from_parameter(parameter));
    document["parameters"].push_back(std::move(json));
  }
  return document;
}

base::Result<void> write_document(const study::Study& study, storage::Storage& storage, const Write& write,
                                  const std::string& tag) {
  std::string head = base::json_line(study_json(study));
  head.pop_back();  // Its closing brace comes after the trials.
  bool goes_on = write(head + ",\"trials\":[");
  const std::vector<std::int64_t> trials = study.shown_trials(tag);
  for (std::size_t i = 0; i < trials.size() && goes_on; ++i) {
    STERLET_PASS(write_trial(study, storage, trials[i], write));
    goes_on = write(i + 1 < trials.size() ? "," : "");
  }
  write("]}");
  return {};
}

std::string assurance_text(const study::Study& study, std::int64_t trial) {
  const auto assurance = study.assurance(trial);
  if (!assurance) return {};
  const std::size_t runs = assurance->trials.size();
  std::string text =
      runs == 1 ? "one run" : fmt::format("mean of {} runs ({})", runs, fmt::join(assurance->trials, ", "));
  if (assurance->standard_error) text += fmt::format(", standard error {:.2g}", *assurance->standard_error);
  if (study.spec().objectives.size() > 1) return text;
  if (assurance->probability)
    return text + fmt::format("; it is the best with probability {:.2f}", *assurance->probability);
  return text + "; how likely it is the best is not known, as no setting was run twice";
}

}  // namespace sterlet::api
