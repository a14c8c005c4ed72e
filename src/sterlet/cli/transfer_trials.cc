#include "sterlet/cli/transfer_trials.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/process.h"
#include "sterlet/base/text.h"
#include "sterlet/cli/session.h"
#include "sterlet/cli/temporary_folder.h"
#include "sterlet/exec/session.h"
#include "sterlet/run/devices.h"
#include "sterlet/run/runner.h"
#include "sterlet/space/axis.h"
#include "sterlet/study/study.h"

namespace sterlet::cli {

namespace {

using base::ErrorCode;
using base::Result;
using space::Parameter;

// One trial: a parameter (by its place) at a place of its axis in [0, 1], at a size.
struct Job {
  double size = 1;
  std::size_t parameter = 0;
  double unit = 0;
};

// The study with the points to try, in memory, in the space widened to the sizes.
Result<studyfile::StudyFile> make_trials(studyfile::StudyFile file, const Sizes& sizes,
                                         const std::vector<Parameter>& parameters, const std::vector<Job>& jobs) {
  studyfile::StudySpec& spec = file.spec;
  for (Parameter& parameter : spec.parameters) {
    if (parameter.name != sizes.parameter.name) continue;
    parameter.low = std::min(sizes.values.front(), parameter.low);
    parameter.high = std::max(sizes.values.back(), parameter.high);
    parameter.step.reset();
  }
  auto space = space::Space::make(spec.parameters, spec.constraints);
  if (!space) return base::fail(space.error().front().error.at(spec.name));
  file.space = std::move(*space);
  const auto defaults = file.space.defaults();
  if (!defaults) {
    return base::fail(ErrorCode::kInvalidArgument, "a transfer keeps all else at its defaults, and not all have one",
                      "add a default to each parameter", spec.name);
  }
  const std::size_t elements = count_elements(file.space, sizes.parameter);
  spec.enqueue.clear();
  const auto with_kind = [](const Parameter& of, double value) {
    return of.kind == space::Kind::kInt ? base::Json(static_cast<std::int64_t>(std::round(value))) : base::Json(value);
  };
  for (const Job& job : jobs) {
    const Parameter& parameter = parameters[job.parameter];
    base::Json params = file.space.to_json(*defaults);
    params[sizes.parameter.name] = json_of_size(sizes.parameter, job.size, elements);
    params[parameter.name] = with_kind(parameter, space::Axis(parameter).value(job.unit));
    if (const auto checked = file.space.check_partial(params); !checked) {
      return base::fail(checked.error().at(spec.name));
    }
    spec.enqueue.push_back(std::move(params));
  }
  spec.budget = {.trials = static_cast<std::int64_t>(spec.enqueue.size())};
  spec.strategy = {.name = "parallel"};
  spec.sampler = {.name = "random"};
  spec.pruner = {.name = "none"};
  spec.duplicates = studyfile::Duplicates::kAllow;
  spec.repeats = {};
  spec.defaults_first = false;
  spec.notify = {};
  spec.failures_max = static_cast<int>(spec.enqueue.size());  // A rate that is too high fails at each size.
  return file;
}

// Says how far it has come, ten times at most.
class Progress final : public run::Observer {
 public:
  Progress(Context& context, std::string study, std::size_t total)
      : context_(context), study_(std::move(study)), total_(total), begun_ms_(context.parts.clock.steady_ms()) {}

  void finished(std::int64_t) override {
    ++count_;
    if (context_.quiet || context_.json || count_ >= total_ || (count_ - said_) * kTimes < total_) return;
    said_ = count_;
    const double seconds = static_cast<double>(context_.parts.clock.steady_ms() - begun_ms_) / 1000;
    context_.err.line(fmt::format("{}: {} of up to {} trials have ended, after {}", study_, count_, total_,
                                  base::duration_text(std::round(seconds))));
    context_.err.flush();
  }

 private:
  static constexpr std::size_t kTimes = 10;

