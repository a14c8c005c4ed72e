#pragma once

#include <functional>
#include <span>
#include <vector>

#include "sterlet/base/rng.h"
#include "sterlet/samplers/gp/acquisition.h"
#include "sterlet/space/space.h"

namespace sterlet::samplers {

/// What is known before the search for the best next point.
struct GpSearchStart {
  std::vector<std::vector<double>> tops;    ///< The best told points, best first: a coordinate for every dimension.
  std::vector<Warp> warps;                  ///< A dimension; half of the global candidates are uniform after the warp,
  std::vector<Warp> suspects;               ///< half of those after the one that its range suggests, where it does.
  std::vector<double> lengths;              ///< A dimension: how far a step about a top point may go.
  std::vector<double> low, high;            ///< A dimension, after its warp: the ends of where to look.
  bool boxed = false;                       ///< Those are not 0 and 1: the global candidates are points of that box.
  std::vector<double> fixed;                ///< A dimension: where it has to be; NaN: anywhere. Or empty.
  std::vector<std::vector<double>> others;  ///< Further candidates: a coordinate for every dimension.
  bool few = false;                         ///< Trials: a suggestion is cheap, and each decides much.
};

/// Candidates, best first, for the largest acquisition value over a space.
///
/// Global points (half uniform, half uniform after the warp; or where there is a box, the best point with some 20
/// coordinates drawn anew from it: with all of them, hardly one of hundreds would be as good) and points about the best
/// ones are sorted by their acquisition; the best few climb: continuous coordinates together by gradient, the others by
/// trying levels, in turn. Steps are taken on the warped scales, on which the model is equally rough everywhere: near
/// the low end of a wide linear range a step of the same length on the given scale would be far too long.
///
/// Cost      a few hundred predictions with their variance.
class GpSearch final {
 public:
  GpSearch(const space::Space& space, const GpEmbedding& embedding);

  struct Found {
    space::Point point;
    double value = 0;
  };
  std::vector<Found> run(GpScore& score, const GpSearchStart& start, const base::StreamKey& key) const;

 private:
  struct Place {
    std::vector<double> full;  // Every dimension, active or not.
    std::vector<double> row;   // As the model sees it.
    double value = 0;
  };
  // Fills `row` from `full`; false if constraints are broken.
  bool realise(Place& place, bool relaxed) const;
  void evaluate(GpScore& score, std::vector<Place*>& places) const;

  // One after another: each as it was drawn, and as the model sees it.
  struct Candidates {
    std::vector<double> fulls, rows;
    std::size_t count = 0;
  };
  void add(const GpSearchStart& start, Place& place, Candidates& candidates) const;  // Unless it breaks a constraint.
  void add_global(const GpSearchStart& start, base::RandomStream& stream, Candidates& candidates) const;
  void add_local(const GpSearchStart& start, base::RandomStream& stream, Candidates& candidates) const;
  void add_drawn(const GpSearchStart& start, const base::StreamKey& key, base::RandomStream& stream,
                 Candidates& candidates) const;
  std::vector<Place> keep_promising(GpScore& score, const Candidates& candidates, base::RandomStream& stream) const;
  double distance(const Place& a, const Place& b, const GpSearchStart& start) const;
  std::vector<Place> starts(const std::vector<Place*>& ranked, const GpSearchStart& start) const;

  void climb(GpScore& score, std::vector<Place>& places, const GpSearchStart& start, int steps, bool all) const;
  std::vector<double> other_levels(std::size_t j, double here, base::RandomStream& stream) const;
  void try_levels(GpScore& score, const GpSearchStart& start, std::vector<Place>& places,
                  base::RandomStream& stream) const;

  const space::Space& space_;
  const GpEmbedding& embedding_;
  enum class Move { kFixed, kContinuous, kRelaxed, kLevels };
  std::vector<Move> moves_;  // One a dimension.
  bool flat_ = true;         // No conditions and no constraints.
};

}  // namespace sterlet::samplers
