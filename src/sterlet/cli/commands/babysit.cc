#include <CLI/CLI.hpp>
#include <unistd.h>
#include <filesystem>

#include <fmt/format.h>

#include "sterlet/babysit/record/change.h"
#include "sterlet/babysit/first_params.h"
#include "sterlet/babysit/supervisor.h"
#include "sterlet/base/figure.h"
#include "sterlet/base/process.h"
#include "sterlet/base/text.h"
#include "sterlet/cli/babysit_display.h"
#include "sterlet/cli/babysitting.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/session.h"
#include "sterlet/cli/staleness.h"
#include "sterlet/cli/usage_words.h"
#include "sterlet/exec/session.h"
#include "sterlet/run/devices.h"
#include "sterlet/run/trial_folder.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::cli {

namespace {

constexpr int kFailed = 3;

struct BabysitOptions {
  StudyOptions study;
  std::vector<std::string> words;
  std::optional<std::uint64_t> seed;
  std::optional<std::int64_t> trial;
  bool fresh = false, beside = false;
  bool from_last = false;
  bool guard = false, control = false, pilot = false, advise = false;
  std::optional<std::int64_t> steps;
  std::optional<double> worst;
  int tries = 20;
  int keep_last = 3, keep_best = 1, window = 0;
  std::string quota, checkpoint_every = "60s", progress;
};

base::Result<std::int64_t> read_quota(const std::string& text) {
  constexpr double kBytesMax = 9e18;
  const auto bytes = base::parse_bytes(text);
  if (bytes && *bytes > 0 && *bytes < kBytesMax) return static_cast<std::int64_t>(*bytes);
  return base::fail(base::ErrorCode::kInvalidArgument, fmt::format("--quota cannot be '{}'", base::printable(text)),
                    "write it as 500MB or 20GiB");
}

base::Result<babysit::Options> babysit_options(const Context& context, const BabysitOptions& options,
                                               const OpenStudy& open, const std::string& session) {
  const studyfile::StudySpec& spec = open.study->spec();
  babysit::Options result;
  result.retention = {.last = options.keep_last, .best = options.keep_best};
  if (!options.quota.empty()) {
    STERLET_TRY(result.retention.quota_bytes, read_quota(options.quota));
  }
  const auto seconds = base::parse_duration(options.checkpoint_every);
  if (!seconds || *seconds <= 0) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("--checkpoint-every cannot be '{}'", base::printable(options.checkpoint_every)),
                      "write it as 60s or 10m");
  }
  result.checkpoint_seconds = *seconds;
  result.window = options.window;
  result.guard = options.guard || options.pilot;
  result.control = options.control;
  result.autopilot = options.pilot    ? babysit::Autopilot::kAuto
                     : options.advise ? babysit::Autopilot::kAdvise
                                      : babysit::Autopilot::kOff;
  result.limits = {.steps = options.steps, .tries = options.tries, .worst = options.worst};
  const auto gpus = run::find_gpus(context.parts.environment("CUDA_VISIBLE_DEVICES"));
  STERLET_PASS(run::check_gpus(spec, gpus));
  result.gpus.assign(gpus.begin(), gpus.begin() + spec.resources.gpu);
  result.trials_folder = run::trials_folder(open.trials_home, open.study->stored());
  result.session = session_record(context, session);
  result.context = context_options(context, open.storage_path);
  return result;
}

