#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sterlet/base/clock.h"
#include "sterlet/base/result.h"
#include "sterlet/exec/executor.h"
#include "sterlet/run/course.h"
#include "sterlet/study/mail.h"
#include "sterlet/study/sessions.h"
#include "sterlet/study/study.h"

namespace sterlet::run {

/// An attempt that runs, and what it holds.
struct Running {
  study::Claim claim;
  std::vector<int> gpus;
  Course course;
  bool is_held = false;
};
using RunningAttempts = std::map<exec::AttemptId, Running>;

/// What one turn of the loop changes, beside the study. The loop puts it in place after the commit: a turn that fails
/// leaves no trace.
struct Turn {
  struct Reported {
    std::int64_t trial = 0, step = 0;
    std::optional<double> value;  // Of the first objective.
  };
  struct Answer {
    exec::AttemptId id;
    std::uint64_t ack = 0;
    bool prune = false;
  };
  std::map<exec::AttemptId, Course> courses;  // Of the attempts that something happened to, as they are afterwards.
  std::vector<Answer> answers;                // To reports that wait.
  std::vector<Reported> reported;
  std::vector<exec::AttemptId> exited;
  std::vector<std::string> sayings;
  std::vector<std::pair<std::int64_t, exec::Event::Noted>> notes;  // By trial.
  std::vector<std::string> lost_sessions;                          // Whose leftovers are to be ended.
  bool has_undecided = false;  // Trials run in a session of which it is not known whether it lives.
  std::vector<study::Claim> claims;
  bool has_looked_around = false;
  bool has_unstarted = false;             // A program could not be started, which is told before it is tried again.
  std::map<exec::AttemptId, bool> holds;  // Whose programs are held, or let go on.
};

/// Takes in what happened, within the study's transaction of a turn: it stores what programs told and what people want,
/// and writes into the turn what follows from it. It changes nothing that outlives a turn that fails. Borrows all.
class Intake final {
 public:
  Intake(study::Study& study, study::Mail& mail, const base::Clock& clock, const RunningAttempts& running)
      : study_(study), mail_(mail), clock_(clock), running_(running), watch_(clock) {}

  /// Another process that thought this one dead may have taken trials of ours. What they tell has no place any more; the
  /// others go on.
  base::Result<void> find_robbed(Turn& turn) const;
  /// Stores what a program told, or that it ended.
  base::Result<void> take(const exec::Event& event, Turn& turn);
  /// What people want of single trials. Of trials that do not run here it is not for this process to say anything.
  base::Result<void> take_mail(Turn& turn) const;
  /// Gives a sign of life, stores that the sessions in `cleaned` have ended, and takes the trials of those that are gone.
  base::Result<void> look_around(const storage::SessionRecord& session, const std::vector<std::string>& cleaned,
                                 Turn& turn);

 private:
  Course& course_of(const exec::AttemptId& id, Turn& turn) const;
  base::Result<void> take_exited(const exec::AttemptId& id, const exec::Event::Exited& exited, Turn& turn);
  study::Outcome outcome_of(const Course& course, const exec::Event::Exited& exited) const;
  std::string left_text(std::int64_t trial, const Course& course) const;
  std::optional<double> objective_of(const std::vector<std::pair<std::string, double>>& metrics) const;

  study::Study& study_;
  study::Mail& mail_;
  const base::Clock& clock_;
  const RunningAttempts& running_;
  study::SessionWatch watch_;
};

}  // namespace sterlet::run
