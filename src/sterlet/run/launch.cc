#include "sterlet/run/launch.h"

#include <string>
#include <utility>

#include "sterlet/base/rng.h"
#include "sterlet/run/command.h"

namespace sterlet::run {

namespace {

constexpr std::size_t kInactiveBytesMax = std::size_t{64} << 10;  // Half of what one variable may hold.

}  // namespace

exec::Launch make_launch(const studyfile::StudySpec& spec, LaunchPlan plan) {
  exec::Launch launch;
  launch.argv = expand_command(
      spec.command, plan.params,
      {.trial = plan.id.trial, .seed = plan.seed, .checkpoint_folder = plan.trial_folder + "/checkpoints"});
  if (plan.is_exact) launch.environment.emplace_back("STERLET_PARAMS_EXACT", "1");
  if (plan.skip_steps > 0) launch.environment.emplace_back("STERLET_SKIP_STEPS", std::to_string(plan.skip_steps));
  std::string inactive;  // So that a client knows a parameter that is not there from one that never was.
  for (const space::Parameter& parameter : spec.parameters) {
    if (!plan.params.contains(parameter.name)) inactive += (inactive.empty() ? "" : ",") + parameter.name;
  }
  if (inactive.size() <= kInactiveBytesMax) launch.environment.emplace_back("STERLET_INACTIVE", std::move(inactive));
  launch.id = plan.id;
  launch.params = std::move(plan.params);
  launch.seed = plan.seed;
  launch.folder = spec.folder;
  launch.trial_folder = std::move(plan.trial_folder);
  launch.resume_path = std::move(plan.checkpoint);
  launch.agenda = std::move(plan.agenda);
  launch.stdout_pattern = spec.metrics.pattern;
  launch.gpus = std::move(plan.gpus);
  launch.threads = plan.threads;
  launch.limits = {.memory_bytes = spec.resources.memory_bytes, .seconds = spec.resources.seconds};
  return launch;
}

std::uint64_t trial_seed(std::uint64_t study_seed, std::int64_t trial) {
  base::RandomStream seeds(
      {.seed = study_seed, .trial = static_cast<std::uint64_t>(trial), .stream = base::Stream::kTrialSeed});
  return seeds.next_word() >> 1;
}

}  // namespace sterlet::run
