#include "sterlet/base/options.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/base/text.h"

namespace sterlet::base {

namespace {

constexpr std::size_t kQuotedMax = 60;

bool is_whole(const Json& value) {
  return value.is_number_integer() || (value.is_number() && std::floor(value.get<double>()) == value.get<double>());
}

const Option* find_option(std::span<const Option> options, std::string_view name) {
  const auto found = std::find_if(options.begin(), options.end(), [&](const Option& o) { return o.name == name; });
  return found == options.end() ? nullptr : &*found;
}

std::string range_text(const Option& option) {
  switch (option.kind) {
    case OptionKind::kWhole:
    case OptionKind::kNumber:
      return fmt::format("{} to {}", number_text(option.low), number_text(option.high));
    case OptionKind::kFlag:
      return "true, false";
    case OptionKind::kWord:
      return fmt::format("{}", fmt::join(option.words, ", "));
    case OptionKind::kChoice:
      return "a name, or a map";
  }
  return "";
}

std::string default_text(const Option& option) {
  if (option.required) return "must be given";
  if (option.default_value.is_null()) return "none";
  if (option.default_value.is_string()) return option.default_value.get<std::string>();
  return json_line(option.default_value);
}

}  // namespace

Option choice_option(std::string name, std::string otherwise, std::string schema, std::string summary) {
  return {.name = std::move(name),
          .summary = std::move(summary),
          .kind = OptionKind::kChoice,
          .default_value = std::move(otherwise),
          .schema = std::move(schema)};
}

Option required(Option option) {
  option.required = true;
  option.default_value = nullptr;
  return option;
}

std::string objection(const Option& option, const Json& value) {
  if (value.is_null() && option.default_value.is_null() && !option.required) return {};
  switch (option.kind) {
    case OptionKind::kWhole:
    case OptionKind::kNumber: {
      const bool whole = option.kind == OptionKind::kWhole;
      const bool fits = value.is_number() && (!whole || is_whole(value)) && value.get<double>() >= option.low &&
                        value.get<double>() <= option.high;
      return fits ? "" : fmt::format("it is a {} from {}", whole ? "whole number" : "number", range_text(option));
    }
    case OptionKind::kFlag:
      return value.is_boolean() ? "" : "it is true or false";
    case OptionKind::kWord: {
      const bool is_known = value.is_string() && std::find(option.words.begin(), option.words.end(),
                                                           value.get<std::string>()) != option.words.end();
      return is_known ? "" : suggest_name(value.is_string() ? value.get<std::string>() : "", option.words);
    }
    case OptionKind::kChoice:
      return {};
  }
  return {};
}

Result<void> check_options(const std::string& owner, std::span<const Option> options, const Json& values,
                           std::string_view example) {
  if (!values.is_object()) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("options of {} cannot be {}", owner, json_line(values).substr(0, kQuotedMax)),
                fmt::format("write them as names and values, as in {}", example));
  }
  std::vector<std::string> known;
  for (const Option& option : options) known.push_back(option.name);
  for (const auto& [name, value] : values.items()) {
    const Option* option = find_option(options, name);
    if (option == nullptr) {
      return fail(ErrorCode::kInvalidArgument, fmt::format("{} has no option '{}'", owner, printable(name)),
                  known.empty() ? std::string("it has none; remove it") : suggest_name(name, known));
    }
    const std::string advice = objection(*option, value);
    if (advice.empty()) continue;
    return fail(ErrorCode::kInvalidArgument, fmt::format("{} of {} cannot be {}", name, owner, json_line(value)),
                advice);
  }
  return {};
}

const Option* missing_option(std::span<const Option> options, const Json& values) {
  const auto missing = std::find_if(options.begin(), options.end(), [&](const Option& option) {
    return option.required && !values.contains(option.name);
  });
  return missing == options.end() ? nullptr : &*missing;
}

void set_options(std::span<const Option> options, const Json& values, const std::type_info& type, void* into) {
  for (const auto& [name, value] : values.items()) {
    const Option* option = find_option(options, name);
    STERLET_CHECK(option != nullptr && objection(*option, value).empty(), "options are read before they are checked");
    if (!option->set) continue;
    STERLET_CHECK(*option->owner == type, "an option of a row belongs to other options than the row's");
    option->set(into, value);
  }
}

Json option_schema(const Option& option) {
  Json schema;
  schema["description"] = option.summary;
  switch (option.kind) {
    case OptionKind::kWhole:
    case OptionKind::kNumber: {
      const char* type = option.kind == OptionKind::kWhole ? "integer" : "number";
      const bool may_be_null = option.default_value.is_null() && !option.required;
      schema["type"] = may_be_null ? Json::array({type, "null"}) : Json(type);
      schema["minimum"] = json_number(option.low);
      schema["maximum"] = json_number(option.high);
      break;
    }
    case OptionKind::kFlag:
      schema["type"] = "boolean";
      break;
    case OptionKind::kWord:
      schema["enum"] = option.words;
      break;
    case OptionKind::kChoice:
      schema["$ref"] = option.schema;
      break;
  }
  if (!option.default_value.is_null()) schema["default"] = option.default_value;
  return schema;
}

Json row_schema(std::string_view name, std::string_view summary, std::span<const Option> options) {
  Json schema;
  schema["description"] = summary;
  schema["type"] = "object";
  schema["required"] = Json::array({"name"});
  schema["properties"]["name"] = {{"const", name}};
  for (const Option& option : options) {
    schema["properties"][option.name] = option_schema(option);
    if (option.required) schema["required"].push_back(option.name);
  }
  schema["additionalProperties"] = false;
  return schema;
}

std::string row_section(std::string_view name, std::string_view summary, std::string_view source,
                        std::span<const Option> options) {
  std::string text = fmt::format("## {}\n\n{}.\n", name, summary);
  if (!source.empty()) text += fmt::format("Source: {}.\n", source);
  if (!options.empty()) text += "\n| option | default | range | what it does |\n| --- | --- | --- | --- |\n";
  for (const Option& option : options) {
    text +=
        fmt::format("| `{}` | {} | {} | {} |\n", option.name, default_text(option), range_text(option), option.summary);
  }
  return text + "\n";
}

}  // namespace sterlet::base
