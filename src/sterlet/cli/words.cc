#include "sterlet/cli/words.h"

#include <fmt/format.h>

#include "sterlet/base/value_text.h"

namespace sterlet::cli {

using base::value_text;

std::string short_value_text(const base::Json& value) {
  if (value.is_number_float()) return fmt::format("{:.4g}", value.get<double>());
  if (!value.is_array()) return value_text(value);
  std::string list;
  for (const base::Json& element : value) list += (list.empty() ? "" : ",") + short_value_text(element);
  return fmt::format("[{}]", list);
}

std::string values_text(const base::Json& values) {
  std::string text;
  for (const base::Json& value : values) text += (text.empty() ? "" : ", ") + value_text(value);
  return text;
}

std::string short_values_text(std::span<const double> values) {
  std::string text;
  for (const double value : values) text += fmt::format("{}{:.5g}", text.empty() ? "" : ", ", value);
  return text;
}

std::string params_text(const base::Json& params) {
  std::string text;
  for (const auto& [name, value] : params.items())
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, value_text(value));
  return text;
}

}  // namespace sterlet::cli
