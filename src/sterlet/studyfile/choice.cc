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

bool read_sampler_option(Choice& choice, const YamlEntry& entry, Faults& faults) {
  const Values values(faults, fmt::format("sampler {}", choice.name));
  const samplers::Row* row = samplers::find(choice.name);
  std::vector<std::string> names;
  for (const base::Option& option : row->options) {
    names.push_back(option.name);
    if (option.name != entry.key) continue;
    const bool is_number = option.default_value.is_number();
    const base::Json value = json_from_yaml(entry.value);
    if (is_number && option.default_value.is_number_integer()) {
      const auto whole = values.integer(entry.value, option.name, static_cast<std::int64_t>(std::ceil(option.low)),
                                        static_cast<std::int64_t>(std::floor(option.high)));
      if (!whole) return false;
      choice.options[option.name] = *whole;
    } else if (is_number) {
      const auto number = values.number(entry.value, option.name);
      if (!number) return false;
      if (*number < option.low || *number > option.high) {
        values.fault(entry.value.mark,
                     fmt::format("{} must be from {} to {} (found {})", option.name, base::number_text(option.low),
                                 base::number_text(option.high), shown(entry.value)),
                     "change it");
        return false;
      }
      choice.options[option.name] = *number;
    } else if (value.type() != option.default_value.type()) {
      values.fault(entry.value.mark, fmt::format("{} does not fit (found {})", option.name, shown(entry.value)),
                   fmt::format("write it as in {}: {}", option.name, base::json_line(option.default_value)));
      return false;
    } else {
      choice.options[option.name] = value;
    }
    return true;
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
  auto choice = read_choice(node, faults, "sampler", sampler_words());
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
  if (choice->name == "auto") choice->name = objective_count > 1 ? "none" : "curve";
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
