#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/base/clock.h"
#include "sterlet/exec/executor.h"
#include "sterlet/study/study.h"

namespace sterlet::run {

/// Runs the study's `notify` command where something happens that people want to hear of. It gets a JSON document on its
/// stdin, kSecondsMax to do its work, and no say in the run: one that fails or hangs is told of once, and ended.
///
/// The command runs by the executor, as attempts of a trial that there is not; their events must be handed to take().
/// At most kAtOnceMax run at once: what happens meanwhile is counted, and the next document says so as "skipped".
class Notifier final {
 public:
  static constexpr double kSecondsMax = 30;
  static constexpr std::size_t kAtOnceMax = 4;

  /// Borrows all. `trials_folder` gets a folder for the documents and output of those that failed.
  Notifier(const study::Study& study, exec::Executor& executor, std::string trials_folder);

  /// The end of a trial is stored. What must be told of the notifier itself is returned, as by all below.
  std::optional<std::string> trial_ended(std::int64_t trial);
  /// A model's program has failed, though its training may go on later: it is no trial that has ended.
  std::optional<std::string> failed(std::int64_t trial, const std::string& reason);
  /// A model that is trained has come to its best value so far, at that step, with those parameters.
  struct Improvement {
    std::int64_t trial = 0, step = 0;
    double value = 0;
    base::Json params;
  };
  std::optional<std::string> improved(const Improvement& improvement);
  /// The run is over, for this reason.
  std::optional<std::string> run_ended(const std::string& reason);

  /// Whether an event is of a command of this notifier.
  static bool owns(const exec::AttemptId& id) { return id.trial == kTrial; }
  std::optional<std::string> take(const exec::Event& event);
  /// Commands that run.
  std::size_t running() const { return running_; }

 private:
  static constexpr std::int64_t kTrial = -1;

  std::optional<std::string> tell(base::Json document);
  std::optional<std::string> tell_of_fault(const std::string& reason);

  const study::Study& study_;
  exec::Executor& executor_;
  std::string folder_;
  std::optional<std::int64_t> best_;  // The trial that was told as the best last.
  int sent_ = 0;
  std::size_t running_ = 0;
  std::int64_t skipped_ = 0;
  bool is_fault_told_ = false;
};

/// The document of what happened to a trial: {"version":1,"event":"best","study":"mlp","trial":17,"state":"COMPLETE",
/// "values":{"val_error":0.12},"params":{...},"text":"mlp: trial 17 is the best so far, val_error 0.12"}.
base::Json trial_notice(const study::Study& study, studyfile::Occasion occasion, std::int64_t trial);
/// That of the end: {"version":1,"event":"end","study":"mlp","reason":"...","trials":100,"failed":2,"best":{...},
/// "text":"..."}.
base::Json end_notice(const study::Study& study, const std::string& reason);

}  // namespace sterlet::run
