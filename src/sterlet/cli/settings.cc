#include "sterlet/cli/settings.h"

#include <algorithm>
#include <utility>

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

base::Json with_lists(base::Json settings, const space::Space& space) {
  for (const space::Parameter& parameter : space.parameters()) {
    const auto found = settings.find(parameter.name);
    if (parameter.repeat.empty() || found == settings.end() || !found->is_string()) continue;
    const auto text = found->get<std::string>();
    if (text.find(',') == std::string::npos) continue;
    base::Json list = base::Json::array();
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t comma = std::min(text.find(',', at), text.size());
      list.push_back(value_of_word(text.substr(at, comma - at)));
      at = comma + 1;
    }
    *found = std::move(list);
  }
  return settings;
}

}  // namespace sterlet::cli
