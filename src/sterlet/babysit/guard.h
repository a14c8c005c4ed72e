#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/babysit/checkpoints.h"
#include "sterlet/babysit/judge/spike.h"
#include "sterlet/babysit/model.h"
#include "sterlet/babysit/wish.h"

namespace sterlet::babysit {

struct Options;

/// Where the guard goes back to, and how it continues from there.
struct RollBack {
  std::int64_t checkpoint = 0;  ///< 0: to the beginning.
  std::int64_t skip_steps = 0;
  base::Json set = base::Json::object(), was = base::Json::object();
};

/// What a program that has ended is started again without: a change and those after it, or a stretch of its line.
struct TakenBack {
  std::optional<int> culprit;
  std::int64_t good_step = 0, bad_step = 0;
  std::string sentence;
};

/// Sees what runs away, and wishes it taken back: a change that is still being watched is undone; where there is none,
/// the model goes back to the last good checkpoint, with a lower learning rate, past the data it was bad on. It looks at
/// what is reported (find_spike), and at a program that ends because its numbers ran away. It changes nothing itself.
class Guard final {
 public:
  /// All are borrowed.
  Guard(const Model& model, Checkpoints& checkpoints, const Options& options)
      : model_(model), checkpoints_(checkpoints), options_(options) {}

  /// By the newest reports.
  std::optional<Wish> look() const;
  /// Of a program that has ended with this reason.
  std::optional<TakenBack> look_at_rest(const std::string& why) const;
  /// Of a program that came to its end before it heard a wish: what it ends with is what ran away.
  static std::optional<TakenBack> unheard(const std::string& kind, const base::Json& body);

  enum class Found { kYes, kNo, kLater };
  /// Plans the way back to the newest whole checkpoint of the active line that is not later than `good_step`. kNo where
  /// there is none, or the line has come back to it too often already; kLater while a checkpoint is being read.
  Found plan(std::int64_t good_step, std::int64_t bad_step, RollBack& plan);

 private:
  std::optional<int> find_culprit(const Spike& spike) const;
  bool is_first_window() const;
  std::optional<RollBack> plan_from_beginning() const;

  const Model& model_;
  Checkpoints& checkpoints_;
  const Options& options_;
};

}  // namespace sterlet::babysit
