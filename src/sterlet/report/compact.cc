#include "sterlet/report/compact.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sterlet::report {

namespace {

using nlohmann::json;

constexpr std::size_t kExactValuesMax = 20'000;  // more parameter values than this are rounded
constexpr int kDigitsWhenMany = 6;
constexpr std::size_t kCurvePointsMax = 40'000;  // more reported values than this are thinned
constexpr std::size_t kCurvePointsMin = 8;       // a curve of fewer says little: then curves are left out instead
constexpr std::size_t kMetricsMax = 40;
constexpr std::size_t kAxesPerRepeatMax = 256;
constexpr std::size_t kReasonBytesMax = 600;

const json& null_value() {
  static const json value;
  return value;
}

const json& empty_array() {
  static const json value = json::array();
  return value;
}

const json& field(const json& object, const char* name) {
  if (!object.is_object()) return null_value();
  const auto found = object.find(name);
  return found == object.end() ? null_value() : *found;
}

const json& array_field(const json& object, const char* name) {
  const json& found = field(object, name);
  return found.is_array() ? found : empty_array();
}

std::string text_field(const json& object, const char* name) {
  const json& found = field(object, name);
  return found.is_string() ? found.get<std::string>() : std::string();
}

std::optional<double> finite(const json& value) {
  if (!value.is_number() || !std::isfinite(value.get<double>())) return std::nullopt;
  return value.get<double>();
}

double round_to(double value, int digits) {
  const std::string text = fmt::format("{:.{}g}", value, digits);
  double rounded = value;
  std::from_chars(text.data(), text.data() + text.size(), rounded);
  return rounded;
}

json rounded(const json& value, int digits) {
  if (!value.is_number_float() || !std::isfinite(value.get<double>())) return value;
  const double number = round_to(value.get<double>(), digits);
  // 3.0 as 3: two bytes less for each of many values.
  if (number == std::floor(number) && std::abs(number) < 1e15) return static_cast<std::int64_t>(number);
  return number;
}

// "2026-11-24T05:00:00.000Z" as milliseconds since 1970.
std::optional<std::int64_t> time_ms(const std::string& text) {
  const auto digits = [&](std::size_t at, std::size_t count) -> std::optional<int> {
    int number = 0;
    if (text.size() < at + count) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + at + count, number);
    if (error != std::errc() || end != text.data() + at + count) return std::nullopt;
    return number;
  };
  const auto year = digits(0, 4), month = digits(5, 2), day = digits(8, 2);
  const auto hour = digits(11, 2), minute = digits(14, 2), second = digits(17, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t milliseconds = text.size() > 20 && text[19] == '.' ? digits(20, 3).value_or(0) : 0;
  return (((days * 24 + *hour) * 60 + *minute) * 60 + *second) * 1000 + milliseconds;
}

// Texts that occur often, stored once: the list, and the index of each.
class Dictionary {
 public:
  std::size_t index_of(const std::string& text) {
    const auto [entry, is_new] = indices_.emplace(text, texts_.size());
    if (is_new) texts_.push_back(text);
    return entry->second;
  }
  const json& texts() const { return texts_; }