  Context& context_;
  std::string study_;
  std::size_t total_;
  std::int64_t begun_ms_;
  std::size_t count_ = 0, said_ = 0;
};

Result<std::unique_ptr<study::Study>> run(Context& context, studyfile::StudyFile file, const TransferOptions& options,
                                          Progress& progress) {
  STERLET_TRY(const TemporaryFolder folder, TemporaryFolder::make(context.parts.environment("TMPDIR")));
  const std::string session = exec::new_session();
  STERLET_TRY(auto study, study::Study::open(std::move(file), {.clock = &context.parts.clock}));
  run::RunOptions run_options;
  run_options.gpus = run::find_gpus(context.parts.environment("CUDA_VISIBLE_DEVICES"));
  const int cores = base::available_cores();
  STERLET_TRY(run_options.workers, run::count_workers(study->spec(), options.tuning.workers, cores, run_options.gpus));
  run_options.threads = run::count_threads(study->spec(), run_options.workers, cores);
  run_options.trials_folder = folder.path();
  run_options.session = session_record(context, session);
  base::prepend_to_path(base::program_folder());
  run_options.signal_fd = block_signals();
  STERLET_TRY(auto executor, context.parts.make_executor(session));
  const auto result = run::run_study(*study, *executor, context.parts.clock, progress, run_options);
  executor.reset();
  close(run_options.signal_fd);
  if (!result) return base::fail(result.error());
  if (result->interruptions > 0) {
    return base::fail(ErrorCode::kInterrupted, "the transfer was interrupted, so nothing can be said", {},
                      study->spec().name);
  }
  return study;
}

// From one end of each range to the other; the largest size first, so that no worker is left alone with it.
std::vector<Job> even_jobs(const Sizes& sizes, std::size_t parameters, int points) {
  std::vector<Job> jobs;
  for (auto size = sizes.values.rbegin(); size != sizes.values.rend(); ++size) {
    for (std::size_t parameter = 0; parameter < parameters; ++parameter) {
      for (int point = 0; point < points; ++point) jobs.push_back({*size, parameter, point / (points - 1.0)});
    }
  }
  return jobs;
}

// Between the neighbours of the best place, which the first trials leave a few times as wide as it may be.
std::vector<Job> near_jobs(const TransferTrials& trials, const std::vector<Parameter>& parameters, int points) {
  std::vector<Job> jobs;
  const double reach = 1 / (points - 1.0);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const space::Axis axis(parameters[i]);
    for (auto size = trials.of[i].rbegin(); size != trials.of[i].rend(); ++size) {
      const auto best = analysis::best_place(*size);
      if (!best) continue;
      const double middle =
          axis.unit(std::clamp(value_at(best->place, parameters[i].scale), parameters[i].low, parameters[i].high));
      const double low = std::max(0.0, middle - reach), high = std::min(1.0, middle + reach);
      for (int point = 1; point < points; ++point) jobs.push_back({size->size, i, low + (high - low) * point / points});
    }
  }
  std::stable_sort(jobs.begin(), jobs.end(), [](const Job& a, const Job& b) { return a.size > b.size; });
  return jobs;
}

void take(const study::Study& study, const std::vector<Parameter>& parameters, const std::vector<Job>& jobs,
          TransferTrials& out) {
  for (const storage::TrialRecord& record : study.records()) {
    if (static_cast<std::size_t>(record.number) >= jobs.size()) break;
    const Job& job = jobs[static_cast<std::size_t>(record.number)];
    std::vector<analysis::SizeTrials>& list = out.of[job.parameter];
    auto found = std::find_if(list.begin(), list.end(), [&](const auto& each) { return each.size == job.size; });
    if (found == list.end()) {
      list.push_back({.size = job.size, .cost = 0});
      found = list.end() - 1;
    }
    const Parameter& parameter = parameters[job.parameter];
    const base::Json params = study.space().to_json(study.point_of(record.number));
    const bool is_good = record.state == storage::State::kComplete && !record.values.empty();
    found->places.push_back(place_of(params[parameter.name].get<double>(), parameter.scale));
    found->results.push_back(is_good ? study.spec().objectives.front().minimised(record.values.front())
                                     : std::numeric_limits<double>::quiet_NaN());
    ++out.count;
    if (!record.reason.empty()) out.reason = record.reason;
    if (!is_good) continue;
    ++out.successful;
    found->cost = std::max(found->cost, static_cast<double>(record.ended_ms - record.started_ms) / 1000);
  }
  for (auto& list : out.of) {
    std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.size < b.size; });
  }
}

}  // namespace

std::size_t most_trials(std::size_t parameters, const Sizes& sizes, int points) {
  return parameters * sizes.values.size() * static_cast<std::size_t>(2 * points - 1);
}

double place_of(double value, space::Scale scale) {
  if (scale == space::Scale::kLog) return std::log(value);
  return scale == space::Scale::kReverseLog ? -std::log1p(-value) : value;
}
double value_at(double place, space::Scale scale) {
  if (scale == space::Scale::kLog) return std::exp(place);
  return scale == space::Scale::kReverseLog ? -std::expm1(-place) : place;
}

Result<TransferTrials> try_sizes(Context& context, const studyfile::StudyFile& file, const Sizes& sizes,
                                 const std::vector<Parameter>& parameters, const TransferOptions& options) {
  TransferTrials trials;
  trials.of.resize(parameters.size());
  Progress progress(context, file.spec.name, most_trials(parameters.size(), sizes, options.points));
  for (const bool is_near : {false, true}) {
    const std::vector<Job> jobs =
        is_near ? near_jobs(trials, parameters, options.points) : even_jobs(sizes, parameters.size(), options.points);
    if (jobs.empty()) break;
    STERLET_TRY(studyfile::StudyFile study_file, make_trials(file, sizes, parameters, jobs));
    STERLET_TRY(const auto study, run(context, std::move(study_file), options, progress));
    take(*study, parameters, jobs, trials);
  }
  for (auto& list : trials.of) {
    for (analysis::SizeTrials& each : list) each.cost = std::max(each.cost, 1e-3);
  }
  return trials;
}

}  // namespace sterlet::cli
