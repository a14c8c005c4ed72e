#pragma once

#include <string>

#include "sterlet/retest/retest.h"
#include "sterlet/run/runner.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::retest {

/// Runs evaluations as trials of a study in memory: the study they belong to does not see them.
class Evaluator final {
 public:
  struct Parts {
    exec::Executor& executor;
    const base::Clock& clock;
    run::Observer& observer;
  };

  /// Borrows all. `file`: the study as it is to be trained today. `options`: its trials_folder gets a folder an
  /// evaluation, its workers and seed are the evaluator's own.
  Evaluator(const study::Study& study, const studyfile::StudyFile& file, Parts parts, run::RunOptions options);

  /// Errors: kInvalidArgument where the program cannot be started; those of run_study.
  base::Result<std::optional<Evaluation>> evaluate(const Wanted& wanted);
  /// The signal that interrupted it; 0: none.
  int last_signal() const { return last_signal_; }

 private:
  const study::Study& study_;
  const studyfile::StudyFile& file_;
  Parts parts_;
  run::RunOptions options_;
  int last_signal_ = 0;
};

}  // namespace sterlet::retest
