#include "sterlet/report/page_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <utility>

#include "sterlet/report/json_text.h"

namespace sterlet::report {

namespace {

using nlohmann::json;

constexpr std::size_t kExactValuesMax = 20'000;  // More parameter values than this are rounded.
constexpr int kDigitsWhenMany = 6;
constexpr std::size_t kAxesPerRepeatMax = 256;
constexpr std::size_t kReasonBytesMax = 600;
constexpr std::size_t kLogBytesMax = 4000;

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

std::optional<std::int64_t> whole(const json& value) {
  if (!value.is_number_integer()) return std::nullopt;
  return value.get<std::int64_t>();
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

// Makes an axis as wide as what is drawn on it: trials from before a change of the space may lie outside it.
void widen(json& axis, const Column& column) {
  const auto low = finite(field(axis, "low")), high = finite(field(axis, "high"));
  const auto range = column.range();
  if (!low || !high || !range) return;
  const std::string scale = text_field(axis, "scale");
  const auto [least, most] = *range;
  if (least < *low && (scale != "log" || least > 0)) axis["low"] = least;
  if (most > *high && (scale != "reverse_log" || most < 1)) axis["high"] = most;
}

void append_optional(std::string& out, const std::optional<std::int64_t>& number) {
  out += number ? std::to_string(*number) : "null";
}

}  // namespace

std::uint32_t PageData::Dictionary::index_of(const std::string& text) {
  const auto [entry, is_new] = indices_.emplace(text, static_cast<std::uint32_t>(texts_.size()));
  if (is_new) texts_.push_back(text);
  return entry->second;
}

void PageData::Dictionary::write(std::string& out) const {
  append_list(out, texts_.size(), [&](std::size_t i) { append_text(out, texts_[i]); });
}

PageData::PageData(const json& head) : study_(field(head, "study")) {
  objectives_ = array_field(study_, "objectives").size();
  values_.resize(objectives_);
  for (const json& parameter : array_field(head, "parameters")) {
    Parameter own{.name = text_field(parameter, "name"),
                  .is_repeated = !field(parameter, "repeat").is_null(),
                  .description = parameter,
                  .columns = {}};
    if (own.name.empty()) continue;
    own.columns.emplace_back(field(parameter, "choices"));
    parameters_.push_back(std::move(own));
  }
  for (const json& best : array_field(study_, "best")) {
    const auto number = whole(field(best, "number"));
    if (number) best_.push_back({.number = *number, .values = array_field(best, "values"), .row = std::nullopt});
  }
  if (study_.is_object()) study_.erase("best");
}

void PageData::add_trial(const json& trial) {
  const std::size_t row = rows_.size();
  rows_.push_back({.number = whole(field(trial, "number")).value_or(static_cast<std::int64_t>(row)),
                   .started_ms = time_ms(text_field(trial, "started")),
                   .ended_ms = time_ms(text_field(trial, "ended")),
                   .state = states_.index_of(text_field(trial, "state")),
                   .origin = origins_.index_of(text_field(trial, "origin"))});
  for (Best& best : best_) {
    if (best.number == rows_[row].number && !best.row) best.row = row;
  }
  if (const auto attempts = whole(field(trial, "attempts")); attempts && *attempts != 1) {
    attempts_.emplace_back(row, *attempts);
  }
  if (const json& model = field(trial, "model"); model.is_object()) models_.emplace_back(row, model);
  std::string reason = text_field(trial, "reason");
  if (reason.size() > kReasonBytesMax) reason = reason.substr(0, kReasonBytesMax) + "...";
  if (!reason.empty()) reason_.emplace_back(row, reasons_.index_of(reason));
  if (std::string log = text_field(trial, "log"); !log.empty()) {
    if (log.size() > kLogBytesMax) log.erase(0, log.size() - kLogBytesMax);
    logs_.emplace_back(row, std::move(log));
  }
  const json& values = array_field(trial, "values");
  for (std::size_t i = 0; i < objectives_ && i < values.size(); ++i) values_[i].set(row, values[i]);
  const json& constraints = array_field(trial, "constraints");
  const bool is_feasible = std::all_of(constraints.begin(), constraints.end(), [](const json& constraint) {
    const auto value = finite(constraint);
    return value && *value <= 0;
  });
  // One from before a change of the study that does not fit it any more counts no more than one that breaks a constraint.
  const json& outside = field(trial, "outside");
  if (!is_feasible || (outside.is_boolean() && outside.get<bool>())) infeasible_.push_back(row);
  const json& params = field(trial, "params");
  for (Parameter& parameter : parameters_) {
    const json& value = field(params, parameter.name.c_str());
    if (!parameter.is_repeated) {
      parameter.columns.front().set(row, value);
      continue;
    }
    if (!value.is_array()) continue;
    for (std::size_t i = 0; i < std::min(value.size(), kAxesPerRepeatMax); ++i) {
      if (i == parameter.columns.size()) parameter.columns.emplace_back(field(parameter.description, "choices"));
      parameter.columns[i].set(row, value[i]);
    }
  }
  take_turns(trial, row);
  curves_.begin(row, is_best(row));
  take_reports(trial);
}

void PageData::take_reports(const json& trial) {
  for (const json& report : array_field(trial, "reports")) {
    const auto step = finite(field(report, "step"));
    const json& metrics = field(report, "metrics");
    if (!step || !metrics.is_object()) continue;
    for (const auto& [name, value] : metrics.items()) {
      curves_.add(name, *step, finite(value).value_or(std::numeric_limits<double>::quiet_NaN()));
    }
  }
}

void PageData::take_turns(const json& trial, std::size_t row) {
  for (const json& turn : array_field(trial, "turns")) {
    has_turns_ = true;
    const auto parent = whole(field(turn, "parent")), step = whole(field(turn, "from_step"));
    if (parent && step) copies_.push_back({.row = row, .parent = *parent, .step = *step});
  }
}

bool PageData::is_best(std::size_t row) const {
  return std::any_of(best_.begin(), best_.end(), [&](const Best& best) { return best.row == row; });
}

void PageData::write_axes(std::string& out, std::size_t& axis_count) const {
  axis_count = 0;
  std::string list;
  for (const Parameter& parameter : parameters_) {
    for (std::size_t i = 0; i < parameter.columns.size(); ++i) {
      json description = parameter.description;
      if (parameter.is_repeated) description["name"] = fmt::format("{}[{}]", parameter.name, i);
      widen(description, parameter.columns[i]);
      const json& choices = parameter.columns[i].choices();
      if (choices.is_array()) description["choices"] = choices;
      if (axis_count++ > 0) list += ',';
      append_json(list, description);
    }
  }
  out += '[' + list + ']';
}

void PageData::write_cells(std::string& out, const Column& column, bool is_exact) const {
  append_list(out, rows_.size(),
              [&](std::size_t row) { column.write(out, row, is_exact || is_best(row) ? 0 : kDigitsWhenMany); });
}

void PageData::write_columns(std::string& out, bool is_exact) const {
  out += ",\"columns\":[";
  bool is_first = true;
  for (const Parameter& parameter : parameters_) {
    for (const Column& column : parameter.columns) {
      if (!std::exchange(is_first, false)) out += ',';
      write_cells(out, column, is_exact);
    }
  }
  out += "],\"values\":";
  append_list(out, values_.size(), [&](std::size_t i) { write_cells(out, values_[i], is_exact); });
}

void PageData::write_times(std::string& out) const {
  std::optional<std::int64_t> origin_ms;
  for (const Row& row : rows_) {
    if (row.started_ms) origin_ms = std::min(origin_ms.value_or(*row.started_ms), *row.started_ms);
  }
  out += ",\"epoch\":";
  append_optional(out, origin_ms);
  out += ",\"started\":";
  append_list(out, rows_.size(), [&](std::size_t i) {
    const auto& started = rows_[i].started_ms;
    append_optional(out, started ? std::optional(*started - *origin_ms) : std::nullopt);
  });
  out += ",\"lasted\":";
  append_list(out, rows_.size(), [&](std::size_t i) {
    const auto &started = rows_[i].started_ms, &ended = rows_[i].ended_ms;
    append_optional(out, started && ended ? std::optional(*ended - *started) : std::nullopt);
  });
}

void PageData::write_best(std::string& out) const {
  std::string rows, values;
  for (const Best& best : best_) {
    if (!best.row) continue;
    rows += (rows.empty() ? "" : ",") + std::to_string(*best.row);
    if (!values.empty()) values += ',';
    append_json(values, best.values);
  }
  out += ",\"best\":[" + rows + "],\"best_values\":[" + values + "],\"infeasible\":";
  append_list(out, infeasible_.size(), [&](std::size_t i) { out += std::to_string(infeasible_[i]); });
}

// [row, from which row, step], for the page's lineage; null where the study has no population.
void PageData::write_copies(std::string& out) const {
  out += ",\"copies\":";
  if (!has_turns_) {
    out += "null";
    return;
  }
  std::unordered_map<std::int64_t, std::size_t> row_of;
  for (std::size_t row = 0; row < rows_.size(); ++row) row_of[rows_[row].number] = row;
  std::string list;
  for (const Copy& copy : copies_) {
    const auto from = row_of.find(copy.parent);
    if (from == row_of.end() || from->second == copy.row) continue;
    list += fmt::format("{}[{},{},{}]", list.empty() ? "" : ",", copy.row, from->second, copy.step);
  }
  out += '[' + list + ']';
}

std::string PageData::text() {
  std::string out = "{\"study\":";
  append_json(out, study_);
  out += ",\"axes\":";
  std::size_t axis_count = 0;
  write_axes(out, axis_count);
  const bool is_exact = axis_count * rows_.size() <= kExactValuesMax;
  write_columns(out, is_exact);
  out += ",\"numbers\":";
  append_list(out, rows_.size(), [&](std::size_t i) { out += std::to_string(rows_[i].number); });
  out += ",\"states\":";
  states_.write(out);
  out += ",\"state\":";
  append_list(out, rows_.size(), [&](std::size_t i) { out += std::to_string(rows_[i].state); });
  out += ",\"origins\":";
  origins_.write(out);
  out += ",\"origin\":";
  append_list(out, rows_.size(), [&](std::size_t i) { out += std::to_string(rows_[i].origin); });
  write_times(out);
  out += ",\"attempts\":{";
  for (std::size_t i = 0; i < attempts_.size(); ++i) {
    out += fmt::format("{}\"{}\":{}", i == 0 ? "" : ",", attempts_[i].first, attempts_[i].second);
  }
  out += "},\"reasons\":";
  reasons_.write(out);
  out += ",\"reason\":{";
  for (std::size_t i = 0; i < reason_.size(); ++i) {
    out += fmt::format("{}\"{}\":{}", i == 0 ? "" : ",", reason_[i].first, reason_[i].second);
  }
  out += "},\"logs\":{";
  for (std::size_t i = 0; i < logs_.size(); ++i) {
    out += fmt::format("{}\"{}\":", i == 0 ? "" : ",", logs_[i].first);
    append_text(out, logs_[i].second);
  }
  out += '}';
  write_best(out);
  write_copies(out);
  out += ",\"models\":";
  append_list(out, models_.size(), [&](std::size_t i) {
    out += fmt::format("{{\"row\":{},\"model\":", models_[i].first);
    append_json(out, models_[i].second);
    out += '}';
  });
  out += ",\"curves\":";
  curves_.write(out);
  out += fmt::format(",\"rounded\":{},\"thinned\":{}}}", !is_exact, curves_.is_thinned());
  return out;
}

}  // namespace sterlet::report
