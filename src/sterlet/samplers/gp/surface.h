#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "sterlet/samplers/gp/fit.h"
#include "sterlet/samplers/gp/model.h"
#include "sterlet/samplers/gp/transform.h"
#include "sterlet/samplers/unit_table.h"

namespace sterlet::samplers {

/// What a surface is told of one trial.
struct GpTold {
  std::size_t trial = 0;
  double value = 0;
  bool bad = false;      ///< Failed, or no number: ordered last, and left out of the process.
  double sd = 0;         ///< Of the value, where it is a prediction.
  double runs = 1;       ///< That the value is the mean of: its noise is that much smaller.
  bool settled = false;  ///< Hyperparameters may be learned from it.

  bool operator==(const GpTold&) const = default;
};

/// One quantity over the space (an objective, a constraint), learned from trials: the transform of its values, its
/// hyperparameters and its process.
///
/// Hyperparameters depend on the settled trials alone, and are kept until those change; the rest on all. Beyond
/// kMostRows settled trials the process rests on the best half of that many and on others evenly from the rest, so that
/// a suggestion's cost is bounded whatever the number of trials.
/// What it keeps between two calls is a memo: only what a fresh surface would compute too.
class GpSurface final {
 public:
  static constexpr std::size_t kMostRows = 500, kFewRows = 32;
  enum class Kind { kObjective, kConstraint };  ///< A constraint keeps its 0; an objective only its order.

  /// `draws`: how many other likely hyperparameters it keeps while there are at most kFewRows settled trials.
  /// `olds`: older studies of the same quantity.
  GpSurface(const GpEmbedding& embedding, Kind kind, std::size_t draws = 0, std::vector<GpTrend::Source> olds = {})
      : embedding_(&embedding), kind_(kind), draws_(draws), olds_(std::move(olds)) {}

  /// At least one told trial that is not bad. draws: as GpModel::set_targets.
  void learn(const UnitTable& table, const std::vector<GpTold>& told, const std::vector<std::size_t>& pending,
             const std::vector<std::vector<double>>& draws);

  const GpModel& model() const { return *model_; }
  /// The same process with other likely hyperparameters, while trials are few.
  const std::vector<GpModel>& others() const { return others_; }
  const GpTransform& transform() const { return *transform_; }
  /// Values as the process sees them, one a told trial.
  const std::vector<double>& values() const { return values_; }
  /// Which told trial each of the model's first rows is; those after them are pending. Bad ones are none of them.
  const std::vector<std::size_t>& rows() const { return rows_; }

 private:
  std::vector<double> targets(const std::vector<GpTold>& told) const;
  struct Row {
    std::size_t trial = 0;
    double noise = 0, share = 1;  // As in GpRows.

    bool operator==(const Row&) const = default;
  };
  Row row_of(const GpTold& told) const;
  std::vector<GpFit> fit_on(const UnitTable& table, const std::vector<GpTold>& told, const std::vector<double>& values,
                            std::size_t most, const GpFitPlan& plan) const;
  void make_transform(const std::vector<GpTold>& told);
  void fit(const UnitTable& table, const std::vector<GpTold>& settled);
  void learn_trend(const UnitTable& table, const std::vector<GpTold>& settled, std::vector<double>& values);
  GpFitPlan first_plan(std::size_t settled) const;
  const GpHyper& roughly_fitted(const UnitTable& table, const std::vector<GpTold>& settled);

  const GpEmbedding* embedding_;
  Kind kind_;
  std::size_t draws_;
  std::vector<GpTrend::Source> olds_;
  std::shared_ptr<const GpTrend> trend_;  // Learned from the settled trials.
  std::vector<GpTold> fitted_, roughly_fitted_;
  GpHyper rough_;
  std::optional<GpModel> model_;
  std::vector<GpModel> others_;
  std::vector<Row> held_;  // Rows that the model holds.
  std::optional<GpTransform> transform_;
  std::vector<double> values_;
  std::vector<std::size_t> rows_;
};

}  // namespace sterlet::samplers
