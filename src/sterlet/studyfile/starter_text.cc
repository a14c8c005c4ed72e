#include "sterlet/studyfile/starter_text.h"

#include <algorithm>
#include <cctype>

#include "sterlet/base/json.h"
#include "sterlet/base/text.h"

namespace sterlet::studyfile {

namespace {

std::string scalar_text(const base::Json& value) {
  if (value.is_number_float()) return base::number_text(value.get<double>());
  if (value.is_string()) return yaml_word(value.get<std::string>());
  return value.dump();
}

}  // namespace

std::string declaration_text(const space::Parameter& parameter, std::string_view more) {
  const base::Json json = space::json_from_parameter(parameter);
  std::string text = "{";
  for (const auto& [key, value] : json.items()) {
    if (text.size() > 1) text += ", ";
    text += key + ": ";
    if (!value.is_array()) {
      text += scalar_text(value);
      continue;
    }
    std::string list;
    for (const base::Json& item : value) list += (list.empty() ? "" : ", ") + scalar_text(item);
    text += "[" + list + "]";
  }
  return text.append(more) + "}";
}

std::string yaml_word(std::string_view word) {
  const auto is_plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("_-./+=@%").find(c) != std::string_view::npos;
  };
  constexpr std::string_view kValues[] = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"};
  std::string lower(word);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  const bool is_value =
      base::parse_number(word) || std::find(std::begin(kValues), std::end(kValues), lower) != std::end(kValues);
  const bool begins_plain =
      !word.empty() && (std::isalnum(static_cast<unsigned char>(word.front())) != 0 || word.starts_with("./") ||
                        word.front() == '/' || (word.starts_with("-") && word.size() > 1 && word != "---"));
  if (begins_plain && !is_value && std::all_of(word.begin(), word.end(), is_plain)) return std::string(word);
  return base::Json(std::string(word)).dump(-1, ' ', false, base::Json::error_handler_t::replace);
}

}  // namespace sterlet::studyfile
