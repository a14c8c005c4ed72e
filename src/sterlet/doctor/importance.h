#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/analysis/trial_table.h"
#include "sterlet/base/json.h"
#include "sterlet/study/study.h"

namespace sterlet::doctor {

/// How much a hyperparameter matters, by three measures; each where there is enough to say it.
struct ImportanceRow {
  std::string name;  ///< Of the parameter; of an element of a repeated one "units[1]".
  int tier = 2;
  std::optional<analysis::Estimate> fanova;    ///< Share of the variance of results over the space.
  std::optional<analysis::Estimate> pedanova;  ///< Share of what decides whether a trial is among the best tenth.
  double pedanova_raw = 0;                     ///< The same before it is made a share, as Optuna gives it.
  std::optional<analysis::Estimate> shapley;   ///< What it adds on the way from the default to the best, of the metric.
  std::vector<ImportanceRow> elements;         ///< Of a repeated parameter, whose figures are their sums.
};

struct ImportancePair {
  std::string first, second;
  analysis::Estimate share;  ///< Of the variance, beyond what each does alone.
};

/// The way that `shapley` divides among the parameters.
struct ImportancePath {
  base::Json from, to;       ///< Parameters.
  bool from_default = true;  ///< False: some parameter has no default, and is in the middle of its range at first.
  double from_value = 0, to_value = 0;
  bool is_measured = false;  ///< Both values were measured; else models predict them.
};

/// What a study's trials say of one objective.
struct Importance {
  std::string metric;
  std::size_t trials = 0;  ///< That were looked at.
  bool is_enough = false;
  std::string why;                     ///< Why there is not enough; a sentence without its end.
  double explained = 0;                ///< Share of the variance that models predict of trials they have not seen.
  std::vector<ImportanceRow> rows;     ///< All parameters that are searched; those that matter most first.
  std::vector<ImportancePair> pairs;   ///< The strongest first.
  std::optional<ImportancePath> path;  ///< Where there is enough.
};

/// Of an objective of the study, by its place. Edges: whatever the trials are, a sentence says why nothing can be said.
Importance importance_of(const study::Study& study, std::size_t objective);

/// The document of `sterlet importance --json`, of all these objectives.
base::Json importance_json(const std::vector<Importance>& objectives);

/// Where measurement and tiers part: sentences, the plainest first.
std::vector<std::string> tier_surprises(const Importance& importance);

}  // namespace sterlet::doctor
