#include "sterlet/babysit/record/change.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/babysit/record/tree.h"
#include "sterlet/base/text.h"
#include "sterlet/base/figure.h"
#include "sterlet/base/value_text.h"

namespace sterlet::babysit {

using base::ErrorCode;
using base::fail;
using base::Json;
using base::Result;
using base::value_text;

namespace {

// A word as a study file would read it.
Json value_of_word(const std::string& word) {
  if (const auto integer = base::parse_integer(word)) return *integer;
  if (const auto number = base::parse_number(word)) return base::json_number(*number);
  if (word == "true" || word == "false") return word == "true";
  if (!word.empty() && word.front() == '[') {
    if (auto list = base::parse_json(word)) return std::move(*list);
  }
  return word;
}

constexpr std::array<std::pair<Change::Op, std::string_view>, 3> kOps = {
    {{Change::Op::kSet, "="}, {Change::Op::kMultiply, "*="}, {Change::Op::kDivide, "/="}}};

Result<Json> value_after(const Change& change, const space::Parameter& parameter, const Json& before) {
  if (change.op == Change::Op::kSet) return change.value;
  const bool divides = change.op == Change::Op::kDivide;
  const auto factor = base::number_from_json(change.value);
  const auto number = base::number_from_json(before);
  if (!factor || !number || !before.is_number()) {
    return fail(
        ErrorCode::kInvalidArgument,
        fmt::format("{} cannot be {} (it is {})", change.name, divides ? "divided" : "multiplied", value_text(before)),
        fmt::format("give its new value: {}=...", change.name));
  }
  if (divides && *factor == 0) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("{} cannot be divided by 0", change.name),
                fmt::format("give its new value: {}=...", change.name));
  }
  // 0.9 * 1.05 is to be 0.945, as a person expects it.
  const double exact = divides ? *number / *factor : *number * *factor;
  const double after = base::parse_number(fmt::format("{:.15g}", exact)).value_or(exact);
  if (parameter.kind == space::Kind::kInt) return static_cast<std::int64_t>(std::llround(after));
  return base::json_number(after);
}

}  // namespace

Result<std::vector<Change>> parse_changes(const std::vector<std::string>& words) {
  std::vector<Change> changes;
  for (const std::string& word : words) {
    const auto equals = word.find('=');
    const char before = equals != std::string::npos && equals > 0 ? word[equals - 1] : ' ';
    const Change::Op op = before == '*'   ? Change::Op::kMultiply
                          : before == '/' ? Change::Op::kDivide
                                          : Change::Op::kSet;
    const std::string name =
        equals == std::string::npos ? std::string() : word.substr(0, equals - (op == Change::Op::kSet ? 0 : 1));
    if (name.empty() || equals + 1 == word.size()) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("'{}' is neither name=value nor name*=factor", base::printable(word)),
                  "write it as learning_rate=0.02 or momentum*=1.05");
    }
    for (const Change& earlier : changes) {
      if (earlier.name == name) {
        return fail(ErrorCode::kInvalidArgument, fmt::format("{} is given twice", base::printable(name)),
                    "give it once");
      }
    }
    changes.push_back({.name = name, .op = op, .value = value_of_word(word.substr(equals + 1))});
  }
  return changes;
}

Json json_from_changes(const std::vector<Change>& changes) {
  Json list = Json::array();
  for (const Change& change : changes) {
    const auto op = std::find_if(kOps.begin(), kOps.end(), [&](const auto& entry) { return entry.first == change.op; });
    list.push_back({{"name", change.name}, {"op", op->second}, {"value", change.value}});
  }
  return list;
}

Result<std::vector<Change>> changes_from_json(const Json& json) {
  std::vector<Change> changes;
  if (json.is_array()) {
    for (const Json& entry : json) {
      const bool whole = entry.is_object() && entry.contains("name") && entry["name"].is_string() &&
                         entry.contains("value") && entry.contains("op");
      if (!whole)
        return fail(ErrorCode::kInvalidArgument, "a change without a name, an op or a value",
                    R"(write it as {"name":"learning_rate","op":"=","value":0.02})");
      const auto op =
          std::find_if(kOps.begin(), kOps.end(), [&](const auto& known) { return entry["op"] == known.second; });
      if (op == kOps.end())
        return fail(ErrorCode::kInvalidArgument, "a change whose op is not =, *= or /=",
                    R"(write it as {"name":"learning_rate","op":"=","value":0.02})");
      changes.push_back({.name = entry["name"].get<std::string>(), .op = op->first, .value = entry["value"]});
    }
  }
  return changes;
}

