#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/space/space.h"
#include "sterlet/studyfile/spec.h"

namespace sterlet::studyfile {

/// A strategy as the language of study files knows it. How it hands out trials stands in study/strategies/.
struct StrategyRow {
  std::string_view name;      ///< In study files, and as it is stored.
  std::string_view synonym;   ///< Means the same; empty: none.
  std::string_view summary;   ///< For help and the schema.
  bool is_tuned = true;       ///< `sterlet tune` trains it; else `sterlet babysit` does.
  bool is_driven = true;      ///< Whoever asks may evaluate its trials; else it needs its programs, and a storage.
  bool is_one_point = false;  ///< All trials train the same; the result is how they spread.
  bool is_open = false;       ///< `sterlet tune` decides which it is; until then trials run as with parallel.
  /// The JSON Schema of the strategy written as a map of options; null: it has none.
  base::Json (*schema)() = nullptr;
  /// What it needs of its options and of the rest of the file. Errors, each kInvalidArgument: all that is wrong.
  std::vector<base::Error> (*check)(const StudySpec& spec, const space::Space& space) = nullptr;
};

/// In the order of help.
std::span<const StrategyRow> strategies();
/// By name or synonym; null: there is none.
const StrategyRow* find_strategy(std::string_view word);
/// That of a study.
const StrategyRow& strategy_of(const StudySpec& spec);
/// Names and synonyms: all that a study file may say.
std::vector<std::string> strategy_words();

}  // namespace sterlet::studyfile
