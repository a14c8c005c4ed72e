#pragma once

#include <cstddef>
#include <vector>

#include "sterlet/base/rng.h"
#include "sterlet/samplers/gp/acquisition.h"

namespace sterlet::samplers {

/// ln of the expected growth of the hypervolume by a trial at a point, for M objectives with a process each.
///
/// The growth by y is, up to a constant, the mean over directions w on the positive unit sphere of s(y)^M - s_best^M
/// where that is positive, with s(y) = min over m of (r_m - y_m) / w_m, r the reference point and s_best the largest s
/// on the front (Deng and Zhang 2019). Here it is meant over kDraws pairs of a direction and a draw of y; each takes
/// one head of the processes, so that pending trials are on the front at values drawn for them. The positive part is
/// smoothed over kSmooth, so that there is a slope where no draw improves.
///
/// Cost      O(kDraws (M + front)) to make, O(kDraws M) a point beside the predictions.
/// Source    Deng, Zhang: Approximating hypervolume and hypervolume contributions using polar coordinate, IEEE TEC 23,
///           2019; Zhang, Golovin: Random hypervolume scalarizations for provable multi-objective black box
///           optimization, ICML 2020.
class GpVolumeImprovement final : public GpScore {
 public:
  static constexpr std::size_t kDraws = 96;

  /// `models`: one an objective, with as many heads each, which outlive this. `front`: rows of M values as the models
  /// see them, the feasible told trials' (dominated ones do no harm). `pending`: the models' rows from `told` on.
  GpVolumeImprovement(std::vector<const GpModel*> models, const std::vector<double>& front, std::size_t told,
                      const base::StreamKey& key);
  void evaluate(const double* units, std::size_t count, double* values, double* gradients) override;
  void rank(const double* units, std::size_t count, double* values) override;

 private:
  double scalarise(std::size_t draw, const double* y, std::size_t* smallest) const;

  std::vector<const GpModel*> models_;
  std::vector<double> reference_, directions_, normals_, best_;  // best_: one a draw.
  std::vector<GpModel::Batch> batches_;
  std::vector<double> part_;
};

}  // namespace sterlet::samplers
