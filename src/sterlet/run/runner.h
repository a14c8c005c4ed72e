#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/base/clock.h"
#include "sterlet/exec/executor.h"
#include "sterlet/context/log/contexts.h"
#include "sterlet/study/study.h"

namespace sterlet::run {

/// Told what a run does, for a display; called between transactions, with everything already stored. The end of a trial
/// is told once it is on the disk.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void started(const study::Claim&) {}
  /// `value`: of the first objective, where it was reported.
  virtual void reported(std::int64_t /*trial*/, std::int64_t /*step*/, std::optional<double> /*value*/) {}
  virtual void finished(std::int64_t /*trial*/) {}
  /// At least once a second.
  virtual void tick() {}
  /// A person or a signal asked to end; `times` counts from 1.
  virtual void interrupted(int /*times*/) {}
  /// Something that a person should know, in a sentence.
  virtual void said(const std::string& /*sentence*/) {}
};

struct RunOptions {
  int workers = 1;                       ///< >= 1. Trials at once.
  std::string trials_folder;             ///< Each trial has a folder of its number in it.
  std::vector<int> gpus;                 ///< Devices that may be used.
  int threads = 1;                       ///< >= 1. Of one trial: see count_threads.
  int signal_fd = -1;                    ///< A signalfd; each signal read counts as one request to end. -1: none.
  storage::SessionRecord session;        ///< Of this process.
  std::int64_t lock_patience_ms = 1000;  ///< How long one try waits for a storage that is locked.
  /// Of the study's storage: where people ask for the end of one trial, see mail.h. Null: nobody does.
  storage::Mailbox* mailbox = nullptr;
  bool ends_at_once = false;   ///< The first interruption ends the running trials, as else the second one does.
  bool takes_changes = false;  ///< Whoever runs it goes on with a study that was changed meanwhile: that is no end.
  /// How the context of the trials is taken; nothing: it is not.
  std::optional<context::ContextOptions> context = std::nullopt;
  /// STERLET_SEED of every trial, in place of one of its own: to run an attempt again as it was.
  std::optional<std::uint64_t> seed = std::nullopt;
};

/// How a run came to its end.
struct RunResult {
  study::Pause pause = study::Pause::kNone;  ///< Why no more trials are handed out.
  int interruptions = 0;
  int last_signal = 0;  ///< Number of the last signal; 0 if none.
};

/// Runs a study's trials on an executor until the study hands out no more and all have ended. The session goes on: it
/// ends with the executor, see SessionDesk::leave().
///
/// One loop, one thread: what happened since the last turn (reports, ends of trials) and the new claims are one
/// transaction; only after its commit are programs started and answered. The disk is waited for at most every 10 ms.
///
/// Interrupted once: nothing new is claimed, the running trials are asked for a checkpoint and awaited. Twice: they are
/// ended (TERM, KILL after 10 s) and become LOST, to be run again on resume. Three times: KILL at once.
///
/// A person may ask for the end of one trial, or hold it, by the mailbox (mail.h); it is heard within half a second, and
/// answered in the transaction that stores the trial's end.
///
/// What goes wrong on the way:
/// - Another program holds the storage locked: the trials run on, what they tell is kept and stored once the storage is
///   free. Only a third interruption gives up waiting for it (kLocked).
/// - Another process took a trial (it thought us dead): that attempt alone is ended.
/// - An attempt cannot be started for want of descriptors, processes or memory: the trial goes back, to be started
///   again, and fewer run at once from then on; where nothing else runs it is FAILED.
/// - Any other error of the storage, as a full disk, ends the run.
base::Result<RunResult> run_study(study::Study& study, exec::Executor& executor, const base::Clock& clock,
                                  Observer& observer, const RunOptions& options);

}  // namespace sterlet::run
