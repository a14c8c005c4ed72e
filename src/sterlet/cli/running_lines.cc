#include "sterlet/cli/running_lines.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "sterlet/base/figure.h"
#include "sterlet/base/text.h"
#include "sterlet/base/utf8.h"
#include "sterlet/cli/printer.h"
#include "sterlet/cli/sparkline.h"
#include "sterlet/cli/words.h"

namespace sterlet::cli {

namespace {

using storage::State;
using storage::TrialRecord;
using study::Study;

constexpr std::size_t kNarrow = 60, kWide = 110;  // Columns.
constexpr std::size_t kTimeColumns = 6, kValueColumns = 11, kStateColumns = 9;

bool is_over(State state) { return state == State::kComplete || state == State::kFailed || state == State::kPruned; }

// Right-aligned in so many columns.
std::string right(const std::string& text, std::size_t columns) {
  const std::size_t used = base::columns_of(text);
  return std::string(columns - std::min(columns, used), ' ') + text;
}
std::string left(const std::string& text, std::size_t columns) {
  const std::size_t used = base::columns_of(text);
  return text + std::string(columns - std::min(columns, used), ' ');
}

std::size_t number_columns(const Study& study) {
  return std::max<std::size_t>(5, std::to_string(study.records().size()).size());
}

std::string step_text(const Study& study, std::int64_t trial, std::int64_t step) {
  if (step == 0) return "-";
  const auto steps = steps_of(study, trial, step);
  return steps ? fmt::format("{}/{}", step, *steps) : std::to_string(step);
}

double seconds_between(std::int64_t begin_ms, std::int64_t end_ms) {
  return static_cast<double>(std::max<std::int64_t>(0, end_ms - begin_ms)) / 1000;
}

// Whole seconds: what is drawn twice a second must not flicker.
std::string whole_time_text(double seconds) {
  return base::duration_text(static_cast<double>(static_cast<std::int64_t>(seconds)));
}

}  // namespace

void Curve::add(std::int64_t step, double value) {
  constexpr std::size_t kKept = 512;
  step_ = step;
  last_ = value;
  if (count_++ % stride_ != 0) return;
  values_.push_back(value);
  if (values_.size() < 2 * kKept) return;
  for (std::size_t i = 0; i < kKept; ++i) values_[i] = values_[2 * i];
  values_.resize(kKept);
  stride_ *= 2;
}

std::optional<std::int64_t> steps_of(const Study& study, std::int64_t trial, std::int64_t step) {
  if (const auto population = study.population_options()) return population->steps;
  constexpr std::array<const char*, 10> kNames = {"epochs",     "steps",           "n_epochs",  "num_epochs",
                                                  "max_epochs", "max_steps",       "num_steps", "iterations",
                                                  "n_steps",    "num_train_epochs"};
  const base::Json params = study.view(trial).params;
  for (const char* name : kNames) {
    if (!params.contains(name) || !params[name].is_number_integer()) continue;
    const auto steps = params[name].get<std::int64_t>();
    if (steps >= step) return steps;
  }
  constexpr int kAsked = 10;  // So many of the latest that completed.
  std::optional<std::int64_t> common;
  int asked = 0;
  for (auto record = study.records().rbegin(); record != study.records().rend() && asked < kAsked; ++record) {
    if (record->state != State::kComplete) continue;
    ++asked;
    if (common && *common != record->last_step) return std::nullopt;
    common = record->last_step;
  }
  return common && *common >= step && *common > 1 ? common : std::nullopt;
}

std::string main_params_text(const Study& study, std::int64_t trial, std::size_t columns) {
  std::vector<const space::Parameter*> parameters;
  for (const space::Parameter& parameter : study.space().parameters()) {
    const bool is_constant = parameter.choices.empty() ? parameter.low == parameter.high : parameter.choices.size() < 2;
    if (!is_constant) parameters.push_back(&parameter);
  }
  std::stable_sort(parameters.begin(), parameters.end(),
                   [](const auto* a, const auto* b) { return a->tier < b->tier; });
  const base::Json params = study.view(trial).params;
  std::string text;
  for (const space::Parameter* parameter : parameters) {
    if (!params.contains(parameter->name)) continue;
    const std::string word =
        base::printable(fmt::format("{}={}", parameter->name, short_value_text(params[parameter->name])));
    if (base::columns_of(text) + 1 + base::columns_of(word) > columns) break;
    text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

std::vector<Line> running_lines(const Study& study, const base::Clock& clock, const Curves& curves, std::size_t columns,
                                std::size_t rows) {
  std::vector<std::int64_t> running;
  for (const TrialRecord& record : study.records()) {
    if (record.state == State::kRunning) running.push_back(record.number);
  }
  if (running.empty() || rows < 2) return {};
  const std::size_t room = rows - 1;
  const std::size_t shown = running.size() <= room ? running.size() : room - 1;
  const std::size_t spark = columns < kNarrow ? 0 : columns < kWide ? 12 : 24;
  std::size_t step_columns = 5;
  for (std::size_t i = 0; i < shown; ++i) {
    const auto curve = curves.find(running[i]);
    const std::int64_t step =
        curve == curves.end() ? study.records()[static_cast<std::size_t>(running[i])].last_step : curve->second.step();
    step_columns = std::max(step_columns, step_text(study, running[i], step).size());
  }
  const std::string& metric = study.spec().objectives.front().metric;
  const std::size_t numbers = number_columns(study);
  std::vector<Line> lines;
  lines.push_back(Line().add(
      fmt::format("  {} {} {} {}", right("trial", numbers), right("runs", kTimeColumns), right("step", step_columns),
                  right(clipped(base::printable(metric), kValueColumns), kValueColumns)),
      Style::kFaint));
  for (std::size_t i = 0; i < shown; ++i) {
    const TrialRecord& record = study.records()[static_cast<std::size_t>(running[i])];
    const auto found = curves.find(record.number);
    const Curve curve = found == curves.end() ? Curve() : found->second;
    const std::int64_t step = found == curves.end() ? record.last_step : curve.step();
    Line line;
    line.add(fmt::format("  {} {} {} ", right(std::to_string(record.number), numbers),
                         right(whole_time_text(seconds_between(record.started_ms, clock.wall_ms())), kTimeColumns),
                         right(step_text(study, record.number, step), step_columns)));
    line.add(right(curve.last() ? base::figure_text(*curve.last()) : "-", kValueColumns), Style::kBold);
    std::size_t used = 2 + numbers + 1 + kTimeColumns + 1 + step_columns + 1 + kValueColumns;
    if (spark > 0) {
      const auto [low, high] = sparkline_range(curve.values());
      line.add("  " + left(sparkline(curve.values(), spark, low, high), spark), Style::kBar);
      used += 2 + spark;
    }
    if (used + 3 < columns) line.add("  " + main_params_text(study, record.number, columns - used - 2));
    lines.push_back(std::move(line));
  }
  if (shown < running.size())
    lines.emplace_back(fmt::format("  {} and {} more", right("...", numbers), running.size() - shown));
  return lines;
}

std::vector<Line> finished_lines(const Study& study, std::size_t columns, std::size_t rows) {
  if (rows < 2) return {};
  std::vector<const TrialRecord*> last;
  const auto is_later = [](const TrialRecord* a, const TrialRecord* b) {
    return std::pair(a->ended_ms, a->number) > std::pair(b->ended_ms, b->number);
  };
  for (const TrialRecord& record : study.records()) {
    if (!is_over(record.state)) continue;
    last.push_back(&record);
    std::push_heap(last.begin(), last.end(), is_later);  // The earliest one is in front.
    if (last.size() < rows) continue;
    std::pop_heap(last.begin(), last.end(), is_later);
    last.pop_back();
  }
  if (last.empty()) return {};
  std::sort(last.begin(), last.end(), is_later);
  const std::string& metric = study.spec().objectives.front().metric;
  const std::size_t numbers = number_columns(study);
  std::vector<Line> lines;
  lines.push_back(Line().add(
      fmt::format("  {} {} {} {}", right("trial", numbers), right("took", kTimeColumns), left("ended", kStateColumns),
                  right(clipped(base::printable(metric), kValueColumns), kValueColumns)),
      Style::kFaint));
  for (const TrialRecord* record : last) {
    Line line;
    line.add(
        fmt::format("  {} {} ", right(std::to_string(record->number), numbers),
                    right(base::duration_text(seconds_between(record->started_ms, record->ended_ms)), kTimeColumns)));
    line.add(left(std::string(storage::text_of(record->state)), kStateColumns),
             record->state == State::kFailed ? Style::kBad : Style::kPlain);
    line.add(" " + right(record->values.empty() ? "-" : base::figure_text(record->values.front()), kValueColumns));
    const std::size_t used = 2 + numbers + 1 + kTimeColumns + 1 + kStateColumns + 1 + kValueColumns;
    if (used + 3 < columns) {
      const std::size_t room = columns - used - 2;
      line.add("  " + (record->state == State::kFailed ? gist_text(record->reason, room)
                                                       : main_params_text(study, record->number, room)));
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace sterlet::cli
