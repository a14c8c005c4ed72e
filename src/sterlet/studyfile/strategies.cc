#include "sterlet/studyfile/strategies.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "sterlet/base/json.h"
#include "sterlet/base/options.h"
#include "sterlet/population/population.h"
#include "sterlet/studyfile/schedule.h"

namespace sterlet::studyfile {

namespace {

using Errors = std::vector<base::Error>;

base::Error refusal(std::string what, std::string next) {
  return {.code = base::ErrorCode::kInvalidArgument, .what = std::move(what), .next = std::move(next)};
}

Errors check_no_options(const StudySpec& spec, const space::Space& /*space*/) {
  if (spec.strategy.options.empty()) return {};
  return {refusal(fmt::format("strategy {} has no options", spec.strategy.name),
                  fmt::format("write strategy: {}", spec.strategy.name))};
}

Errors check_pbt(const StudySpec& spec, const space::Space& space) {
  if (const auto options = population::read_options(spec.strategy.options); !options) return {options.error()};
  if (const auto fits = population::check_space(space); !fits) return {fits.error()};
  Errors errors;
  if (spec.objectives.size() > 1) {
    errors.push_back(refusal("pbt needs one objective to rank its members by (found several)",
                             "keep one in objective, or use strategy: parallel"));
  }
  for (const Objective& objective : spec.objectives) {
    if (objective.of == CurveValue{}) continue;
    errors.push_back(
        refusal(fmt::format("pbt ranks its members by what they report last, so that of: {} would not count",
                            text_of(objective.of)),
                "remove of from the objective"));
  }
  if (spec.pruner.name != "none") {
    errors.push_back(refusal("pbt decides itself who goes on, so that no pruner may", "remove pruner"));
  }
  if (spec.repeats.is_on()) {
    errors.push_back(refusal("pbt trains each member once; its repeats are the replays of its schedule",
                             "remove repeats, and run sterlet tune --replay afterwards"));
  }
  return errors;
}

base::Json pbt_schema() { return base::row_schema("pbt", "a population of members", population::options()); }

Errors check_replay(const StudySpec& spec, const space::Space& space) {
  const auto schedule = replay_schedule(spec);
  if (!schedule) return {schedule.error()};
  if (const auto fits = check_schedule(*schedule, space); !fits) return {fits.error()};
  return {};
}

base::Json replay_schema() {
  base::Json entry{{"type", "object"}, {"required", {"step", "set"}}};
  entry["properties"] = {{"step", {{"type", "integer"}}}, {"set", {{"type", "object"}}}};
  base::Json schema{{"type", "object"}, {"required", {"name", "schedule"}}, {"additionalProperties", false}};
  schema["properties"] = {{"name", {{"const", "replay"}}}, {"schedule", {{"type", "array"}, {"items", entry}}}};
  return schema;
}

constexpr auto kRows = std::to_array<StrategyRow>({
    {.name = "parallel",
     .synonym = "caviar",
     .summary = "many trials in parallel, the best is kept",
     .check = &check_no_options},
    {.name = "babysit",
     .synonym = "panda",
     .summary = "one model, changed while it trains, with sterlet babysit",
     .is_tuned = false,
     .check = &check_no_options},
    {.name = "pbt",
     .summary = "a population whose worst members continue from copies of the best, as in {name: pbt, interval: 2, "
                "steps: 20}",
     .is_driven = false,
     .schema = &pbt_schema,
     .check = &check_pbt},
    {.name = "replay",
     .summary = "one schedule of hyperparameters, trained again (sterlet tune --replay writes it)",
     .is_one_point = true,
     .schema = &replay_schema,
     .check = &check_replay},
    {.name = "auto",
     .summary = "parallel or babysit, as sterlet plan finds out when sterlet tune begins",
     .is_open = true,
     .check = &check_no_options},
});

}  // namespace

std::span<const StrategyRow> strategies() { return kRows; }

const StrategyRow* find_strategy(std::string_view word) {
  const auto* const row = std::find_if(kRows.begin(), kRows.end(), [&](const StrategyRow& known) {
    return known.name == word || (!known.synonym.empty() && known.synonym == word);
  });
  return row == kRows.end() ? nullptr : row;
}

const StrategyRow& strategy_of(const StudySpec& spec) {
  const StrategyRow* row = find_strategy(spec.strategy.name);
  STERLET_CHECK(row != nullptr, "a study that was read has a strategy that exists");
  return *row;
}

std::vector<std::string> strategy_words() {
  std::vector<std::string> words;
  for (const StrategyRow& row : kRows) {
    words.emplace_back(row.name);
    if (!row.synonym.empty()) words.emplace_back(row.synonym);
  }
  return words;
}

}  // namespace sterlet::studyfile
