#include "sterlet/studyfile/spec.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace sterlet::studyfile {

namespace {

constexpr std::array<std::string_view, 3> kSizes{"width", "data", "steps"};

base::Json json_from_declaration(const space::Parameter& parameter) {
  base::Json json = space::json_from_parameter(parameter);
  const bool numeric = space::is_numeric(parameter);
  if (!numeric || parameter.low != parameter.high) return json;
  // A study file refuses low == high, which is a slip there; a constant is its `value`.
  base::Json constant;
  constant["type"] = space::text_of(parameter.kind);
  constant["value"] = json["low"];
  for (const char* key : {"when", "repeat", "tier", "live"}) {
    if (json.contains(key)) constant[key] = json[key];
  }
  return constant;
}

base::Json json_from_choice(const Choice& choice) {
  base::Json json;
  json["name"] = choice.name;
  for (const auto& [key, value] : choice.options.items()) json[key] = value;
  return json;
}

base::Json json_from_budget(const Budget& budget) {
  base::Json json = base::Json::object();
  if (budget.trials) json["trials"] = *budget.trials;
  if (budget.seconds) json["time"] = *budget.seconds;
  if (budget.target) json["target"] = *budget.target;
  if (budget.grace) json["grace"] = *budget.grace;
  if (budget.steps_max) json["max_steps"] = *budget.steps_max;
  return json;
}

base::Json json_from_objective(const Objective& objective) {
  base::Json json{{"metric", objective.metric}, {"direction", text_of(objective.direction)}};
  if (objective.of != CurveValue{}) json["of"] = text_of(objective.of);
  return json;
}

base::Json json_from_resources(const Resources& resources) {
  base::Json json;
  if (resources.cpu) json["cpu"] = *resources.cpu;
  json["gpu"] = resources.gpu;
  json["gpu_share"] = resources.gpu_share;
  if (resources.memory_bytes) json["memory"] = *resources.memory_bytes;
  if (resources.seconds) json["time"] = *resources.seconds;
  return json;
}

}  // namespace

std::string_view text_of(Direction direction) {
  constexpr std::array<std::string_view, 2> kNames{"minimize", "maximize"};
  return kNames[static_cast<std::size_t>(direction)];
}

std::string_view text_of(Duplicates duplicates) {
  constexpr std::array<std::string_view, 3> kNames{"avoid", "allow", "average"};
  return kNames[static_cast<std::size_t>(duplicates)];
}

std::string_view text_of(Size size) { return kSizes[static_cast<std::size_t>(size)]; }

std::optional<Size> size_from_text(std::string_view text) {
  const auto* const found = std::find(kSizes.begin(), kSizes.end(), text);
  if (found == kSizes.end()) return std::nullopt;
  return static_cast<Size>(found - kSizes.begin());
}

std::string text_of(const CurveValue& of) {
  switch (of.kind) {
    case CurveValue::Kind::kLast:
      return "last";
    case CurveValue::Kind::kBest:
      return "best";
    case CurveValue::Kind::kMean:
      return fmt::format("mean of last {}", of.count);
  }
  return "";
}

std::string describe(const Objective& objective) {
  std::string text = objective.direction == Direction::kMaximize ? "maximized" : "minimized";
  if (objective.of.kind != CurveValue::Kind::kLast) text += fmt::format(", {} of its curve", text_of(objective.of));
  return text;
}

base::Json json_from_spec(const StudySpec& spec) {
  base::Json json;
  json["study"] = spec.name;
  json["objective"] = base::Json::array();
  for (const Objective& objective : spec.objectives) json["objective"].push_back(json_from_objective(objective));
  if (!spec.command.empty()) json["command"] = spec.command;
  json["metrics"] = {{"from", spec.metrics.pattern.empty() ? "channel" : "stdout"}};
  if (!spec.metrics.pattern.empty()) json["metrics"]["pattern"] = spec.metrics.pattern;
  json["params"] = base::Json::object();
  for (const space::Parameter& parameter : spec.parameters)
    json["params"][parameter.name] = json_from_declaration(parameter);
  for (const SizeParameter& each : spec.sizes) json["params"][each.parameter]["scale_of"] = text_of(each.size);
  if (!spec.constraints.empty()) json["constraints"] = spec.constraints;
  json["budget"] = json_from_budget(spec.budget);
  json["strategy"] = json_from_choice(spec.strategy);
  json["sampler"] = json_from_choice(spec.sampler);
  json["pruner"] = json_from_choice(spec.pruner);
  json["workers"] = spec.workers ? base::Json(*spec.workers) : base::Json("auto");
  if (spec.seed) json["seed"] = *spec.seed;
  json["duplicates"] = text_of(spec.duplicates);
  if (spec.repeats.race) {
    json["repeats"] = {{"at_most", spec.repeats.at_most},
                       {"race", true},
                       {"share", spec.repeats.share},
                       {"confidence", spec.repeats.confidence}};
  } else if (spec.repeats.is_on()) {
    json["repeats"] = spec.repeats.at_most;
  }
  json["defaults_first"] = spec.defaults_first;
  json["resources"] = json_from_resources(spec.resources);
  json["retries"] = spec.retries;
  json["failures_max"] = spec.failures_max;
  if (!spec.enqueue.empty()) json["enqueue"] = spec.enqueue;
  if (!spec.notify.command.empty()) json["notify"] = json_from_notify(spec.notify);
  if (!spec.context.empty()) json["context"] = spec.context;
  if (!spec.retest.is_empty()) json["retest"] = json_from_retest(spec.retest);
  json["folder"] = spec.folder;
  return json;
}

}  // namespace sterlet::studyfile
