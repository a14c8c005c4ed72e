// How often the doctor is right of whole studies, as `sterlet doctor STUDY` says it: 60 trials that a sampler chose, of responses
// that were looked at last. Prints tables in Markdown.
//   sterlet-bench-doctor-studies SAMPLER STUDIES [edges] [scales]
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/doctor/trials/rules.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/study/study.h"
#include "sterlet/studyfile/study_file.h"

#include "doctor_responses.h"

namespace {

namespace study = sterlet::study;
using responses::Response;
using responses::Set;

constexpr int kTrials = 60;
constexpr double kSure = 0.95;

[[noreturn]] void stop(const std::string& why) {
  std::fprintf(stderr, "sterlet-bench-doctor-studies: %s\n", why.c_str());
  std::exit(2);
}

// What of the first parameter: its range, and its place in the response for its value.
struct First {
  std::string declared = "{type: float, low: 0, high: 1}";
  double (*place)(double) = [](double value) { return value; };
};

double place_on_log(double value) { return std::log(value / 1e-4) / std::log(1e4); }
double place_on_linear(double value) { return (value - 1e-4) / (1 - 1e-4); }

std::unique_ptr<study::Study> searched(const std::string& sampler, const Response& response, const First& first,
                                       std::uint64_t seed, double noise) {
  std::string text = fmt::format("sampler: {}\nseed: {}\nobjective: loss\nparams:\n", sampler, seed);
  for (std::size_t j = 0; j < response.columns.size(); ++j) {
    text += fmt::format("  x{}: {}\n", j, j == 0 ? first.declared : First{}.declared);
  }
  auto file = sterlet::studyfile::parse_study_text(study::strategies(), text, "doctor.yaml", "/");
  if (!file) stop(file.error().front().message());
  auto opened = study::Study::open(std::move(*file), {});
  if (!opened) stop(opened.error().message());
  auto chance = responses::stream(seed + 77000);
  const double spread = responses::spread(response, chance);
  for (int i = 0; i < kTrials; ++i) {
    const auto claim = (*opened)->ask();
    if (!claim) stop(claim.error().message());
    const auto params = (*opened)->space().to_json((*claim)->point);
    std::vector<double> x;
    for (std::size_t j = 0; j < response.columns.size(); ++j) {
      const double value = params[fmt::format("x{}", j)].get<double>();
      x.push_back(j == 0 ? first.place(value) : value);
    }
    const double loss = response(x) + noise * spread * chance.normal();
    const auto told = (*opened)->tell((*claim)->number, (*claim)->attempt, {.values = {loss}});
    if (!told) stop(told.error().message());
  }
  return std::move(*opened);
}

void edges(const std::string& sampler, int studies) {
  fmt::print(
      "| sampler | noise | the best lies | found of {0} | studies of {0} with an invented one "
      "|\n|---|---|---|---|---|\n",
      studies);
  for (const double noise : {0.0, 0.1}) {
    for (const double beyond : {-0.25, -0.1, 0.0, 0.1}) {
      int found = 0, invented = 0;
      for (int i = 1; i <= studies; ++i) {
        const auto seed = static_cast<std::uint64_t>(i) + 51000;
        const bool is_high = i % 2 == 0, is_planted = beyond >= 0;
        const Response response = responses::response(Set::kSeenLast, seed, is_high ? 1 + beyond : -beyond);
        const auto done = searched(sampler, response, {}, seed, noise);
        bool is_found = false, is_invented = false;
        for (const auto& finding : sterlet::doctor::examine_trials(*done)) {
          if (finding.kind != "edge") continue;
          const bool is_side = finding.because["side"] == (is_high ? "high" : "low");
          const bool is_right = is_planted && finding.about.front() == "x0" && is_side;
          (is_right ? is_found : is_invented) = true;
        }
        found += is_found ? 1 : 0;
        invented += is_invented ? 1 : 0;
      }
      fmt::print("| {} | {} | {} {} | {} | {} |\n", sampler, noise, beyond < 0 ? "inside by" : "beyond the bound by",
                 std::fabs(beyond), beyond < 0 ? "-" : std::to_string(found), invented);
      std::fflush(stdout);
    }
  }
}

// x0 from 0.0001 to 1, on a scale that is the right one or not. A file that has it right should have no finding.
void scales(const std::string& sampler, int studies) {
  fmt::print(
      "\n| sampler | acts on | declared | noise | right of {} | a wrong scale named | and sure "
      "|\n|---|---|---|---|---|---|---|\n",
      studies);
  for (const bool acts_on_log : {false, true}) {
    for (const bool is_declared_log : {false, true}) {
      int right = 0, wrong = 0, sure = 0;
      for (int i = 1; i <= studies; ++i) {
        const auto seed = static_cast<std::uint64_t>(i) + 52000;
        auto chance = responses::stream(seed);
        const Response response = responses::response(Set::kSeenLast, seed, 0.2 + 0.6 * chance.uniform());
        const First first{.declared = fmt::format("{{type: float, low: 0.0001, high: 1, scale: {}}}",
                                                  is_declared_log ? "log" : "linear"),
                          .place = acts_on_log ? &place_on_log : &place_on_linear};
        const auto done = searched(sampler, response, first, seed, 0.1);
        std::string named = is_declared_log ? "log" : "linear";
        double confidence = 0;
        for (const auto& finding : sterlet::doctor::examine_trials(*done)) {
          if (finding.kind != "scale" || finding.about.front() != "x0") continue;
          named = finding.edits.front().value.get<std::string>();
          confidence = finding.confidence;
        }
        const bool is_right = named == (acts_on_log ? "log" : "linear");
        right += is_right ? 1 : 0;
        wrong += !is_right && confidence > 0 ? 1 : 0;
        sure += !is_right && confidence > kSure ? 1 : 0;
      }
      fmt::print("| {} | {} | {} | 0.1 | {} | {} | {} |\n", sampler, acts_on_log ? "log" : "linear",
                 is_declared_log ? "log" : "linear", right, wrong, sure);
      std::fflush(stdout);
    }
  }
}

}  // namespace

int main(int count, char** arguments) {
  const std::vector<std::string> words(arguments + 1, arguments + count);
  const auto studies = words.size() < 2 ? std::nullopt : sterlet::base::parse_integer(words[1]);
  if (!studies || *studies < 1 || *studies > 100000)
    stop("say SAMPLER STUDIES [edges] [scales]; see the head of bench/doctor_studies.cc");
  const auto is_asked = [&](const char* part) {
    return words.size() == 2 || std::find(words.begin() + 2, words.end(), part) != words.end();
  };
  if (is_asked("edges")) edges(words[0], static_cast<int>(*studies));
  if (is_asked("scales")) scales(words[0], static_cast<int>(*studies));
}
