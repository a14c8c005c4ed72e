#include "sterlet/study/pruner_desk.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "sterlet/study/archive.h"
#include "sterlet/study/trial.h"

namespace sterlet::study {

using base::Result;
using storage::State;
using storage::Suspension;

PrunerDesk::PrunerDesk(Ledger& ledger) : ledger_(ledger) { ledger.add_derived(*this); }

Result<void> PrunerDesk::make(std::uint64_t seed) {
  const studyfile::StudySpec& spec = ledger_.spec();
  if (spec.pruner.name == "none" || (pruner_ != nullptr && seed == seed_)) return {};
  STERLET_TRY(pruner_, pruners::make(spec.pruner.name, spec.pruner.options,
                                     {.seed = seed,
                                      .objective_count = spec.objectives.size(),
                                      .maximize = objective().direction == studyfile::Direction::kMaximize}));
  seed_ = seed;
  return {};
}

Result<pruners::Decision> PrunerDesk::report(std::int64_t trial, int attempt, std::int64_t step,
                                             std::span<const std::pair<std::string, double>> metrics) {
  STERLET_PASS(catch_up());
  // A repeat that was cut short would leave only the lucky ones in the mean.
  const bool is_judged = pruner_ != nullptr && !ledger_.trials().is_repeat(trial);
  STERLET_TRY(const std::int64_t seq, ledger_.put_report(trial, attempt, step, metrics, is_judged));
  judged_seq_ = std::max(judged_seq_, seq);
  std::optional<double> value;
  for (const auto& [metric, told] : metrics) {
    if (is_judged && metric == objective().metric) value = told;
  }
  return value ? judge(trial, step, *value) : pruners::Decision{};
}

Result<pruners::Decision> PrunerDesk::judge(std::int64_t trial, std::int64_t step, double value) {
  pruners::Decision decision = pruner_->report({.trial = trial, .step = step, .value = objective().minimised(value)});
  const storage::TrialRecord& known = ledger_.trials().record(trial);
  if (!known.reason.empty()) {  // Decided at an earlier report already; the first reason stands.
    return pruners::Decision{.prune = true, .pause = known.suspension == Suspension::kPutAside, .reason = known.reason};
  }
  if (decision.pause) decision.reason = std::string(kPutAsideWords) + decision.reason;
  if (decision.prune) {
    storage::TrialRecord record = known;
    record.reason = decision.reason;
    record.suspension = decision.pause ? Suspension::kPutAside : Suspension::kNone;
    STERLET_PASS(ledger_.put(std::move(record), "prune", decision.reason));
  }
  return decision;
}

// What other processes, and earlier sessions, have stored since the pruner was told last: reports and endings in the
// order of their numbers, as they themselves told theirs.
Result<void> PrunerDesk::catch_up() {
  if (pruner_ == nullptr || !ledger_.is_stored() || !is_behind_) return {};
  STERLET_TRY(const auto reports, ledger_.storage()->load_sequenced_reports(ledger_.study().id, judged_seq_));
  is_behind_ = false;
  std::vector<const storage::TrialRecord*> endings;
  for (const std::int64_t trial : unjudged_) endings.push_back(&ledger_.trials().record(trial));
  unjudged_.clear();
  std::sort(endings.begin(), endings.end(),
            [](const auto* a, const auto* b) { return a->changed_seq < b->changed_seq; });
  auto ending = endings.begin();
  const std::int64_t objective_since = ledger_.versions().objective_since();
  for (const storage::SequencedReport& report : reports) {
    for (; ending != endings.end() && (*ending)->changed_seq < report.seq; ++ending) tell_ending((*ending)->number);
    if (report.seq <= objective_since || is_of_another_objective(report.trial)) continue;
    pruner_->report({.trial = report.trial, .step = report.step, .value = objective().minimised(report.value)});
  }
  for (; ending != endings.end(); ++ending) tell_ending((*ending)->number);
  if (!reports.empty()) judged_seq_ = std::max(judged_seq_, reports.back().seq);
  judged_seq_ = std::max(judged_seq_, ledger_.seen_seq());
  return {};
}

Result<void> PrunerDesk::end(Ending&& ending) {
  const std::int64_t trial = ending.record.number;
  if (is_final(ending.record.state)) STERLET_PASS(catch_up());
  if (ending.record.state == State::kPruned) STERLET_PASS(add_forecast(ending.record));
  STERLET_PASS(ledger_.put(std::move(ending.record), ending.event, ending.detail));
  if (pruner_ == nullptr || !is_final(ledger_.trials().record(trial).state)) return {};
  tell_ending(trial);
  judged_seq_ = std::max(judged_seq_, ledger_.seen_seq());
  return {};
}

// What the curve of a trial was on the way to, so that samplers learn from it as well after the study was opened again.
Result<void> PrunerDesk::add_forecast(storage::TrialRecord& record) const {
  const auto forecast = pruner_ != nullptr ? pruner_->forecast(record.number) : std::nullopt;
  if (!forecast) return {};
  base::Json predicted = base::Json::object();
  if (!record.predicted.empty()) {
    STERLET_TRY(predicted, base::parse_json(record.predicted));
  }
  predicted["final"] = base::json_number(objective().minimised(forecast->value));
  predicted["final_sd"] = base::json_number(forecast->sd);
  record.predicted = base::json_line(predicted);
  return {};
}

bool PrunerDesk::is_of_another_objective(std::int64_t trial) const {
  const Formerly* then = ledger_.trials().formerly(trial);
  return then != nullptr && then->has_other_objective;
}

void PrunerDesk::tell_ending(std::int64_t trial) {
  if (ledger_.trials().is_repeat(trial))
    return;  // Pruners know of first runs alone; the history's mean is not one of them.
  const storage::TrialRecord& ended = ledger_.trials().record(trial);
  if (is_unstarted(ended)) return;             // It runs again, and has told nothing yet.
  if (is_of_another_objective(trial)) return;  // Its curve says nothing of ours.
  pruner_->finish({.trial = trial,
                   .outcome = outcome_of(ended),
                   .value = ended.values.empty() ? std::nan("") : objective().minimised(ended.values.front())});
}

Result<std::optional<std::int64_t>> PrunerDesk::find_promotion() {
  if (pruner_ == nullptr || put_aside_.empty()) return std::nullopt;
  STERLET_PASS(catch_up());
  std::vector<std::int64_t> inside(put_aside_.begin(), put_aside_.end());
  std::erase_if(inside, [&](std::int64_t trial) { return ledger_.trials().is_outside(trial); });
  const auto trial = pruner_->promote(inside);
  if (!trial) return std::nullopt;
  STERLET_TRY(auto free, candidates());
  std::erase_if(free, [&](std::int64_t one) { return ledger_.trials().is_outside(one); });
  return free.size() == inside.size() ? trial : pruner_->promote(free);
}

// Those that were put aside and that nobody raises by hand.
Result<std::vector<std::int64_t>> PrunerDesk::candidates() const {
  STERLET_TRY(const auto raised, raised_by_hand(ledger_));
  std::vector<std::int64_t> free(put_aside_.begin(), put_aside_.end());
  std::erase_if(free, [&](std::int64_t trial) { return raised.contains(trial); });
  return free;
}

Result<std::optional<std::int64_t>> PrunerDesk::find_finalist() {
  if (put_aside_.empty()) return std::nullopt;
  const auto is_result = [](const storage::TrialRecord& record) {
    return record.state == State::kRunning || record.state == State::kComplete;
  };
  if (std::any_of(ledger_.trials().records().begin(), ledger_.trials().records().end(), is_result)) return std::nullopt;
  STERLET_TRY(auto free, candidates());
  std::erase_if(free, [&](std::int64_t trial) { return ledger_.trials().is_outside(trial); });
  const auto rank = [&](std::int64_t trial) {
    const storage::TrialRecord& record = ledger_.trials().record(trial);
    const double value = record.values.empty() ? std::nan("") : objective().minimised(record.values.front());
    return std::tuple(-record.last_step, std::isnan(value), std::isnan(value) ? 0 : value, trial);
  };
  const auto first =
      std::min_element(free.begin(), free.end(), [&](std::int64_t a, std::int64_t b) { return rank(a) < rank(b); });
  return first == free.end() ? std::nullopt : std::optional(*first);
}

Result<void> PrunerDesk::settle(std::string_view why) {
  const auto is_unsettled = [&](std::int64_t trial) { return ledger_.trials().record(trial).state == State::kPaused; };
  if (std::none_of(put_aside_.begin(), put_aside_.end(), is_unsettled)) return {};
  const bool is_busy = std::any_of(ledger_.trials().records().begin(), ledger_.trials().records().end(),
                                   [](const auto& record) { return record.state == State::kRunning; });
  if (is_busy) return {};
  STERLET_TRY(const auto free, candidates());
  for (const std::int64_t trial : free) {
    if (!is_unsettled(trial)) continue;
    storage::TrialRecord record = ledger_.trials().record(trial);
    record.state = State::kPruned;
    record.suspension = Suspension::kNotPromoted;
    std::string_view reason = record.reason;
    if (reason.starts_with(kPutAsideWords)) reason.remove_prefix(kPutAsideWords.size());
    record.reason = fmt::format("not promoted before the study ended ({}): {}", why, reason);
    if (record.values.empty() && ledger_.is_stored()) {
      STERLET_TRY(record.values, stored_values(ledger_, record));
    }
    Ending ending{.record = std::move(record), .event = "PRUNED"};
    ending.detail = ending.record.reason;
    STERLET_PASS(end(std::move(ending)));
  }
  return {};
}

void PrunerDesk::changed(const Change& change) {
  const storage::TrialRecord& record = change.now;
  if (is_put_aside(record)) {
    put_aside_.insert(record.number);
  } else {
    put_aside_.erase(record.number);
  }
  if (pruner_ != nullptr && change.is_elsewhere && is_final(record.state)) unjudged_.insert(record.number);
}

void PrunerDesk::restarted() {
  put_aside_.clear();
  unjudged_.clear();
  judged_seq_ = 0;
  is_behind_ = true;
  pruner_.reset();
  STERLET_CHECK(make(seed_).has_value(), "what was made once can be made again");
}

void PrunerDesk::closed(bool /*is_committed*/) { is_behind_ = true; }

}  // namespace sterlet::study
