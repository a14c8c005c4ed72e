#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "sterlet/babysit/judge/autopilot.h"
#include "sterlet/babysit/record/retention.h"
#include "sterlet/babysit/record/tree.h"
#include "sterlet/base/clock.h"
#include "sterlet/context/log/contexts.h"
#include "sterlet/exec/executor.h"
#include "sterlet/study/study.h"

namespace sterlet::babysit {

/// Where a model stands.
struct Status {
  std::int64_t trial = 0;
  std::string branch;  ///< By name.
  std::int64_t step = 0;
  std::optional<double> value;  ///< Of the objective, reported last.
  base::Json live;              ///< The parameters that can be changed, and their values now.
  std::string doing;            ///< What is waited for, watched or tried; may be empty.
};

/// Told what happens to the model, for a display; called with everything already stored.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void said(const std::string& /*sentence*/) {}
  /// After each turn in which something came of the program or a command.
  virtual void stands(const Status& /*status*/) {}
  /// At least twice a second.
  virtual void tick() {}
};

/// kAdvise proposes and leaves it to the user; kAuto tries what it proposes, and keeps or undoes it.
enum class Autopilot { kOff, kAdvise, kAuto };

struct Options {
  std::string trials_folder;       ///< The trial has a folder of its number in it.
  std::vector<int> gpus;           ///< Devices of the model.
  int signal_fd = -1;              ///< A signalfd; each signal read counts as one request to end. -1: none.
  storage::SessionRecord session;  ///< Of this process.
  Retention retention;
  double checkpoint_seconds = 60;  ///< > 0. A checkpoint is asked for when the last one is this old.
  int window = 0;                  ///< >= 0. Reports after which a change is judged; 0: see windows.h.
  bool guard = false;              ///< A spike or NaN is rolled back without being asked, see spike.h.
  bool control = false;            ///< A change is judged by its unchanged branch, really run.
  double answer_seconds = 60;      ///< > 0. A stop waits so long for the program's answer to a change in flight.
  Autopilot autopilot = Autopilot::kOff;
  AutopilotLimits limits;
  std::optional<context::ContextOptions> context = std::nullopt;  ///< Empty: what trials depend on is not recorded.
};

/// Which model is raised.
struct Start {
  bool fresh = false;                 ///< A new one.
  bool beside = false;                ///< Even while another one runs.
  base::Json params;                  ///< Its first hyperparameters: a whole configuration. Unused for an old one.
  std::optional<std::int64_t> trial;  ///< The old one to go on with; empty: the latest.
};

/// How it ended.
struct Ending {
  std::int64_t trial = 0;
  bool finished = false;  ///< Its program came to its own end.
  bool failed = false;
  std::string reason;
  std::int64_t step = 0;
  std::optional<double> value;  ///< Of the objective, reported last.
  int last_signal = 0;
};

/// Raises one model until it ends, is stopped or fails: starts its program or takes it over, obeys the mailbox, keeps
/// checkpoints, starts it again from the last one when it is killed.
///
/// What holds at every moment, whatever is killed: a change is answered once its branch is stored, and from then on
/// the program only ever runs with the branch's hyperparameters, from a checkpoint of the branch or the one it starts
/// from. A command whose answer was not stored is carried out again. While another program holds the storage, the model
/// trains on, and what it tells is stored later.
/// Errors    kConflict where another process raises it, or it has finished; and those of the storage.
base::Result<Ending> supervise(study::Study& study, storage::Storage& storage, exec::Executor& executor,
                               const base::Clock& clock, Observer& observer, const Start& start,
                               const Options& options);

}  // namespace sterlet::babysit
