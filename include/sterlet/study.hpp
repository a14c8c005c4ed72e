#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/error.hpp"
#include "sterlet/params.hpp"
#include "sterlet/sampler.hpp"
#include "sterlet/space.hpp"

namespace sterlet {

struct Objective {
  std::string metric = "value";
  Direction direction = Direction::kMinimize;
};

struct StudyOptions {
  std::string name = "study";
  std::vector<Objective> objectives = {Objective()};  ///< At least one.
  Algorithm sampler = "auto";
  Algorithm pruner = "none";
  std::optional<std::int64_t> trials{};  ///< Budget: after so many, ask() says kExhausted. Empty: no limit.
  std::optional<std::uint64_t> seed{};   ///< Empty: drawn.
  /// File of the storage, a path or sqlite:///PATH, which the program `sterlet` reads as well; made where it is missing.
  /// Empty: the study lives in memory.
  std::string storage = {};
};

/// LOST: its process went away; the next ask() hands it out again. PAUSED: a pruner put it aside, and may go on with it.
enum class State { kWaiting, kRunning, kPaused, kComplete, kPruned, kFailed, kLost, kCancelled };
/// "COMPLETE", as `sterlet ls` says it.
std::string_view text_of(State state) noexcept;

/// A trial as it is known now.
struct TrialRecord {
  std::int64_t number = 0;
  State state = State::kRunning;
  Params params;
  std::vector<double> values{};       ///< One an objective; may be empty, may hold NaN.
  std::vector<double> constraints{};  ///< Feasible when all are <= 0.
  std::int64_t last_step = 0;         ///< Of its last report.
  std::string reason{};               ///< Why it failed, was pruned or lost; a sentence.
  std::string origin{};               ///< As Suggestion::origin.
};

/// Whether a trial goes on after a report.
struct Decision {
  bool prune = false;
  std::string reason{};  ///< Why it does not, in words and numbers.
};

/// The end of a trial.
struct Outcome {
  State state = State::kComplete;     ///< kComplete, kPruned, kFailed or kCancelled.
  std::vector<double> values{};       ///< One an objective. May be empty: then its last report counts.
  std::vector<double> constraints{};  ///< Feasible when all are <= 0.
  std::string reason{};               ///< Why it failed or was pruned.
};

/// A share between 0 and 1, with the interval that holds it in 9 of 10 cases.
struct Share {
  double value = 0, low = 0, high = 0;
};

/// How much a hyperparameter matters, by three measures; each where there is enough to say it (docs/importance.md).
struct Importance {
  std::string name;
  std::optional<Share> fanova{};    ///< Of the variance of results over the space.
  std::optional<Share> pedanova{};  ///< Of what decides whether a trial is among the best tenth.
  std::optional<Share> shapley{};   ///< What it adds on the way from the default to the best, of the metric.
};

/// One study: ask for a point, try it, tell what came of it.
///
///   auto study = sterlet::Study::open(space, {.trials = 100});
///   while (const auto trial = study->ask()) study->tell(trial->number, loss_of(trial->params)).value();
///
/// With a storage, what a call did is on the disk when it returns, other processes may work on the same study, and
/// `sterlet ls`, `top` and `report` show it. A call that fails has done nothing. The library has no threads, writes
/// nothing to the terminal, and ends no process.
/// Thread-safety: calls of one study must not overlap; studies are independent of each other. A child made by fork()
/// must open its own.
class Study final {
 public:
  /// Opens the study of that name in the storage, or creates it. Errors: kInvalidArgument for a fault of the space or
  /// the options; kBadStudyFile where the stored study searches something else; those of the storage.
  static Result<Study> open(const Space& space, const StudyOptions& options = {});
  /// The same of a study as a file describes it (docs/study-file.md), read from a path or given as its text. What it
  /// says of programs is not looked at.
  static Result<Study> open_file(const std::string& path, const std::string& storage = {});
  static Result<Study> open_text(std::string_view text, const std::string& storage = {});
  /// An existing study, by its name. Errors: kNotFound names the nearest.
  static Result<Study> load(const std::string& name, const std::string& storage);

  Study(Study&& other) noexcept;
  Study& operator=(Study&& other) noexcept;
  /// Closes it. Trials that were asked for and not told are LOST from then on, with a storage.
  ~Study();

  /// The next trial. Errors: kExhausted says what is used up.
  Result<Suggestion> ask();
  /// An intermediate result of a running trial: the first objective at this step. Steps grow. Where a person has ended
  /// the trial (sterlet stop STUDY TRIAL), the decision says so.
  Result<Decision> report(std::int64_t trial, std::int64_t step, double value);
  /// What the last report() of a running trial decided; true where a person has ended it since. Errors: kNotFound.
  Result<bool> should_prune(std::int64_t trial) const;
  /// The end of a trial; of one that a person has ended, that end stays. Errors: kNotFound; kConflict where it has its
  /// end already; kInvalidArgument for another number of values than there are objectives.
  Result<void> tell(std::int64_t trial, double value);
  Result<void> tell(std::int64_t trial, const Outcome& outcome);
  /// A trial that was evaluated elsewhere; its number.
  Result<std::int64_t> add(const Params& params, const Outcome& outcome);
  /// A point to be tried next; the sampler fills in what is not named.
  Result<void> enqueue(const Params& params);

  /// The best trial, of several objectives one of the best. Errors: kNotFound where none has finished with a value.
  Result<TrialRecord> best() const;
  /// Of several objectives all that no other is better than in each.
  Result<std::vector<TrialRecord>> best_trials() const;
  /// By number.
  Result<std::vector<TrialRecord>> trials() const;
  /// The most important first. Errors: kNotFound where the trials do not say it yet, and why; kInvalidArgument where
  /// there is no such objective.
  Result<std::vector<Importance>> importance(std::size_t objective = 0) const;

  /// Tells other processes that this one lives, and takes over the trials of those that do not. Calls do so by
  /// themselves, at most every 5 s; where other machines or containers share the storage, call it once in 30 s of work.
  Result<void> keep_alive();
  /// What a person should know of the calls since the last one of this, in sentences.
  std::vector<std::string> remarks();
  const std::string& name() const noexcept;

 private:
  friend struct StudyDoor;
  struct Parts;
  explicit Study(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace sterlet