base::Result<babysit::Start> start_of(const BabysitOptions& options, const OpenStudy& open,
                                      const std::vector<std::string>& settings) {
  const study::Study& study = *open.study;
  babysit::Start start{.fresh = options.fresh, .beside = options.beside, .trial = options.trial};
  STERLET_TRY(const auto models, open.storage->live().load_models(study.storage_id()));
  STERLET_TRY(const auto changes, babysit::parse_changes(settings));
  if (!models.empty() && !options.fresh) {
    if (changes.empty()) return start;
    return base::fail(base::ErrorCode::kInvalidArgument, "first values are for a new model only",
                      "start one with --new, or change this one with sterlet set", study.spec().name);
  }
  base::Json given = base::Json::object();
  if (options.from_last && !models.empty()) {
    STERLET_TRY(const babysit::Tree last, babysit::load_tree(*open.storage, study.storage_id(), models.back()));
    given = babysit::params_of(last, last.model.active);
  }
  for (const babysit::Change& change : changes) {
    if (change.op != babysit::Change::Op::kSet) {
      return base::fail(base::ErrorCode::kInvalidArgument,
                        fmt::format("{} has no value to {} yet", change.name,
                                    change.op == babysit::Change::Op::kDivide ? "divide" : "multiply"),
                        fmt::format("write {}=VALUE", change.name));
    }
    given[change.name] = change.value;
  }
  start.fresh = true;
  STERLET_TRY(start.params, babysit::first_params(study.space(), given));
  return start;
}

