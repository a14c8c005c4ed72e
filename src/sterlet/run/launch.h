#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/exec/executor.h"
#include "sterlet/studyfile/spec.h"

namespace sterlet::run {

/// What is special to one attempt; all else of its launch follows from the study's spec.
struct LaunchPlan {
  exec::AttemptId id;
  base::Json params;
  std::uint64_t seed = 0;  ///< See trial_seed.
  std::string trial_folder;
  std::string checkpoint;          ///< Path it goes on from; empty: from the beginning.
  std::vector<base::Json> agenda;  ///< As study::Claim's.
  bool is_exact = false;           ///< The params count over what the checkpoint remembers.
  std::int64_t skip_steps = 0;     ///< Data to leave out at its start, in steps of its reports.
  std::vector<int> gpus;
  int threads = 0;  ///< As exec::Launch's.
};

/// The attempt, as an executor starts it.
exec::Launch make_launch(const studyfile::StudySpec& spec, LaunchPlan plan);

/// STERLET_SEED of a trial: below 2^31, so that every language's integers hold it.
std::uint64_t trial_seed(std::uint64_t study_seed, std::int64_t trial);

}  // namespace sterlet::run
