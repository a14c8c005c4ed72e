#include "sterlet/study/claims.h"

#include <algorithm>

#include <fmt/format.h>

#include "sterlet/base/json.h"
#include "sterlet/study/archive.h"
#include "sterlet/study/prior_judge.h"

namespace sterlet::study {

namespace {

using base::Result;
using samplers::Suggestion;
using storage::State;

constexpr std::uint32_t kRedrawsMax = 16;
constexpr const char* kFree = "";  // Key of a queued point whose names need not be the space's: no parameter has it.

// What the sampler said of its point, as it is stored.
std::string text_of_prediction(const Suggestion& suggestion, const studyfile::Objective& objective) {
  if (!suggestion.predicted && suggestion.note.is_null()) return {};
  base::Json said = base::Json::object();
  if (suggestion.predicted) {
    said["value"] = base::json_number(objective.minimised(*suggestion.predicted));
    if (const auto& range = suggestion.predicted_range) {
      const double one = objective.minimised(range->first), other = objective.minimised(range->second);
      said["low"] = base::json_number(std::min(one, other));
      said["high"] = base::json_number(std::max(one, other));
    }
  }
  if (!suggestion.note.is_null()) said["note"] = suggestion.note;
  return base::json_line(said);
}

}  // namespace

Claims::Claims(Ledger& ledger, const Settings& settings, PrunerDesk& pruner, const Budget& budget)
    : ledger_(ledger), settings_(settings), pruner_(pruner), budget_(budget), queue_(ledger), priors_(ledger) {
  ledger.add_derived(*this);
}

Result<void> Claims::make(std::uint64_t seed, std::optional<std::int64_t> trial_budget) {
  seed_ = seed;
  trial_budget_ = trial_budget;
  return make_sampler();
}

Result<void> Claims::make_sampler() {
  const studyfile::StudySpec& spec = ledger_.spec();
  const bool is_empty = ledger_.space().dimensions().empty();  // Its parameters are still to come: nothing to choose.
  STERLET_TRY(sampler_, samplers::make(is_empty ? "random" : spec.sampler.name, ledger_.space(),
                                       is_empty ? base::Json::object() : spec.sampler.options,
                                       {.seed = seed_,
                                        .trial_budget = trial_budget_,
                                        .objective_count = spec.objectives.size(),
                                        .priors = priors_.active(ledger_.trials().next_number())}));
  followed_ = priors_.revision();
  return {};
}

Result<void> Claims::follow_priors() {
  STERLET_PASS(priors_.follow());
  if (priors_.list().empty() && priors_.revision() == followed_) return {};
  STERLET_TRY(const auto said, end_contradicted(ledger_, priors_, seed_));
  remarks_.insert(remarks_.end(), said.begin(), said.end());
  return priors_.revision() == followed_ ? Result<void>() : make_sampler();
}

// After the best of an older study, where it starts warm.
bool Claims::is_default_next(std::int64_t number) const {
  if (!ledger_.spec().defaults_first || number > 1) return false;
  const auto& list = priors_.list();
  const bool is_warm = std::any_of(list.begin(), list.end(), [](const PriorRecord& prior) {
    return prior.kind == PriorRecord::Kind::kWarm && prior.since == 0;
  });
  return number == (is_warm ? 1 : 0);
}

Result<std::optional<Claim>> Claims::next(Pause& pause, const PointSource& point) {
  const bool is_full = pause == Pause::kTrials || pause == Pause::kAgain;
  if (pause != Pause::kNone && pause != Pause::kSpace && !is_full) return std::nullopt;
  // Trials that wait or are lost are counted in the budget already, so they run again also when that is used up.
  STERLET_TRY(auto again, retry_waiting());
  if (!again) {
    STERLET_TRY(again, retry_lost());
  }
  if (!again && pause == Pause::kNone) {
    STERLET_TRY(again, retry_unstarted());
  }
  if (!again && pause != Pause::kAgain) {
    STERLET_TRY(again, promote(pause));
  }
  if (again || is_full) return again;
  const std::int64_t known_seq = ledger_.seen_seq();
  std::optional<Suggestion> suggestion;
  if (pause == Pause::kNone) {
    STERLET_TRY(suggestion, point(ledger_.trials().next_number()));
    if (!suggestion) pause = Pause::kSpace;
  }
  if (pause == Pause::kSpace) suggestion = repeat(true);  // All are tried; some may be tried again.
  if (!suggestion) return promote(pause);
  STERLET_TRY(Claim claim, start(std::move(*suggestion), known_seq));
  return claim;
}

Result<Claim> Claims::start(Suggestion&& suggestion, std::int64_t known_seq) {
  const std::int64_t number = ledger_.trials().next_number(), now = ledger_.clock().wall_ms();
  storage::TrialRecord record{.number = number,
                              .state = State::kRunning,
                              .attempt = 1,
                              .history_seq = known_seq,
                              .predicted = text_of_prediction(suggestion, ledger_.spec().objectives.front()),
                              .created_ms = now,
                              .started_ms = now};
  STERLET_PASS(ledger_.append(std::move(record), suggestion.point, suggestion.origin, "claim", ""));
  return Claim{.number = number, .attempt = 1, .point = std::move(suggestion.point)};
}

Result<Claim> Claims::start_by_hand(space::Point point, space::Origin origin) {
  const std::int64_t number = ledger_.trials().next_number(), now = ledger_.clock().wall_ms();
  storage::TrialRecord record{.number = number,
                              .state = State::kRunning,
                              .attempt = 1,
                              .history_seq = ledger_.seen_seq(),
                              .created_ms = now,
                              .started_ms = now};
  STERLET_PASS(ledger_.append(std::move(record), point, origin, "claim", "babysit"));
  return Claim{.number = number, .attempt = 1, .point = std::move(point)};
}

Result<Claim> Claims::run_again(storage::TrialRecord record, const std::string& event) {
  record.state = State::kRunning;
  record.attempt += 1;
  record.started_ms = ledger_.clock().wall_ms();
  record.ended_ms = 0;
  record.reason.clear();
  record.suspension = storage::Suspension::kNone;
  record.is_unstarted = false;
  record.values.clear();
  record.last_step = 0;
  Claim claim{.number = record.number,
              .attempt = record.attempt,
              .point = ledger_.trials().point(record.number),
              .checkpoint = record.checkpoint};
  STERLET_PASS(ledger_.take(std::move(record), event, ""));
  return claim;
}

Result<Claim> Claims::take_over(std::int64_t trial) {
  storage::TrialRecord record = ledger_.trials().record(trial);
  if (is_final(record.state)) {
    return base::fail(base::ErrorCode::kConflict,
                      fmt::format("trial {} is already {}", trial, storage::text_of(record.state)));
  }
  if (ledger_.trials().is_outside(trial)) {
    return base::fail(base::ErrorCode::kConflict,
                      fmt::format("trial {} lies outside what the study searches since its spec was changed", trial),
                      "begin another one");
  }
  record.state = State::kRunning;
  record.attempt += 1;
  record.started_ms = ledger_.clock().wall_ms();
  record.ended_ms = 0;
  record.reason.clear();
  record.suspension = storage::Suspension::kNone;
  Claim claim{.number = trial,
              .attempt = record.attempt,
              .point = ledger_.trials().point(trial),
              .checkpoint = record.checkpoint};
  STERLET_PASS(ledger_.take(std::move(record), "retry", "babysit"));
  return claim;
}

Result<void> Claims::check_again(std::int64_t trial) const {
  const storage::TrialRecord& record = ledger_.trials().record(trial);
  const auto refuse = [&](std::string next) {
    return base::fail(base::ErrorCode::kConflict,
                      fmt::format("trial {} is {} and cannot be run again", trial, storage::text_of(record.state)),
                      std::move(next));
  };
  switch (record.state) {
    case State::kRunning:
      return refuse("wait for its end");
    case State::kPaused:
      return refuse("it goes on where its pruner promotes it");
    case State::kComplete:
    case State::kPruned:
      return refuse("to try its configuration once more, use sterlet enqueue");
    case State::kRemoved:
      return refuse("its number alone is left");
    case State::kWaiting:
    case State::kFailed:
    case State::kLost:
    case State::kCancelled:
      break;
  }
  if (ledger_.trials().is_outside(trial)) {
    return refuse("it lies outside what the study searches since its spec was changed");
  }
  STERLET_TRY(const auto raised, raised_by_hand(ledger_));
  if (raised.contains(trial)) return refuse("raise another model with sterlet babysit --new");
  return {};
}

Result<void> Claims::put_back(std::int64_t trial) {
  storage::TrialRecord record = ledger_.trials().record(trial);
  record.state = State::kWaiting;
  record.ended_ms = 0;
  record.reason.clear();
  record.is_unstarted = false;
  record.values.clear();
  record.constraints.clear();
  return ledger_.put(std::move(record), "retry", "");
}

Result<std::optional<Claim>> Claims::retry_waiting() {
  if (waiting_.empty()) return std::nullopt;
  STERLET_TRY(Claim claim, run_again(ledger_.trials().record(*waiting_.begin()), "retry"));
  return claim;
}

// Before new trials are begun: neither the defaults nor what was enqueued is lost to a slip in the command.
Result<std::optional<Claim>> Claims::retry_unstarted() {
  if (unstarted_.empty()) return std::nullopt;
  STERLET_TRY(Claim claim, run_again(ledger_.trials().record(*unstarted_.begin()), "retry"));
  return claim;
}

Result<std::optional<Claim>> Claims::retry_lost() {
  if (lost_.empty()) return std::nullopt;
  std::optional<std::set<std::int64_t>> raised;  // A model that is raised by hand goes on by hand.
  for (const std::int64_t trial : lost_) {
    const storage::TrialRecord& lost = ledger_.trials().record(trial);
    if (lost.attempt > ledger_.spec().retries) continue;
    if (!raised) {
      STERLET_TRY(raised, raised_by_hand(ledger_));
    }
    if (raised->contains(trial)) continue;
    STERLET_TRY(Claim claim, run_again(lost, "retry"));
    return claim;
  }
  return std::nullopt;
}

Result<std::optional<Claim>> Claims::promote(Pause pause) {
  STERLET_TRY(auto trial, pruner_.find_promotion());
  if (!trial && pause != Pause::kNone) {
    STERLET_TRY(trial, pruner_.find_finalist());
  }
  if (!trial) return std::nullopt;
  STERLET_TRY(Claim claim, run_again(ledger_.trials().record(*trial), "promote"));
  return claim;
}

Result<std::optional<Suggestion>> Claims::next_point(std::int64_t number) {
  const studyfile::StudySpec& spec = ledger_.spec();
  if (is_default_next(number)) {
    if (auto point = ledger_.space().defaults()) {
      return Suggestion{.point = std::move(*point), .origin = space::Origin::kDefault};
    }
  }
  if (!spec.repeats.race) {
    if (auto again = repeat(false)) return again;
  }
  while (true) {
    STERLET_TRY(const auto queued, queue_.pop());
    if (!queued) break;
    auto completed = complete(*queued, number);
    if (completed) return std::move(*completed);
    // It was checked when it was enqueued, but the space may be another one since; it must not hold up what follows it.
    remarks_.push_back(fmt::format("the enqueued point {} was skipped, since it fits the space no more: {}", *queued,
                                   completed.error().message()));
    STERLET_PASS(ledger_.put_event(std::string(kSkippedPointEvent), remarks_.back()));
  }
  if (auto again = repeat(false)) return again;
  return sample(number);
}

std::optional<Suggestion> Claims::repeat(bool is_space_used_up) const {
  const auto first = settings_.next_repeat(budget_.runs(), is_space_used_up);
  if (!first) return std::nullopt;
  return Suggestion{.point = ledger_.trials().point(*first), .origin = space::Origin::kRepeat};
}

Suggestion Claims::suggest(std::int64_t number) const {
  return sampler_->suggest(ledger_.trials().history(), {.seed = seed_, .trial = static_cast<std::uint64_t>(number)});
}

std::optional<Suggestion> Claims::sample(std::int64_t number) const {
  const space::History& history = ledger_.trials().history();
  base::StreamKey key{.seed = seed_, .trial = static_cast<std::uint64_t>(number)};
  auto suggestion = sampler_->suggest(history, key);
  if (ledger_.spec().duplicates != studyfile::Duplicates::kAvoid) return suggestion;
  for (key.attempt = 1; key.attempt <= kRedrawsMax && history.contains(suggestion.point); ++key.attempt) {
    suggestion = sampler_->suggest(history, key);
  }
  if (!history.contains(suggestion.point) || !budget_.configurations()) return suggestion;
  // Nearly everything has been tried: the first configuration that has not.
  const auto all = ledger_.space().enumerate(0, *budget_.configurations());
  for (const space::Point& point : *all) {
    if (!history.contains(point)) return Suggestion{.point = point, .origin = space::Origin::kRandom};
  }
  return std::nullopt;
}

Result<void> Claims::enqueue(const base::Json& params) {
  STERLET_PASS(ledger_.space().check_partial(params));
  STERLET_PASS(complete_alone(params));  // A point that can never be is refused before it is queued.
  return queue_.push(base::json_line(params));
}

Result<void> Claims::enqueue_freely(const base::Json& params, const std::string& note) {
  if (!params.is_object()) {
    return base::fail(base::ErrorCode::kInvalidArgument, "params must be an object of names and values",
                      R"(write them as {"learning_rate": 0.01})");
  }
  return queue_.push(base::json_line({{kFree, params}, {"note", note}}));
}

Result<void> Claims::check_enqueued() const {
  const auto& points = ledger_.spec().enqueue;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (const auto point = complete_alone(points[i]); !point) {
      return base::fail(point.error().at(fmt::format("enqueue[{}]", i)));
    }
  }
  return {};
}