base::Result<void> train(Context& context, OpenStudy& open, const BabysitOptions& options, const std::string& session,
                         const std::vector<std::string>& settings) {
  study::Study& study = *open.study;
  if (study.spec().command.empty()) {
    return base::fail(base::ErrorCode::kBadStudyFile, "the study has no command to run",
                      "add command: [python3, train.py]", study.spec().name);
  }
  STERLET_TRY(const Progress progress, choose_progress(context, options.progress));
  STERLET_TRY(const babysit::Start start, start_of(options, open, settings));
  STERLET_TRY(babysit::Options babysit_with, babysit_options(context, options, open, session));
  base::prepend_to_path(base::program_folder());
  babysit_with.signal_fd = block_signals();
  STERLET_TRY(auto executor, context.parts.make_executor(session));
  auto display = make_babysit_display(progress, context, study.spec());
  auto ended = babysit::supervise(study, *open.storage, *executor, context.parts.clock, *display, start, babysit_with);
  display->ended();
  STERLET_TRY(const babysit::Ending ending, std::move(ended));
  executor.reset();
  STERLET_PASS(study.sessions().leave(babysit_with.session));
  close(babysit_with.signal_fd);
  const storage::TrialRecord& record = study.records()[static_cast<std::size_t>(ending.trial)];
  if (ending.failed) {
    context.exit_code = kFailed;
    context.err.line(
        fmt::format("trial {} failed: {}; see sterlet logs {}, then go on with sterlet babysit, after sterlet undo "
                    "if the last change is to blame",
                    ending.trial, ending.reason, ending.trial));
  } else if (ending.last_signal != 0) {
    context.exit_code = 128 + ending.last_signal;
  }
  if (context.json) {
    context.out.json({{"version", 1},
                      {"study", study.spec().name},
                      {"trial", ending.trial},
                      {"state", storage::text_of(record.state)},
                      {"step", ending.step},
                      {"reason", ending.reason}});
  } else if (!context.quiet) {
    std::string text =
        fmt::format("trial {}: {} at step {}", ending.trial, storage::text_of(record.state), ending.step);
    if (ending.value) {
      text += fmt::format(" with {} {}", study.spec().objectives.front().metric, base::figure_text(*ending.value));
    }
    context.out.line(text);
  }
  return {};
}

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<BabysitOptions>();
  command.add_option("WORDS", options->words, "STUDY [NAME=VALUE ...]: a study file or name, and first values");
  command.add_option("--storage", options->study.storage, "file with the studies (default: sterlet.db beside it)");
  add_amend_option(command, options->study);
  add_seed_option(command, options->seed, "seed, in place of the study's");
  command.add_option("--trial", options->trial, "go on with this model (default: the latest)");
  command.add_flag("--new", options->fresh, "train a new model, from a new initialization");
  command.add_flag(
      "--beside", options->beside,
      "with --new: start it beside a model of this study that is still training; without, that is refused");
  command.add_flag("--from-last", options->from_last, "with --new: begin with the last model's final hyperparameters");
  command
      .add_option("--window", options->window,
                  "reports after which a change is judged (default: 10, more where every step is reported)")
      ->check(CLI::Range(2, 100000));
  command.add_flag("--guard", options->guard,
                   "roll back by itself when the objective or a loss spikes or is NaN: undo the change to blame, else "
                   "lower the learning rate and leave the bad data out");
  command.add_flag("--control", options->control,
                   "judge a change by its unchanged branch, really run from the same checkpoint for a window");
  auto* pilot = command.add_flag("--auto", options->pilot,
                                 "try changes of live parameters by itself, and keep what helps; with --guard");
  command.add_flag("--advise", options->advise, "say what --auto would try, and leave it to you")->excludes(pilot);
  command.add_option("--steps", options->steps, "--auto: steps to spend in all, branches counted; then it ends")
      ->check([](const std::string& text) {
        const auto steps = base::parse_integer(text);
        return steps && *steps > 0 ? std::string() : std::string("it must be a whole number above 0");
      });
  command.add_option("--tries", options->tries, "--auto: changes to try at most, after the range test (default: 20)")
      ->check(CLI::NonNegativeNumber);
  command.add_option("--worst", options->worst,
                     "--auto: take a try back at once where the objective is worse than this");
  command.add_option("--keep-last", options->keep_last, "newest checkpoints to keep (default: 3)")
      ->check(CLI::Range(1, 1000000));
  command.add_option("--keep-best", options->keep_best, "best checkpoints to keep (default: 1)")
      ->check(CLI::Range(0, 1000000));
  command.add_option("--quota", options->quota, "disk space for checkpoints, as 20GiB (default: no limit)");
  command.add_option("--checkpoint-every", options->checkpoint_every,
                     "ask for a checkpoint when the last one is this old (default: 60s)");
  command.add_option("--progress", options->progress, "rich, plain, json or none (default: rich on a terminal)");
  command.footer(
      "To babysit is to train one model, not many, and to change it while it trains. In the study file this is\n"
      "strategy: babysit, also called panda; strategy: parallel, also called caviar, trains many and is run by tune.\n"
      "It runs in the foreground; Ctrl-C takes a checkpoint and stops, and the same command goes on from there, also\n"
      "after a crash. From another terminal:\n"
      "  sterlet set learning_rate=0.02      sterlet undo      sterlet branch --at 40 learning_rate=0.005\n"
      "  sterlet show --tree                 sterlet pause, resume, stop\n"
      "The parameters that may be changed are those with live: true in the study file. More: docs/babysit.md");
  command.callback([&context, options] {
    std::vector<std::string> words = options->words;
    if (!words.empty() && words.front().find('=') == std::string::npos) {
      options->study.study = words.front();
      words.erase(words.begin());
    }
    const std::string session = exec::new_session();
    std::error_code ignored;
    const std::string& study_word = options->study.study;
    if (study_word.empty() || !is_study_file(study_word)) {
      attempt(context, [&]() -> base::Result<void> {
        STERLET_TRY(OpenStudy open, open_study(context, options->study, session));
        return train(context, open, *options, session, words);
      });
      return;
    }
    if (!std::filesystem::exists(study_word, ignored)) {
      return fail(context, {.code = base::ErrorCode::kNotFound,
                            .where = study_word,
                            .what = "there is no such study file",
                            .next = "name one, or a stored study"});
    }
    auto file = studyfile::read_study_file(study::strategies(), study_word);
    if (!file) return fail(context, file.error());
    attempt(context, [&]() -> base::Result<void> {
      if (options->seed) file->spec.seed = options->seed;
      STERLET_TRY(OpenStudy open, open_study_of(context, std::move(*file), options->study, session));
      return train(context, open, *options, session, words);
    });
  });
}

}  // namespace

base::Result<void> raise_model(Context& context, OpenStudy& open, const std::string& session,
                               std::optional<std::int64_t> steps, const std::string& progress) {
  BabysitOptions options;
  options.pilot = true;
  options.steps = steps;
  options.progress = progress;
  return train(context, open, options, session, {});
}

const Command babysit_command{"babysit", "train one model under watch: change it while it trains, undo, branch, judge",
                              "sterlet babysit study.yaml --guard", add};

}  // namespace sterlet::cli
