#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/base/figure.h"
#include "sterlet/base/process.h"
#include "sterlet/base/text.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/session.h"
#include "sterlet/cli/staleness.h"
#include "sterlet/cli/words.h"
#include "sterlet/exec/session.h"
#include "sterlet/retest/evaluator.h"
#include "sterlet/retest/retest.h"
#include "sterlet/run/devices.h"
#include "sterlet/run/trial_folder.h"
#include "sterlet/study/difference.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::cli {

namespace {

namespace fs = std::filesystem;
using retest::RetestResult;

struct Options {
  StudyOptions study;
  std::int64_t trials = 15;
  std::string time;
};

// Says what goes wrong in an evaluation; the rest is said by evaluation.
class Speaker final : public run::Observer {
 public:
  Speaker(Context& context, bool is_quiet) : context_(context), is_quiet_(is_quiet) {}
  void said(const std::string& sentence) override {
    if (!is_quiet_) context_.err.line(sentence);
  }

 private:
  Context& context_;
  bool is_quiet_;
};

// The study as it is to be trained: as stored, or as its file says today.
base::Result<studyfile::StudyFile> file_of(const Options& options, const OpenStudy& open) {
  STERLET_TRY(const base::Json spec, base::parse_json(open.study->stored().spec));
  if (!is_study_file(options.study.study)) return studyfile::study_from_json(study::strategies(), spec);
  auto file = studyfile::read_study_file(study::strategies(), options.study.study);
  if (!file) return base::fail(file.error().front());
  STERLET_TRY(const study::Comparison comparison, study::compare(*open.storage, *file));
  const study::Difference* other = comparison.find(study::Weight::kAmendment);
  if (other == nullptr) other = comparison.find(study::Weight::kNewStudy);
  if (other != nullptr) {
    return base::fail(
        base::ErrorCode::kConflict,
        fmt::format("{} says another {} than the study '{}' was run with, so its trials cannot be "
                    "compared",
                    options.study.study, other->key, open.study->spec().name),
        fmt::format("name the study itself to retest what is stored: sterlet retest {}", open.study->spec().name),
        options.study.study);
  }
  return std::move(*file);
}

base::Result<std::string> make_folder(const OpenStudy& open) {
  constexpr int kRetestsMax = 100'000;
  const fs::path study = fs::path(run::trials_folder(open.trials_home, open.study->stored())).filename();
  const fs::path all = (fs::path(open.trials_home) / "sterlet-runs" / study).lexically_normal();
  std::error_code error;
  fs::create_directories(all, error);
  for (int i = 1; !error && i <= kRetestsMax; ++i) {
    const fs::path folder = all / fmt::format("retest-{}", i);
    if (fs::create_directory(folder, error)) return folder.string();
  }
  return base::fail(base::ErrorCode::kDisk,
                    fmt::format("no folder for the retest could be made ({})", error ? error.message() : "too many"),
                    "make room, or remove old ones", all.string());
}

std::string now_text(const retest::Retested& one) {
  std::vector<std::string> texts;
  for (const auto& value : one.now) texts.push_back(value ? base::short_figure_text(*value) : "failed");
  return fmt::format("{}", fmt::join(texts, " "));
}

void print(Context& context, const study::Study& study, const RetestResult& result) {
  const analysis::RetestJudgement& judgement = result.judgement;
  std::vector<std::vector<std::string>> rows;
  const auto add_lines = [&](std::string label, const std::vector<std::string>& lines) {
    for (const std::string& line : lines) rows.push_back({std::exchange(label, {}), line});
  };
  rows.push_back(
      {"verdict",
       fmt::format("{}, confidence {:.2f}, after {}", analysis::text_of(judgement.verdict), judgement.confidence,
                   base::count_text(static_cast<std::uint64_t>(result.evaluations), "evaluation"))});
  if (judgement.verdict == analysis::Verdict::kUnsure)
    rows.push_back({"", fmt::format("it leans to {}; {}", analysis::text_of(judgement.leaning), result.ended)});
  rows.push_back({"order", judgement.correlation ? fmt::format("rank correlation {:.2f}, 90% between {:.2f} and {:.2f}",
                                                               *judgement.correlation, judgement.correlation_low,
                                                               judgement.correlation_high)
                                                 : std::string("the settings cannot be told apart from noise")});
  const retest::Retested &then = result.trials.front(), &now = result.trials[judgement.best_now];
  const std::string& metric = study.spec().objectives.front().metric;
  rows.push_back({"best then", fmt::format("trial {}, {} {}, now {}", then.trial, metric,
                                           base::short_figure_text(then.then), now_text(then))});
  rows.push_back({"best now", fmt::format("trial {}, {} {}, then {}", now.trial, metric, now_text(now),
                                          base::short_figure_text(now.then))});
  const double moved = study.spec().objectives.front().minimised(judgement.moved);
  if (judgement.has_moved)
    rows.push_back({"values", fmt::format("moved by {} on average", base::short_figure_text(moved))});
  constexpr double kScaleTold = 1.5;
  if (result.scale && (*result.scale > kScaleTold || *result.scale < 1 / kScaleTold)) {
    rows.push_back({"scale", fmt::format("differences between settings are {} times what they were",
                                         base::short_figure_text(*result.scale))});
  }
  add_lines("importance", result.gains);
  std::vector<std::string> changes;
  for (const context::Change& change : result.changed) changes.push_back(change.text);
  if (changes.empty())
    changes.push_back(result.of.empty() ? "not known: its trials were run without a context"
                                        : fmt::format("nothing since {}", result.of));
  add_lines("changed", changes);
  rows.push_back({"do", result.advice});
  context.out.table(rows);
  std::vector<std::vector<std::string>> table = {{"trial", "then", "now"}};
  for (const retest::Retested& one : result.trials)
    table.push_back({std::to_string(one.trial), base::short_figure_text(one.then), now_text(one)});
  context.out.line("");
  context.out.table(table);
}

base::Result<void> test_again(Context& context, const Options& options) {
  const std::string session = exec::new_session();
  STERLET_TRY(OpenStudy open, open_study(context, options.study, session));
  study::Study& study = *open.study;
  STERLET_TRY(const studyfile::StudyFile file, file_of(options, open));
  if (file.spec.command.empty()) {
    return base::fail(base::ErrorCode::kBadStudyFile, "the study has no command to run",
                      "evaluate its best settings again where it is driven from, and compare by hand", file.spec.name);
  }
  retest::RetestOptions limits{.evaluations = options.trials};
  if (!options.time.empty()) {
    limits.seconds = base::parse_duration(options.time);
    if (!limits.seconds || *limits.seconds <= 0) {
      return base::fail(base::ErrorCode::kInvalidArgument,
                        fmt::format("--time cannot be '{}'", base::printable(options.time)),
                        "write it as 90s, 30m or 2h");
    }
  }
  const bool is_quiet = context.quiet || context.json;
  const base::Json now = context_now(context, file.spec, open.storage_path);
  if (now.contains("problems") && !context.quiet) {
    for (const base::Json& problem : now["problems"]) context.err.line("context: " + problem.get<std::string>());
  }
  run::RunOptions run_options;
  run_options.gpus = run::find_gpus(context.parts.environment("CUDA_VISIBLE_DEVICES"));
  // As many threads as a trial of tune has: with other ones sums are rounded in another order.
  STERLET_TRY(const int workers,
              run::count_workers(file.spec, std::nullopt, base::available_cores(), run_options.gpus));
  run_options.threads = run::count_threads(file.spec, workers, base::available_cores());
  run_options.session = session_record(context, session);
  STERLET_TRY(run_options.trials_folder, make_folder(open));
  run_options.signal_fd = block_signals();
  STERLET_TRY(auto executor, context.parts.make_executor(session));
  Speaker speaker(context, is_quiet);
  retest::Evaluator evaluator(study, file, {*executor, context.parts.clock, speaker}, run_options);
  const std::string& metric = file.spec.objectives.front().metric;
  const auto progress = [&](const retest::Wanted& wanted, const retest::Evaluation& evaluation,
                            const RetestResult& result) {
    if (is_quiet) return;
    const auto then = study.values_of(wanted.trial);
    context.err.line(fmt::format(
        "{:>2} of {}: trial {}{}: {} {}, then {}; so far {}", result.evaluations, options.trials, wanted.trial,
        wanted.repeat > 0 ? " again" : "", metric,
        evaluation.value ? base::short_figure_text(*evaluation.value) : "failed (" + evaluation.reason + ")",
        then.empty() ? "-" : base::short_figure_text(then.front()), analysis::text_of(result.judgement.verdict)));
  };
  const auto result = retest::run_retest(
      study, now, limits, [&](const retest::Wanted& wanted) { return evaluator.evaluate(wanted); }, progress);
  executor.reset();
  close(run_options.signal_fd);
  std::error_code ignored;
  fs::remove(run_options.trials_folder, ignored);  // Where nothing was run it is empty.
  if (!result) return base::fail(result.error());
  if (result->is_interrupted) {
    context.exit_code = 128 + evaluator.last_signal();
    context.err.line(
        fmt::format("interrupted, so there is no verdict; {} kept, and sterlet retest {} goes on with them",
                    result->evaluations == 1 ? std::string("one evaluation is")
                                             : fmt::format("{} evaluations are", result->evaluations),
                    study.spec().name));
    return {};
  }
  if (context.json) {
    context.out.json(retest::json_of(*result, study));
  } else {
    print(context, study, *result);
  }
  return {};
}

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<Options>();
  add_study_options(command, options->study);
  command.add_option("--trials,-n", options->trials, "evaluations at most (default: 15)")
      ->check(CLI::Range(std::int64_t{5}, std::int64_t{1000}));
  command.add_option("--time,-t", options->time, "running time at most, as 90s, 30m or 2h");
  command.footer(
      "It trains the best, runners-up and a spread of old settings again, one by one, and stops as soon as it is "
      "sure:\n"
      "holds, drifted (other values, same order), rusted (another order), or unsure. The study's trials, its best and\n"
      "its budget stay as they are; the verdict becomes a part of its history. Interrupted, it goes on the next time.");
  command.callback([&context, options] { attempt(context, [&] { return test_again(context, *options); }); });
}

}  // namespace

const Command retest_command{"retest", "whether a study's results still hold: a few settings again, and a verdict",
                             "sterlet retest mlp --trials 10", add};

}  // namespace sterlet::cli
