#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sterlet/base/options.h"
#include "sterlet/base/result.h"
#include "sterlet/base/text.h"

namespace sterlet::base {

/// The algorithms of one kind, a row each: what help, completion, checks, the JSON Schema and the printed pages know of
/// them. A plain table: nothing registers itself, and nothing outside the table lists names.
/// `Row` has `name`, `summary` and `options` (a vector of Option).
template <typename Row>
class Registry final {
 public:
  /// `kind`: what a row is in messages ("sampler"). `example`: a choice written out ("{name: grid, points: 3}").
  Registry(std::string kind, std::string example, std::vector<Row> rows)
      : kind_(std::move(kind)), example_(std::move(example)), rows_(std::move(rows)) {}

  std::span<const Row> rows() const { return rows_; }

  const Row* find(std::string_view name) const {
    for (const Row& row : rows_) {
      if (row.name == name) return &row;
    }
    return nullptr;
  }

  std::vector<std::string> names() const {
    std::vector<std::string> list;
    for (const Row& row : rows_) list.emplace_back(row.name);
    return list;
  }

  /// Errors: kInvalidArgument, with the nearest name.
  Result<const Row*> get(std::string_view name) const {
    if (const Row* row = find(name)) return row;
    return fail(ErrorCode::kInvalidArgument, fmt::format("unknown {} '{}'", kind_, printable(name)),
                suggest_name(name, names()));
  }

  /// The row, its options checked: an object of known names and values in range.
  Result<const Row*> get(std::string_view name, const Json& options) const {
    STERLET_TRY(const Row* row, get(name));
    STERLET_PASS(check_options(fmt::format("{} {}", kind_, name), row->options, options, example_));
    return row;
  }

  /// The same of a choice as it is written in a study file: a name, or a map with a name and options.
  struct Chosen {
    const Row* row = nullptr;
    Json options = Json::object();
  };
  Result<Chosen> choose(const Json& choice) const {
    constexpr std::size_t kQuotedMax = 60;
    Chosen chosen;
    if (choice.is_string()) {
      STERLET_TRY(chosen.row, get(choice.template get<std::string>()));
      return chosen;
    }
    if (!choice.is_object() || !choice.contains("name") || !choice["name"].is_string()) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("a {} cannot be {}", kind_, json_line(choice).substr(0, kQuotedMax)),
                  fmt::format("write its name, or {}", example_));
    }
    chosen.options = choice;
    chosen.options.erase("name");
    STERLET_TRY(chosen.row, get(choice["name"].template get<std::string>(), chosen.options));
    return chosen;
  }

  /// The JSON Schema of a choice: one of the names, or one of the rows written as a map.
  Json schema() const {
    Json forms = Json::array();
    forms.push_back({{"enum", names()}});
    for (const Row& row : rows_) forms.push_back(row_schema(row.name, row.summary, row.options));
    return {{"oneOf", forms}};
  }

 private:
  std::string kind_, example_;
  std::vector<Row> rows_;
};

}  // namespace sterlet::base
