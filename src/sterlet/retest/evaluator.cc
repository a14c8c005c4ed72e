#include "sterlet/retest/evaluator.h"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "sterlet/storage/memory/memory.h"
#include "sterlet/study/replay.h"

namespace sterlet::retest {

namespace {

constexpr int kRetries = 2;  // Of an attempt that something outside killed.

}  // namespace

Evaluator::Evaluator(const study::Study& study, const studyfile::StudyFile& file, Parts parts, run::RunOptions options)
    : study_(study), file_(file), parts_(parts), options_(std::move(options)) {}

base::Result<std::optional<Evaluation>> Evaluator::evaluate(const Wanted& wanted) {
  studyfile::StudyFile file = file_;
  const std::string source = fmt::format("trial {}", wanted.trial);
  STERLET_PASS(study::make_replay(file, study_.schedule_of(wanted.trial), source, 1));
  file.spec.name = fmt::format("{}, trial {} again", study_.spec().name, wanted.trial);
  file.spec.notify = {};
  file.spec.retries = kRetries;
  const auto storage = storage::make_memory_storage(parts_.clock);
  STERLET_TRY(const auto again,
              study::Study::open(std::move(file),
                                 {.storage = storage.get(), .clock = &parts_.clock, .session = options_.session.id}));
  run::RunOptions options = options_;
  options.workers = 1;
  options.seed = wanted.seed;
  options.ends_at_once = true;
  options.mailbox = &storage->mailbox();
  options.trials_folder = fmt::format("{}/trial-{}-{}", options_.trials_folder, wanted.trial, wanted.repeat);
  const std::int64_t start_ms = parts_.clock.steady_ms();
  STERLET_TRY(const run::RunResult result,
              run::run_study(*again, parts_.executor, parts_.clock, parts_.observer, options));
  if (result.interruptions > 0) {
    last_signal_ = result.last_signal;
    return std::nullopt;
  }
  Evaluation evaluation{.seconds = static_cast<double>(parts_.clock.steady_ms() - start_ms) / 1000};
  if (again->records().empty()) return base::fail(base::ErrorCode::kInvalidArgument, "its program was not started");
  const storage::TrialRecord& record = again->records().back();
  if (study::is_unstarted(record)) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("its program cannot be started ({})", record.reason),
                      "mend that, then run sterlet retest again: what was evaluated is kept", study_.spec().name);
  }
  if (record.state == storage::State::kComplete && !record.values.empty() && std::isfinite(record.values.front())) {
    evaluation.value = record.values.front();
  } else {
    evaluation.reason = record.reason.empty() ? "it ended without a value" : record.reason;
  }
  return std::optional(std::move(evaluation));
}

}  // namespace sterlet::retest
