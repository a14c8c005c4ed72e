#include "sterlet/studyfile/declaration.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/studyfile/foreign.h"
#include "sterlet/studyfile/meant.h"
#include "sterlet/studyfile/schema.h"

namespace sterlet::studyfile {

namespace {

using space::Kind;
using space::Parameter;
using space::Scalar;
using space::Scale;

std::optional<double> number_of(const Scalar& scalar) {
  if (const auto* integer = std::get_if<std::int64_t>(&scalar)) return static_cast<double>(*integer);
  if (const auto* real = std::get_if<double>(&scalar)) return *real;
  return std::nullopt;
}

// A number as the kind keeps it: 1 of a float is 1.0, 3.0 of an int is 3; 2.5 of an int stays, for Space to refuse.
Scalar scalar_of(double number, Kind kind) {
  if (kind == Kind::kInt && number == std::floor(number) && std::fabs(number) < 9e15) {
    return static_cast<std::int64_t>(number);
  }
  return number;
}

// A bare value, or `value:`.
void take_constant(Declaration& item, const Values& values, const YamlNode& node) {
  Parameter& parameter = item.parameter();
  const bool has_kind = item.from_preset || has_key(item, "type");
  const auto scalar = space::scalar_from_json(json_from_yaml(node));
  if (!scalar) {
    values.fault(node.mark, fmt::format("value must be one number, word, true or false (found {})", shown(node)),
                 "write it as in value: 0.9");
    return;
  }
  const std::string range = node.quoted ? std::string() : range_meant(node.text);
  if (!has_kind && !range.empty()) {
    values.fault(node.mark, fmt::format("its value would always be the text '{}'", clipped(node.text)),
                 fmt::format("write {}, or put it in quotes if the text is meant", range));
    return;
  }
  if (!has_kind) {
    const bool is_integer = std::holds_alternative<std::int64_t>(*scalar);
    parameter.kind = is_integer ? Kind::kInt : number_of(*scalar) ? Kind::kFloat : Kind::kCategorical;
  }
  item.is_constant = true;
  if (is_numeric(parameter)) {
    const auto number = values.number(node, "value");
    if (!number) return;
    if (parameter.kind == Kind::kInt && *number != std::floor(*number)) {
      values.fault(node.mark, fmt::format("value of an int must be a whole number (found {})", shown(node)),
                   "round it, or use type: float");
      return;
    }
    return fix(parameter, scalar_of(*number, parameter.kind));
  }
  if (parameter.choices.empty()) return fix(parameter, *scalar);
  // A preset's choices stay until conditions have been checked against them.
  const bool is_choice = std::any_of(parameter.choices.begin(), parameter.choices.end(),
                                     [&](const Scalar& choice) { return space::same_choice(choice, *scalar); });
  if (!is_choice) {
    std::vector<std::string> names;
    for (const Scalar& choice : parameter.choices) names.push_back(space::text_of(choice));
    values.fault(node.mark, fmt::format("{} is not one of the preset's choices", shown(node)),
                 base::suggest_name(node.text, names));
    return;
  }
  parameter.defaults = {*scalar};
}

void take_common(Declaration& item, const Values& values, const YamlNode& node) {
  Parameter& parameter = item.parameter();
  if (const YamlNode* when = node.find("when")) {
    item.row.depends_on.clear();
    parameter.when = values.text(*when, "when").value_or("");
  }
  if (const YamlNode* repeat = node.find("repeat")) {
    const bool is_count = !repeat->quoted && repeat->is_scalar() && base::parse_integer(repeat->text).has_value();
    if (is_count) {
      values.fault(repeat->mark, fmt::format("repeat must name an int parameter (found the number {})", repeat->text),
                   fmt::format("declare one in params, as in layers: {}, and write repeat: layers", repeat->text));
    } else {
      parameter.repeat = values.text(*repeat, "repeat").value_or("");
    }
  }
  if (const YamlNode* tier = node.find("tier")) {
    parameter.tier = static_cast<int>(values.integer(*tier, "tier", 1, 4).value_or(parameter.tier));
  }
  if (const YamlNode* live = node.find("live")) {
    parameter.live = values.boolean(*live, "live").value_or(false);
  }
  if (const YamlNode* tune = node.find("tune")) item.tune = values.boolean(*tune, "tune");
}

bool take_type(Declaration& item, const Values& values, const YamlNode& node) {
  Parameter& parameter = item.parameter();
  const YamlNode* type = node.find("type");
  if (type == nullptr) {
    if (item.from_preset || node.find("value") != nullptr) return true;
    if (node.find("choices") != nullptr || has_stand_in(node, "parameter", "choices")) {
      parameter.kind = Kind::kCategorical;
      return true;
    }
    if (!has_stand_in(node, "parameter", "type"))
      values.fault(item.mark, "its type is missing", "add type: float, int, categorical or ordinal");
    return false;
  }
  const auto word = values.word(*type, "type", {"float", "int", "categorical", "ordinal"});
  if (!word) return false;
  const Kind kind = *space::kind_from_text(*word);
  if (item.from_preset && kind != parameter.kind) {
    // Of another type, nothing of the preset's range fits; who it is and when it exists stays.
    Parameter other;
    other.name = parameter.name;
    other.when = parameter.when;
    other.repeat = parameter.repeat;
    other.tier = parameter.tier;
    other.live = parameter.live;
    parameter = std::move(other);
    item.from_preset = false;
  }
  parameter.kind = kind;
  return true;
}

// Once its type is known.
void take_size(Declaration& item, const Values& values, const YamlNode& node) {
  const YamlNode* of = node.find("scale_of");
  if (of == nullptr) return;
  const auto word = values.word(*of, "scale_of", {"width", "data", "steps"});
  if (word && is_numeric(item.parameter())) item.size = size_from_text(*word);
  if (is_numeric(item.parameter())) return;
  values.fault(of->mark, fmt::format("scale_of needs a number (found type: {})", space::text_of(item.parameter().kind)),
               "remove it, or use type: int or float");
}

void take_range(Declaration& item, const Values& values, const YamlNode& node) {
  Parameter& parameter = item.parameter();
  if (const YamlNode* choices = node.find("choices")) {
    values.fault(choices->mark, fmt::format("choices do not go with type: {}", space::text_of(parameter.kind)),
                 "use type: categorical (or ordinal, where their order means something)");
    if (node.find("low") == nullptr && node.find("high") == nullptr) return;  // They are what is meant.
  }
  bool is_read = true;
  for (const auto& [key, bound] : {std::pair{"low", &parameter.low}, std::pair{"high", &parameter.high}}) {
    if (const YamlNode* value = node.find(key)) {
      const auto number = values.number(*value, key);
      *bound = number.value_or(*bound);
      is_read = is_read && number.has_value();
    } else if (!item.from_preset && !has_stand_in(node, "parameter", key)) {
      values.fault(item.mark, fmt::format("{} is missing", key),
                   std::string_view(key) == "low" ? "add the smallest value to try, as in low: 1e-4"
                                                  : "add the largest value to try, as in high: 1");
    }
  }
  const YamlNode* low = node.find("low");
  if (low != nullptr && is_read && parameter.low == parameter.high) {
    const std::string value = base::number_text(parameter.low);
    values.fault(low->mark, fmt::format("low must be below high (found {} for both)", value),
                 fmt::format("to keep it constant, write value: {}", value));
  }
  if (const YamlNode* scale = node.find("scale")) {
    if (const auto word = values.word(*scale, "scale", {"linear", "log", "reverse_log"})) {
      parameter.scale = *space::scale_from_text(*word);
      if (parameter.scale != Scale::kLog && item.from_preset) parameter.zero = 0;
    }
  }
  if (const YamlNode* step = node.find("step")) {
    if (const auto number = values.number(*step, "step")) parameter.step = number;
  }
  if (const YamlNode* zero = node.find("zero")) {
    parameter.zero = values.number(*zero, "zero").value_or(0);
  }
}

// For a list: as text that the program takes apart.
std::string choice_advice(const YamlNode& choice) {
  std::string items;
  for (const YamlNode& item : choice.items) {
    if (!item.is_scalar()) return "give each choice a name";
    items += (items.empty() ? "" : ",") + item.text;
  }
  return items.empty()
             ? "give each choice a name"
             : fmt::format("write it as one text, as in \"{}\", which the program takes apart", clipped(items));
}

void take_choices(Declaration& item, const Values& values, const YamlNode& node) {
  Parameter& parameter = item.parameter();
  for (const char* key : {"low", "high", "scale", "step", "zero"}) {
    if (const YamlNode* value = node.find(key)) {
      values.fault(value->mark, fmt::format("{} does not go with type: {}", key, space::text_of(parameter.kind)),
                   "remove it, or use type: float or int");
    }
  }
  const YamlNode* choices = node.find("choices");
  if (choices == nullptr) {
    const bool is_missing = !item.from_preset && !has_stand_in(node, "parameter", "choices");
    if (is_missing) values.fault(item.mark, "choices are missing", "list them, as in choices: [relu, tanh]");
    return;
  }
  if (!choices->is_list() || choices->items.empty()) {
    values.fault(choices->mark,
                 fmt::format("choices must be a list of values (found {})",
                             choices->is_list() ? "an empty list" : shown(*choices)),
                 "write it as in choices: [relu, tanh]");
    return;
  }
  parameter.choices.clear();
  for (const YamlNode& choice : choices->items) {
    if (const auto scalar = space::scalar_from_json(json_from_yaml(choice))) {
      parameter.choices.push_back(*scalar);
    } else {
      values.fault(choice.mark,
                   fmt::format("a choice must be one number, word, true or false (found {})", shown(choice)),
                   choice.is_null() ? "put the word in quotes, as in \"null\"" : choice_advice(choice));
    }
  }
}

void take_default(Parameter& parameter, const Values& values, const YamlNode& node) {
  std::vector<const YamlNode*> nodes{&node};
  if (node.is_list()) {
    nodes.clear();
    for (const YamlNode& item : node.items) nodes.push_back(&item);
    if (nodes.empty()) values.fault(node.mark, "default must be a value (found an empty list)", "remove it");
  }
  parameter.defaults.clear();
  for (const YamlNode* each : nodes) {
    if (is_numeric(parameter)) {
      const auto number = values.number(*each, "default");
      if (number) parameter.defaults.push_back(scalar_of(*number, parameter.kind));
      continue;
    }
    const auto scalar = space::scalar_from_json(json_from_yaml(*each));
    if (scalar) {
      parameter.defaults.push_back(*scalar);
    } else {
      values.fault(each->mark, fmt::format("default must be one of its choices (found {})", shown(*each)), "change it");
    }
  }
}

}  // namespace

namespace {

// A parameter that is declared within another one, as in a file of nested settings; null: none is.
const YamlEntry* nested_parameter(const YamlNode& node) {
  const auto known = key_names(parameter_keys());
  for (const YamlEntry& entry : node.entries) {
    const bool is_known = std::find(known.begin(), known.end(), entry.key) != known.end();
    if (!is_known && entry.value.is_map()) return &entry;
  }
  return nullptr;
}

// What a bare list may have been meant for: two numbers are bounds, else they are choices.
std::string list_advice(const YamlNode& node) {
  std::string items;
  bool are_numbers = node.items.size() == 2;
  for (const YamlNode& item : node.items) {
    if (!item.is_scalar()) return "write {choices: [relu, tanh]}";
    items += (items.empty() ? "" : ", ") + shown(item);
    are_numbers = are_numbers && json_from_yaml(item).is_number();
  }
  const bool are_whole = are_numbers && json_from_yaml(node.items[0]).is_number_integer() &&
                         json_from_yaml(node.items[1]).is_number_integer();
  if (!are_numbers) return fmt::format("write {{choices: [{}]}}", items);
  return fmt::format("write {{type: {}, low: {}, high: {}}}, or {{choices: [{}]}}", are_whole ? "int" : "float",
                     node.items[0].text, node.items[1].text, items);
}

}  // namespace

bool has_key(const Declaration& item, std::string_view key) {
  return item.node != nullptr && item.node->is_map() && item.node->find(key) != nullptr;
}

bool has_unindented_keys(const YamlNode& params, Faults& faults) {
  const auto known = key_names(parameter_keys());
  for (std::size_t i = 0; i + 1 < params.entries.size(); ++i) {
    const YamlEntry& entry = params.entries[i];
    std::string keys;
    for (std::size_t next = i + 1; next < params.entries.size(); ++next) {
      const std::string& key = params.entries[next].key;
      if (std::find(known.begin(), known.end(), key) == known.end()) break;
      keys += (keys.empty() ? "" : ", ") + key;
    }
    if (!entry.value.is_null() || keys.empty()) continue;
    Values(faults, clipped(entry.key))
        .fault(entry.key_mark,
               fmt::format("nothing stands below it, as {} {} not indented further", keys,
                           keys.find(',') == std::string::npos ? "is" : "are"),
               "begin each of them two blanks further to the right than the name");
    return true;
  }
  return false;
}

void fix(Parameter& parameter, const Scalar& value) {
  if (is_numeric(parameter)) {
    parameter.low = parameter.high = number_of(value).value_or(0);
    parameter.scale = Scale::kLinear;
    parameter.step.reset();
    parameter.zero = 0;
  } else {
    parameter.choices = {value};
  }
  parameter.defaults = {value};
}

void fit_default(Parameter& parameter) {
  if (parameter.defaults.size() != 1) return;
  Scalar& value = parameter.defaults.front();
  if (!is_numeric(parameter)) {
    const bool is_choice = std::any_of(parameter.choices.begin(), parameter.choices.end(),
                                       [&](const Scalar& choice) { return space::same_choice(choice, value); });
    if (!is_choice && !parameter.choices.empty()) value = parameter.choices.front();
    return;
  }
  const auto number = number_of(value);
  if (!number || !(parameter.low < parameter.high) || (*number == 0 && parameter.zero > 0)) return;
  double nearest = std::clamp(*number, parameter.low, parameter.high);
  if (parameter.step && *parameter.step > 0) {
    const double steps = std::floor((parameter.high - parameter.low) / *parameter.step + 1e-9);
    nearest = parameter.low +
              *parameter.step * std::clamp(std::round((nearest - parameter.low) / *parameter.step), 0.0, steps);
  }
  if (parameter.kind == Kind::kInt) nearest = std::round(nearest);
  if (nearest != *number) value = scalar_of(nearest, parameter.kind);
}

void read_declaration(Declaration& item, const Values& values) {
  const YamlNode& node = *item.node;
  if (node.is_scalar() && !node.is_null()) return take_constant(item, values, node);
  if (!node.is_map() || node.entries.empty()) {
    values.fault(
        node.mark.line > 0 && !node.is_null() ? node.mark : item.mark,
        fmt::format("says nothing of its values (found {})", node.is_map() ? "an empty map" : shown(node)),
        node.is_list() ? list_advice(node) : "write {type: float, low: 0, high: 1}, or a value to keep it constant");
    return;
  }
  if (const YamlEntry* inner = nested_parameter(node)) {
    values.fault(
        inner->key_mark, fmt::format("parameters are not nested (found '{}' in it)", clipped(inner->key)),
        fmt::format("give it one name, as in {}.{}: {{...}}", clipped(item.parameter().name), clipped(inner->key)));
    return;
  }
  for (std::size_t i = 0; i < node.entries.size(); ++i) {
    const std::string meant = comma_number(node, i);
    if (meant.empty()) continue;
    const YamlEntry& before = node.entries[i - 1];
    values.fault(before.value.mark,
                 fmt::format("a comma ends a value, and is no part of a number (found {}: {},{})", clipped(before.key),
                             before.value.text, node.entries[i].key),
                 fmt::format("write {}: {}", clipped(before.key), meant));
    return;
  }
  values.check_keys(node, key_names(parameter_keys()), "parameter");
  take_common(item, values, node);
  if (const YamlNode* value = node.find("value")) {
    take_type(item, values, node);
    for (const char* key : {"low", "high", "scale", "step", "choices", "zero", "default", "tune"}) {
      if (const YamlNode* other = node.find(key)) {
        values.fault(other->mark, fmt::format("value keeps the parameter constant, so {} has no meaning", key),
                     "remove one of the two");
      }
    }
    take_constant(item, values, *value);
    return take_size(item, values, node);
  }
  if (!take_type(item, values, node)) return;
  take_size(item, values, node);
  if (is_numeric(item.parameter())) {
    take_range(item, values, node);
  } else {
    take_choices(item, values, node);
  }
  if (const YamlNode* value = node.find("default")) take_default(item.parameter(), values, *value);
}

}  // namespace sterlet::studyfile
