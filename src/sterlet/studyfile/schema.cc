#include "sterlet/studyfile/schema.h"

#include <array>

#include <fmt/format.h>

#include "sterlet/base/json.h"
#include "sterlet/base/options.h"
#include "sterlet/base/result.h"
#include "sterlet/population/population.h"
#include "sterlet/pruners/registry.h"
#include "sterlet/samplers/registry.h"
#include "sterlet/studyfile/presets.h"
#include "sterlet/studyfile/strategies.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::studyfile {

namespace {

constexpr std::string_view kDuration =
    R"({"oneOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "string", "pattern": "^([0-9.]+(d|h|m|min|s|ms))+$|^[0-9.]+$"}]})";
constexpr std::string_view kTexts =
    R"({"type": "array", "items": {"type": ["string", "number", "boolean"]}, "minItems": 1})";
constexpr std::string_view kText = R"({"type": "string"})";
constexpr std::string_view kNumber = R"({"type": "number"})";
constexpr std::string_view kTrueOrFalse = R"({"type": "boolean"})";

constexpr std::array<Key, 25> kStudyKeys{{
    {"study", "The study's name; the file's own name when left out.", R"({"type": ["string", "number"]})"},
    {"description", "A note for people; Sterlet ignores it.", kText},
    {"objective", "What to improve: a metric and its direction; a list for several objectives.",
     R"({"oneOf": [{"type": "string"}, {"$ref": "#/$defs/objective"},
         {"type": "array", "minItems": 1, "items": {"oneOf": [{"type": "string"}, {"$ref": "#/$defs/objective"}]}}]})"},
    {"command",
     "The program that runs one trial, as a list of words: no shell is involved. ${name} inside a word becomes that "
     "parameter's value; ${trial}, ${seed} and ${checkpoint_dir} are known, too.",
     kTexts},
    {"metrics", "Where a trial's metrics come from: the trial channel, or lines of its stdout.",
     R"({"oneOf": [{"const": "channel"}, {"$ref": "#/$defs/metrics"}]})"},
    {"params", "The parameters: name to declaration. A bare value is a constant.",
     R"({"type": "object", "additionalProperties": {"oneOf": [{"$ref": "#/$defs/parameter"}, {"type": ["number", "string", "boolean"]}]}})"},
    {"constraints",
     "Expressions over parameters that every suggestion satisfies, as in \"batch_size * layers <= 1024\".",
     R"({"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})"},
    {"budget", "When the study has had enough; whichever comes first.", R"({"$ref": "#/$defs/budget"})"},
    {"preset", "Parameters from common practice, with tiers, scales and defaults; params overrides them key by key.",
     "PRESET"},
    {"tune",
     "What to search: tier<=2, a list of names, all, or auto (as many tiers as the budget is enough for); the rest is "
     "fixed at its default. With a preset tier<=3 when left out.",
     R"({"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]})"},
    {"strategy", "How trials follow each other", "{}"},  // Its table is handed in: study_schema().
    {"sampler", "How points are chosen; auto picks by the study. A map gives options: {name: grid, ...}.", "SAMPLER"},
    {"pruner", "What stops hopeless trials early. A map gives options: {name: asha, eta: 4}.", "PRUNER"},
    {"workers", "Trials that run at once; auto: as many as the machine has cores for.",
     R"({"oneOf": [{"const": "auto"}, {"type": "integer", "minimum": 1, "maximum": 4096}]})"},
    {"seed", "The only source of chance: equal seeds give equal suggestions. Drawn when left out.",
     R"({"type": "integer", "minimum": 0})"},
    {"context", "Files, a command's output and variables whose change makes results stale.",
     R"({"$ref": "#/$defs/context"})"},
    {"retest", "When results count as stale, so that sterlet status tells it.", R"({"$ref": "#/$defs/retest"})"},
    {"duplicates", "When a sampler would repeat a point: avoid it, allow it, or average the results.",
     R"({"enum": ["avoid", "allow", "average"]})"},
    {"repeats",
     "Runs of each setting, each with another seed; its value is their mean. A map lets only those be repeated that "
     "may be "
     "the best.",
     R"({"oneOf": [{"type": "integer", "minimum": 1, "maximum": 1000}, {"$ref": "#/$defs/repeats"}]})"},
    {"defaults_first", "Whether trial 0 is the defaults, where all parameters have one (true).", kTrueOrFalse},
    {"resources", "What one trial may use.", R"({"$ref": "#/$defs/resources"})"},
    {"retries", "How often a lost trial is started again (100).",
     R"({"type": "integer", "minimum": 0, "maximum": 1000})"},
    {"failures_max", "Failed trials in a row that end the study (10).",
     R"({"type": "integer", "minimum": 1, "maximum": 1000000})"},
    {"notify", "A program that tells people: it gets a JSON document on its stdin.", R"({"$ref": "#/$defs/notify"})"},
    {"enqueue", "Points to try first, each a map of some or all parameters.",
     R"({"type": "array", "items": {"type": "object"}})"},
}};

constexpr std::array<Key, 3> kObjectiveKeys{{
    {"metric", "Name of the metric, as the trial reports it.", kText},
    {"direction", "minimize or maximize; minimize when left out, which names like accuracy do not allow.",
     R"({"enum": ["minimize", "maximize"]})"},
    {"of",
     "What of a trial's curve counts, where its program tells no final value: last, best, or mean of last k, as in "
     "mean "
     "of last 5 (last).",
     R"({"oneOf": [{"enum": ["last", "best"]}, {"type": "string", "pattern": "^mean of last ([2-9]|[1-9][0-9]{1,5})$"}]})"},
}};

constexpr std::array<Key, 2> kMetricsKeys{{
    {"from", "channel (programs that use a Sterlet client) or stdout (any program, with a pattern).",
     R"({"enum": ["channel", "stdout"]})"},
    {"pattern",
     "Regular expression for a line of stdout; its named groups are the metrics, as in (?<val_error>\\S+); the group "
     "step, if there is one, is the step.",
     kText},
}};

constexpr std::array<Key, 15> kParameterKeys{{
    {"type", "float, int, categorical or ordinal (choices with an order).",
     R"({"enum": ["float", "int", "categorical", "ordinal"]})"},
    {"low", "Smallest value, itself possible.", kNumber},
    {"high", "Largest value, itself possible.", kNumber},
    {"scale",
     "linear; log (10^r with r uniform), for learning rates; reverse_log (1 - 10^r), for momentum and betas near 1.",
     R"({"enum": ["linear", "log", "reverse_log"]})"},
    {"step", "Values are low, low + step, low + 2 step and so on.", R"({"type": "number", "exclusiveMinimum": 0})"},
    {"choices", "The values of a categorical or ordinal parameter, all different.",
     R"({"type": "array", "items": {"type": ["string", "number", "boolean"]}, "minItems": 1})"},
    {"when", "The parameter exists only where this expression holds, as in optimizer == \"sgd\".", kText},
    {"repeat", "Name of an int parameter: so many values, one a layer.", kText},
    {"zero", "Share of draws that are exactly 0, for floats on a log scale.",
     R"({"type": "number", "minimum": 0, "exclusiveMaximum": 1})"},
    {"default", "The value you would take without tuning; trial 0 tries it. A list gives one an element.",
     R"({"type": ["string", "number", "boolean", "array"]})"},
    {"tier", "1 (tune first) to 4 (leave at its default); 2 when left out.",
     R"({"type": "integer", "minimum": 1, "maximum": 4})"},
    {"live", "Whether it may be changed while a model trains.", kTrueOrFalse},
    {"value", "Fixes the parameter at this value.", R"({"type": ["string", "number", "boolean"]})"},
    {"tune", "false fixes the parameter at its default, true searches it, whatever the study's tune says.",
     kTrueOrFalse},
    {"scale_of", "What it makes larger: width (the model), data, or steps; for sterlet plan --transfer.",
     R"({"enum": ["width", "data", "steps"]})"},
}};
constexpr std::array<Key, 5> kBudgetKeys{{
    {"trials", "Trials of the whole study, not of a worker.", R"({"type": "integer", "minimum": 1})"},
    {"time", "Running time, as 30m, 1h30m, 45s, or a number of seconds.", kDuration},
    {"target", "Stop once the first objective is this good.", kNumber},
    {"grace",
     "With time: how much longer running trials may take before they are stopped, as 2m; left out, they run to their "
     "end.",
     kDuration},
    {"max_steps", "Steps of one full training, as its program reports them; for sterlet plan.",
     R"({"type": "integer", "minimum": 1})"},
}};

constexpr std::array<Key, 5> kResourcesKeys{{
    {"cpu", "Cores of one trial (1).", R"({"type": "number", "exclusiveMinimum": 0})"},
    {"gpu", "GPUs of one trial (0).", R"({"type": "integer", "minimum": 0})"},
    {"gpu_share", "Trials that share one GPU (1).", R"({"type": "integer", "minimum": 1})"},
    {"memory", "Memory of one trial, as 2GiB, 500MB, or a number of bytes; beyond it the trial is ended.",
     R"({"oneOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": "^[0-9.]+ ?(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)$"}]})"},
    {"time", "Time of one trial, as 30m or a number of seconds; beyond it the trial is ended.", kDuration},
}};

constexpr std::array<Key, 4> kRepeatsKeys{{
    {"at_most", "Runs of one setting, the first included (10).",
     R"({"type": "integer", "minimum": 2, "maximum": 1000})"},
    {"race", "Whether only settings are repeated that may be the best (true).", kTrueOrFalse},
    {"share", "Share of the runs that the race may use (0.3); with a budget of trials, its last ones.",
     R"({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1})"},
    {"confidence", "The race ends once the best is the best with this probability (0.95).",
     R"({"type": "number", "exclusiveMinimum": 0.5, "exclusiveMaximum": 1})"},
}};

constexpr std::array<Key, 3> kContextKeys{{
    {"files", "Files and folders that the results depend on; else those that the command names.", kTexts},
    {"command", "A command whose output the results depend on; its lines NAME VERSION are versions of packages.",
     kTexts},
    {"env", "Environment variables that the results depend on.", kTexts},
}};

constexpr std::array<Key, 2> kRetestKeys{{
    {"after", "Age at which results are stale, since the last trial or verdict (90d).", kDuration},
    {"on",
     "Changes that make them stale: data, code, packages, machine, command, env, output, sterlet (data and code).",
     R"({"type": "array", "minItems": 1, "items": {"enum": ["data", "code", "packages", "machine", "command", "env", "output", "sterlet"]}})"},
}};

constexpr std::array<Key, 2> kNotifyKeys{{
    {"command", "The program, as a list of words; no shell is involved.", kTexts},
    {"on", "When: best (a trial is the best so far), end (of the run), failed (a trial). All where left out.",
     R"({"type": "array", "items": {"enum": ["best", "end", "failed"]}, "minItems": 1})"},
}};

base::Json parse_fragment(std::string_view text) {
  auto json = base::parse_json(text);
  STERLET_CHECK(json.has_value(), "a fragment of the schema is not JSON");
  return *json;
}

base::Json words(const std::vector<std::string>& names) { return {{"enum", names}}; }

base::Json reference(std::string_view definition) { return {{"$ref", fmt::format("#/$defs/{}", definition)}}; }

// `auto` is decided where the file is read: with options it is the pruner that it stands for.
base::Json pruner_schema() {
  const pruners::Row* chosen = pruners::find(kAutoPruner);
  base::Json forms = base::Json::array();
  forms.push_back({{"const", "auto"}});
  forms.push_back(base::row_schema("auto", fmt::format("as {}", chosen->name), chosen->options));
  forms.push_back(reference("pruner"));
  return {{"oneOf", forms}};
}

base::Json key_schema(const Key& key) {
  if (key.schema == "SAMPLER") return reference("sampler");
  if (key.schema == "PRUNER") return pruner_schema();
  if (key.schema == "PRESET") {
    const base::Json names = words(preset_names());
    return {{"oneOf", {names, {{"type", "array"}, {"items", names}, {"minItems", 1}}}}};
  }
  return parse_fragment(key.schema);
}

base::Json properties_of(std::span<const Key> keys) {
  base::Json properties = base::Json::object();
  for (const Key& key : keys) {
    base::Json property;
    property["description"] = key.summary;
    const base::Json schema = key_schema(key);
    for (const auto& [name, value] : schema.items()) property[name] = value;
    properties[std::string(key.name)] = property;
  }
  return properties;
}

base::Json object_schema(std::span<const Key> keys) {
  return {{"type", "object"}, {"properties", properties_of(keys)}, {"additionalProperties", false}};
}

}  // namespace

std::span<const Key> study_keys() { return kStudyKeys; }
std::span<const Key> objective_keys() { return kObjectiveKeys; }
std::span<const Key> metrics_keys() { return kMetricsKeys; }
std::span<const Key> parameter_keys() { return kParameterKeys; }
std::span<const Key> budget_keys() { return kBudgetKeys; }
std::span<const Key> resources_keys() { return kResourcesKeys; }
std::span<const Key> repeats_keys() { return kRepeatsKeys; }
std::span<const Key> context_keys() { return kContextKeys; }
std::span<const Key> notify_keys() { return kNotifyKeys; }
std::span<const Key> retest_keys() { return kRetestKeys; }

std::vector<std::string> key_names(std::span<const Key> keys) {
  std::vector<std::string> names;
  for (const Key& key : keys) names.emplace_back(key.name);
  return names;
}

std::vector<std::string> pruner_words() {
  std::vector<std::string> list = pruners::names();
  list.insert(list.begin(), "auto");
  return list;
}

base::Json study_schema(const Strategies& strategies) {
  base::Json schema;
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = "Sterlet study file";
  schema["description"] = "What to tune, how to run one trial, and when to stop.";
  schema["type"] = "object";
  schema["properties"] = properties_of(kStudyKeys);
  base::Json& strategy = schema["properties"]["strategy"];
  strategy["description"] = fmt::format("{}: {}.", strategy["description"].get<std::string>(), strategies.summary());
  strategy.update(strategies.schema());
  schema["properties"]["$schema"] = {{"type", "string"}, {"description", "Where editors find this schema."}};
  schema["additionalProperties"] = false;
  schema["required"] = {"objective"};
  schema["anyOf"] = base::Json::array();
  schema["anyOf"].push_back({{"required", base::Json::array({"params"})}});
  schema["anyOf"].push_back({{"required", base::Json::array({"preset"})}});
  base::Json& definitions = schema["$defs"];
  definitions["objective"] = object_schema(kObjectiveKeys);
  definitions["objective"]["required"] = base::Json::array({"metric"});
  definitions["metrics"] = object_schema(kMetricsKeys);
  definitions["parameter"] = object_schema(kParameterKeys);
  definitions["budget"] = object_schema(kBudgetKeys);
  definitions["budget"]["dependentRequired"] = {{"grace", base::Json::array({"time"})}};
  definitions["resources"] = object_schema(kResourcesKeys);
  definitions["repeats"] = object_schema(kRepeatsKeys);
  definitions["context"] = object_schema(kContextKeys);
  definitions["notify"] = object_schema(kNotifyKeys);
  definitions["retest"] = object_schema(kRetestKeys);
  definitions["notify"]["required"] = base::Json::array({"command"});
  definitions["sampler"] = samplers::schema();
  definitions["pruner"] = pruners::schema();
  return schema;
}

}  // namespace sterlet::studyfile
