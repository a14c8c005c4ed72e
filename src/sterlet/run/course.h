#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/exec/executor.h"
#include "sterlet/pruners/pruner.h"
#include "sterlet/study/study.h"

namespace sterlet::run {

/// What one running attempt has told so far, and how its end comes about where we want it. Pure bookkeeping: it asks
/// nothing of the study or the executor, so the loop may work on a copy and drop the copy when a transaction fails.
///
/// Stages, in this order; most attempts stay in the first until their program exits:
///
///     kTraining -> kDecided -> kTold -> kEnding      its end was decided by a pruner, a rung or the clock
///     kTraining ----------> kUnwanted -> kEnding     nothing more is wanted of it
///
/// A program whose end was decided is told so, and may end in its own way. It is ended by force when it cannot be told,
/// when it keeps reporting after it was told, or when it takes longer than kPruneGraceMs.
class Course final {
 public:
  enum class Stage { kTraining, kDecided, kTold, kUnwanted, kEnding };
  /// What the loop has to do now: send message() to the program, or end it with end_reason().
  enum class Due { kNothing, kTell, kEnd };

  static constexpr std::int64_t kPruneGraceMs = 10000;
  /// Reports that come within it after the program was told were on their way already.
  static constexpr std::int64_t kReportGraceMs = 1000;
  static constexpr std::size_t kNamesMax = 32;

  /// Of an attempt with the claim's agenda: changes of a schedule that its program must make, and its last step.
  explicit Course(const std::vector<base::Json>& agenda);

  void take_report(std::int64_t step, const pruners::Decision& decision, std::int64_t now_ms);
  /// What its objective had come to in the last report that had it.
  struct Came {
    std::int64_t step = 0;
    double value = 0;
  };
  void take_objective(Came came) { came_ = came; }
  const std::optional<Came>& came() const { return came_; }
  /// What a report named; the first kNamesMax names are kept.
  void take_metrics(const std::vector<std::pair<std::string, double>>& metrics);
  void take_value(std::vector<double> values) {
    has_told_ = true;
    values_ = std::move(values);
  }
  void take_applied(std::int64_t step);
  void take_refused(const exec::Event::Refused& refused);
  void take_failed(std::string reason) { failure_ = std::move(reason); }
  /// The study gave the trial to another process: what this attempt tells is not stored any more.
  void take_robbed();
  /// A person wants it ended, by this line of the mailbox: PRUNED with what it has come to, or CANCELLED. One whose end
  /// was decided before keeps its first reason.
  enum class Wish { kPrune, kCancel };
  void take_wish(Wish wish, std::int64_t command, std::string reason);
  /// The time that running trials have after the study's is over: it is stopped, to go on with a larger budget.
  void take_out_of_time();
  /// Names that its program asked a client for.
  void take_read(const std::vector<std::string>& params);

  Due due(std::int64_t now_ms) const;
  /// The key of the message that tells the program of its end: "prune", or "stop" where it is cancelled, its time is
  /// over, or it is only put aside and to leave a checkpoint.
  std::string message() const { return is_put_aside_ || is_cancelled_ || is_out_of_time_ ? "stop" : "prune"; }
  /// The answer to a report has told the program already; the program may be gone before a message reaches it.
  void heard_by_answer() { is_heard_ = true; }
  /// message() was sent; `is_sent` as Executor::send says.
  void told(bool is_sent, std::int64_t now_ms);
  void ended() { stage_ = Stage::kEnding; }
  std::string end_reason() const;

  Stage stage() const { return stage_; }
  bool is_robbed() const { return is_robbed_; }
  bool is_out_of_time() const { return is_out_of_time_; }
  /// Metrics that it has reported, as they first came.
  const std::vector<std::string>& metrics() const { return metrics_; }
  /// What its clients were asked for; nothing: no client told.
  const std::optional<std::set<std::string>>& read() const { return read_; }
  /// The lines of the mailbox that are answered once it has ended.
  const std::vector<std::int64_t>& commands() const { return commands_; }
  /// What the study is told once the program has exited.
  study::Outcome outcome(const exec::Event::Exited& exited, std::size_t objective_count) const;

 private:
  void leave_unwanted();
  study::Outcome decided_outcome(const exec::Event::Exited& exited, std::size_t objective_count) const;
  study::Outcome own_outcome(const exec::Event::Exited& exited) const;

  Stage stage_ = Stage::kTraining;
  std::vector<double> values_;
  std::string failure_;
  std::map<std::int64_t, base::Json> changes_;  // Of a schedule, by step, that its program has not told of yet.
  std::optional<std::int64_t> end_step_;        // Where its agenda stops it.
  std::string prune_reason_;                    // Empty: no end was decided.
  bool is_put_aside_ = false;                   // The end that was decided is a pause: it may be promoted later.
  bool is_cancelled_ = false;                   // The end that was decided counts for nothing.
  std::vector<std::int64_t> commands_;
  bool is_heard_ = false;
  bool is_reporting_on_ = false;  // After it was told.
  bool is_robbed_ = false;
  bool has_told_ = false;  // A report or a value.
  bool is_out_of_time_ = false;
  std::optional<Came> came_;
  std::vector<std::string> metrics_;
  std::optional<std::set<std::string>> read_;
  std::int64_t told_ms_ = 0;  // From kTold on.
};

/// Whether somebody, or the machine, killed the program from outside; it did not end by its own fault.
bool is_killed(const exec::Event::Exited& exited);

}  // namespace sterlet::run
