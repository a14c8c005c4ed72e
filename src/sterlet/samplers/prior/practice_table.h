#pragma once

#include <span>
#include <string_view>

namespace sterlet::samplers {

/// What kind of model a parameter belongs to, as far as names tell.
enum class Model { kAny, kNetwork, kBoosting, kKernel, kNeighbours, kForest, kLinear };
std::string_view text_of(Model model);

/// A word that tells the kind of model: in a parameter's name, in its `when`, or in a name beside it.
struct ModelCue {
  Model model;
  std::string_view words;
};
std::span<const ModelCue> model_cues();

/// Where practice finds the good values of a parameter of that name, in the parameter's own unit.
struct UsualRange {
  std::string_view words;  ///< Which the name has, one after another; with a '=' before them it has no others.
  Model model = Model::kAny;
  double low = 0, high = 0;  ///< Both 0: the upper third of whatever range is given.
  bool is_upper_third() const { return low == 0 && high == 0; }
};
/// The first row that fits counts.
std::span<const UsualRange> usual_ranges();

/// Words of names that mean something else than the rows above would take them for.
std::span<const std::string_view> words_of_others();

/// How much more often than another choice this one is good.
struct UsualChoice {
  std::string_view choice;
  double times = 1;
};
std::span<const UsualChoice> usual_choices();

}  // namespace sterlet::samplers
