#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/error.hpp"
#include "sterlet/params.hpp"
#include "sterlet/space.hpp"

namespace sterlet {

enum class Direction { kMinimize, kMaximize };

/// A point to be tried.
struct Suggestion {
  std::int64_t number = 0;  ///< Of its trial, from 0.
  Params params;
  std::string origin;  ///< Where it came from: default, enqueued, random, grid, sobol, model, zoom, repeat.
  std::optional<double> predicted{};  ///< What the sampler's model expects of it, if it has one.
};

/// What is known of a point: one that has its result, or one that is still being tried.
struct Observation {
  enum class Outcome { kPending, kComplete, kPruned, kFailed };
  Params params;
  std::string origin;
  Outcome outcome = Outcome::kPending;
  std::vector<double> values{};       ///< One an objective; of a pruned one its last report, or none.
  std::vector<double> constraints{};  ///< Feasible when all are <= 0.
};

struct SamplerOptions {
  Algorithm algorithm = "auto";
  std::vector<Direction> directions = {Direction::kMinimize};  ///< One an objective.
  std::uint64_t seed = 0;
  std::optional<std::int64_t> trials{};  ///< How many there will be, if that is known.
};

/// A sampler alone: a space and a history give a point.
///
/// Pure: an equal history gives an equal point, in any process, on any machine. What it remembers between two calls
/// changes the time that they take, never the answer. One thread at a time.
class Sampler final {
 public:
  /// Errors: kInvalidArgument for a fault of the space, or an algorithm or an option that does not exist.
  static Result<Sampler> make(const Space& space, SamplerOptions options = {});
  Sampler(Sampler&& other) noexcept;
  Sampler& operator=(Sampler&& other) noexcept;
  ~Sampler();

  /// The next point; its number is the length of the history. Cost O(n d) to read n observations of d hyperparameters,
  /// and what the algorithm takes. Errors: kInvalidArgument names the first observation that does not lie in the space,
  /// or has another number of values than there are objectives; kExhausted where a grid has been walked through.
  Result<Suggestion> suggest(const std::vector<Observation>& history) const;

 private:
  friend struct SamplerDoor;
  struct Parts;
  explicit Sampler(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace sterlet
