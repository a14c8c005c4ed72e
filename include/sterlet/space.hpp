#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/error.hpp"
#include "sterlet/params.hpp"

namespace sterlet {

/// On which axis equal distances count alike. kReverseLog puts 1 - x on a log scale, which suits momentum and betas.
enum class Scale { kLinear, kLog, kReverseLog };

/// What a hyperparameter may have beside its range; docs/study-file.md says more of each.
struct ParameterOptions {
  std::optional<double> step = {};  ///< > 0. Values are low + k * step.
  std::string when = {};            ///< It exists only where this holds: "optimizer == 'sgd'".
  std::string repeat = {};          ///< Name of an integer: so many values, one a layer.
  double zero = 0;                  ///< In [0, 1). Share of draws that are exactly 0 (a float on a log scale).
  std::vector<Scalar> defaults =
      {};  ///< One, or one an element of a repeated one. Where all have one, the first trial.
};

/// A search space: hyperparameters with their ranges and scales, conditions and constraints. Declarations are taken as
/// they are; whoever opens a study or a sampler with them is told what is wrong, and faults() lists all of it.
///
///   sterlet::Space space;
///   space.add_float("rate", 1e-5, 1, sterlet::Scale::kLog).add_int("layers", 1, 4);
class Space final {
 public:
  Space();
  Space(const Space& other);
  Space(Space&& other) noexcept;  ///< What was moved from is empty.
  Space& operator=(const Space& other);
  Space& operator=(Space&& other) noexcept;
  ~Space();

  /// From `low` to `high`, both possible.
  Space& add_float(std::string name, double low, double high, Scale scale = Scale::kLinear,
                   ParameterOptions options = {});
  Space& add_int(std::string name, std::int64_t low, std::int64_t high, Scale scale = Scale::kLinear,
                 ParameterOptions options = {});
  /// One of these, which are in no order.
  Space& add_choice(std::string name, std::vector<Scalar> choices, ParameterOptions options = {});
  /// One of these, from the least to the most.
  Space& add_ordinal(std::string name, std::vector<Scalar> choices, ParameterOptions options = {});
  /// What must hold of each point: "batch_size * layers <= 1024".
  Space& add_constraint(std::string expression);

  /// How many hyperparameters were declared.
  std::size_t size() const noexcept;
  /// All that is wrong with it, in the order of declaration; empty: nothing is.
  std::vector<Error> faults() const;

 private:
  friend struct SpaceDoor;
  struct Parts;
  std::unique_ptr<Parts> parts_;  // Null: empty.
};

}  // namespace sterlet
