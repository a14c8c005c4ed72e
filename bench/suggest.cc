// What one suggestion costs after so many finished trials, 10 floats, in memory: one line of JSON on stdout, as
// bench/suggest.py reads it.
//
//   sterlet-bench-suggest SAMPLER TRIALS REPEATS [OBJECTIVES]
//
// SAMPLER is as in a study file, options and all; objectives are 1, or more that differ in where their minimum is. tpe,
// gp and auto get TRIALS uniform random trials as their history; cmaes and nsga2 keep state in their own trials, so
// theirs are really run. Then ask and tell REPEATS times; an ask is timed together with the tell before it, because a
// sampler may do its work in either. The time is the processor's (user and system), which a busy machine distorts less.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "sterlet/base/rng.h"
#include "sterlet/base/text.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/study/study.h"
#include "sterlet/studyfile/study_file.h"

namespace {

namespace base = sterlet::base;
namespace study = sterlet::study;
namespace studyfile = sterlet::studyfile;
using base::Json;
using base::Result;

constexpr int kDimensions = 10;

double cpu_milliseconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

double peak_megabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:"))
      return static_cast<double>(std::strtoull(line.c_str() + 6, nullptr, 10)) * 1024 / 1e6;
  }
  return 0;
}

std::string study_text(const std::string& sampler, std::int64_t objectives) {
  std::string text = fmt::format("sampler: {}\nseed: 1\nobjective:\n", sampler);
  for (std::int64_t m = 0; m < objectives; ++m) text += fmt::format("  - loss{}\n", m);
  text += "params:\n";
  for (int i = 0; i < kDimensions; ++i) text += fmt::format("  x{}: {{type: float, low: 0, high: 1}}\n", i);
  return text;
}

std::vector<double> losses_of(const Json& params, std::int64_t objectives) {
  std::vector<double> losses;
  for (std::int64_t m = 0; m < objectives; ++m) {
    const double best = 0.3 + 0.4 * static_cast<double>(m);
    double sum = 0;
    for (const auto& [name, value] : params.items()) sum += std::pow(value.get<double>() - best, 2);
    losses.push_back(sum);
  }
  return losses;
}

Result<void> one_trial(study::Study& study, std::int64_t objectives) {
  STERLET_TRY(const auto claim, study.ask());
  return study.tell(claim->number, claim->attempt,
                    {.values = losses_of(study.space().to_json(claim->point), objectives)});
}

Result<void> measure(const std::string& sampler, std::int64_t trials, std::int64_t repeats, std::int64_t objectives) {
  auto file = studyfile::parse_study_text(study::strategies(), study_text(sampler, objectives), "speed.yaml", "/");
  if (!file) return base::fail(file.error().front());
  STERLET_TRY(const auto study, study::Study::open(std::move(*file), {}));
  const auto is_by = [&](const char* name) { return sampler.find(name) != std::string::npos; };
  const bool runs_them = is_by("cmaes") || is_by("nsga2");
  for (std::int64_t i = 0; i < trials; ++i) {
    if (runs_them) {
      STERLET_PASS(one_trial(*study, objectives));
      continue;
    }
    const auto point = study->space().draw({.seed = 7, .trial = static_cast<std::uint64_t>(i)});
    const Json params = study->space().to_json(point);
    STERLET_PASS(study->add(params, {.values = losses_of(params, objectives)}));
  }
  STERLET_PASS(one_trial(*study, objectives));  // The first one takes the whole history in.
  std::vector<double> milliseconds;
  for (std::int64_t i = 0; i < repeats; ++i) {
    const double start = cpu_milliseconds();
    STERLET_PASS(one_trial(*study, objectives));
    milliseconds.push_back(cpu_milliseconds() - start);
  }
  double sum = 0;
  for (const double value : milliseconds) sum += value;
  std::sort(milliseconds.begin(), milliseconds.end());
  fmt::print("{}\n", base::json_line({{"median_ms", milliseconds[milliseconds.size() / 2]},
                                      {"mean_ms", sum / static_cast<double>(repeats)},
                                      {"least_ms", milliseconds.front()},
                                      {"peak_mb", peak_megabytes()}}));
  return {};
}

Result<void> run(const std::vector<std::string>& arguments) {
  if (arguments.size() != 3 && arguments.size() != 4) {
    return base::fail(base::ErrorCode::kInvalidArgument, "say SAMPLER TRIALS REPEATS [OBJECTIVES]",
                      "see the head of bench/suggest.cc");
  }
  const auto trials = base::parse_integer(arguments[1]), repeats = base::parse_integer(arguments[2]);
  const auto objectives = base::parse_integer(arguments.size() == 4 ? arguments[3] : "1");
  if (!trials || !repeats || !objectives || *trials < 0 || *repeats < 1 || *objectives < 1) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      "TRIALS, REPEATS and OBJECTIVES are numbers, the last two at least 1");
  }
  return measure(arguments[0], *trials, *repeats, *objectives);
}

}  // namespace

int main(int argc, char** argv) {
  const auto result = run({argv + 1, argv + argc});
  if (result) return 0;
  fmt::print(stderr, "sterlet-bench-suggest: {}\n", result.error().message());
  return 2;
}
