#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"

namespace sterlet::exec {

/// Which run of which trial.
struct AttemptId {
  std::int64_t trial = 0;
  int attempt = 1;
  auto operator<=>(const AttemptId&) const = default;
};

/// Limits of one attempt; empty: none.
struct Limits {
  std::optional<std::int64_t> memory_bytes;  ///< Resident, of all processes of the attempt together.
  std::optional<double> seconds;             ///< Wall time.
};

/// What to start, everything resolved.
struct Launch {
  AttemptId id;
  std::vector<std::string> argv;  ///< argv[0] is looked for on PATH, or relative to `folder` if it has a slash.
  std::string folder;             ///< Working directory.
  std::vector<std::pair<std::string, std::string>> environment;  ///< Added to our own.
  base::Json params;                                             ///< Written to the file named by STERLET_PARAMS.
  std::vector<base::Json> agenda;  ///< Messages with "at", for the file named by STERLET_AGENDA; empty: no file.
  std::uint64_t seed = 0;          ///< STERLET_SEED.
  std::string trial_folder;        ///< Made if missing: params-A.json, stdout-A.log, stderr-A.log, checkpoints/.
  std::string resume_path;         ///< STERLET_RESUME; empty: none.
  std::string stdout_pattern;      ///< Regular expression for metrics on stdout; empty: none.
  std::vector<int> gpus;           ///< CUDA_VISIBLE_DEVICES, if not empty.
  int threads = 0;                 ///< >= 0. OMP_NUM_THREADS and its like, where our own environment has none; 0: none.
  Limits limits;
};

/// Why an attempt ended.
enum class Cause {
  kFinished,     ///< With exit code 0.
  kError,        ///< With another exit code.
  kOutOfMemory,  ///< Killed for want of memory, by its limit or by the system.
  kTimeLimit,    ///< Ended for its limit of time.
  kSignal,       ///< Killed by a signal of somebody else's.
  kStopped,      ///< end() or kill() was asked for it.
  kNotStarted,   ///< The program cannot be started: it is not there, say.
  kUnheard,      ///< With exit code 0, but before it could tell all that it had to tell: its result is not known.
  kNodeLost,     ///< The machine it ran on is gone, or no longer answers.
};
std::string_view text_of(Cause cause);

/// What a program left that may say why a metric of it is missing.
struct Traces {
  bool has_spoken = false;   ///< Some client of it said something on its channel.
  std::string refused;       ///< Why the channel refused the last message that it refused; empty: none.
  std::int64_t matched = 0;  ///< Lines of stdout that the pattern matched, with numbers or without.
  std::map<std::string, std::string> no_numbers;  ///< What stood last where the pattern has a metric, and is no number.
  std::int64_t long_lines = 0;                    ///< Lines of stdout too long for the pattern to be tried on them.
  std::vector<std::string> stdout_last, stderr_last;  ///< The last lines that are not empty; printable, cut.
  int left_running = 0;  ///< Processes that it had left in the background as it ended; they were ended, too.
};

/// What a trial's program told, or what became of it. Events of one attempt come in the order they happened, Exited
/// last.
struct Event {
  struct Queued {};   ///< It waits for its turn, for a machine, say. An attempt that never waits tells neither this ...
  struct Started {};  ///< ... nor this: it runs once launch() has returned.
  struct Hello {
    bool live = false;
    bool restores = false;
    bool loop = false;  ///< Its loop counts its steps, answers and goes back as the clients' steps() does.
    std::optional<std::int64_t> steps;  ///< Of the whole training, where the program tells.
  };
  struct Report {
    std::int64_t step = 0;
    std::vector<std::pair<std::string, double>> metrics;
    std::optional<std::uint64_t> ack;  ///< Set if the program waits; hand it to acknowledge() once stored.
  };
  struct Value {
    std::vector<double> values;
  };
  struct Checkpoint {
    std::int64_t step = 0;
    std::string path;
  };  ///< Absolute path.
  struct Applied {
    std::int64_t step = 0;
    base::Json set;
  };
  struct Restored {
    std::int64_t step = 0;
    std::string path;
    std::int64_t skipped_steps = 0;  ///< So much data it leaves out after it, in steps of its reports.
  };
  struct Refused {
    base::Json set;  ///< What was to be set; the body of the message where `kind` is another.
    std::string reason;
    std::string kind = "set";  ///< Or "checkpoint", "restore".
  };
  struct Failed {
    std::string reason;
  };
  /// The hyperparameters that it has asked a client for. A client tells them at its end; an old one does not.
  struct Read {
    std::vector<std::string> params;
  };
  /// What a person should know of how its output is read; one topic once an attempt.
  struct Noted {
    std::string topic;
    std::string sentence;
  };
  struct Exited {
    Cause cause = Cause::kFinished;
    int code = 0;        ///< Exit code, or signal number if kSignal.
    double seconds = 0;  ///< Wall time of the attempt.
    std::string reason;  ///< One sentence for a person, with the last line of stderr if that helps.
    Traces traces;       ///< With kFinished.
    /// The most that it held: of its largest process, or with a limit of memory of all together. 0: not known.
    std::int64_t memory_bytes = 0;
  };
  AttemptId id;
  std::variant<Queued, Started, Hello, Report, Value, Checkpoint, Applied, Restored, Refused, Failed, Read, Noted,
               Exited>
      what;
};

/// Runs attempts of trials as processes, and carries the messages of their channels. One thread at a time.
///
/// When it goes, so do all its attempts: nothing that they started runs on. conformance_test.cc holds what every
/// executor promises.
class Executor {
 public:
  virtual ~Executor() = default;
  /// How many attempts it runs at once; more may be launched, and wait (Event::Queued). Nothing: any number.
  virtual std::optional<std::size_t> capacity() const = 0;
  /// Attempts launched whose Exited was not handed out yet.
  virtual std::size_t running() const = 0;
  /// Starts an attempt. A program that cannot be started is an Exited event (kNotStarted), not an error here. An error
  /// is of this attempt alone: it does not run and nothing of it stays open; all others run on, and the same launch may
  /// succeed later. Errors: kConflict if it runs already; kDisk where its folder or files cannot be written;
  /// kUnreachable where the system lacks descriptors, processes or memory for it.
  virtual base::Result<void> launch(const Launch& launch) = 0;
  /// Waits until something happened, one of `also` became readable, or the time is over, and returns all that happened.
  virtual std::vector<Event> wait(std::optional<std::int64_t> timeout_ms, std::span<const int> also) = 0;
  /// Answers a Report that waits: {"ack":{"step":..,"prune":..}}. False if nobody waits for it any more.
  virtual bool acknowledge(std::uint64_t ack, bool prune) = 0;
  /// Sends a message of the channel ({"set":..}, {"checkpoint":{}}, {"stop":{}}, {"prune":{}}). False if the attempt
  /// has no connection (it may never open one).
  virtual bool send(const AttemptId& id, const base::Json& message) = 0;
  /// Sends messages that belong together, in this order, so that a program that reads one finds the others there.
  virtual bool send_all(const AttemptId& id, std::span<const base::Json> messages) {
    bool sent = true;
    for (const base::Json& message : messages) sent = send(id, message) && sent;
    return sent;
  }
  /// Ends an attempt: TERM to its process group, KILL after 10 s; its Exited says kStopped with `reason`.
  virtual void end(const AttemptId& id, const std::string& reason) = 0;
  /// As end(), without the 10 s.
  virtual void kill(const AttemptId& id, const std::string& reason) = 0;
  /// Holds all processes of an attempt where they are (SIGSTOP), or lets them go on. end() and kill() work on held
  /// ones.
  virtual void hold(const AttemptId& id, bool held) = 0;
  /// Ends what an earlier session (one that died) left running, if anything, and removes what it kept outside its
  /// trials' folders. Not for a session that lives.
  virtual void end_leftovers(const std::string& session) = 0;
};

}  // namespace sterlet::exec