 private:
  std::map<std::string, std::size_t> indices_;
  json texts_ = json::array();
};

struct Axis {
  std::string parameter;
  std::optional<std::size_t> index;  // of a repeated parameter's array
  json description;
};

std::size_t longest_array(const json& trials, const std::string& name) {
  std::size_t longest = 1;
  for (const json& trial : trials) {
    const json& value = field(field(trial, "params"), name.c_str());
    if (value.is_array()) longest = std::max(longest, value.size());
  }
  return std::min(longest, kAxesPerRepeatMax);
}

std::vector<Axis> axes_of(const json& document, const json& trials) {
  std::vector<Axis> axes;
  for (const json& parameter : array_field(document, "parameters")) {
    const std::string name = text_field(parameter, "name");
    if (name.empty()) continue;
    if (field(parameter, "repeat").is_null()) {
      axes.push_back({name, std::nullopt, parameter});
      continue;
    }
    const std::size_t count = longest_array(trials, name);
    for (std::size_t index = 0; index < count; ++index) {
      json description = parameter;
      description["name"] = fmt::format("{}[{}]", name, index);
      axes.push_back({name, index, std::move(description)});
    }
  }
  return axes;
}

const json& cell_of(const json& trial, const Axis& axis) {
  const json& value = field(field(trial, "params"), axis.parameter.c_str());
  if (!axis.index) return value;
  return value.is_array() && *axis.index < value.size() ? value[*axis.index] : null_value();
}

// The place of a value among an axis's choices; a choice that the space does not list (any more) is added.
std::size_t choice_index(json& choices, const json& value) {
  for (std::size_t index = 0; index < choices.size(); ++index) {
    if (choices[index].type() == value.type() && choices[index] == value) return index;
    if (choices[index].is_number() && value.is_number() && choices[index] == value) return index;
  }
  choices.push_back(value);
  return choices.size() - 1;
}

json column_of(const json& trials, Axis& axis, const std::set<std::size_t>& exact_rows, bool exact) {
  json column = json::array();
  const bool has_choices = field(axis.description, "choices").is_array();
  for (std::size_t row = 0; row < trials.size(); ++row) {
    const json& value = cell_of(trials[row], axis);
    if (value.is_null()) {
      column.push_back(nullptr);
    } else if (has_choices) {
      column.push_back(choice_index(axis.description["choices"], value));
    } else if (exact || exact_rows.contains(row)) {
      column.push_back(value);
    } else {
      column.push_back(rounded(value, kDigitsWhenMany));
    }
  }
  return column;
}

// Rows of the complete trials that no other one beats: for one objective the best (the first of equals), for several
// the Pareto front, by row.
std::vector<std::size_t> best_rows(const json& trials, const json& objectives) {
  std::vector<std::pair<std::size_t, std::vector<double>>> front;
  for (std::size_t row = 0; row < trials.size(); ++row) {
    const json& values = array_field(trials[row], "values");
    if (text_field(trials[row], "state") != "COMPLETE" || values.size() < objectives.size() || values.empty()) continue;
    std::vector<double> costs;
    for (std::size_t index = 0; index < objectives.size(); ++index) {
      const auto value = finite(values[index]);
      if (!value) break;
      costs.push_back(text_field(objectives[index], "direction") == "maximize" ? -*value : *value);
    }
    if (costs.size() < objectives.size() || costs.empty()) continue;
    const auto covers = [](const std::vector<double>& better, const std::vector<double>& other) {
      return std::equal(better.begin(), better.end(), other.begin(), [](double a, double b) { return a <= b; });
    };
    const bool is_beaten = std::any_of(front.begin(), front.end(), [&](const auto& entry) {
      return covers(entry.second, costs) && (costs.size() == 1 || entry.second != costs);
    });
    if (is_beaten) continue;
    std::erase_if(front, [&](const auto& entry) { return entry.second != costs && covers(costs, entry.second); });
    front.emplace_back(row, std::move(costs));
  }
  std::vector<std::size_t> rows;
  for (const auto& entry : front) rows.push_back(entry.first);
  return rows;
}

struct Curve {
  std::size_t row = 0;
  std::vector<std::pair<double, double>> points;  // step, value
};

// Both ends and evenly spaced points between.
void thin(Curve& curve, std::size_t count) {
  if (curve.points.size() <= count) return;
  std::vector<std::pair<double, double>> kept;
  for (std::size_t index = 0; index < count; ++index) {
    kept.push_back(curve.points[index * (curve.points.size() - 1) / (count - 1)]);
  }
  curve.points = std::move(kept);
}

// The points left to each curve, so that all stay within kCurvePointsMax; where that would be too few, curves are left
// out at even distances, those of the best trials never.
void thin_all(std::vector<Curve>& curves, std::size_t points_max, const std::set<std::size_t>& best) {
  const std::size_t curves_max = std::max<std::size_t>(1, points_max / kCurvePointsMin);
  const std::size_t stride = (curves.size() + curves_max - 1) / curves_max;
  std::vector<Curve> kept;
  for (std::size_t index = 0; index < curves.size(); ++index) {
    if (index % stride == 0 || best.contains(curves[index].row)) kept.push_back(std::move(curves[index]));
  }
  const std::size_t points_each = std::max(kCurvePointsMin, points_max / std::max<std::size_t>(1, kept.size()));
  for (Curve& curve : kept) thin(curve, points_each);
  curves = std::move(kept);
}

json curves_of(const json& trials, const std::set<std::size_t>& best, bool& is_thinned) {
  std::vector<std::string> names;
  std::map<std::string, std::vector<Curve>> curves;
  std::size_t points = 0;
  for (std::size_t row = 0; row < trials.size(); ++row) {
    for (const json& report : array_field(trials[row], "reports")) {
      const auto step = finite(field(report, "step"));
      const json& metrics = field(report, "metrics");
      if (!step || !metrics.is_object()) continue;
      for (const auto& [name, value] : metrics.items()) {
        if (!curves.contains(name)) {
          if (names.size() >= kMetricsMax) continue;
          names.push_back(name);
        }
        auto& lines = curves[name];
        if (lines.empty() || lines.back().row != row) lines.push_back({row, {}});
        lines.back().points.emplace_back(*step, finite(value).value_or(std::numeric_limits<double>::quiet_NaN()));
        ++points;
      }
    }
  }
  is_thinned = points > kCurvePointsMax;

  json step_lists = json::array();
  std::map<std::string, std::size_t> step_index;
  json metrics = json::array();
  for (const std::string& name : names) {
    json rows = json::array(), steps = json::array(), values = json::array();
    const std::size_t reported = curves[name].size();
    if (is_thinned) thin_all(curves[name], kCurvePointsMax / names.size(), best);
    for (const Curve& curve : curves[name]) {
      json own_steps = json::array(), own_values = json::array();
      for (const auto& [step, value] : curve.points) {
        own_steps.push_back(rounded(step, 12));
        own_values.push_back(std::isnan(value) ? json() : rounded(value, is_thinned ? 4 : 6));
      }
      const auto [entry, is_new] = step_index.emplace(own_steps.dump(), step_lists.size());
      if (is_new) step_lists.push_back(std::move(own_steps));
      rows.push_back(curve.row);
      steps.push_back(entry->second);
      values.push_back(std::move(own_values));
    }
    metrics.push_back({{"name", name}, {"reported", reported}, {"rows", rows}, {"steps", steps}, {"values", values}});
  }
  return {{"steps", step_lists}, {"metrics", metrics}};
}

// Who went on from whose weights: [row, from which row, step], copies alone, for the page's lineage. Null where the
// study has no population.
json copies_of(const json& trials) {
  json copies = json::array();
  bool has_turns = false;
  std::map<std::int64_t, std::size_t> rows;
  for (std::size_t row = 0; row < trials.size(); ++row) {
    const json& number = field(trials[row], "number");
    if (number.is_number_integer()) rows[number.get<std::int64_t>()] = row;
  }
  for (std::size_t row = 0; row < trials.size(); ++row) {
    for (const json& turn : array_field(trials[row], "turns")) {
      has_turns = true;
      const json &parent = field(turn, "parent"), &step = field(turn, "from_step");
      if (!parent.is_number_integer() || !step.is_number_integer()) continue;
      const auto from = rows.find(parent.get<std::int64_t>());
      if (from != rows.end() && from->second != row) copies.push_back({row, from->second, step});
    }
  }
  return has_turns ? copies : json();
}

}  // namespace

