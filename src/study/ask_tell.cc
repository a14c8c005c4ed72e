#include "sterlet/study/ask_tell.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/study/export.h"

namespace sterlet::study {

namespace {

using base::ErrorCode;
using base::Json;
using base::Result;
using storage::State;

constexpr std::size_t kLineMax = 1 << 20;

tl::unexpected<base::Error> refuse(std::string what, std::string next) {
  return base::fail(ErrorCode::kInvalidArgument, std::move(what), std::move(next));
}

Result<std::int64_t> read_id(const Json& message) {
  const auto found = message.find("id");
  if (found == message.end()) return refuse("'id' is missing", "give the id that ask answered");
  if (!found->is_number_integer()) {
    return refuse(fmt::format("id must be a whole number (found {})", base::json_line(*found)),
                  "give the id that ask answered");
  }
  return found->get<std::int64_t>();
}

Result<std::vector<double>> read_numbers(const Json& list, std::string_view key) {
  std::vector<double> numbers;
  const auto bad = [&](const Json& found) {
    return refuse(fmt::format("{} must be numbers (found {})", key, base::json_line(found).substr(0, 60)),
                  "NaN and infinities are written \"NaN\", \"Infinity\", \"-Infinity\"");
  };
  if (!list.is_array()) return bad(list);
  for (const Json& element : list) {
    const auto number = base::number_from_json(element);
    if (!number) return bad(element);
    numbers.push_back(*number);
  }
  return numbers;
}

// value, values, constraints and state of a tell or add.
Result<Outcome> read_outcome(const Json& message) {
  Outcome outcome;
  if (const auto value = message.find("value"); value != message.end()) {
    STERLET_TRY(outcome.values, read_numbers(Json::array({*value}), "value"));
  }
  if (const auto values = message.find("values"); values != message.end()) {
    STERLET_TRY(outcome.values, read_numbers(*values, "values"));
  }
  if (const auto constraints = message.find("constraints"); constraints != message.end()) {
    STERLET_TRY(outcome.constraints, read_numbers(*constraints, "constraints"));
  }
  if (const auto state = message.find("state"); state != message.end()) {
    constexpr std::array<std::pair<std::string_view, State>, 4> kStates{{{"complete", State::kComplete},
                                                                         {"failed", State::kFailed},
                                                                         {"pruned", State::kPruned},
                                                                         {"cancelled", State::kCancelled}}};
    const auto* const row =
        std::find_if(kStates.begin(), kStates.end(), [&](const auto& known) { return *state == Json(known.first); });
    if (row == kStates.end()) {
      return refuse(fmt::format("state cannot be {}", base::json_line(*state).substr(0, 60)),
                    "it is complete, failed, pruned or cancelled");
    }
    outcome.state = row->second;
  }
  if (const auto reason = message.find("reason"); reason != message.end() && reason->is_string()) {
    outcome.reason = reason->get<std::string>();
  }
  return outcome;
}

Result<Json> ask(Study& study, const Json&) {
  STERLET_TRY(const auto claim, study.ask());
  if (!claim) {
    return base::fail(ErrorCode::kExhausted, fmt::format("no more trials: {}", text_of(study.pause())),
                      "raise the budget, or end here");
  }
  Json answer{{"id", claim->number}, {"params", study.space().to_json(claim->point)}};
  if (study.is_repeat(claim->number)) answer["repeat_of"] = study.first_run(claim->number);
  return answer;
}

int attempt_of(const Study& study, std::int64_t id) {
  if (id < 0 || id >= static_cast<std::int64_t>(study.records().size())) return 1;
  return study.records()[static_cast<std::size_t>(id)].attempt;
}

Result<Json> tell(Study& study, const Json& message) {
  STERLET_TRY(const std::int64_t id, read_id(message));
  STERLET_TRY(const Outcome outcome, read_outcome(message));
  const bool has_result = !outcome.values.empty() || outcome.state != State::kComplete || message.contains("state");
  if (!has_result) return refuse("'value' is missing", R"(give "value", "values" or "state")");
  STERLET_PASS(study.tell(id, attempt_of(study, id), outcome));
  return Json{{"ok", true}};
}

Result<Json> report(Study& study, const Json& message) {
  STERLET_TRY(const std::int64_t id, read_id(message));
  const auto step = message.find("step");
  if (step == message.end() || !step->is_number_integer()) {
    return refuse("'step' must be a whole number", "give the epoch or step that was reached");
  }
  std::vector<std::pair<std::string, double>> metrics;
  if (const auto value = message.find("value"); value != message.end()) {
    STERLET_TRY(const auto numbers, read_numbers(Json::array({*value}), "value"));
    metrics.emplace_back(study.spec().objectives.front().metric, numbers.front());
  }
  if (const auto named = message.find("metrics"); named != message.end() && named->is_object()) {
    for (const auto& [metric, value] : named->items()) {
      STERLET_TRY(const auto numbers, read_numbers(Json::array({value}), metric));
      metrics.emplace_back(metric, numbers.front());
    }
  }
  if (metrics.empty()) return refuse("'value' is missing", R"(give "value", or "metrics" by name)");
  STERLET_TRY(const auto decision, study.report(id, attempt_of(study, id), step->get<std::int64_t>(), metrics));
  if (!decision.prune) return Json{{"prune", false}};
  return Json{{"prune", true}, {"reason", decision.reason}};
}

Result<Json> add(Study& study, const Json& message) {
  if (!message.contains("params")) return refuse("'params' is missing", "give the configuration that was evaluated");
  STERLET_TRY(Outcome outcome, read_outcome(message));
  std::vector<std::pair<std::int64_t, double>> curve;
  if (const auto reports = message.find("reports"); reports != message.end()) {
    constexpr const char* kWrong = "'reports' must be a list of [step, value]";
    if (!reports->is_array() || reports->empty()) return refuse(kWrong, "");
    for (const Json& report : *reports) {
      STERLET_TRY(const auto pair, read_numbers(report, "reports"));
      if (pair.size() != 2 || !report[0].is_number_integer()) return refuse(kWrong, "steps are whole numbers");
      curve.emplace_back(report[0].get<std::int64_t>(), pair[1]);
    }
    if (outcome.values.empty()) outcome.values = {curve.back().second};
  }
  STERLET_TRY(const std::int64_t id, study.add(message["params"], outcome, curve));
  return Json{{"id", id}};
}

Result<Json> enqueue(Study& study, const Json& message) {
  if (!message.contains("params")) return refuse("'params' is missing", "give the values to try; others are filled in");
  STERLET_PASS(study.enqueue(message["params"]));
  return Json{{"ok", true}};
}

Result<Json> best(Study& study, const Json&) {
  const auto numbers = study.best();
  const auto one = [&](std::int64_t number) {
    Json json{{"id", number}, {"params", study.view(number).params}};
    const auto values = study.values_of(number);
    if (values.size() == 1) {
      json["value"] = base::json_number(values.front());
    } else {
      json["values"] = Json::array();
      for (const double value : values) json["values"].push_back(base::json_number(value));
    }
    if (const auto assurance = study.assurance(number)) json.update(assurance_json(*assurance));
    return json;
  };
  if (study.spec().objectives.size() > 1) {
    Json front = Json::array();
    for (const std::int64_t number : numbers) front.push_back(one(number));
    return Json{{"front", front}};
  }
  if (numbers.empty()) {
    return base::fail(ErrorCode::kNotFound, "no trial has finished with a value yet", "tell one first");
  }
  return one(numbers.front());
}

using Operation = Result<Json> (*)(Study&, const Json&);
constexpr std::array<std::pair<std::string_view, Operation>, 6> kOperations{
    {{"ask", &ask}, {"tell", &tell}, {"report", &report}, {"add", &add}, {"enqueue", &enqueue}, {"best", &best}}};

Result<Json> answer(Study& study, std::string_view line) {
  if (line.size() > kLineMax) return refuse("the line is longer than 1 MiB", "send one operation a line");
  STERLET_TRY(const Json message, base::parse_json(line));
  if (!message.is_object() || !message.contains("op") || !message["op"].is_string()) {
    return refuse("an operation is missing", R"(send an object such as {"op":"ask"})");
  }
  const std::string name = message["op"].get<std::string>();
  std::vector<std::string> known;
  for (const auto& [operation, function] : kOperations) {
    if (operation == name) return function(study, message);
    known.emplace_back(operation);
  }
  return refuse(fmt::format("unknown operation '{}'", base::printable(name.substr(0, 60))),
                base::suggest_name(name, known));
}

}  // namespace

std::string answer_line(Study& study, std::string_view line, std::size_t line_number) {
  const auto result = answer(study, line);
  if (result) return base::json_line(*result);
  return base::json_line({{"error", result.error().at(fmt::format("line {}", line_number)).message()}});
}

}  // namespace sterlet::study
