#include "sterlet/api/results_file.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "sterlet/api/csv.h"
#include "sterlet/base/text.h"

namespace sterlet::api {

namespace {

using base::ErrorCode;
using base::Json;
using base::Result;
using storage::State;

base::Failure refuse(std::string what, std::string next = {}) {
  return base::fail(ErrorCode::kInvalidArgument, std::move(what), std::move(next));
}

// What a column or key is to a study.
struct Meaning {
  enum class Kind { kParameter, kElement, kObjective, kState, kReason };
  Kind kind = Kind::kParameter;
  std::size_t index = 0;  // Of the parameter, dimension or objective.
};

class Reader final {
 public:
  Reader(const studyfile::StudySpec& spec, const space::Space& space) : spec_(spec), space_(space) {}

  Result<ResultsFile> read_csv(std::string_view text) {
    STERLET_TRY(const auto rows, parse_csv(text));
    if (rows.empty()) return refuse("it is empty", "begin it with a line of the columns' names");
    std::vector<std::optional<Meaning>> columns;
    for (const std::string& name : rows.front().cells) columns.push_back(meaning_of(name));
    if (std::none_of(columns.begin(), columns.end(), [](const auto& column) { return column.has_value(); })) {
      const std::string first = base::printable(rows.front().cells.front());
      const bool is_cut_otherwise = rows.front().cells.size() == 1 && first.find_first_of(";|") != std::string::npos;
      const bool is_cut_by_tabs =
          rows.front().cells.size() == 1 && rows.front().cells.front().find('\t') != std::string::npos;
      return refuse(fmt::format("none of its columns is a parameter or an objective ({})", first),
                    is_cut_otherwise || is_cut_by_tabs
                        ? "save it with commas between the columns, and points in the numbers"
                        : "begin it with a line of the columns' names");
    }
    for (std::size_t i = 1; i < rows.size(); ++i) {
      const CsvRow& row = rows[i];
      ImportedTrial trial{.line = row.line, .params = Json::object()};
      if (row.cells.size() != columns.size()) {
        return at_line(row.line, refuse(fmt::format("it has {} where the header has {}",
                                                    base::count_text(row.cells.size(), "cell"), columns.size())));
      }
      Row values{.objectives = std::vector<std::optional<double>>(spec_.objectives.size()), .state = {}};
      for (std::size_t c = 0; c < columns.size(); ++c) {
        if (!columns[c] || row.cells[c].empty()) continue;
        if (auto taken = take_text(*columns[c], row.cells[c], trial, values); !taken) return at_line(row.line, taken);
      }
      if (auto kept = keep(std::move(trial), std::move(values)); !kept) return at_line(row.line, kept);
    }
    return std::move(file_);
  }

  Result<ResultsFile> read_json_lines(std::string_view text) {
    std::size_t line = 0;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string_view one = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      ++line;
      if (one.find_first_not_of(" \t\r") == std::string_view::npos) continue;
      const auto json = base::parse_json(one);
      if (!json) return at_line(line, base::fail(json.error()));
      if (!json->is_object()) return at_line(line, refuse("it is no JSON object", "write one object a line"));
      if (auto taken = take_object(line, *json); !taken) return at_line(line, taken);
    }
    return std::move(file_);
  }

 private:
  struct Row {
    std::vector<std::optional<double>> objectives;
    std::string state;
  };

  // The error of a line, whose number becomes its place.
  template <typename Failed>
  static base::Failure at_line(std::size_t line, const Failed& failed) {
    base::Error error = failed.error();
    error.where = fmt::format("{}", line);
    return base::fail(std::move(error));
  }
  static base::Failure at_line(std::size_t line, const base::Failure& failure) {
    base::Error error = failure.value();
    error.where = fmt::format("{}", line);
    return base::fail(std::move(error));
  }

  std::optional<Meaning> meaning_of(const std::string& name) {
    using Kind = Meaning::Kind;
    const auto found = known_.find(name);
    if (found != known_.end()) return found->second;
    std::optional<Meaning>& meaning = known_[name];
    if (const auto parameter = space_.find_parameter(name)) return meaning = Meaning{Kind::kParameter, *parameter};
    for (std::size_t i = 0; i < space_.dimensions().size(); ++i) {
      if (space_.dimension_name(i) == name) return meaning = Meaning{Kind::kElement, i};
    }
    for (std::size_t i = 0; i < spec_.objectives.size(); ++i) {
      if (spec_.objectives[i].metric == name) return meaning = Meaning{Kind::kObjective, i};
    }
    if (name == "value" && spec_.objectives.size() == 1) return meaning = Meaning{Kind::kObjective, 0};
    if (name == "state") return meaning = Meaning{Kind::kState};
    if (name == "reason") return meaning = Meaning{Kind::kReason};
    // What export writes beside is known to say nothing here.
    constexpr std::array<std::string_view, 20> kOfExport{
        "number", "origin",  "attempts",       "started",      "ended",       "duration", "repeat_of",
        "runs",   "mean",    "standard_error", "tags",         "notes",       "note",     "predicted",
        "turns",  "outside", "checkpoint",     "spec_version", "values_then", "reports"};
    if (std::find(kOfExport.begin(), kOfExport.end(), name) == kOfExport.end()) file_.ignored.push_back(name);
    return std::nullopt;
  }

