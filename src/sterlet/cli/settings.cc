#include "sterlet/cli/settings.h"

#include <fmt/format.h>

#include "sterlet/base/text.h"

namespace sterlet::cli {

namespace {

// A word as a study file would read it: a number, true, false, a JSON list, else text.
base::Json value_of_word(const std::string& word) {
  if (const auto integer = base::parse_integer(word)) return *integer;
  if (const auto number = base::parse_number(word)) return base::json_number(*number);
  if (word == "true" || word == "false") return word == "true";
  if (!word.empty() && word.front() == '[') {
    if (const auto list = base::parse_json(word)) return *list;
  }
  return word;
}

}  // namespace

base::Result<base::Json> parse_settings(const std::vector<std::string>& words) {
  base::Json settings = base::Json::object();
  for (const std::string& word : words) {
    const auto equals = word.find('=');
    if (equals == std::string::npos || equals == 0) {
      return base::fail(base::ErrorCode::kInvalidArgument, fmt::format("'{}' is not name=value", base::printable(word)),
                        "write it as learning_rate=0.01");
    }
    settings[word.substr(0, equals)] = value_of_word(word.substr(equals + 1));
  }
  return settings;
}

}  // namespace sterlet::cli
