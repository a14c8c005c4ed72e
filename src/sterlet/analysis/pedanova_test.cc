#include "sterlet/analysis/pedanova.h"

#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "sterlet/base/text.h"

namespace sterlet::analysis {
namespace {

struct Case {
  std::vector<GridColumn> columns;
  std::vector<bool> is_log;
  std::vector<double> results, importances;
};

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::stringstream stream(line);
  for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
  return cells;
}

double number(const std::string& cell) { return *base::parse_number(cell); }

void add_column(Case& one, const std::vector<std::string>& cells) {
  const std::string& kind = cells[1];
  GridColumn column;
  const bool is_log = kind == "log" || kind == "logint";
  if (kind == "choice") {
    column.ordered = false;
    column.steps = static_cast<std::size_t>(number(cells[5]));
  } else {
    const double low = number(cells[2]), high = number(cells[3]), step = number(cells[4]);
    column.low = is_log ? std::log(low) : low;
    column.high = is_log ? std::log(high) : high;
    column.steps = grid_steps(low, high, is_log ? 0 : step, kind == "logint");
  }
  one.columns.push_back(std::move(column));
  one.is_log.push_back(is_log);
  one.importances.push_back(number(cells[6]));
}

void add_trial(Case& one, std::vector<std::string> cells) {
  one.results.push_back(number(cells[1]));
  cells.resize(2 + one.columns.size());
  for (std::size_t j = 0; j < one.columns.size(); ++j) {
    const std::string& cell = cells[2 + j];
    const double value = cell.empty() ? std::numeric_limits<double>::quiet_NaN() : number(cell);
    one.columns[j].values.push_back(one.is_log[j] ? std::log(value) : value);
  }
}

TEST(PedAnova, EqualsOptunas) {  // Oracle: tests/oracles/pedanova.csv, written by pedanova.py.
  std::ifstream table(STERLET_SOURCE_DIR "/tests/oracles/pedanova.csv");
  std::vector<Case> cases;
  for (std::string line; std::getline(table, line);) {
    auto cells = cells_of(line);
    if (cells[0] == "case") cases.emplace_back();
    if (cells[0] == "column") add_column(cases.back(), cells);
    if (cells[0] == "trial") add_trial(cases.back(), std::move(cells));
  }
  ASSERT_EQ(cases.size(), 4U);
  for (const Case& one : cases) {
    const std::vector<double> importances = ped_anova(one.columns, one.results);
    for (std::size_t j = 0; j < importances.size(); ++j) {
      EXPECT_NEAR(importances[j], one.importances[j], 1e-9) << "column " << j << " of " << one.results.size();
    }
  }
}

TEST(PedAnova, SharesAddUpToOneAndLieInTheirIntervals) {
  GridColumn decides, idles;
  std::vector<double> results;
  for (int i = 0; i < 100; ++i) {
    decides.values.push_back(i / 100.0);
    idles.values.push_back((i * 37 % 100) / 100.0);
    results.push_back(i);
  }
  const std::vector<GridColumn> columns = {decides, idles};
  const std::vector<Estimate> shares = ped_anova_shares(columns, results, 1);
  EXPECT_NEAR(shares[0].value + shares[1].value, 1, 1e-12);
  EXPECT_GT(shares[0].value, 0.9);
  for (const Estimate& share : shares) {
    EXPECT_LE(share.low, share.value);
    EXPECT_GE(share.high, share.value);
  }
}

TEST(PedAnova, OfNoTrialOrOneIsNothing) {
  GridColumn column;
  EXPECT_EQ(ped_anova(std::vector<GridColumn>{column}, {}), (std::vector<double>{0}));
  column.values = {0.5};
  EXPECT_EQ(ped_anova(std::vector<GridColumn>{column}, std::vector<double>{1}), (std::vector<double>{0}));
  EXPECT_EQ(ped_anova_shares(std::vector<GridColumn>{column}, std::vector<double>{1}, 1)[0], Estimate{});
}

}  // namespace
}  // namespace sterlet::analysis
