#include "sterlet/api/results_table.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/api/curve.h"
#include "sterlet/base/text.h"

namespace sterlet::api {

namespace {

std::string notes_text(const study::Study& study, std::int64_t trial) {
  std::vector<std::string> texts;
  for (const storage::NoteRecord& note : study.labels().notes_of(trial)) texts.push_back(note.text);
  return fmt::format("{}", fmt::join(texts, "; "));
}

std::string cell_text(const base::Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return base::number_text(value.get<double>());
  return value.dump();
}

// A trial's parameters, one a dimension of the present space; empty where it has none. One outside has its own values.
std::vector<std::string> parameter_cells(const space::Space& space, const base::Json& params) {
  std::vector<std::string> cells;
  for (const space::Dimension& dimension : space.dimensions()) {
    const space::Parameter& parameter = space.parameters()[dimension.parameter];
    const auto found = params.find(parameter.name);
    std::string& cell = cells.emplace_back();
    if (found == params.end()) continue;
    if (!found->is_array()) {
      if (dimension.element == 0) cell = cell_text(*found);
    } else if (dimension.element < found->size()) {
      cell = cell_text((*found)[dimension.element]);
    }
  }
  return cells;
}

// Of each trial the last value of each metric that is no objective.
base::Result<std::vector<std::map<std::string, double>>> last_metrics(const study::Study& study,
                                                                      storage::Storage& storage) {
  std::vector<std::map<std::string, double>> last;
  for (const storage::TrialRecord& record : study.records()) {
    STERLET_TRY(const auto curve, curve_of(study, storage, record.number));
    auto& values = last.emplace_back();
    for (const storage::ReportRecord& report : curve) values[report.metric] = report.value;  // By step: the last stays.
    for (const studyfile::Objective& objective : study.spec().objectives) values.erase(objective.metric);
  }
  return last;
}

}  // namespace

base::Result<Table> trial_table(const study::Study& study, storage::Storage& storage, const std::string& tag) {
  STERLET_TRY(const auto last, last_metrics(study, storage));
  std::set<std::string> metrics;
  for (const auto& values : last) {
    for (const auto& [metric, value] : values) metrics.insert(metric);
  }
  Table table;
  table.columns = {"number", "state", "origin"};
  for (const studyfile::Objective& objective : study.spec().objectives) table.columns.push_back(objective.metric);
  const space::Space& space = study.space();
  for (std::size_t i = 0; i < space.dimensions().size(); ++i) table.columns.push_back(space.dimension_name(i));
  const bool repeats = study.spec().repeats.is_on();
  if (repeats) {
    for (const char* name : {"repeat_of", "runs", "mean", "standard_error"}) table.columns.emplace_back(name);
  }
  for (const char* name : {"attempts", "started", "ended", "duration", "reason"}) table.columns.emplace_back(name);
  const bool has_labels = !study.labels().is_empty();
  for (const char* name : {"tags", "notes"}) {
    if (has_labels) table.columns.emplace_back(name);
  }
  for (const std::string& metric : metrics) {
    const bool is_taken = std::count(table.columns.begin(), table.columns.end(), metric) > 0;
    table.columns.push_back(is_taken ? "last " + metric : metric);
  }
  for (const std::int64_t number : study.shown_trials(tag)) {
    const storage::TrialRecord& record = study.records()[static_cast<std::size_t>(number)];
    const study::TrialView view = study.view(record.number);
    std::vector<std::string> row = {std::to_string(record.number), std::string(storage::text_of(record.state)),
                                    std::string(space::text_of(view.origin))};
    for (std::size_t i = 0; i < study.spec().objectives.size(); ++i) {
      row.push_back(i < record.values.size() ? base::number_text(record.values[i]) : std::string());
    }
    for (std::string& cell : parameter_cells(space, view.params)) row.push_back(std::move(cell));
    if (repeats && study.is_repeat(record.number)) {
      row.insert(row.end(), {std::to_string(study.first_run(record.number)), "", "", ""});
    } else if (repeats) {
      const auto setting = study.setting(record.number);
      const auto error = study.standard_error(setting);
      row.emplace_back();
      row.push_back(std::to_string(setting.trials.size()));
      row.push_back(setting.values.empty() ? std::string() : base::number_text(setting.values.front()));
      row.push_back(error ? base::number_text(*error) : std::string());
    }
    row.push_back(std::to_string(record.attempt));
    row.push_back(record.started_ms == 0 ? std::string() : base::timestamp_text(record.started_ms));
    row.push_back(record.ended_ms == 0 ? std::string() : base::timestamp_text(record.ended_ms));
    const bool has_ended = record.ended_ms > 0 && record.started_ms > 0;
    row.push_back(has_ended ? base::number_text(static_cast<double>(record.ended_ms - record.started_ms) / 1000)
                            : std::string());
    row.push_back(record.reason);
    if (has_labels) {
      row.push_back(fmt::format("{}", fmt::join(study.labels().tags_of(number), " ")));
      row.push_back(notes_text(study, number));
    }
    const auto& values = last[static_cast<std::size_t>(record.number)];
    for (const std::string& metric : metrics) {
      const auto value = values.find(metric);
      row.push_back(value == values.end() ? std::string() : base::number_text(value->second));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace sterlet::api
