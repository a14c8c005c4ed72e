#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sterlet/cli/context.h"
#include "sterlet/cli/tuning.h"
#include "sterlet/plan/facts.h"
#include "sterlet/plan/model.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::cli {

/// How a plan is made.
struct PlanningOptions {
  TuningOptions tuning;            ///< Its workers, trials and time, in place of the study's.
  std::string seconds_per_step;    ///< A duration: then there is no pilot. Empty: measured.
  std::string memory;              ///< Of one training; with seconds_per_step.
  std::optional<int> cores, gpus;  ///< Of another machine than this; with seconds_per_step.
  std::optional<std::int64_t> steps;
  std::string pilot_time;
};

struct Planned {
  plan::Facts facts;
  plan::Plan plan;
};

/// Measures by a pilot, unless the options say what a step takes, and simulates the choices. Nothing is added to any
/// study. Errors: kInvalidArgument and kBadStudyFile where a plan cannot be made, kInterrupted; those of the pilot.
base::Result<Planned> make_plan_of(Context& context, const studyfile::StudyFile& file, const PlanningOptions& options);

/// Prints a plan: the paragraph, the table, the settings, what was measured; or its document.
void print_plan(Context& context, const Planned& planned, const studyfile::StudySpec& spec, const std::string& path);

/// At the end of a run that followed a plan: what was planned and what it took.
base::Result<void> print_plan_comparison(Context& context, const study::Study& study);

/// What `sterlet tune` leaves open in a file is decided: `strategy: auto`, and `tune: auto` with a budget of time. As in the
/// stored study where there is one, else by a plan, which is told.
struct Settled {
  std::optional<int> workers;  ///< That the plan would have.
  std::optional<Planned> planned;
};
base::Result<Settled> settle(Context& context, studyfile::StudyFile& file, const StudyOptions& study,
                             const TuningOptions& tuning);

}  // namespace sterlet::cli
