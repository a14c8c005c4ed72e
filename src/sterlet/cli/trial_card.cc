#include "sterlet/cli/trial_card.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "sterlet/api/documents.h"
#include "sterlet/base/figure.h"
#include "sterlet/base/text.h"
#include "sterlet/base/utf8.h"
#include "sterlet/cli/population.h"
#include "sterlet/cli/printer.h"
#include "sterlet/cli/sparkline.h"
#include "sterlet/cli/words.h"
#include "sterlet/study/strategies/registry.h"

namespace sterlet::cli {

namespace {

using storage::State;
using Rows = std::vector<std::vector<std::string>>;

struct Why {
  space::Origin origin;
  const char* words;
};

constexpr std::array<Why, 9> kWhys{{
    {space::Origin::kDefault, "the defaults: what one would take without tuning"},
    {space::Origin::kEnqueued, "it was enqueued by a person"},
    {space::Origin::kAdded, "it was evaluated elsewhere, and added"},
    {space::Origin::kRandom, "a random point"},
    {space::Origin::kGrid, "a point of the grid"},
    {space::Origin::kSobol, "a point of an even cover of the space (Sobol)"},
    {space::Origin::kModel, "the sampler's model of the results so far chose it"},
    {space::Origin::kZoom, "a point of the box that refine has zoomed into"},
    {space::Origin::kRepeat, "an earlier setting again, on another seed"},
}};

// A draw by a prior (samplers/prior) is a random one to the sampler. What the prior is of; empty for other trials.
std::string prior_text(const base::Json& json) {
  const auto note = json.find("note");
  if (note == json.end() || !note->is_object()) return "";
  const base::Json by = note->value("drawn", base::Json());
  if (by == "prior") return "a point where a hint or an older study expects good values";
  if (by == "practice") return "a point where practice expects good values, by the parameters' names";
  return "";
}

std::string why_text(space::Origin origin) {
  const auto why = std::find_if(kWhys.begin(), kWhys.end(), [&](const Why& each) { return each.origin == origin; });
  return why == kWhys.end() ? std::string(space::text_of(origin)) : why->words;
}

std::string time_text(std::int64_t wall_ms, std::int64_t now_ms) {
  return fmt::format("{} ({} ago)", minute_text(wall_ms),
                     brief_duration_text(static_cast<double>(now_ms - wall_ms) / 1000));
}

void add_times(const storage::TrialRecord& record, std::int64_t now_ms, Rows& rows) {
  if (record.started_ms == 0) return;
  rows.push_back({"started", time_text(record.started_ms, now_ms)});
  const bool is_running = record.state == State::kRunning;
  const std::int64_t end_ms = is_running ? now_ms : record.ended_ms;
  if (end_ms == 0) return;
  const std::string took = base::duration_text(static_cast<double>(end_ms - record.started_ms) / 1000);
  rows.push_back({is_running ? "runs for" : "took", took});
  if (record.attempt > 1) rows.push_back({"attempts", std::to_string(record.attempt)});
}

// "0.654 (0.601 to 0.707); in the end 0.81 (+- 0.03)" of what was foretold when it began and when it was pruned; what else
// there is, as it is.
std::string predicted_text(const base::Json& predicted) {
  if (!predicted.is_object()) return value_text(predicted);
  const auto figure = [&](const char* key) {
    const auto found = predicted.find(key);
    const auto number = found == predicted.end() ? std::nullopt : base::number_from_json(*found);
    return number ? base::short_number_text(*number) : std::string("?");
  };
  std::string text;
  if (predicted.contains("value")) text = figure("value");
  if (predicted.contains("low")) text += fmt::format(" ({} to {})", figure("low"), figure("high"));
  if (predicted.contains("final")) {
    text += fmt::format("{}in the end {} (+- {})", text.empty() ? "" : "; ", figure("final"), figure("final_sd"));
  }
  for (const auto& [key, value] : predicted.items()) {
    const bool is_said = key == "value" || key == "low" || key == "high" || key == "final" || key == "final_sd";
    if (!is_said) text += fmt::format("{}{} {}", text.empty() ? "" : "; ", key, value_text(value));
  }
  return text;
}

}  // namespace

Rows trial_card(const study::Study& study, const base::Json& json, const std::string& remark, std::int64_t now_ms,
                std::size_t columns) {
  const auto trial = json["number"].get<std::int64_t>();
  const storage::TrialRecord& record = study.records()[static_cast<std::size_t>(trial)];
  const auto best = study.best();
  const bool is_best = std::count(best.begin(), best.end(), trial) > 0;
  const char* praise = !is_best ? "" : best.size() > 1 ? ", one of the best" : ", the best";
  Rows rows;
  rows.push_back({"trial", fmt::format("{}, {}{}", trial, storage::text_of(record.state), praise)});
  std::size_t label_columns = base::columns_of("tried as");
  for (const auto& [name, value] : json["params"].items())
    label_columns = std::max(label_columns, base::columns_of(name));
  const auto add_sentence = [&](std::string label, const std::string& sentence) {
    constexpr std::size_t kLeast = 20;
    const std::size_t room = std::max(columns - std::min(columns, label_columns + 2), kLeast);
    for (std::string& line : wrapped(base::printable(sentence), room))
      rows.push_back({std::exchange(label, {}), std::move(line)});
  };
  add_sentence("", remark);
  add_sentence("reason", record.reason);
  const auto& objectives = study.spec().objectives;
  for (std::size_t i = 0; i < record.values.size() && i < objectives.size(); ++i)
    rows.push_back({objectives[i].metric, base::figure_text(record.values[i])});
  if (const std::string expected = api::expectation_text(study, trial); !expected.empty())
    add_sentence("noise", expected);
  for (const auto& [key, label] :
       {std::pair("constraints", "constraints"), std::pair("repeat_of", "repeats trial"), std::pair("runs", "its runs"),
        std::pair("mean", "mean of them"), std::pair("standard_error", "standard error")}) {
    if (!json.contains(key)) continue;
    rows.push_back({label, json[key].is_array() ? values_text(json[key]) : value_text(json[key])});
  }
  for (const auto& [name, value] : json["params"].items()) rows.push_back({name, value_text(value)});
  if (const std::string interval = interval_text(study, trial); !interval.empty())
    rows.push_back({"parameters", interval});
  const std::string by_prior = prior_text(json);
  const std::string why = by_prior.empty() ? why_text(study.view(trial).origin) : by_prior;
  rows.push_back({"tried as", study::strategy_of(study.spec()).is_tuned ? why : "one model that is babysat"});
  if (json.contains("predicted")) rows.push_back({"predicted", predicted_text(json["predicted"])});
  for (const char* key : {"note", "checkpoint"}) {
    if (json.contains(key) && (by_prior.empty() || key != std::string_view("note"))) {
      rows.push_back({key, value_text(json[key])});
    }
  }
  add_times(record, now_ms, rows);
  rows.push_back({"output", fmt::format("sterlet logs {} {}", study.spec().name, trial)});
  return rows;
}

std::vector<std::string> curve_lines(const study::Study& study, const base::Json& json, std::size_t columns) {
  constexpr std::size_t kReportsMax = 12, kSparkMax = 40, kSparkMin = 8;
  const base::Json& reports = json["reports"];
  std::vector<std::string> lines;
  if (reports.size() > 1) {
    std::map<std::string, std::vector<std::pair<std::int64_t, double>>> curves;
    for (const base::Json& report : reports) {
      for (const auto& [metric, value] : report["metrics"].items()) {
        const auto number = base::number_from_json(value);
        curves[metric].emplace_back(report["step"].get<std::int64_t>(), number.value_or(std::nan("")));
      }
    }
    for (const auto& [metric, curve] : curves) {
      std::vector<double> values;
      for (const auto& [step, value] : curve) values.push_back(value);
      std::string line =
          fmt::format("{} {} to {}", metric, base::figure_text(values.front()), base::figure_text(values.back()));
      std::string best;
      if (metric == study.spec().objectives.front().metric) {
        const auto better = [&](const auto& a, const auto& b) {
          const studyfile::Objective& objective = study.spec().objectives.front();
          if (std::isnan(a.second) || std::isnan(b.second)) return !std::isnan(a.second) && std::isnan(b.second);
          return objective.minimised(a.second) < objective.minimised(b.second);
        };
        const auto& top = *std::min_element(curve.begin(), curve.end(), better);
        best = fmt::format("  best {} at step {}", base::figure_text(top.second), top.first);
      }
      const std::size_t used = base::columns_of(base::printable(line)) + base::columns_of(best) + 2;
      if (used + kSparkMin <= columns) {
        const auto [low, high] = sparkline_range(values);
        line += "  " + sparkline(values, std::min(kSparkMax, columns - used), low, high);
      }
      lines.push_back(line + best);
    }
  }
  const std::size_t first = reports.size() > kReportsMax ? reports.size() - kReportsMax : 0;
  if (first > 0) {
    lines.push_back(fmt::format("the last {} of {} reports (all: sterlet show {} {} --json)", kReportsMax,
                                reports.size(), study.spec().name, json["number"].dump()));
  }
  for (std::size_t i = first; i < reports.size(); ++i)
    lines.push_back(fmt::format("step {}  {}", reports[i]["step"].dump(), params_text(reports[i]["metrics"])));
  return lines;
}

}  // namespace sterlet::cli
