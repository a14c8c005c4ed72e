#include "sterlet/cli/planning.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/base/process.h"
#include "sterlet/base/text.h"
#include "sterlet/cli/session.h"
#include "sterlet/cli/temporary_folder.h"
#include "sterlet/exec/session.h"
#include "sterlet/plan/keep.h"
#include "sterlet/plan/machine.h"
#include "sterlet/plan/pilot.h"
#include "sterlet/plan/words.h"
#include "sterlet/run/devices.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/study/study.h"
#include "sterlet/studyfile/schema.h"

namespace sterlet::cli {

namespace {

using base::ErrorCode;
using base::Result;

constexpr double kPartOfBudget = 0.05;  // Of the budget's time that each part of a pilot may take, ...
constexpr double kPartMin = 3, kPartMax = 30, kPartUsual = 20;  // ... in these bounds; without a time the last.
constexpr double kPatiencePart = 0.025;                  // Of the budget's time, where a program loads for long ...
constexpr double kPatienceMin = 60, kPatienceMax = 600;  // ... or nothing but its end tells how long it is.
constexpr double kGuidedPart = 0.3;                      // Of the budget's time, where the time goes by parameters.
constexpr double kWholePart = 0.15;                      // Of the budget's time, so that enough points are seen.
constexpr double kMemoryLeast = 65536;                   // As for resources: {memory: ...}: less lacks its unit.
constexpr int kAtOnceMax = 16;                           // More beside each other tell nothing new.

Result<double> read_duration(const std::string& text, const char* option) {
  const auto seconds = base::parse_duration(text);
  if (seconds && *seconds > 0) return *seconds;
  return base::fail(ErrorCode::kInvalidArgument, fmt::format("{} cannot be '{}'", option, base::printable(text)),
                    "write it as 50ms, 2s or 5m");
}

Result<void> check(const studyfile::StudySpec& spec, const PlanningOptions& options) {
  if (!spec.budget.trials && !spec.budget.seconds) {
    return base::fail(ErrorCode::kBadStudyFile, "a plan needs a budget to divide, and there is none",
                      "add budget: {time: 1h}, or give --time 1h or --trials 100", spec.name);
  }
  const studyfile::StrategyRow& strategy = study::strategy_of(spec);
  if (!strategy.is_driven || strategy.is_one_point) {
    return base::fail(ErrorCode::kInvalidArgument,
                      fmt::format("a plan chooses between parallel and babysit, and the strategy is {}", strategy.name),
                      "write strategy: auto", spec.name);
  }
  const bool is_searched =
      std::any_of(spec.parameters.begin(), spec.parameters.end(), [](const space::Parameter& each) {
        return space::is_numeric(each) ? each.low < each.high : each.choices.size() > 1;
      });
  if (!is_searched) {
    return base::fail(ErrorCode::kBadStudyFile, "no parameter has more than one value, so all trials would be the same",
                      "give a parameter a range, as in learning_rate: {type: float, low: 1e-4, high: 1, scale: log}",
                      spec.name);
  }
  if (options.seconds_per_step.empty() && !options.memory.empty()) {
    return base::fail(ErrorCode::kInvalidArgument, "--memory goes with --seconds-per-step; a pilot measures it",
                      "remove it, or say what a step takes", spec.name);
  }
  if (options.seconds_per_step.empty() && (options.cores || options.gpus)) {
    return base::fail(ErrorCode::kInvalidArgument,
                      fmt::format("{} goes with --seconds-per-step; a pilot measures on this machine",
                                  options.cores ? "--cores" : "--gpus"),
                      "remove it, or say what a step takes there", spec.name);
  }
  if (options.seconds_per_step.empty() && spec.command.empty()) {
    return base::fail(ErrorCode::kBadStudyFile, "the study has no command for a pilot to run",
                      "add command: [python3, train.py], or say what a step takes with --seconds-per-step", spec.name);
  }
  return {};
}

// Of what the user says, without a pilot.
Result<plan::Facts> facts_as_said(const studyfile::StudyFile& file, const PlanningOptions& options) {
  plan::Facts facts = plan::facts_of_study(file.spec, file.space);
  STERLET_TRY(facts.step_seconds, read_duration(options.seconds_per_step, "--seconds-per-step"));
  const auto steps = options.steps ? options.steps : file.spec.budget.steps_max;
  if (!steps) {
    return base::fail(ErrorCode::kInvalidArgument, "nothing says how many steps a full training has",
                      "add budget: {max_steps: 1000}, or give --steps 1000", file.spec.name);
  }
  facts.steps = *steps;
  facts.report_steps = std::max(1.0, static_cast<double>(*steps) / 100);
  plan::set_pruned_shares(file.spec, facts);
  if (options.memory.empty()) return facts;
  const auto bytes = base::parse_bytes(options.memory);
  if (!bytes || *bytes < kMemoryLeast || *bytes > 9e18) {
    return base::fail(ErrorCode::kInvalidArgument,
                      fmt::format("--memory cannot be '{}'", base::printable(options.memory)),
                      "write it with its unit, as 500MB or 2GiB");
  }
  facts.memory_bytes = static_cast<std::int64_t>(*bytes);
  return facts;
}

Result<double> part_seconds(const studyfile::StudySpec& spec, const PlanningOptions& options) {
  if (!options.pilot_time.empty()) {
    STERLET_TRY(const double seconds, read_duration(options.pilot_time, "--pilot-time"));
    return seconds / 2;
  }
  if (!spec.budget.seconds) return kPartUsual;
  return std::clamp(kPartOfBudget * *spec.budget.seconds, kPartMin, kPartMax);
}

double patience_seconds(const studyfile::StudySpec& spec) {
  return std::clamp(kPatiencePart * spec.budget.seconds.value_or(0), kPatienceMin, kPatienceMax);
}
double guided_seconds(const studyfile::StudySpec& spec) {
  return spec.budget.seconds ? std::min(kGuidedPart * *spec.budget.seconds, kPatienceMin) : kPatienceMin;
}
double whole_seconds(const studyfile::StudySpec& spec) {
  return spec.budget.seconds ? std::min(kWholePart * *spec.budget.seconds, kPatienceMin) : kPatienceMin;
}

Result<plan::Facts> facts_by_pilot(Context& context, const studyfile::StudyFile& file, const PlanningOptions& options,
                                   const plan::Machine& machine) {
  const studyfile::StudySpec& spec = file.spec;
  plan::Facts facts = plan::facts_of_study(spec, file.space);
  facts.machine = machine;
  const int at_once = std::min(kAtOnceMax, plan::slots_for(facts));
  const int cores = std::max(1, static_cast<int>(machine.cores));
  STERLET_TRY(const double seconds, part_seconds(spec, options));
  STERLET_TRY(const TemporaryFolder folder, TemporaryFolder::make(context.parts.environment("TMPDIR")));
  const bool is_open = options.pilot_time.empty();
  plan::PilotOptions pilot_options{.folder = folder.path(),
                                   .part_seconds = seconds,
                                   .patience_seconds = is_open ? patience_seconds(spec) : 0,
                                   .whole_seconds = is_open ? whole_seconds(spec) : 0,
                                   .guided_seconds = is_open ? guided_seconds(spec) : 0,
                                   .at_once = at_once,
                                   .gpus = machine.gpus,
                                   .threads_alone = run::count_threads(spec, 1, cores),
                                   .threads_beside = run::count_threads(spec, at_once, cores),
                                   .is_length_known = options.steps || spec.budget.steps_max,
                                   .steps = options.steps,
                                   .memory_bytes = machine.memory_bytes};
  if (!context.quiet && !context.json) {
    context.err.line(fmt::format("{}: a pilot runs its program for up to {}, beside the study", spec.name,
                                 base::duration_text(seconds + std::max(seconds, pilot_options.guided_seconds))));
    context.err.flush();
  }
  base::prepend_to_path(base::program_folder());
  pilot_options.signal_fd = block_signals();
  STERLET_TRY(auto executor, context.parts.make_executor(exec::new_session()));
  const auto pilot = plan::run_pilot(file, *executor, context.parts.clock, pilot_options);
  executor.reset();
  close(pilot_options.signal_fd);
  if (!pilot) return base::fail(pilot.error());
  return plan::gather_facts(spec, file.space, *pilot, options.steps);
}

// This one, or the one that is meant, of which no more is known: a machine with more GPUs has cores for them.
plan::Machine machine_of(const PlanningOptions& options, std::vector<int> gpus) {
  const bool is_this = !options.cores && !options.gpus;
  if (is_this) return plan::read_machine(base::available_cores(), std::move(gpus));
  plan::Machine machine;
  machine.cores = options.cores.value_or(std::max(base::available_cores(), options.gpus.value_or(0)));
  machine.gpus = std::move(gpus);
  return machine;
}

bool is_open(const studyfile::StudyFile& file) { return study::strategy_of(file.spec).is_open; }
bool lacks_trials(const studyfile::StudyFile& file) { return file.tiers && !file.tiers->trials; }

struct Stored {
  studyfile::StudySpec spec;
  bool has_trials = false;
};
std::optional<Stored> stored_study(const Context& context, const studyfile::StudyFile& file,
                                   const StudyOptions& study) {
  const auto path = storage_path(study.storage, file.spec.folder);
  if (!path) return std::nullopt;
  const auto storage = context.parts.open_storage(*path, {.must_exist = true, .only_read = true});
  if (!storage) return std::nullopt;  // What is wrong with it is said where it is opened to be used.
  const auto record = (*storage)->find_study(file.spec.name);
  if (!record || !*record) return std::nullopt;
  const auto json = base::parse_json((*record)->spec);
  if (!json) return std::nullopt;
  auto stored = studyfile::study_from_json(study::strategies(), *json);
  if (!stored) return std::nullopt;
  const auto trials = (*storage)->count_trials((*record)->id);
  return Stored{.spec = std::move(stored->spec), .has_trials = trials.value_or(0) > 0};
}

// Reads the file again with so many tiers open, keeping what was changed of its limits.
Result<void> open_tiers(studyfile::StudyFile& file, const std::string& path, int tiers) {
  auto read = studyfile::read_study_file(study::strategies(), path, {.tiers = tiers});
  if (!read) return base::fail(read.error().front());
  read->spec.budget = file.spec.budget;
  read->spec.seed = file.spec.seed;
  read->spec.strategy = file.spec.strategy;
  read->spec.pruner = file.spec.pruner;
  file = std::move(*read);
  return {};
}

// As many as the stored study has.
Result<void> open_stored_tiers(studyfile::StudyFile& file, const std::string& path,
                               const studyfile::StudySpec& stored) {
  for (int tiers = 1; tiers <= 3; ++tiers) {
    const auto read = studyfile::read_study_file(study::strategies(), path, {.tiers = tiers});
    if (read && read->spec.parameters == stored.parameters) return open_tiers(file, path, tiers);
  }
  return {};
}

// Those that the study began with, though the file's budget would open others by now; --amend opens these.
Result<void> keep_tiers(Context& context, studyfile::StudyFile& file, const StudyOptions& study, const Stored& stored) {
  const studyfile::OpenedTiers wanted = *file.tiers;
  if (stored.has_trials && !study.amend) STERLET_PASS(open_stored_tiers(file, study.study, stored.spec));
  if (context.quiet) return {};
  const auto count = [](const studyfile::OpenedTiers& tiers) {
    return static_cast<std::uint64_t>(tiers.parameters[static_cast<std::size_t>(tiers.tier_max - 1)]);
  };
  const std::uint64_t before = count(*file.tiers), now = count(wanted);
  context.err.line(before == now
                       ? studyfile::describe(wanted)
                       : fmt::format("tune: auto: the study goes on with {}, as it began; with --amend it searches {} "
                                     "(tiers 1 to {})",
                                     base::count_text(before, "parameter"), now, wanted.tier_max));
  return {};
}

}  // namespace

Result<Planned> make_plan_of(Context& context, const studyfile::StudyFile& file, const PlanningOptions& options) {
  studyfile::StudyFile study = file;
  STERLET_TRY(study.spec.budget, budget_of(options.tuning, study.spec.budget));
  if (options.tuning.workers) study.spec.workers = options.tuning.workers;
  STERLET_PASS(check(study.spec, options));
  std::vector<int> gpus = run::find_gpus(context.parts.environment("CUDA_VISIBLE_DEVICES"));
  if (options.gpus) gpus.resize(static_cast<std::size_t>(*options.gpus));
  STERLET_PASS(run::check_gpus(study.spec, gpus));
  const plan::Machine machine = machine_of(options, std::move(gpus));
  STERLET_TRY(plan::Facts facts, options.seconds_per_step.empty() ? facts_by_pilot(context, study, options, machine)
                                                                  : facts_as_said(study, options));
  facts.machine = machine;
  facts.is_pruner_open = !file.names_pruner;
  plan::Plan plan = plan::make_plan(facts);
  return Planned{.facts = std::move(facts), .plan = std::move(plan)};
}

void print_plan(Context& context, const Planned& planned, const studyfile::StudySpec& spec, const std::string& path) {
  if (context.json) return context.out.json(plan::json_from_plan(planned.plan, planned.facts, spec));
  context.out.line(fmt::format("{}: {}", spec.name, fmt::join(plan::explain(planned.plan, planned.facts, spec), " ")));
  context.out.table(plan::table_of(planned.plan, planned.facts, spec));
  context.out.line("settings: " + plan::settings_of(planned.plan, spec, path));
  if (context.quiet) return;
  for (const std::string& line : plan::describe_facts(planned.facts)) context.out.line(line);
}

Result<void> print_plan_comparison(Context& context, const study::Study& study) {
  if (context.quiet || context.json) return {};
  STERLET_TRY(const auto sentence, plan::compare_with_plan(study));
  if (sentence) context.err.line(fmt::format("{}: {}", study.spec().name, *sentence));
  return {};
}

Result<Settled> settle(Context& context, studyfile::StudyFile& file, const StudyOptions& study,
                       const TuningOptions& tuning) {
  Settled settled;
  const bool has_open_strategy = is_open(file), has_open_tiers = lacks_trials(file);
  if (!has_open_strategy && !file.tiers) return settled;
  // With trials, or once it was decided, it is as it is.
  if (const auto stored = stored_study(context, file, study);
      stored && (stored->has_trials || !study::strategy_of(stored->spec).is_open)) {
    if (has_open_strategy) file.spec.strategy = stored->spec.strategy;
    if (has_open_tiers) STERLET_PASS(open_stored_tiers(file, study.study, stored->spec));
    if (!has_open_tiers && file.tiers) STERLET_PASS(keep_tiers(context, file, study, *stored));
    return settled;
  }
  if (!has_open_strategy && !has_open_tiers) {
    if (!context.quiet) context.err.line(studyfile::describe(*file.tiers));
    return settled;
  }
  if (has_open_tiers && !file.spec.budget.seconds) {
    return base::fail(ErrorCode::kBadStudyFile, "tune: auto goes by the budget, and there is none",
                      "add budget: {trials: 60}, or write tune: tier<=2", study.study);
  }
  STERLET_TRY(Planned planned, make_plan_of(context, file, {.tuning = tuning}));
  if (has_open_tiers) {
    const auto search =
        std::find_if(planned.plan.choices.begin(), planned.plan.choices.end(),
                     [](const plan::Choice& choice) { return choice.strategy == plan::Strategy::kParallel; });
    studyfile::OpenedTiers tiers = *file.tiers;
    tiers.trials = static_cast<std::int64_t>(search->trials[1]);
    tiers.tier_max = studyfile::tiers_for(*tiers.trials, tiers.parameters);
    STERLET_PASS(open_tiers(file, study.study, tiers.tier_max));
    file.tiers = tiers;
  }
  if (file.tiers && !context.quiet) context.err.line(studyfile::describe(*file.tiers));
  if (!has_open_strategy) return settled;
  const plan::Choice& chosen = planned.plan.chosen();
  if (!context.quiet) {
    context.err.line(
        fmt::format("{}: {}", file.spec.name, fmt::join(plan::explain(planned.plan, planned.facts, file.spec), " ")));
    context.err.line("settings: " + plan::settings_of(planned.plan, file.spec, study.study));
  }
  file.spec.strategy = {.name = std::string(plan::text_of(chosen.strategy))};
  if (chosen.strategy == plan::Strategy::kParallel) {
    settled.workers = chosen.slots;
    if (chosen.pruner == "auto") file.spec.pruner = {.name = std::string(studyfile::kAutoPruner)};
  }
  settled.planned = std::move(planned);
  return settled;
}

}  // namespace sterlet::cli