json compact_document(const json& document) {
  const json& trials = array_field(document, "trials");
  const json& study = field(document, "study");
  const json& objectives = array_field(study, "objectives");
  std::vector<Axis> axes = axes_of(document, trials);
  std::vector<std::size_t> best = best_rows(trials, objectives);
  if (const json& answer = field(study, "answer"); answer.is_object()) {
    // Repeated settings have means: the study says which is the best, not the luckiest single run.
    for (std::size_t row = 0; row < trials.size(); ++row) {
      if (field(trials[row], "number") == field(answer, "number")) best = {row};
    }
  }
  const bool exact = axes.size() * trials.size() <= kExactValuesMax;

  std::int64_t origin_ms = std::numeric_limits<std::int64_t>::max();
  for (const json& trial : trials) {
    origin_ms = std::min(origin_ms, time_ms(text_field(trial, "started")).value_or(origin_ms));
  }
  Dictionary states, origins, reasons;
  json numbers = json::array(), state = json::array(), origin = json::array(), started = json::array(),
       lasted = json::array(), attempts = json::object(), reason = json::object();
  for (std::size_t row = 0; row < trials.size(); ++row) {
    const json& trial = trials[row];
    const std::string key = std::to_string(row);
    const auto begin = time_ms(text_field(trial, "started")), end = time_ms(text_field(trial, "ended"));
    numbers.push_back(field(trial, "number").is_number_integer() ? field(trial, "number") : json(row));
    state.push_back(states.index_of(text_field(trial, "state")));
    origin.push_back(origins.index_of(text_field(trial, "origin")));
    started.push_back(begin ? json(*begin - origin_ms) : json());
    lasted.push_back(begin && end ? json(*end - *begin) : json());
    if (field(trial, "attempts").is_number_integer() && field(trial, "attempts") != 1) {
      attempts[key] = field(trial, "attempts");
    }
    std::string text = text_field(trial, "reason");
    if (text.size() > kReasonBytesMax) text = text.substr(0, kReasonBytesMax) + "...";
    if (!text.empty()) reason[key] = reasons.index_of(text);
  }
  json values = json::array();
  const std::set<std::size_t> exact_rows(best.begin(), best.end());
  for (std::size_t index = 0; index < objectives.size(); ++index) {
    json column = json::array();
    for (std::size_t row = 0; row < trials.size(); ++row) {
      const json& own = array_field(trials[row], "values");
      const json& value = index < own.size() ? own[index] : null_value();
      column.push_back(exact || exact_rows.contains(row) ? value : rounded(value, kDigitsWhenMany));
    }
    values.push_back(std::move(column));
  }
  json columns = json::array(), descriptions = json::array();
  for (Axis& axis : axes) {
    columns.push_back(column_of(trials, axis, exact_rows, exact));
    descriptions.push_back(std::move(axis.description));
  }
  bool is_thinned = false;
  json curves = curves_of(trials, exact_rows, is_thinned);
  return {{"study", study},
          {"axes", descriptions},
          {"columns", columns},
          {"numbers", numbers},
          {"states", states.texts()},
          {"state", state},
          {"origins", origins.texts()},
          {"origin", origin},
          {"epoch", trials.empty() || origin_ms == std::numeric_limits<std::int64_t>::max() ? json() : json(origin_ms)},
          {"started", started},
          {"lasted", lasted},
          {"attempts", attempts},
          {"reasons", reasons.texts()},
          {"reason", reason},
          {"values", values},
          {"best", best},
          {"curves", curves},
          {"copies", copies_of(trials)},
          {"rounded", !exact},
          {"thinned", is_thinned}};
}

}  // namespace sterlet::report
