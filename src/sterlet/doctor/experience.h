#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/space/space.h"
#include "sterlet/study/study.h"

namespace sterlet::doctor {

/// Where one study found its good settings along one parameter: the middle nine tenths of its good trials' values.
struct Found {
  std::string study;
  std::string kind;  ///< Of model, see kind.h; empty: not known.
  std::string parameter;
  bool is_number = true;
  double low = 0, high = 0, best = 0;  ///< Of a number.
  double width = 1;                    ///< The same as a share of the range that was searched, on its scale.
  std::string choice;                  ///< Of a parameter with choices: the commonest among the good trials,
  double share = 0;                    ///< and of how many of them.
};

/// Of studies with at least kFewestTrials complete trials, and as many as parameters are searched; parameters that are neither repeated nor of one value only.
std::vector<Found> found_in(const study::Study& study);
inline constexpr std::size_t kFewestTrials = 12;

/// What the studies together say of one parameter.
struct Experience {
  std::string parameter;
  std::string kind;          ///< It is what the studies of that kind of model say; empty: of all.
  std::vector<Found> found;  ///< Studies in which it was decided: see below.
  /// Of a number on which they agree: where to look, with a fifth more on either side, and what to begin with.
  std::optional<double> low, high, value;
  std::string choice;               ///< Of one with choices, on which they agree.
  bool is_split = false;            ///< They contradict each other: what one has found does not carry over to another.
  bool is_outside = false;          ///< All good values of a number lay outside the new range, on the same side.
  std::string says;                 ///< A sentence.
  std::vector<Experience> by_kind;  ///< Where the studies that have decided it are of several kinds: each for itself.
};

/// By parameter of `space`, in its order: the space of a new study file. A study has decided a number where its good values
/// fill at most kDecidedWidth of its range, and a choice where kDecidedShare of its good trials have it. Studies
/// agree where all their ranges overlap, or all have the same choice; they are split where two ranges lie apart by more than
/// kApart of the new range, or choices differ. A narrower range is proposed from two studies on, where it saves at least a
/// quarter of the new one.
///
/// `kind`: of the new study. Where studies of that kind have decided a parameter they alone are asked. Without one, a
/// parameter on which studies are split that agree within each kind is told by kind.
std::vector<Experience> gather(std::span<const Found> found, const space::Space& space, const std::string& kind = {});
inline constexpr double kDecidedWidth = 0.5, kDecidedShare = 0.7, kApart = 0.05, kSaving = 0.75;

/// "ranges" of the document of `sterlet lessons --json`.
base::Json experiences_json(const std::vector<Experience>& experiences);

}  // namespace sterlet::doctor
