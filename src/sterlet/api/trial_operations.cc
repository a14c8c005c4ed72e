#include "sterlet/api/trial_operations.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sterlet/api/arguments.h"
#include "sterlet/api/define_by_run.h"
#include "sterlet/api/documents.h"
#include "sterlet/base/text.h"
#include "sterlet/study/curve_value.h"
#include "sterlet/study/pause_advice.h"

namespace sterlet::api {

using base::ErrorCode;
using base::Json;
using base::Result;
using storage::State;

namespace {

base::Failure refuse(std::string what, std::string next = {}) {
  return base::fail(ErrorCode::kInvalidArgument, std::move(what), std::move(next));
}

bool is_set(const Json& arguments, const char* flag) {
  const auto found = arguments.find(flag);
  return found != arguments.end() && found->get<bool>();
}

std::vector<double> numbers_of(const Json& list) {
  std::vector<double> numbers;
  for (const Json& element : list) numbers.push_back(base::number_from_json(element).value());
  return numbers;
}

// value, values, constraints, state and reason.
Result<study::Outcome> outcome_of(const Json& arguments) {
  study::Outcome outcome;
  const auto value = arguments.find("value"), values = arguments.find("values");
  if (value != arguments.end() && values != arguments.end()) {
    return refuse("'value' and 'values' were both given", "give 'values' for several objectives, else 'value'");
  }
  if (value != arguments.end()) outcome.values = {base::number_from_json(*value).value()};
  if (values != arguments.end()) outcome.values = numbers_of(*values);
  if (const auto found = arguments.find("constraints"); found != arguments.end())
    outcome.constraints = numbers_of(*found);
  if (const auto found = arguments.find("state"); found != arguments.end()) outcome.state = state_of(*found).value();
  if (const auto found = arguments.find("reason"); found != arguments.end()) outcome.reason = found->get<std::string>();
  return outcome;
}

// The attempt that a caller means who names a trial alone: the one that runs. A trial whose driver went away is taken
// over by the one that knows its result.
Result<int> attempt_of(study::Study& study, std::int64_t trial) {
  if (trial < 0 || trial >= static_cast<std::int64_t>(study.records().size())) return 1;
  const storage::TrialRecord& record = study.records()[static_cast<std::size_t>(trial)];
  if (record.state != State::kLost) return record.attempt;
  STERLET_TRY(const study::Claim claim, study.by_hand().take_over(trial));
  return claim.attempt;
}

Json best_of(const study::Study& study, std::int64_t number) {
  Json json{{"id", number}, {"params", study.view(number).params}};
  const auto values = study.values_of(number);
  if (values.size() == 1) {
    json["value"] = base::json_number(values.front());
  } else {
    json["values"] = Json::array();
    for (const double value : values) json["values"].push_back(base::json_number(value));
  }
  if (const auto assurance = study.assurance(number)) json.update(assurance_json(*assurance));
  json.update(expectation_json(study, number));
  return json;
}

std::optional<std::int64_t> place_of(const Json& arguments) {
  return arguments.contains("id") ? std::optional(arguments["id"].get<std::int64_t>()) : std::nullopt;
}

}  // namespace

Result<Json> ask(study::Study& study, const Json&) {
  STERLET_TRY(const auto claim, study.ask());
  if (!claim) {
    return base::fail(ErrorCode::kExhausted, fmt::format("no more trials: {}", text_of(study.pause())),
                      std::string(study::what_to_do(study.pause())));
  }
  Json answer{{"id", claim->number}, {"params", study.space().to_json(claim->point)}};
  if (study.is_repeat(claim->number)) answer["repeat_of"] = study.first_run(claim->number);
  if (!study.remarks().empty()) answer["remarks"] = study.remarks();
  if (const Json note = enqueued_note(study, claim->number); !note.is_null()) answer.update(note);
  return answer;
}

Result<Json> tell(study::Study& study, const Json& arguments) {
  STERLET_TRY(const study::Outcome outcome, outcome_of(arguments));
  if (outcome.values.empty() && !arguments.contains("state")) {
    return refuse("'value' is missing", R"(give "value", "values" or "state")");
  }
  const auto trial = arguments["id"].get<std::int64_t>();
  STERLET_TRY(auto transaction, study.begin());
  STERLET_TRY(const int attempt, attempt_of(study, trial));
  if (const auto params = arguments.find("params"); params != arguments.end()) {
    STERLET_PASS(study.by_run().correct(trial, attempt, *params));
  }
  STERLET_PASS(study.tell(trial, attempt, outcome));
  STERLET_PASS(transaction.commit());
  return Json{{"ok", true}};
}

Result<Json> report(study::Study& study, const Json& arguments) {
  std::vector<std::pair<std::string, double>> metrics;
  if (const auto value = arguments.find("value"); value != arguments.end()) {
    metrics.emplace_back(study.spec().objectives.front().metric, base::number_from_json(*value).value());
  }
  if (const auto named = arguments.find("metrics"); named != arguments.end()) {
    for (const auto& [metric, value] : named->items()) {
      metrics.emplace_back(metric, base::number_from_json(value).value());
    }
  }
  if (metrics.empty()) return refuse("'value' is missing", R"(give "value", or "metrics" by name)");
  const auto trial = arguments["id"].get<std::int64_t>();
  STERLET_TRY(const int attempt, attempt_of(study, trial));
  STERLET_TRY(const auto decision, study.report(trial, attempt, arguments["step"].get<std::int64_t>(), metrics));
  if (!decision.prune) return Json{{"prune", false}};
  return Json{{"prune", true}, {"reason", decision.reason}};
}

Result<Json> add(study::Study& study, const Json& arguments) {
  STERLET_TRY(study::Outcome outcome, outcome_of(arguments));
  std::vector<study::StepReport> curve;
  const auto& objectives = study.spec().objectives;
  std::vector<storage::ReportRecord> counted;
  if (const auto reports = arguments.find("reports"); reports != arguments.end()) {
    for (const Json& point : *reports) {
      const double value = base::number_from_json(point[1]).value();
      curve.push_back({.step = point[0].get<std::int64_t>(), .metrics = {{objectives.front().metric, value}}});
      counted.push_back({.metric = objectives.front().metric, .value = value});
    }
    if (outcome.values.empty()) outcome.values = study::counted_values(counted, std::span(objectives).first(1));
  }
  const auto named = is_set(arguments, "partial") ? study::Study::Named::kSome : study::Study::Named::kAll;
  STERLET_TRY(const std::int64_t id, study.add(arguments["params"], outcome, curve, named));
  return Json{{"id", id}};
}

Result<Json> enqueue(study::Study& study, const Json& arguments) {
  if (is_set(arguments, "free")) {
    STERLET_PASS(study.by_run().enqueue(arguments["params"], arguments.value("note", std::string())));
    return Json{{"ok", true}};
  }
  if (arguments.contains("note")) return refuse("'note' goes with free alone", R"(add "free": true, or leave it out)");
  STERLET_PASS(study.enqueue(arguments["params"]));
  return Json{{"ok", true}};
}

Result<Json> hint(study::Study& study, const Json& arguments) {
  double weight = 1;
  if (const auto found = arguments.find("weight"); found != arguments.end()) {
    weight = base::number_from_json(*found).value();
  }
  STERLET_TRY(const study::PriorRecord prior, study.hint(arguments["params"], weight));
  return Json{{"ok", true}, {"number", prior.number}};
}

Result<Json> hints(study::Study& study, const Json&) {
  STERLET_PASS(study.refresh());
  Json priors = Json::array();
  for (const study::PriorRecord& prior : study.priors().list()) priors.push_back(study::json_of(prior));
  return Json{{"priors", priors}};
}

Result<Json> forget(study::Study& study, const Json& arguments) {
  STERLET_PASS(study.forget_prior(arguments["number"].get<std::int64_t>()));
  return Json{{"ok", true}};
}

Result<Json> retry(study::Study& study, const Json& arguments) {
  std::vector<std::int64_t> trials;
  if (arguments.contains("id")) {
    trials.push_back(arguments["id"].get<std::int64_t>());
  } else {
    trials = study.failed_trials();
  }
  STERLET_PASS(study.by_hand().retry(trials));
  return Json{{"ok", true}, {"ids", trials}};
}

Result<Json> note(study::Study& study, const Json& arguments) {
  STERLET_PASS(study.labels().note(place_of(arguments), arguments["text"].get<std::string>(), ""));
  return Json{{"ok", true}};
}

Result<Json> tag(study::Study& study, const Json& arguments) {
  STERLET_PASS(study.labels().tag(place_of(arguments), arguments["tag"].get<std::string>(), true));
  return Json{{"ok", true}};
}

Result<Json> untag(study::Study& study, const Json& arguments) {
  STERLET_PASS(study.labels().tag(place_of(arguments), arguments["tag"].get<std::string>(), false));
  return Json{{"ok", true}};
}

Result<Json> best(study::Study& study, const Json&) {
  const auto numbers = study.best();
  if (study.spec().objectives.size() > 1) {
    Json front = Json::array();
    for (const std::int64_t number : numbers) front.push_back(best_of(study, number));
    return Json{{"front", front}};
  }
  if (numbers.empty()) {
    return base::fail(ErrorCode::kNotFound, "no trial has finished with a value yet", "tell one first");
  }
  return best_of(study, numbers.front());
}

}  // namespace sterlet::api
