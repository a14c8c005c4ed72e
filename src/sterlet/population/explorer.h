#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "sterlet/base/registry.h"
#include "sterlet/base/rng.h"
#include "sterlet/population/population.h"

namespace sterlet::population {

/// What an explorer is asked: how to continue from a copy.
struct Question {
  const space::Point* copied = nullptr;
  double level = 0;                      ///< Value of the copied member, to be minimised.
  std::span<const space::Point> chosen;  ///< For other members of the coming interval already.
  base::StreamKey key;
};

/// Changes live hyperparameters of a copy. Pure, and total: where nothing else is possible, the copy as it is.
class Explorer {
 public:
  virtual ~Explorer() = default;
  virtual space::Point explore(const Question& question) = 0;
};

/// Moves each live parameter by `move` of its range on its own scale, up or down, or draws it anew; a choice without
/// order is only drawn anew.
std::unique_ptr<Explorer> make_perturb(const space::Space& space, const Options& options,
                                       std::span<const std::vector<Standing>> intervals);

/// PB2: a Gaussian process learns what an interval gained, by the time, the level it began at and the live parameters,
/// and the point with the largest upper confidence bound is taken. Until two intervals are over, and for choices
/// without order, as perturb.
///
/// k = exp(-(|x - x'|^2 / l^2 + (c - c')^2) / 2) r^|t - t'|, noise s; l, r and s maximise the likelihood over a grid.
/// Gains are standardised within their interval: early ones are larger by orders of magnitude, and would be all that
/// the process sees. Points chosen for other members count as if they had gained what is expected there.
/// Cost      O(n^3) a fit, n the latest 256 intervals trained; about 0.1 s.
/// Source    Parker-Holder, Nguyen, Roberts: Provably efficient online hyperparameter optimization with
///           population-based bandits, NeurIPS 2020, sections 3 and 4; their upper bound's constants.
/// Departs   with the level as an input (a bad network gains more), as the authors' own code does.
std::unique_ptr<Explorer> make_pb2(const space::Space& space, const Options& options,
                                   std::span<const std::vector<Standing>> intervals);

struct Row {
  std::string_view name;
  std::string_view summary;
  std::vector<base::Option> options;  ///< None of their own: those of pbt serve all.
  std::unique_ptr<Explorer> (*make)(const space::Space&, const Options&, std::span<const std::vector<Standing>>);
};
const base::Registry<Row>& explorers();

/// Dimensions of live parameters that are active at the point.
std::vector<std::size_t> live_dimensions(const space::Space& space, const space::Point& point);
/// The copied point with other unit coordinates in some dimensions. Nothing where that breaks a constraint or would
/// change what is not live.
std::optional<space::Point> moved(const space::Space& space, const space::Point& copied,
                                  std::span<const std::pair<std::size_t, double>> units);

}  // namespace sterlet::population
