#include "sterlet/run/command.h"

#include <optional>

#include "sterlet/base/value_text.h"

namespace sterlet::run {

namespace {

// A list's elements side by side: "64,80".
std::string argument_text(const base::Json& value) {
  if (!value.is_array()) return base::value_text(value);
  std::string list;
  for (const base::Json& element : value) list += (list.empty() ? "" : ",") + argument_text(element);
  return list;
}

std::optional<std::string> lookup(std::string_view name, const base::Json& params, const CommandPlaces& places) {
  if (const auto found = params.find(std::string(name)); found != params.end()) return argument_text(*found);
  if (name == "trial") return std::to_string(places.trial);
  if (name == "seed") return std::to_string(places.seed);
  if (name == "checkpoint_dir") return places.checkpoint_folder;
  return std::nullopt;
}

// Nothing if the argument names something that is not there.
std::optional<std::string> expand(std::string_view argument, const base::Json& params, const CommandPlaces& places) {
  std::string text;
  while (!argument.empty()) {
    if (argument.substr(0, 3) == "$${") {
      text += "${";
      argument.remove_prefix(3);
      continue;
    }
    const auto close = argument.find('}');
    if (argument.substr(0, 2) != "${" || close == std::string_view::npos) {
      text += argument.front();
      argument.remove_prefix(1);
      continue;
    }
    const auto value = lookup(argument.substr(2, close - 2), params, places);
    if (!value) return std::nullopt;
    text += *value;
    argument.remove_prefix(close + 1);
  }
  return text;
}

// -x or --name, which takes its value from the next argument. A negative number is a value, and --name=value has its own.
bool is_flag(std::string_view argument) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const std::size_t dashes = argument.substr(0, 2) == "--" ? 2 : 1;
  return argument.size() > dashes && argument.front() == '-' && is_letter(argument[dashes]) &&
         argument.find_first_of("=$") == std::string_view::npos;
}

bool is_one_placeholder(std::string_view argument) {
  return argument.substr(0, 2) == "${" && argument.find('}') == argument.size() - 1;
}

}  // namespace

std::vector<std::string> expand_command(const std::vector<std::string>& command, const base::Json& params,
                                        const CommandPlaces& places) {
  std::vector<std::string> argv;
  for (std::size_t i = 0; i < command.size(); ++i) {
    auto expanded = expand(command[i], params, places);
    if (expanded) {
      argv.push_back(std::move(*expanded));
    } else if (i > 1 && is_one_placeholder(command[i]) && is_flag(command[i - 1])) {  // The program itself stays.
      argv.pop_back();
    }
  }
  return argv;
}

}  // namespace sterlet::run
