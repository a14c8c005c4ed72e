#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/doctor/trials/rules.h"

namespace sterlet::doctor {

namespace {

constexpr std::size_t kBest = 5;
constexpr double kProbabilityMin = 0.9;

// From trials that ran at one point several times; 0 where none did.
double repeated_noise(const TrialsView& view) {
  const study::Study& study = view.study();
  double squares = 0, freedom = 0;
  for (const storage::TrialRecord& record : study.records()) {
    if (record.state != storage::State::kComplete || study.first_run(record.number) != record.number) continue;
    const study::Setting setting = study.setting(record.number);
    if (setting.runs() < 2) continue;
    squares += setting.squares;
    freedom += static_cast<double>(setting.runs() - 1);
  }
  return freedom > 0 ? std::sqrt(squares / freedom) : 0;
}

}  // namespace

// One run each: the best of them is the luckiest where the noise is larger than what sets the best apart.
std::vector<Finding> find_noise(const TrialsView& view) {
  if (!view.process() || view.study().spec().objectives.size() > 1) return {};
  const auto best = view.study().best();
  if (best.empty()) return {};
  if (const auto assurance = view.study().assurance(best.front())) {
    if (!assurance->probability || *assurance->probability >= kProbabilityMin) return {};
  }
  const double measured = repeated_noise(view);
  const double unit = view.evidence().unit;
  const double noise = measured > 0 ? measured : unit * view.process()->noise();
  std::vector<double> results = view.evidence().table.results;
  for (double& result : results) result *= unit;
  std::sort(results.begin(), results.end());
  const double gap = results[std::min(kBest, results.size()) - 1] - results.front();
  const std::size_t n = results.size();
  const double spread = std::max(results[n / 2] - results.front(), results[n * 3 / 4] - results[n / 4]);
  // A model of few trials takes what it cannot follow for noise, so that a little of it says nothing; and where several
  // of the best are equal there is none.
  if (noise <= gap || (measured == 0 && (gap == 0 || noise < 0.15 * spread))) return {};
  Finding finding{
      .says = fmt::format("noise of {} is larger than the {} between the best and the {}: repeat the top ones, with "
                          "repeats: {{at_most: 10}}",
                          base::short_number_text(noise), base::short_number_text(gap), base::ordinal_text(kBest)),
      .because = {{"noise", base::json_number(noise)},
                  {"gap_of_best", base::json_number(gap)},
                  {"measured", measured > 0},
                  {"trials", view.evidence().trials.size()}},
      .confidence = measured > 0 ? 0.95 : 0.7};
  if (!view.study().spec().repeats.is_on()) finding.edits = {{"", "repeats", {{"at_most", 10}}}};
  return {std::move(finding)};
}

}  // namespace sterlet::doctor
