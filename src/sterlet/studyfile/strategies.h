#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/options.h"
#include "sterlet/base/result.h"
#include "sterlet/space/space.h"
#include "sterlet/studyfile/spec.h"

namespace sterlet::studyfile {

/// A strategy as the language of study files knows it: a part of its row in study/strategies/registry.cc.
struct StrategyRow {
  std::string_view name;     ///< In study files, and as it is stored.
  std::string_view synonym;  ///< Means the same; empty: none.
  std::string_view summary;  ///< After its name and a comma.
  std::vector<base::Option> options = {};
  bool is_tuned = true;       ///< `sterlet tune` trains it; else `sterlet babysit` does.
  bool is_driven = true;      ///< Whoever asks may evaluate its trials; else it needs its programs, and a storage.
  bool is_one_point = false;  ///< All trials train the same; the result is how they spread.
  bool is_open = false;       ///< `sterlet tune` decides which it is; until then trials run as with parallel.
  /// The JSON Schema of the strategy written as a map of options, where it is another than the options say.
  base::Json (*schema)() = nullptr;
  /// What it needs of its options and of the rest of the file. Errors, each kInvalidArgument: all that is wrong. Null: it
  /// needs what the options say.
  std::vector<base::Error> (*check)(const StudySpec& spec, const space::Space& space) = nullptr;
};

/// The strategies that a study file may name. There is one such table, study::strategies(): what a strategy does lies
/// above this room, so that who reads a study file hands the table in.
class Strategies final {
 public:
  /// In the order of help.
  explicit Strategies(std::vector<StrategyRow> rows) : rows_(std::move(rows)) {}

  /// By name or synonym; null: there is none.
  const StrategyRow* find(std::string_view word) const;
  /// Names and synonyms: all that a study file may say.
  std::vector<std::string> words() const;
  /// All of them in a sentence's second half.
  std::string summary() const;
  /// The JSON Schema of a choice in a study file.
  base::Json schema() const;
  /// What is wrong with the strategy of a file, by its row.
  std::vector<base::Error> check(const StudySpec& spec, const space::Space& space) const;

 private:
  std::vector<StrategyRow> rows_;
};

}  // namespace sterlet::studyfile