  Result<Json> value_of(const space::Parameter& parameter, const std::string& text) const {
    if (space::is_numeric(parameter)) {
      const auto number = base::parse_number(text);
      if (!number) {
        return refuse(fmt::format("{} is '{}', which is no number", parameter.name, base::printable(text)));
      }
      if (parameter.kind == space::Kind::kInt && *number == std::floor(*number) && std::fabs(*number) < 9e15) {
        return Json(static_cast<std::int64_t>(*number));
      }
      return Json(*number);
    }
    for (const space::Scalar& choice : parameter.choices) {
      if (space::text_of(choice) == text) return space::json_from_scalar(choice);
    }
    // As a number it may be written in another way.
    const auto number = base::parse_number(text);
    return number ? Json(*number) : Json(text);
  }

  Result<void> take_text(const Meaning& meaning, const std::string& text, ImportedTrial& trial, Row& row) const {
    switch (meaning.kind) {
      case Meaning::Kind::kParameter: {
        const space::Parameter& parameter = space_.parameters()[meaning.index];
        if (parameter.repeat.empty()) {
          STERLET_TRY(trial.params[parameter.name], value_of(parameter, text));
          return {};
        }
        // All elements in one cell, as a command line gives them: 64,80 or [64, 80].
        Json list = Json::array();
        std::string part;
        for (const char c : text + ",") {
          if (c == ',') {
            STERLET_TRY(Json value, value_of(parameter, part));
            list.push_back(std::move(value));
            part.clear();
          } else if (c != '[' && c != ']' && c != ' ' && c != '"') {
            part += c;
          }
        }
        trial.params[parameter.name] = std::move(list);
        return {};
      }
      case Meaning::Kind::kElement: {
        const space::Dimension& place = space_.dimensions()[meaning.index];
        const space::Parameter& parameter = space_.parameters()[place.parameter];
        Json& list = trial.params[parameter.name];
        if (!list.is_array()) list = Json::array();
        while (list.size() <= place.element) list.push_back(nullptr);
        STERLET_TRY(list[place.element], value_of(parameter, text));
        return {};
      }
      case Meaning::Kind::kObjective: {
        const auto number = base::parse_number(text);
        if (!number) {
          return refuse(fmt::format("{} is '{}', which is no number", spec_.objectives[meaning.index].metric,
                                    base::printable(text)));
        }
        row.objectives[meaning.index] = *number;
        return {};
      }
      case Meaning::Kind::kState:
        row.state = text;
        return {};
      case Meaning::Kind::kReason:
        trial.outcome.reason = text;
        return {};
    }
    return {};
  }

  Result<void> take_object(std::size_t line, const Json& json) {
    ImportedTrial trial{.line = line, .params = Json::object()};
    Row row{.objectives = std::vector<std::optional<double>>(spec_.objectives.size()), .state = {}};
    const bool is_nested = json.contains("params") && json["params"].is_object();
    if (is_nested) trial.params = json["params"];
    for (const auto& [key, value] : json.items()) {
      if (value.is_null() || (is_nested && key == "params")) continue;
      if (key == "values") {
        STERLET_TRY(const auto values, numbers_of(key, value));
        for (std::size_t i = 0; i < std::min(values.size(), row.objectives.size()); ++i) row.objectives[i] = values[i];
        if (!values.empty() && values.size() != row.objectives.size()) {
          return refuse(fmt::format("it has {}, but the study has {}", base::count_text(values.size(), "value"),
                                    base::count_text(row.objectives.size(), "objective")));
        }
        continue;
      }
      if (key == "constraints") {
        STERLET_TRY(trial.outcome.constraints, numbers_of(key, value));
        continue;
      }
      if (key == "reports" && !space_.find_parameter(key)) {
        STERLET_PASS(take_reports(value, trial));
        continue;
      }
      const auto meaning = meaning_of(key);
      if (!meaning) continue;
      if (!is_nested && meaning->kind == Meaning::Kind::kParameter && !value.is_string()) {
        trial.params[space_.parameters()[meaning->index].name] = value;
      } else if (!is_nested || meaning->kind > Meaning::Kind::kElement) {
        STERLET_PASS(take_text(*meaning, value.is_string() ? value.get<std::string>() : value.dump(), trial, row));
      }
    }
    return keep(std::move(trial), std::move(row));
  }

