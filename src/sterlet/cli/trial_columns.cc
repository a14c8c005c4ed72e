#include "sterlet/cli/trial_columns.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/figure.h"
#include "sterlet/base/text.h"
#include "sterlet/cli/printer.h"
#include "sterlet/cli/words.h"

namespace sterlet::cli {

namespace {

using storage::State;
using storage::TrialRecord;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr const char* kOutsideMark = ", outside";

// How long its last attempt ran, or has been running.
std::optional<double> seconds_of(const TrialRecord& record, std::int64_t now_ms) {
  if (record.started_ms == 0) return std::nullopt;
  const std::int64_t end_ms = record.state == State::kRunning ? now_ms : record.ended_ms;
  if (end_ms == 0) return std::nullopt;
  return static_cast<double>(std::max<std::int64_t>(0, end_ms - record.started_ms)) / 1000;
}

// The first objective, less is better; what does not count as a result comes after all that does.
double merit(const study::Study& study, std::int64_t trial) {
  constexpr double kBehind = 1e300;
  const TrialRecord& record = record_of(study, trial);
  const bool is_counted = counts(study, trial);
  const std::vector<double> values = is_counted ? study.values_of(trial) : record.values;
  if (values.empty()) return kNone;
  const double value = study.spec().objectives.front().minimised(values.front());
  return is_counted ? value : kBehind + std::clamp(value, -1e299, 1e299);
}

std::string number_cell(std::optional<double> value) { return value ? base::figure_text(*value) : std::string(); }

ListColumn objective_column(const study::Study& study, std::size_t objective) {
  const auto value = [&study, objective](std::int64_t trial) -> std::optional<double> {
    const TrialRecord& record = record_of(study, trial);
    if (objective >= record.values.size()) return std::nullopt;
    return record.values[objective];
  };
  ListColumn column{.name = study.spec().objectives[objective].metric,
                    .text = [value](std::int64_t trial) { return number_cell(value(trial)); }};
  if (objective == 0) {
    column.sort_name = "value";
    column.order = [&study](std::int64_t trial) { return merit(study, trial); };
  } else {
    column.order = [&study, value, objective](std::int64_t trial) {
      const auto found = value(trial);
      return found ? study.spec().objectives[objective].minimised(*found) : kNone;
    };
  }
  return column;
}

// A trial's parameters by name.
using ParamsOf = std::function<const base::Json&(std::int64_t trial)>;

// What a trial has there, whichever version of the space it is of; null: nothing.
base::Json value_of(const study::Study& study, const ParamsOf& params_of, const space::Dimension& dimension,
                    std::int64_t trial) {
  const base::Json& params = params_of(trial);
  const auto found = params.find(study.space().parameters()[dimension.parameter].name);
  if (found == params.end()) return nullptr;
  if (!found->is_array()) return dimension.element == 0 ? *found : base::Json(nullptr);
  return dimension.element < found->size() ? (*found)[dimension.element] : base::Json(nullptr);
}

ListColumn dimension_column(const study::Study& study, const ParamsOf& params_of, std::size_t index) {
  const space::Dimension dimension = study.space().dimensions()[index];
  const auto text = [&study, params_of, dimension](std::int64_t trial) {
    const base::Json value = value_of(study, params_of, dimension, trial);
    return value.is_null() ? std::string() : short_value_text(value);
  };
  ListColumn column{.name = study.space().dimension_name(index), .text = text};
  if (space::is_numeric(study.space().parameters()[dimension.parameter])) {
    column.order = [&study, params_of, dimension](std::int64_t trial) {
      return base::number_from_json(value_of(study, params_of, dimension, trial)).value_or(kNone);
    };
  }
  return column;
}

void add_repeat_columns(const study::Study& study, std::vector<ListColumn>& columns) {
  const auto column = [&](const char* name, auto value) {
    columns.push_back({.name = name,
                       .text = [value](std::int64_t trial) { return number_cell(value(trial)); },
                       .order = [value](std::int64_t trial) { return value(trial).value_or(kNone); }});
  };
  column("repeat_of", [&study](std::int64_t trial) -> std::optional<double> {
    if (!study.is_repeat(trial)) return std::nullopt;
    return static_cast<double>(study.first_run(trial));
  });
  column("runs", [&study](std::int64_t trial) -> std::optional<double> {
    if (study.is_repeat(trial)) return std::nullopt;
    return static_cast<double>(study.setting(trial).trials.size());
  });
  column("mean", [&study](std::int64_t trial) -> std::optional<double> {
    const auto setting = study.setting(trial);
    if (study.is_repeat(trial) || setting.values.empty()) return std::nullopt;
    return setting.values.front();
  });
  column("standard_error", [&study](std::int64_t trial) -> std::optional<double> {
    if (study.is_repeat(trial)) return std::nullopt;
    return study.standard_error(study.setting(trial));
  });
}

}  // namespace

const TrialRecord& record_of(const study::Study& study, std::int64_t trial) {
  return study.records()[static_cast<std::size_t>(trial)];
}

bool counts(const study::Study& study, std::int64_t trial) {
  const TrialRecord& record = record_of(study, trial);
  return record.state == State::kComplete && study::is_feasible(record.constraints) && !record.values.empty() &&
         !study.is_outside(trial);
}

std::vector<ListColumn> list_columns(const study::Study& study, std::map<std::int64_t, std::string> remarks,
                                     std::int64_t now_ms) {
  // Of each trial they are made once for all columns: of 10,000 trials that is most of the time of a list.
  const auto known = std::make_shared<std::map<std::int64_t, base::Json>>();
  const ParamsOf params_of = [&study, known](std::int64_t trial) -> const base::Json& {
    const auto [place, is_new] = known->try_emplace(trial);
    if (is_new) place->second = study.view(trial).params;
    return place->second;
  };
  std::vector<ListColumn> columns;
  columns.push_back({.name = "number",
                     .text = [](std::int64_t trial) { return std::to_string(trial); },
                     .order = [](std::int64_t trial) { return static_cast<double>(trial); }});
  columns.push_back({.name = "state", .text = [&study](auto trial) {
                       return fmt::format("{}{}", storage::text_of(record_of(study, trial).state),
                                          study.is_outside(trial) ? kOutsideMark : "");
                     }});
  for (std::size_t i = 0; i < study.spec().objectives.size(); ++i) columns.push_back(objective_column(study, i));
  if (study.spec().repeats.is_on()) add_repeat_columns(study, columns);
  for (std::size_t i = 0; i < study.space().dimensions().size(); ++i)
    columns.push_back(dimension_column(study, params_of, i));
  columns.push_back({.name = "origin",
                     .text = [&study](auto trial) { return std::string(space::text_of(study.view(trial).origin)); }});
  columns.push_back({.name = "attempts",
                     .text = [&study](auto trial) { return std::to_string(record_of(study, trial).attempt); },
                     .order = [&study](auto trial) { return static_cast<double>(record_of(study, trial).attempt); }});
  const auto time_column = [&](const char* name, auto time_of) {
    columns.push_back({.name = name,
                       .text =
                           [&study, time_of](std::int64_t trial) {
                             const std::int64_t time = time_of(record_of(study, trial));
                             return time == 0 ? std::string() : base::timestamp_text(time);
                           },
                       .order =
                           [&study, time_of](std::int64_t trial) {
                             const std::int64_t time = time_of(record_of(study, trial));
                             return time == 0 ? kNone : static_cast<double>(time);
                           }});
  };
  time_column("started", [](const TrialRecord& record) { return record.started_ms; });
  time_column("ended", [](const TrialRecord& record) { return record.ended_ms; });
  const auto seconds = [&study, now_ms](std::int64_t trial) { return seconds_of(record_of(study, trial), now_ms); };
  columns.push_back({.name = "took",
                     .text =
                         [seconds](std::int64_t trial) {
                           const auto took = seconds(trial);
                           return took ? base::duration_text(*took) : std::string();
                         },
                     .order = [seconds](std::int64_t trial) { return seconds(trial).value_or(kNone); },
                     .sort_name = "time"});
  columns.push_back({.name = "when",
                     .text =
                         [&study, now_ms](std::int64_t trial) {
                           const TrialRecord& record = record_of(study, trial);
                           if (record.state == State::kRunning) return std::string("now");
                           if (record.ended_ms == 0) return std::string();
                           const auto ago = static_cast<double>(now_ms - record.ended_ms) / 1000;
                           return brief_duration_text(ago) + " ago";
                         },
                     .order =
                         [&study](std::int64_t trial) {
                           const TrialRecord& record = record_of(study, trial);
                           return record.ended_ms == 0 ? kNone : static_cast<double>(record.ended_ms);
                         }});
  columns.push_back({.name = "reason", .text = [&study, remarks = std::move(remarks)](std::int64_t trial) {
                       const auto remark = remarks.find(trial);
                       return remark == remarks.end() ? record_of(study, trial).reason : remark->second;
                     }});
  return columns;
}

}  // namespace sterlet::cli
