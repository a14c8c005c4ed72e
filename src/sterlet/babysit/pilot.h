#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/babysit/judge/autopilot.h"
#include "sterlet/babysit/model.h"
#include "sterlet/babysit/wish.h"

namespace sterlet::babysit {

struct Options;

/// The autopilot's eyes, and controls. A window of the base begins at a checkpoint, the mark. When it is full, changes
/// are tried one after another from the mark over the same steps and the same data, so that the base is their control
/// and costs nothing; then the model continues from the end of the best. All is in the tree: a process that takes the
/// model over in the middle finds the mark again (find_mark). It changes nothing itself: it wishes.
class Pilot final {
 public:
  /// All are borrowed.
  Pilot(const Model& model, const Options& options) : model_(model), options_(options) {}

  /// What falls due with a report, where nothing else is going on.
  base::Result<std::vector<Wish>> look();

  const std::optional<std::int64_t>& mark() const { return mark_; }
  void set_mark(std::optional<std::int64_t> checkpoint) { mark_ = checkpoint; }
  /// Of a model that another process raised before, and which goes on from `point`.
  void find_mark(const storage::CheckpointRecord& point);
  /// The program has heard what it was held for.
  void hear();
  /// Whether all steps that may be spent are.
  bool is_spent() const { return is_spent_; }

 private:
  bool affords(std::int64_t reports) const;
  /// Reports of a window that begins at this checkpoint.
  std::int64_t window_of(const storage::CheckpointRecord& mark) const;
  std::string range_text(const Situation& situation, int winner) const;
  std::string no_range_text(const Situation& situation, bool is_afforded);
  Wish held(Wish wish);
  base::Result<std::vector<Wish>> reach_boundary(const storage::CheckpointRecord& mark);
  std::vector<Wish> advise(const std::optional<Proposal>& proposal, const base::Json& params);
  base::Result<int> choose_winner(const Situation& situation, const ResponseModel& responses) const;
  base::Result<Situation> situation(const storage::CheckpointRecord& mark) const;
  void find_plan(int base, const std::string& rate, Situation& situation) const;
  base::Result<ResponseModel> responses() const;
  std::optional<ResponseModel::Forecast> forecast_of(const ResponseModel& responses, int branch, double phase) const;

  const Model& model_;
  const Options& options_;
  std::optional<std::int64_t> mark_;     // The checkpoint at which the base's window begins.
  std::int64_t late_steps_ = 0;          // Most that it trained on for before it heard of what was decided.
  std::optional<std::int64_t> held_at_;  // The steps spent at that decision.
  std::string advised_;
  bool is_spent_ = false;
  bool is_range_told_ = false;  // Why no range test is made.
};

}  // namespace sterlet::babysit
