// Populations and schedules: show --tree of a population, export --schedule, the summary of tune --replay.
#include "sterlet/cli/population.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/base/figure.h"
#include "sterlet/cli/words.h"
#include "sterlet/api/lineage.h"
#include "sterlet/run/launch.h"
#include "sterlet/study/strategies/registry.h"

namespace sterlet::cli {

using base::Json;
using base::Result;

Result<void> show_population(const Context& context, const OpenStudy& open, std::optional<std::int64_t> trial) {
  const study::Study& study = *open.study;
  const std::string& metric = study.spec().objectives.front().metric;
  Json list = Json::array();
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(study.records().size()); ++i) {
    if (trial && *trial != i) continue;
    for (Json turn : api::turns_json(study, i)) {
      turn["trial"] = i;
      list.push_back(std::move(turn));
    }
  }
  std::stable_sort(list.begin(), list.end(), [](const Json& a, const Json& b) { return a["turn"] < b["turn"]; });
  if (context.json) {
    context.out.json({{"version", 1}, {"study", study.spec().name}, {"turns", list}});
    return {};
  }
  std::vector<std::vector<std::string>> rows;
  for (const Json& turn : list) {
    std::string value = turn["state"].get<std::string>();
    if (turn.contains("value")) value = fmt::format("{} {}", metric, base::figure_text(turn["value"].get<double>()));
    std::vector<std::string> row = {fmt::format("steps {} to {}", turn["from_step"].dump(), turn["to_step"].dump())};
    if (!trial) row.push_back("trial " + turn["trial"].dump());
    row.insert(row.end(), {value, params_text(turn["params"]), turn["reason"].get<std::string>()});
    rows.push_back(std::move(row));
  }
  context.out.table(rows);
  return {};
}

std::string interval_text(const study::Study& study, std::int64_t trial) {
  for (auto turn = study.turns().rbegin(); turn != study.turns().rend(); ++turn) {
    if (turn->trial != trial || turn->state == storage::TurnRecord::State::kWaiting) continue;
    return fmt::format("of steps {} to {}; those before: sterlet show {} --tree, sterlet export {} --schedule",
                       turn->from_step, turn->to_step, study.spec().name, study.spec().name);
  }
  return {};
}

Result<std::string> schedule_text(const OpenStudy& open, std::optional<std::int64_t> trial) {
  const study::Study& study = *open.study;
  if (!study::strategy_of(study.spec()).is_tuned) {
    return base::fail(base::ErrorCode::kConflict, "the schedule of a model that was babysat is that of a branch",
                      fmt::format("run sterlet logbook {} --format schedule", study.spec().name), study.spec().name);
  }
  if (!trial) {
    const auto best = study.best();
    if (best.empty()) {
      return base::fail(base::ErrorCode::kNotFound, "no trial has finished with a value yet", "name one with --trial",
                        study.spec().name);
    }
    trial = best.front();
  }
  STERLET_TRY(const studyfile::Schedule schedule, api::schedule_of(study, *trial));
  return base::json_line(studyfile::json_from_schedule(schedule)) + "\n";
}

void print_replay(const Context& context, const study::Study& study) {
  const std::string& metric = study.spec().objectives.front().metric;
  std::vector<double> values;
  Json runs = Json::array();
  for (const storage::TrialRecord& record : study.records()) {
    const std::uint64_t seed = run::trial_seed(study.seed(), record.number);
    Json run{{"trial", record.number}, {"seed", seed}, {"state", storage::text_of(record.state)}};
    std::string line = fmt::format("trial {}, seed {}: ", record.number, seed);
    if (record.state == storage::State::kComplete) {
      values.push_back(record.values.front());
      run["value"] = base::json_number(record.values.front());
      line += fmt::format("{} {}", metric, base::figure_text(record.values.front()));
    } else {
      line += fmt::format("{}{}{}", storage::text_of(record.state), record.reason.empty() ? "" : ": ", record.reason);
      if (!record.reason.empty()) run["reason"] = record.reason;
    }
    if (!context.json) context.out.line(line);
    runs.push_back(std::move(run));
  }
  double mean = 0, squares = 0;
  for (const double value : values) mean += value;
  mean /= std::max(1.0, static_cast<double>(values.size()));
  for (const double value : values) squares += (value - mean) * (value - mean);
  const double sd = values.size() > 1 ? std::sqrt(squares / static_cast<double>(values.size() - 1)) : 0;
  if (context.json) {
    Json json{{"version", 1}, {"study", study.spec().name}, {"metric", metric}, {"runs", runs}};
    if (!values.empty()) json["mean"] = base::json_number(mean);
    if (values.size() > 1) json["sd"] = base::json_number(sd);
    return context.out.json(json);
  }
  if (values.size() > 1) {
    context.out.line(
        fmt::format("mean {}, standard deviation {:.2g} over {} seeds", base::figure_text(mean), sd, values.size()));
  } else if (values.size() == 1) {
    context.out.line(fmt::format("mean {} over one seed", base::figure_text(mean)));
  }
}

}  // namespace sterlet::cli