  static Result<std::vector<double>> numbers_of(const std::string& key, const Json& list) {
    std::vector<double> numbers;
    for (const Json& one : list) {
      const auto number = base::number_from_json(one);
      if (!list.is_array() || !number) return refuse(fmt::format("'{}' must be a list of numbers", key));
      numbers.push_back(*number);
    }
    return numbers;
  }

  // [{"step": 1, "metrics": {...}}] as export writes it, or [[step, value], ...] of the first objective.
  Result<void> take_reports(const Json& list, ImportedTrial& trial) const {
    const auto wrong = [] {
      return refuse("'reports' must be a list of [step, value], or of {\"step\":.., \"metrics\":{..}}");
    };
    if (!list.is_array()) return wrong();
    for (const Json& one : list) {
      study::StepReport report;
      if (one.is_array() && one.size() == 2 && one[0].is_number_integer() && base::number_from_json(one[1])) {
        report.step = one[0].get<std::int64_t>();
        report.metrics.emplace_back(spec_.objectives.front().metric, *base::number_from_json(one[1]));
      } else if (one.is_object() && one.contains("step") && one["step"].is_number_integer() &&
                 one.contains("metrics") && one["metrics"].is_object()) {
        report.step = one["step"].get<std::int64_t>();
        for (const auto& [metric, value] : one["metrics"].items()) {
          const auto number = base::number_from_json(value);
          if (!number) return wrong();
          report.metrics.emplace_back(metric, *number);
        }
      } else {
        return wrong();
      }
      trial.reports.push_back(std::move(report));
    }
    return {};
  }

  Result<void> keep(ImportedTrial trial, Row row) {
    std::string state = row.state.empty() ? "COMPLETE" : row.state;
    std::transform(state.begin(), state.end(), state.begin(), [](unsigned char c) { return std::toupper(c); });
    const auto known = storage::state_from_text(state);
    if (!known) {
      return refuse(fmt::format("state cannot be '{}'", base::printable(row.state)),
                    "it is complete, pruned, failed or cancelled");
    }
    if (!study::is_final(*known) || *known == State::kRemoved) {
      ++file_.unfinished;
      return {};
    }
    trial.outcome.state = *known;
    if (*known == State::kComplete || *known == State::kPruned) {
      const bool has_all =
          std::all_of(row.objectives.begin(), row.objectives.end(), [](const auto& one) { return one.has_value(); });
      for (std::size_t i = 0; i < row.objectives.size() && has_all; ++i) {
        trial.outcome.values.push_back(*row.objectives[i]);
      }
      if (!has_all && *known == State::kComplete) {
        for (std::size_t i = 0; i < row.objectives.size(); ++i) {
          if (row.objectives[i]) continue;
          return refuse(fmt::format("{} is missing", spec_.objectives[i].metric),
                        "give it a value, or another state than complete");
        }
      }
    }
    file_.trials.push_back(std::move(trial));
    return {};
  }

  const studyfile::StudySpec& spec_;
  const space::Space& space_;
  std::map<std::string, std::optional<Meaning>> known_;  // By name.
  ResultsFile file_;
};

}  // namespace

Result<ResultsFormat> results_format(std::string_view path) {
  if (path.ends_with(".csv")) return ResultsFormat::kCsv;
  if (path.ends_with(".jsonl") || path.ends_with(".ndjson") || path.ends_with(".json")) {
    return ResultsFormat::kJsonLines;
  }
  return base::fail(ErrorCode::kInvalidArgument, "its name does not say what it is", "name it .csv or .jsonl",
                    std::string(path));
}

Result<ResultsFile> read_results(std::string_view text, const std::string& path, ResultsFormat format,
                                 const studyfile::StudySpec& spec, const space::Space& space) {
  Reader reader(spec, space);
  auto file = format == ResultsFormat::kCsv ? reader.read_csv(text) : reader.read_json_lines(text);
  if (file) return file;
  base::Error error = file.error();
  error.where = error.where.empty() ? path : fmt::format("{}:{}", path, error.where);
  return base::fail(std::move(error));
}

}  // namespace sterlet::api
