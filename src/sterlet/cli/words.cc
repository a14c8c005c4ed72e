#include "sterlet/cli/words.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/base/clock.h"
#include "sterlet/base/figure.h"
#include "sterlet/base/text.h"
#include "sterlet/base/utf8.h"

namespace sterlet::cli {

namespace {

base::Json rounded(base::Json value) {
  if (value.is_number_float()) return base::parse_number(base::figure_text(value.get<double>())).value_or(0);
  if (value.is_structured()) {
    for (base::Json& element : value) element = rounded(std::move(element));
  }
  return value;
}

}  // namespace

std::string value_text(const base::Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return base::figure_text(value.get<double>());
  if (!value.is_array()) return rounded(value).dump();
  std::string list;
  for (const base::Json& element : value) {
    list += (list.empty() ? "" : ",") + (element.is_string() ? element.dump() : value_text(element));
  }
  return fmt::format("[{}]", list);
}

std::string short_value_text(const base::Json& value) {
  if (value.is_number_float()) return base::short_figure_text(value.get<double>());
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
  for (const double value : values) text += (text.empty() ? "" : ", ") + base::figure_text(value);
  return text;
}

std::string params_text(const base::Json& params) {
  std::string text;
  for (const auto& [name, value] : params.items())
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, value_text(value));
  return text;
}

std::string brief_duration_text(double seconds) {
  constexpr double kMinute = 60, kHour = 3600, kDay = 86400;
  const auto whole = [&](double unit) { return static_cast<std::int64_t>(std::max(0.0, seconds) / unit); };
  if (!(seconds >= kMinute)) return fmt::format("{}s", seconds > 0 ? whole(1) : 0);
  if (seconds < kHour) return fmt::format("{}m", whole(kMinute));
  if (seconds < 2 * kDay) return fmt::format("{}h", whole(kHour));
  return fmt::format("{}d", whole(kDay));
}

std::string minute_text(std::int64_t wall_ms) {
  std::string text = base::timestamp_text(wall_ms).substr(0, 16);
  std::replace(text.begin(), text.end(), 'T', ' ');
  return text + " UTC";
}

std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines;
  columns = std::max<std::size_t>(columns, 1);
  std::string line;
  const auto end_line = [&] {
    if (!line.empty()) lines.push_back(std::exchange(line, {}));
  };
  while (!text.empty()) {
    const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
    text.remove_prefix(begin);
    std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    if (!line.empty() && base::columns_of(line) + 1 + base::columns_of(word) > columns) end_line();
    while (base::columns_of(word) > columns) {
      end_line();
      const std::size_t bytes = std::max<std::size_t>(base::first_columns(word, columns).size(), 1);
      lines.emplace_back(word.substr(0, bytes));
      word.remove_prefix(bytes);
    }
    if (!word.empty()) line += (line.empty() ? "" : " ") + std::string(word);
  }
  end_line();
  return lines;
}

std::string gist_text(std::string_view reason, std::size_t columns) {
  const std::string text = base::printable(reason);
  const std::size_t colon = text.find(": ");
  if (base::columns_of(text) <= columns || colon == std::string::npos) return clipped(text, columns);
  return clipped(std::string_view(text).substr(colon + 2), columns);
}

std::string clipped(std::string_view text, std::size_t columns) {
  if (base::columns_of(text) <= columns) return std::string(text);
  constexpr std::string_view kMore = "...";
  if (columns <= kMore.size()) return std::string(base::first_columns(text, columns));
  std::string cut(base::first_columns(text, columns - kMore.size()));
  cut.erase(cut.find_last_not_of(' ') + 1);
  return cut + std::string(kMore);
}

}  // namespace sterlet::cli