// The sampler fills in what is left open, where its values and those given can go together; else the point that was
// found when they were enqueued.
Result<Suggestion> Claims::complete(const std::string& queued, std::int64_t number) const {
  STERLET_TRY(base::Json params, base::parse_json(queued));
  Suggestion suggestion{.origin = space::Origin::kEnqueued};
  if (params.contains(kFree)) {
    suggestion.note = {{"enqueued", params[kFree]}};
    if (const auto told = params["note"].get<std::string>(); !told.empty()) suggestion.note["told"] = told;
    base::Json known = base::Json::object();
    for (const auto& [name, value] : params[kFree].items()) {
      if (ledger_.space().check_partial({{name, value}})) known[name] = value;
    }
    params = std::move(known);
  }
  const base::StreamKey key{.seed = seed_, .trial = static_cast<std::uint64_t>(number)};
  auto point = ledger_.space().complete(params, sampler_->suggest(ledger_.trials().history(), key).point, key);
  if (!point) {
    STERLET_TRY(point, complete_alone(params));
  }
  suggestion.point = std::move(*point);
  return suggestion;
}

Result<space::Point> Claims::complete_alone(const base::Json& params) const {
  const base::StreamKey key{.seed = seed_, .trial = UINT64_MAX};
  return ledger_.space().complete(params, ledger_.space().draw(key), key);
}

void Claims::changed(const Change& change) {
  const bool is_outside = ledger_.trials().is_outside(change.now.number);  // Such a trial is never run again.
  const auto keep = [&](std::set<std::int64_t>& trials, bool is_one) {
    if (is_one && !is_outside) {
      trials.insert(change.now.number);
    } else {
      trials.erase(change.now.number);
    }
  };
  keep(lost_, change.now.state == State::kLost);
  keep(waiting_, change.now.state == State::kWaiting);
  keep(unstarted_, is_unstarted(change.now));
}

void Claims::restarted() {
  lost_.clear();
  waiting_.clear();
  unstarted_.clear();
}

}  // namespace sterlet::study
