#include "sterlet/studyfile/choice.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/pruners/registry.h"
#include "sterlet/samplers/registry.h"
#include "sterlet/studyfile/schema.h"
#include "sterlet/studyfile/values.h"

namespace sterlet::studyfile {

namespace {

std::optional<base::Json> read_option(const base::Option& option, const YamlNode& node, const Values& values) {
  const auto json = [](const auto& value) { return value ? std::optional<base::Json>(*value) : std::nullopt; };
  switch (option.kind) {
    case base::OptionKind::kWhole:
      return json(values.integer(node, option.name, static_cast<std::int64_t>(std::ceil(option.low)),
                                 static_cast<std::int64_t>(std::floor(option.high))));
    case base::OptionKind::kNumber: {
      const auto number = values.number(node, option.name);
      if (!number || (*number >= option.low && *number <= option.high)) return json(number);
      values.fault(node.mark,
                   fmt::format("{} must be from {} to {} (found {})", option.name, base::number_text(option.low),
                               base::number_text(option.high), shown(node)),
                   "change it");
      return std::nullopt;
    }
    case base::OptionKind::kFlag:
      return json(values.boolean(node, option.name));
    case base::OptionKind::kWord:
      return json(values.word(node, option.name, option.words));
    case base::OptionKind::kChoice:
      return json_from_yaml(node);
  }
  return std::nullopt;
}

bool read_sampler_option(Choice& choice, const YamlEntry& entry, Faults& faults) {
  const Values values(faults, fmt::format("sampler {}", choice.name));
  std::vector<std::string> names;
  for (const base::Option& option : samplers::find(choice.name)->options) {
    names.push_back(option.name);
    if (option.name != entry.key) continue;
    const auto value = read_option(option, entry.value, values);
    if (value) choice.options[option.name] = *value;
    return value.has_value();
  }
  values.fault(entry.key_mark, fmt::format("unknown option '{}'", clipped(entry.key)),
               names.empty() ? "this sampler has no options; remove it" : base::suggest_name(entry.key, names));
  return false;
}

// What the pruner itself refuses is refused here with its place in the file.
bool check_pruner_option(const Choice& choice, const YamlEntry& entry, const base::Json& value, const Values& values) {
  const auto made = pruners::make(choice.name, {{entry.key, value}}, {});
  if (made) return true;
  const auto* const row = pruners::find(choice.name);
  const bool is_known = std::any_of(row->options.begin(), row->options.end(),
                                    [&](const base::Option& option) { return option.name == entry.key; });
  values.fault(is_known ? entry.value.mark : entry.key_mark, made.error().what, made.error().next);
  return false;
}

}  // namespace

std::optional<Choice> read_choice(const YamlNode& node, Faults& faults, std::string_view key,
                                  const std::vector<std::string>& words) {
  const Values top(faults, "");
  const YamlNode* name = &node;
  if (node.is_map()) {
    name = node.find("name");
    if (name == nullptr) {
      Values(faults, std::string(key))
          .fault(node.mark, "name is missing", fmt::format("write it as in {}: {{name: {}}}", key, words.back()));
      return std::nullopt;
    }
  }
  const auto word = top.word(*name, key, words);
  if (!word) return std::nullopt;
  return Choice{.name = *word};
}

std::optional<Choice> read_sampler(const YamlNode& node, Faults& faults) {
  auto choice = read_choice(node, faults, "sampler", samplers::names());
  if (!choice) return std::nullopt;
  bool is_sound = true;
  for (const YamlEntry& entry : node.entries) {
    if (entry.key != "name") is_sound = read_sampler_option(*choice, entry, faults) && is_sound;
  }
  return is_sound ? choice : std::nullopt;
}

std::optional<Choice> read_pruner(const YamlNode& node, Faults& faults, std::size_t objective_count) {
  auto choice = read_choice(node, faults, "pruner", pruner_words());
  if (!choice) return std::nullopt;
  if (choice->name == "auto") choice->name = objective_count > 1 ? "none" : std::string(kAutoPruner);
  const Values top(faults, "");
  for (const YamlEntry& entry : node.entries) {
    if (entry.key == "name") continue;
    const base::Json value = json_from_yaml(entry.value);
    choice->options[entry.key] = value;
    if (!check_pruner_option(*choice, entry, value, top)) return std::nullopt;
  }
  const auto whole = pruners::make(choice->name, choice->options, {.objective_count = objective_count});
  if (whole) return choice;
  top.fault(node.mark, whole.error().what, whole.error().next);
  return std::nullopt;
}

}  // namespace sterlet::studyfile
