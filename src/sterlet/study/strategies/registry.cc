#include "sterlet/study/strategies/registry.h"

#include <algorithm>
#include <vector>

#include "sterlet/study/strategies/babysit.h"
#include "sterlet/study/strategies/parallel.h"
#include "sterlet/study/strategies/pbt.h"
#include "sterlet/study/strategies/replay.h"

namespace sterlet::study {

namespace {

// What study files say of a strategy, and what makes it.
struct Row {
  studyfile::StrategyRow file;
  base::Result<std::unique_ptr<Strategy>> (*make)(const Parts& parts);
};

// In the order of help.
const std::vector<Row>& rows() {
  static const std::vector<Row> kRows = {
      {.file = {.name = "parallel", .synonym = "caviar", .summary = "many at once, the best is kept"},
       .make = &make_parallel},
      {.file =
           {.name = "babysit", .synonym = "panda", .summary = "one model, changed while it trains", .is_tuned = false},
       .make = &make_babysit},
      {.file =
           {.name = "pbt", .summary = "a population", .is_driven = false, .schema = &pbt_schema, .check = &check_pbt},
       .make = &make_pbt},
      {.file = {.name = "replay",
                .summary = "one schedule again",
                .is_one_point = true,
                .schema = &replay_schema,
                .check = &check_replay},
       .make = &make_replay},
      {.file = {.name = "auto", .summary = "what sterlet plan says", .is_open = true}, .make = &make_parallel},
  };
  return kRows;
}

studyfile::Strategies rows_of_files() {
  std::vector<studyfile::StrategyRow> files;
  for (const Row& row : rows()) files.push_back(row.file);
  return studyfile::Strategies(std::move(files));
}

}  // namespace

const studyfile::Strategies& strategies() {
  static const studyfile::Strategies kTable = rows_of_files();
  return kTable;
}

const studyfile::StrategyRow& strategy_of(const studyfile::StudySpec& spec) {
  const studyfile::StrategyRow* row = strategies().find(spec.strategy.name);
  STERLET_CHECK(row != nullptr, "a study that was read has a strategy that exists");
  return *row;
}

base::Result<std::unique_ptr<Strategy>> make_strategy(const Parts& parts) {
  const auto row = std::find_if(rows().begin(), rows().end(),
                                [&](const Row& known) { return known.file.name == parts.ledger.spec().strategy.name; });
  STERLET_CHECK(row != rows().end(), "a study that was read has a strategy that exists");
  return row->make(parts);
}

}  // namespace sterlet::study
