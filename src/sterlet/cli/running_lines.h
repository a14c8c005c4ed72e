#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/base/clock.h"
#include "sterlet/cli/block.h"
#include "sterlet/study/study.h"

namespace sterlet::cli {

/// What a running trial has reported of the first objective, thinned out where it is long.
class Curve final {
 public:
  void add(std::int64_t step, double value);
  const std::vector<double>& values() const { return values_; }
  std::int64_t step() const { return step_; }
  std::optional<double> last() const { return last_; }

 private:
  std::vector<double> values_;
  std::int64_t stride_ = 1;  // One value of so many is kept.
  std::int64_t count_ = 0;
  std::int64_t step_ = 0;
  std::optional<double> last_;
};
using Curves = std::map<std::int64_t, Curve>;  ///< By trial.

/// How many steps a trial that stands at `step` will have: a population's, those of a parameter such as epochs, or what
/// all that finished lately had. Nothing: not known.
std::optional<std::int64_t> steps_of(const study::Study& study, std::int64_t trial, std::int64_t step);

/// The parameters that are searched, by tier, as "learning_rate=0.01 units=[64,80]", as many as there is room for.
std::string main_params_text(const study::Study& study, std::int64_t trial, std::size_t columns);

/// The trials that run, a line each: number, how long, step, the first objective with its curve, parameters. At most
/// `rows` lines, of at most `columns`.
std::vector<Line> running_lines(const study::Study& study, const base::Clock& clock, const Curves& curves,
                                std::size_t columns, std::size_t rows);
/// Those that finished last, the latest first, in as many lines.
std::vector<Line> finished_lines(const study::Study& study, std::size_t columns, std::size_t rows);

}  // namespace sterlet::cli
