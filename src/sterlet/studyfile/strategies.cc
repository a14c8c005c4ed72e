#include "sterlet/studyfile/strategies.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace sterlet::studyfile {

namespace {

base::Error refusal(std::string what, std::string next) {
  return {.code = base::ErrorCode::kInvalidArgument, .what = std::move(what), .next = std::move(next)};
}

bool is_plain(const StrategyRow& row) { return row.options.empty() && row.schema == nullptr; }

std::vector<base::Error> check_options(const StrategyRow& row, const base::Json& values) {
  if (row.options.empty()) {
    if (values.empty()) return {};
    return {refusal(fmt::format("strategy {} has no options", row.name), fmt::format("write strategy: {}", row.name))};
  }
  const std::string owner = fmt::format("strategy {}", row.name);
  const std::string first = fmt::format("{{name: {}, {}: ...}}", row.name, row.options.front().name);
  if (const auto checked = base::check_options(owner, row.options, values, first); !checked) return {checked.error()};
  if (const base::Option* missing = base::missing_option(row.options, values)) {
    return {refusal(fmt::format("{} needs {}", row.name, missing->name),
                    fmt::format("write it as in strategy: {{name: {}, {}: ...}}", row.name, missing->name))};
  }
  return {};
}

}  // namespace

const StrategyRow* Strategies::find(std::string_view word) const {
  const auto row = std::find_if(rows_.begin(), rows_.end(), [&](const StrategyRow& known) {
    return known.name == word || (!known.synonym.empty() && known.synonym == word);
  });
  return row == rows_.end() ? nullptr : &*row;
}

std::vector<std::string> Strategies::words() const {
  std::vector<std::string> words;
  for (const StrategyRow& row : rows_) {
    words.emplace_back(row.name);
    if (!row.synonym.empty()) words.emplace_back(row.synonym);
  }
  return words;
}

std::string Strategies::summary() const {
  std::string text;
  for (const StrategyRow& row : rows_) {
    const std::string also = row.synonym.empty() ? "" : fmt::format(" (also called {})", row.synonym);
    text += fmt::format("{}{}{}, {}", text.empty() ? "" : "; ", row.name, also, row.summary);
  }
  return text;
}

base::Json Strategies::schema() const {
  std::vector<std::string> plain;  // Written as a word alone.
  for (const std::string& word : words()) {
    if (is_plain(*find(word))) plain.push_back(word);
  }
  base::Json forms = base::Json::array();
  forms.push_back({{"enum", plain}});
  for (const StrategyRow& row : rows_) {
    if (is_plain(row)) continue;
    forms.push_back(row.schema != nullptr ? row.schema() : base::row_schema(row.name, row.summary, row.options));
  }
  return {{"oneOf", forms}};
}

std::vector<base::Error> Strategies::check(const StudySpec& spec, const space::Space& space) const {
  const StrategyRow* row = find(spec.strategy.name);
  STERLET_CHECK(row != nullptr, "a study that was read has a strategy that exists");
  return row->check != nullptr ? row->check(spec, space) : check_options(*row, spec.strategy.options);
}

}  // namespace sterlet::studyfile
