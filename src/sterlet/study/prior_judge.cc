#include "sterlet/study/prior_judge.h"

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/samplers/prior/check.h"

namespace sterlet::study {

using base::Result;

namespace {

std::string why_of(const samplers::Contradiction& found, const studyfile::Objective& objective) {
  using By = samplers::Contradiction::By;
  if (found.by == By::kOrder) {
    return fmt::format("the order of the {} results so far is not what the old ones led to expect", found.results);
  }
  return fmt::format("the best of the {} trials where it points has {}, the best elsewhere {}, and {}", found.inside,
                     base::short_number_text(objective.minimised(found.best_inside)),
                     base::short_number_text(objective.minimised(found.best_elsewhere)),
                     found.by == By::kModel ? "a model of all trials expects no better there"
                                            : "those there are worse than most elsewhere");
}

}  // namespace

Result<std::vector<std::string>> end_contradicted(Ledger& ledger, Priors& priors, std::uint64_t seed) {
  std::vector<std::string> said;
  const std::int64_t number = ledger.trials().next_number();
  const studyfile::Objective& objective = ledger.spec().objectives.front();
  const std::vector<PriorRecord> records = priors.list();
  for (const PriorRecord& record : records) {
    const bool is_judged = record.end == PriorRecord::End::kNone && number > record.since &&
                           number <= record.since + kJudgedTrials && record.weight > 0;
    const auto prior = is_judged ? priors.active(record) : std::nullopt;
    if (!prior) continue;
    const auto found = samplers::find_contradiction(ledger.space(), ledger.trials().history(), *prior,
                                                    ledger.spec().objectives.size(), seed);
    if (!found) continue;
    const std::string why = why_of(*found, objective);
    STERLET_TRY(const PriorRecord ended, priors.end(record.number, PriorRecord::End::kContradicted, why));
    said.push_back(fmt::format("{} is not followed any more: {}", ended.text(), why));
  }
  return said;
}

}  // namespace sterlet::study
