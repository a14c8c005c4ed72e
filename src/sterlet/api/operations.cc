#include "sterlet/api/operations.h"

#include <array>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sterlet/api/define_by_run.h"
#include "sterlet/api/trial_operations.h"
#include "sterlet/base/text.h"

namespace sterlet::api {

namespace {

using base::ErrorCode;
using base::Json;
using base::Result;

constexpr std::size_t kShownMax = 60;  // Bytes of a wrong name that an error shows.

base::Failure refuse(std::string what, std::string next = {}) {
  return base::fail(ErrorCode::kInvalidArgument, std::move(what), std::move(next));
}

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
constexpr std::array kHintArguments{
    Argument{.name = "params",
             .type = ArgumentType::kPoint,
             .summary = "a range `[low, high]` or a value of a number, a choice or a list of them",
             .advice = R"(give where good values are expected, as in {"learning_rate": [0.01, 0.03]})"},
    Argument{.name = "weight", .type = ArgumentType::kNumber, .summary = "how many times as strongly as usual"}};
constexpr std::array kForgetArguments{Argument{.name = "number",
                                               .type = ArgumentType::kInteger,
                                               .summary = "that `hint` answered",
                                               .advice = "give the number that hint answered"}};
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

constexpr std::array<Operation, 16> kOperations{
    {{.name = "ask",
      .summary = "The next trial to run.",
      .effect = Effect::kWrites,
      .arguments = {},
      .example = "{}",
      .answer = R"({"id":0,"params":{...}})",
      .note = "`params` has only the parameters whose `when` holds. `repeat_of` names the first run of the same "
              "configuration where the study repeats runs; `enqueued` and `told` say what was enqueued with `free`; "
              "`remarks` what a person should know, in sentences.",
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
     {.name = "hint",
      .summary = "Where good values are expected: the next suggestions are pulled there, less with every trial.",
      .effect = Effect::kLasts,
      .arguments = kHintArguments,
      .example = R"({"params":{"x":[0.2,0.4]},"weight":3})",
      .answer = R"({"ok":true,"number":1})",
      .note = "Results that speak against it end it; the `remarks` of `ask` tell of it.",
      .run = &hint},
     {.name = "hints",
      .summary = "The hints and warm starts of the study, and what became of them.",
      .effect = Effect::kReads,
      .arguments = {},
      .example = "{}",
      .answer = R"({"priors":[...]})",
      .note = "`state` is active, contradicted or forgotten.",
      .run = &hints},
     {.name = "forget",
      .summary = "A hint or a warm start is not followed any more.",
      .effect = Effect::kLasts,
      .arguments = kForgetArguments,
      .example = R"({"number":1})",
      .answer = R"({"ok":true})",
      .note = {},
      .run = &forget},
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
              "`standard_error` and `probability` say how sure it is. Where a model of the trials finds the results to "
              "be partly luck, it is the trial that is expected to be the best: `expected` and `noise` say so, and "
              "`luckiest` is "
              "the trial whose result is better.",
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
