#include "sterlet/api/operations.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sterlet/api/define_by_run.h"
#include "sterlet/api/documents.h"
#include "sterlet/base/text.h"
#include "sterlet/study/curve_value.h"

namespace sterlet::api {

namespace {

using base::ErrorCode;
using base::Json;
using base::Result;
using storage::State;

constexpr std::size_t kShownMax = 60;  // Bytes of a wrong name that an error shows.

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

// -- What they do ----------------------------------------------------------------------------------------------------

std::string_view what_to_do(study::Pause pause) {
  switch (pause) {
    case study::Pause::kTrials:
    case study::Pause::kTime:
      return "raise the budget, or end here";
    case study::Pause::kSpace:
      return "widen the space, allow duplicates, or end here";
    case study::Pause::kFailures:
      return "see why they fail; failures_max in the study file says how many may";
    case study::Pause::kAmended:
      return "open the study again";
    case study::Pause::kUnstarted:
      return "mend the command, then start it again";
    case study::Pause::kNone:
    case study::Pause::kTarget:
    case study::Pause::kRequested:
    case study::Pause::kAgain:
    case study::Pause::kTrained:
    case study::Pause::kUnfit:
      return "end here";
  }
  return "end here";
}

Result<Json> ask(study::Study& study, const Json&) {
  STERLET_TRY(const auto claim, study.ask());
  if (!claim) {
    return base::fail(ErrorCode::kExhausted, fmt::format("no more trials: {}", text_of(study.pause())),
                      std::string(what_to_do(study.pause())));
  }
  Json answer{{"id", claim->number}, {"params", study.space().to_json(claim->point)}};
  if (study.is_repeat(claim->number)) answer["repeat_of"] = study.first_run(claim->number);
  if (const Json note = enqueued_note(study, claim->number); !note.is_null()) answer.update(note);
  return answer;
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

Result<Json> tell(study::Study& study, const Json& arguments) {
  STERLET_TRY(const study::Outcome outcome, outcome_of(arguments));
  if (outcome.values.empty() && !arguments.contains("state")) {
    return refuse("'value' is missing", R"(give "value", "values" or "state")");
  }
  const auto trial = arguments["id"].get<std::int64_t>();
  STERLET_TRY(auto transaction, study.begin());
  STERLET_TRY(const int attempt, attempt_of(study, trial));
  if (const auto params = arguments.find("params"); params != arguments.end()) {
    STERLET_PASS(study.correct(trial, attempt, *params));
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
  const auto add = is_set(arguments, "partial") ? &study::Study::add_partial : &study::Study::add;
  STERLET_TRY(const std::int64_t id, (study.*add)(arguments["params"], outcome, curve));
  return Json{{"id", id}};
}

Result<Json> enqueue(study::Study& study, const Json& arguments) {
  if (is_set(arguments, "free")) {
    STERLET_PASS(study.enqueue_freely(arguments["params"], arguments.value("note", std::string())));
    return Json{{"ok", true}};
  }
  if (arguments.contains("note")) return refuse("'note' goes with free alone", R"(add "free": true, or leave it out)");
  STERLET_PASS(study.enqueue(arguments["params"]));
  return Json{{"ok", true}};
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
  return json;
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

std::optional<std::int64_t> place_of(const Json& arguments) {
  return arguments.contains("id") ? std::optional(arguments["id"].get<std::int64_t>()) : std::nullopt;
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

// -- The table -------------------------------------------------------------------------------------------------------

constexpr Argument kId{
    .name = "id", .type = ArgumentType::kInteger, .summary = "the trial", .advice = "give the id that ask answered"};
constexpr Argument kValue{.name = "value", .type = ArgumentType::kNumber, .summary = "its result, with one objective"};
constexpr Argument kValues{
    .name = "values", .type = ArgumentType::kNumbers, .summary = "its results, one for each objective"};
constexpr Argument kConstraints{
    .name = "constraints", .type = ArgumentType::kNumbers, .summary = "the trial is feasible when all are <= 0"};
constexpr Argument kState{
    .name = "state", .type = ArgumentType::kState, .summary = "how it ended; `complete` if left out"};
constexpr Argument kReason{.name = "reason", .type = ArgumentType::kText, .summary = "why it failed or was pruned"};

constexpr std::array kTellArguments{
    kId,
    kValue,
    kValues,
    kConstraints,
    kState,
    kReason,
    Argument{.name = "params",
             .type = ArgumentType::kPoint,
             .summary = "the configuration it really had, where that is not what was asked; others are absent"}};
constexpr std::array kReportArguments{
    kId,
    Argument{.name = "step",
             .type = ArgumentType::kInteger,
             .summary = "the epoch or step that was reached",
             .advice = "give the epoch or step that was reached"},
    Argument{.name = "value", .type = ArgumentType::kNumber, .summary = "the first objective at this step"},
    Argument{.name = "metrics", .type = ArgumentType::kMetrics, .summary = "any metrics at this step, by name"}};
constexpr std::array kAddArguments{
    Argument{.name = "params",
             .type = ArgumentType::kPoint,
             .summary = "every parameter whose condition holds",
             .advice = "give the configuration that was evaluated"},
    kValue,
    kValues,
    kConstraints,
    kState,
    kReason,
    Argument{.name = "reports",
             .type = ArgumentType::kCurve,
             .summary = "its curve; without `value`, what the objective's `of` counts of it is its result"},
    Argument{.name = "partial",
             .type = ArgumentType::kFlag,
             .summary = "whether it may lack parameters: they are absent then"}};
constexpr std::array kEnqueueArguments{
    Argument{.name = "params",
             .type = ArgumentType::kPoint,
             .summary = "the values to try; the sampler fills in the others",
             .advice = "give the values to try; others are filled in"},
    Argument{
        .name = "free", .type = ArgumentType::kFlag, .summary = "whether the study may not know some of the names yet"},
    Argument{.name = "note", .type = ArgumentType::kText, .summary = "with `free`: what `ask` tells of it"}};
constexpr std::array kJoinArguments{
    Argument{.name = "params",
             .type = ArgumentType::kDeclarations,
             .summary = "as in a study file; a known one may get wider bounds and more choices",
             .advice = R"(give them by name, as in {"x": {"type": "float", "low": 0, "high": 1}})"}};
constexpr std::array kTrialsArguments{Argument{
    .name = "since", .type = ArgumentType::kInteger, .summary = "the `seq` of an earlier answer: only what changed"}};

constexpr std::array kRetryArguments{
    Argument{.name = "id", .type = ArgumentType::kInteger, .summary = "the trial; if left out, all that failed"}};

constexpr Argument kPlace{
    .name = "id", .type = ArgumentType::kInteger, .summary = "the trial; if left out, the study itself"};
constexpr std::array kNoteArguments{
    kPlace,
    Argument{.name = "text", .type = ArgumentType::kText, .summary = "the note", .advice = "give what is to be noted"}};
constexpr std::array kTagArguments{
    kPlace, Argument{.name = "tag", .type = ArgumentType::kText, .summary = "one word", .advice = "give one word"}};

constexpr std::array<Operation, 13> kOperations{
    {{.name = "ask",
      .summary = "The next trial to run.",
      .effect = Effect::kWrites,
      .arguments = {},
      .example = "{}",
      .answer = R"({"id":0,"params":{...}})",
      .note = "`params` has only the parameters whose `when` holds. `repeat_of` names the first run of the same "
              "configuration where the study repeats runs; `enqueued` and `told` say what was enqueued with `free`.",
      .run = &ask},
     {.name = "tell",
      .summary = "The end of a trial: `value`, `values` or `state`.",
      .effect = Effect::kLasts,
      .arguments = kTellArguments,
      .example = R"({"id":0,"value":0.2})",
      .answer = R"({"ok":true})",
      .note = {},
      .run = &tell},
     {.name = "report",
      .summary = "An intermediate result of a running trial: `value`, `metrics` or both.",
      .effect = Effect::kWrites,
      .arguments = kReportArguments,
      .example = R"({"id":0,"step":3,"value":0.3})",
      .answer = R"({"prune":false})",
      .note = R"(`{"prune":true,"reason":"..."}` means: end the trial and tell it `pruned`.)",
      .run = &report},
     {.name = "add",
      .summary = "A trial that was evaluated elsewhere.",
      .effect = Effect::kLasts,
      .arguments = kAddArguments,
      .example = R"({"params":{"x":0.5},"value":0.2})",
      .answer = R"({"id":1})",
      .note = {},
      .run = &add},
     {.name = "enqueue",
      .summary = "A configuration to be tried next.",
      .effect = Effect::kLasts,
      .arguments = kEnqueueArguments,
      .example = R"({"params":{"x":0.25}})",
      .answer = R"({"ok":true})",
      .note = {},
      .run = &enqueue},
     {.name = "retry",
      .summary = "Makes failed, lost or cancelled trials wait for another attempt, which `ask` hands out first.",
      .effect = Effect::kLasts,
      .arguments = kRetryArguments,
      .example = "{}",
      .answer = R"({"ok":true,"ids":[...]})",
      .note = {},
      .run = &retry},
     {.name = "note",
      .summary = "A note about a trial or the study, which `sterlet show` and exports have. It needs a storage.",
      .effect = Effect::kLasts,
      .arguments = kNoteArguments,
      .example = R"({"id":0,"text":"a good start"})",
      .answer = R"({"ok":true})",
      .note = {},
      .run = &note},
     {.name = "tag",
      .summary = "A word by which a trial or the study is found: `sterlet ls --tag`. It needs a storage.",
      .effect = Effect::kLasts,
      .arguments = kTagArguments,
      .example = R"({"id":0,"tag":"baseline"})",
      .answer = R"({"ok":true})",
      .note = {},
      .run = &tag},
     {.name = "untag",
      .summary = "Takes a tag away.",
      .effect = Effect::kLasts,
      .arguments = kTagArguments,
      .example = R"({"id":0,"tag":"baseline"})",
      .answer = R"({"ok":true})",
      .note = {},
      .run = &untag},
     {.name = "best",
      .summary = "The best trial so far.",
      .effect = Effect::kReads,
      .arguments = {},
      .example = "{}",
      .answer = R"({"id":0,"params":{...},"value":0.2})",
      .note = R"(With several objectives: `{"front":[...]}`. Where the study repeats runs, `runs`, `mean`, )"
              "`standard_error` and `probability` say how sure it is.",
      .run = &best},
     {.name = "join",
      .summary = "Parameters that appeared while the program ran join the space.",
      .effect = Effect::kLasts,
      .arguments = kJoinArguments,
      .example = R"({"params":{"y":{"type":"float","low":0,"high":1}}})",
      .answer = R"({"ok":true})",
      .note = "Earlier trials do not have them. It needs `duplicates: allow` in the study, and no repeats.",
      .run = &join},
     {.name = "study",
      .summary = "What the study is: its spec, with the parameters that joined.",
      .effect = Effect::kReads,
      .arguments = {},
      .example = "{}",
      .answer = R"({"spec":{...}})",
      .note = "`seed`, `trials` (their number), `created` and `notes` follow.",
      .run = &describe},
     {.name = "trials",
      .summary = "The trials, as `sterlet export` writes them.",
      .effect = Effect::kReads,
      .arguments = kTrialsArguments,
      .example = "{}",
      .answer = R"({"seq":...,"trials":[...]})",
      .note = "Without a storage their reports are not kept.",
      .run = &list_trials}}};

}  // namespace

std::span<const Operation> operations() { return kOperations; }

Result<const Operation*> find_operation(std::string_view name) {
  std::vector<std::string> known;
  for (const Operation& operation : kOperations) {
    if (operation.name == name) return &operation;
    known.emplace_back(operation.name);
  }
  return refuse(fmt::format("unknown operation '{}'", base::printable(name.substr(0, kShownMax))),
                base::suggest_name(name, known));
}

Result<Json> call(const Operation& operation, study::Study& study, const Json& arguments) {
  STERLET_PASS(check(operation.name, operation.arguments, arguments));
  return operation.run(study, arguments);
}

std::string operations_page() {
  std::string page;
  for (const Operation& operation : kOperations) {
    const std::string line = operation.example == "{}"
                                 ? fmt::format(R"({{"op":"{}"}})", operation.name)
                                 : fmt::format(R"({{"op":"{}",{})", operation.name, operation.example.substr(1));
    page += fmt::format("### {}\n\n{} `{}` is answered `{}`.{}{}\n\n", operation.name, operation.summary, line,
                        operation.answer, operation.note.empty() ? "" : " ", operation.note);
    if (operation.arguments.empty()) continue;
    page += "| argument | is | |\n|---|---|---|\n";
    for (const Argument& argument : operation.arguments) {
      page += fmt::format("| `{}`{} | {} | {} |\n", argument.name, argument.is_required() ? ", required" : "",
                          text_of(argument.type), argument.summary);
    }
    page += "\n";
  }
  return page;
}

}  // namespace sterlet::api
