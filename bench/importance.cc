// How fast importance is measured: one measurement a process, its result one line of JSON on stdout.
//
//   sterlet-bench-importance fanova|pedanova TRIALS COLUMNS   the best of five runs, of the trials that
//                                                             bench/importance.py gives to Optuna, too.
//   sterlet-bench-importance data TRIALS COLUMNS              those trials, a row each, the result last.
#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "sterlet/analysis/fanova.h"
#include "sterlet/analysis/pedanova.h"
#include "sterlet/base/rng.h"
#include "sterlet/base/text.h"

namespace {

namespace analysis = sterlet::analysis;
namespace base = sterlet::base;

constexpr int kRuns = 5;

analysis::TrialTable draw(std::size_t trials, std::size_t columns) {
  base::RandomStream chance({.seed = 1});
  analysis::TrialTable table;
  table.columns.resize(columns);
  for (std::size_t row = 0; row < trials; ++row) {
    double result = 0;
    for (std::size_t j = 0; j < columns; ++j) {
      const double x = chance.uniform(), off = x - 0.3;
      table.columns[j].values.push_back(x);
      result += off * off / static_cast<double>(j + 1);
    }
    table.results.push_back(result + 0.02 * chance.normal());
  }
  return table;
}

double seconds_of(const std::string& what, const analysis::TrialTable& table) {
  std::vector<analysis::GridColumn> grid;
  for (const analysis::Column& column : table.columns) grid.push_back({.values = column.values});
  double best = 1e9, sum = 0;
  for (int run = 0; run < kRuns; ++run) {
    const auto begin = std::chrono::steady_clock::now();
    if (what == "fanova") {
      sum += analyse_variance(table, fit_forest(table, {}), 1).variance;
    } else {
      sum += ped_anova(grid, table.results).front();
    }
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  return sum > 0 ? best : 0;  // The sum keeps the work from being left out.
}

}  // namespace

int main(int count, char** arguments) {
  const std::string what = count == 4 ? arguments[1] : "";
  const auto trials = count == 4 ? base::parse_integer(arguments[2]).value_or(0) : 0;
  const auto columns = count == 4 ? base::parse_integer(arguments[3]).value_or(0) : 0;
  if ((what != "fanova" && what != "pedanova" && what != "data") || trials < 10 || columns < 1) {
    fmt::print(stderr, "sterlet-bench-importance fanova|pedanova|data TRIALS COLUMNS\n");
    return 2;
  }
  const analysis::TrialTable table = draw(static_cast<std::size_t>(trials), static_cast<std::size_t>(columns));
  if (what == "data") {
    for (std::size_t row = 0; row < table.rows(); ++row) {
      for (const analysis::Column& column : table.columns) fmt::print("{:.17g},", column.values[row]);
      fmt::print("{:.17g}\n", table.results[row]);
    }
    return 0;
  }
  fmt::print("{{\"tool\": \"sterlet\", \"name\": \"{}\", \"trials\": {}, \"columns\": {}, \"seconds\": {:.6f}}}\n",
             what, trials, columns, seconds_of(what, table));
  return 0;
}
