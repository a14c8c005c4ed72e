#include "sterlet/study/claims.h"

#include <algorithm>

#include <fmt/format.h>

#include "sterlet/base/json.h"
#include "sterlet/study/archive.h"

namespace sterlet::study {

namespace {

using base::Result;
using samplers::Suggestion;
using storage::State;

constexpr std::uint32_t kRedrawsMax = 16;

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
    : ledger_(ledger), settings_(settings), pruner_(pruner), budget_(budget) {
  ledger.add_derived(*this);
}

Result<void> Claims::make(std::uint64_t seed, std::optional<std::int64_t> trial_budget) {
  const studyfile::StudySpec& spec = ledger_.spec();
  STERLET_TRY(sampler_,
              samplers::make(spec.sampler.name, ledger_.space(), spec.sampler.options,
                             {.seed = seed, .trial_budget = trial_budget, .objective_count = spec.objectives.size()}));
  seed_ = seed;
  return {};
}

Result<std::optional<Claim>> Claims::next(Pause& pause, const PointSource& point) {
  if (pause != Pause::kNone && pause != Pause::kTrials && pause != Pause::kSpace) return std::nullopt;
  // A lost trial is counted in the budget already, so it runs again also when that is used up.
  STERLET_TRY(auto again, retry_lost());
  if (!again) {
    STERLET_TRY(again, promote(pause));
  }
  if (again || pause == Pause::kTrials) return again;
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

Result<Claim> Claims::start(Suggestion suggestion, std::int64_t known_seq) {
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
  if (number == 0 && spec.defaults_first) {
    if (auto point = ledger_.space().defaults()) {
      return Suggestion{.point = std::move(*point), .origin = space::Origin::kDefault};
    }
  }
  if (!spec.repeats.race) {
    if (auto again = repeat(false)) return again;
  }
  while (true) {
    STERLET_TRY(const auto queued, ledger_.pop_queue());
    if (!queued) break;
    auto point = complete(*queued, number);
    if (point) return Suggestion{.point = std::move(*point), .origin = space::Origin::kEnqueued};
    // It was checked when it was enqueued, but the space may be another one since; it must not hold up what follows it.
    remarks_.push_back(fmt::format("the enqueued point {} was skipped, since it fits the space no more: {}", *queued,
                                   point.error().message()));
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
  return ledger_.push_queue(base::json_line(params));
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
Result<space::Point> Claims::complete(const std::string& queued, std::int64_t number) const {
  STERLET_TRY(const base::Json params, base::parse_json(queued));
  const base::StreamKey key{.seed = seed_, .trial = static_cast<std::uint64_t>(number)};
  auto point = ledger_.space().complete(params, sampler_->suggest(ledger_.trials().history(), key).point, key);
  return point ? std::move(point) : complete_alone(params);
}

Result<space::Point> Claims::complete_alone(const base::Json& params) const {
  const base::StreamKey key{.seed = seed_, .trial = UINT64_MAX};
  return ledger_.space().complete(params, ledger_.space().draw(key), key);
}

void Claims::changed(const Change& change) {
  if (change.now.state == State::kLost) {
    lost_.insert(change.now.number);
  } else {
    lost_.erase(change.now.number);
  }
}

}  // namespace sterlet::study
