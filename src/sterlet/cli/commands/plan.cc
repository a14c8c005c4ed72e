#include <CLI/CLI.hpp>

#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/planning.h"
#include "sterlet/cli/transfer.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::cli {

namespace {

struct Options {
  std::string file;
  PlanningOptions planning;
  TransferOptions transfer;
};

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<Options>();
  command.add_option("FILE", options->file, "the study file")->required();
  add_tuning_limits(command, options->planning.tuning);
  command.add_option("--seconds-per-step", options->planning.seconds_per_step,
                     "what a step takes, as 50ms: then no pilot is run");
  command.add_option("--memory", options->planning.memory, "with --seconds-per-step: of one training, as 2GiB");
  command
      .add_option("--cores", options->planning.cores,
                  "with --seconds-per-step: of the machine that is meant (default: this one's)")
      ->check(CLI::Range(1, 100000));
  command
      .add_option("--gpus", options->planning.gpus,
                  "with --seconds-per-step: of the machine that is meant (default: this one's)")
      ->check(CLI::Range(0, 100000));
  command
      .add_option("--steps", options->planning.steps,
                  "steps of a full training (default: as many as the pilot's had, or budget: {max_steps: N})")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1000000000000}));
  command.add_option(
      "--pilot-time", options->planning.pilot_time,
      "how long the pilot may take (default: up to a third of the budget's time, at most 90s; longer where the "
      "program reports late)");
  auto* transfer = command.add_option(
      "--transfer", options->transfer.sizes,
      "instead: try the tier-1 parameters at these sizes, as width=32,64,128, and say whether their best values stay");
  command.add_option("--to", options->transfer.target, "with --transfer: the size that is meant")
      ->check(CLI::PositiveNumber)
      ->needs(transfer);
  command
      .add_option(
          "--points", options->transfer.points,
          "with --transfer: values of each parameter over its range, and one less around the best of them (default: 7)")
      ->check(CLI::Range(5, 1000))
      ->needs(transfer);
  command.add_flag("--enqueue", options->transfer.is_enqueued, "with --transfer: the study tries the prediction next")
      ->needs(transfer);
  command
      .add_flag("--prior", options->transfer.is_prior,
                "with --transfer: the prediction's interval is a hint that pulls the study's next suggestions")
      ->needs(transfer);
  command
      .add_option("--storage", options->transfer.study.storage,
                  "with --enqueue or --prior: file with the studies (default: sterlet.db beside the study file)")
      ->needs(transfer);
  for (const char* of_a_plan :
       {"--seconds-per-step", "--memory", "--cores", "--gpus", "--steps", "--pilot-time", "--trials", "--time"}) {
    transfer->excludes(of_a_plan);
  }
  command.footer(
      "Panda or caviar: one model, raised and watched, or many models, of which the best is kept. A pilot runs the "
      "program\n"
      "alone and beside others, in a temporary folder; the study gets no trial of it. docs/plan.md has the equations.");
  command.callback([&context, options] {
    const auto file = studyfile::read_study_file(study::strategies(), options->file);
    if (!file) return fail(context, file.error());
    attempt(context, [&]() -> base::Result<void> {
      if (!options->transfer.sizes.empty()) {
        options->transfer.study.study = options->file;
        options->transfer.tuning = options->planning.tuning;
        return plan_transfer(context, *file, options->transfer);
      }
      auto planned = make_plan_of(context, *file, options->planning);
      if (!planned) return base::fail(planned.error());
      print_plan(context, *planned, file->spec, options->file);
      return {};
    });
  });
}

}  // namespace

const Command plan_command{"plan", "many models or one? what the budget allows on this machine, by a short pilot",
                           "sterlet plan study.yaml --time 2h", add};

}  // namespace sterlet::cli