Result<Json> resolve_changes(const std::vector<Change>& changes, const space::Space& space, const Json& params) {
  Json set = Json::object(), after = params;
  for (const Change& change : changes) {
    const auto index = space.find_parameter(change.name);
    if (!index) {
      std::vector<std::string> names;
      for (const space::Parameter& parameter : space.parameters()) names.push_back(parameter.name);
      return fail(ErrorCode::kInvalidArgument, fmt::format("there is no parameter '{}'", base::printable(change.name)),
                  base::suggest_name(change.name, names));
    }
    const space::Parameter& parameter = space.parameters()[*index];
    if (!parameter.live) {
      std::vector<std::string> names;
      for (const space::Parameter& other : space.parameters()) {
        if (other.live) names.push_back(other.name);
      }
      return fail(
          ErrorCode::kInvalidArgument,
          fmt::format("{} cannot be changed while the model trains: the study does not call it live", parameter.name),
          names.empty() ? fmt::format("write {}: {{..., live: true}} in the study file", parameter.name)
                        : fmt::format("live are: {}", fmt::join(names, ", ")));
    }
    if (!params.contains(parameter.name)) {
      return fail(ErrorCode::kInvalidArgument, fmt::format("this model has no {}", parameter.name),
                  parameter.when.empty() ? std::string() : fmt::format("it has one where {}", parameter.when));
    }
    STERLET_TRY(Json value, value_after(change, parameter, params[parameter.name]));
    STERLET_PASS(space.check_partial(Json{{parameter.name, value}}));
    if (value == params[parameter.name]) continue;
    set[parameter.name] = value;
    after[parameter.name] = std::move(value);
  }
  if (set.empty()) {
    std::string values;
    for (const Change& change : changes) {
      values +=
          fmt::format("{}{} is {} already", values.empty() ? "" : ", ", change.name, value_text(params[change.name]));
    }
    return fail(
        ErrorCode::kConflict, changes.empty() ? std::string("nothing to change") : values,
        changes.empty() ? "name a parameter and its new value, as in learning_rate=0.02" : "nothing was changed");
  }
  STERLET_PASS(space.from_json(after));
  return set;
}

std::string change_text(const Json& set, const Json& was) {
  std::string text;
  for (const auto& [name, value] : set.items()) {
    const auto before = was.find(name);
    text += fmt::format("{}{} from {} to {}", text.empty() ? "" : ", ", name,
                        before == was.end() ? std::string("?") : value_text(*before), value_text(value));
  }
  return text;
}

std::string change_text(const storage::InterventionRecord& made) {
  return change_text(stored_json(made.set), stored_json(made.was));
}

std::string back_text(const storage::InterventionRecord& made) {
  const Json set = stored_json(made.set), was = stored_json(made.was);
  std::string text;
  for (const auto& [name, value] : set.items()) {
    const auto before = was.find(name);
    text += fmt::format("{}{} {} back to {}", text.empty() ? "" : ", ", name, value_text(value),
                        before == was.end() ? std::string("?") : value_text(*before));
  }
  return text;
}

std::string probability_text(double probability) {
  if (probability > 0.99) return "p > 0.99";
  if (probability < 0.01) return "p < 0.01";
  return fmt::format("p = {:.2f}", probability);
}

std::string author_text(const storage::InterventionRecord& made) {
  return made.by == storage::ChangeAuthor::kPerson ? made.who : std::string(storage::text_of(made.by));
}

std::string settings_text(const Json& params) {
  std::string text;
  for (const auto& [name, value] : params.items()) {
    const std::string shown = value.is_number_float() ? base::figure_text(value.get<double>()) : value_text(value);
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, shown);
  }
  return text;
}

std::string settings_words(const Json& params) {
  std::string text;
  for (const auto& [name, value] : params.items()) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, value_text(value));
  }
  return text;
}

}  // namespace sterlet::babysit
