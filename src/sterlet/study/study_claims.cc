// What a study hands out next: Study::ask and what it rests on.
#include <set>

#include "sterlet/base/text.h"
#include "sterlet/study/study.h"

namespace sterlet::study {

namespace {

using base::Result;
using storage::State;

constexpr std::uint32_t kRedrawsMax = 16;

}  // namespace

Result<std::optional<Claim>> Study::ask() {
  return within(ledger_, [&] { return ask_within(); });
}

Result<std::optional<Claim>> Study::ask_within() {
  STERLET_TRY(auto claim, next_claim());
  if (!claim) STERLET_PASS(settle_paused());
  return claim;
}

Result<std::optional<Claim>> Study::next_claim() {
  STERLET_PASS(ledger_.read_stop_request());
  pause_ = find_pause();
  if (population_) return ask_member();
  if (pause_ != Pause::kNone && pause_ != Pause::kTrials && pause_ != Pause::kSpace) return std::nullopt;
  // A lost trial is counted in the budget already, so it runs again also when that is used up.
  STERLET_TRY(auto again, retry_lost());
  if (!again) {
    STERLET_TRY(again, promote_paused());
  }
  if (again && replay_) STERLET_PASS(plan_replay(*again));
  if (again || pause_ == Pause::kTrials) return again;
  const auto number = ledger_.next_number();
  const std::int64_t known_seq = ledger_.seen_seq();
  std::optional<samplers::Suggestion> suggestion;
  if (pause_ == Pause::kNone) {
    STERLET_TRY(suggestion, next_point(number));
    if (!suggestion) pause_ = Pause::kSpace;
  }
  if (pause_ == Pause::kSpace) suggestion = repeat();  // All are tried; some may be tried again.
  if (!suggestion) return std::nullopt;
  STERLET_TRY(Claim claim, start_new(std::move(*suggestion), known_seq));
  if (replay_) STERLET_PASS(plan_replay(claim));
  return claim;
}

Result<Claim> Study::start_new(samplers::Suggestion suggestion, std::int64_t known_seq) {
  const auto number = ledger_.next_number();
  const std::int64_t now = ledger_.clock().wall_ms();
  storage::TrialRecord record{.number = number,
                              .state = State::kRunning,
                              .attempt = 1,
                              .history_seq = known_seq,
                              .created_ms = now,
                              .started_ms = now};
  base::Json said = base::Json::object();
  if (suggestion.predicted) {
    const studyfile::Objective& objective = spec_.objectives.front();
    said["value"] = base::json_number(objective.minimised(*suggestion.predicted));
    if (const auto& range = suggestion.predicted_range) {
      const auto [low, high] =
          std::minmax(objective.minimised(range->first), objective.minimised(range->second));
      said["low"] = base::json_number(low);
      said["high"] = base::json_number(high);
    }
  }
  if (!suggestion.note.is_null()) said["note"] = std::move(suggestion.note);
  if (!said.empty()) record.predicted = base::json_line(said);
  STERLET_PASS(ledger_.append(std::move(record), suggestion.point, suggestion.origin, "claim", ""));
  return Claim{.number = number, .attempt = 1, .point = std::move(suggestion.point)};
}

Result<std::optional<Claim>> Study::retry_lost() {
  if (lost_count_ == 0) return std::nullopt;
  std::optional<std::set<std::int64_t>> raised;  // A model that is raised by hand goes on by hand.
  for (const storage::TrialRecord& lost : ledger_.records()) {
    if (lost.state != State::kLost || lost.attempt > spec_.retries) continue;
    if (!raised) {
      STERLET_TRY(raised, raised_by_hand());
    }
    if (raised->contains(lost.number)) continue;
    STERLET_TRY(Claim claim, run_again(lost, "retry"));
    return claim;
  }
  return std::nullopt;
}

// Another attempt, from the last checkpoint.
Result<Claim> Study::run_again(storage::TrialRecord record, const std::string& event) {
  record.state = State::kRunning;
  record.attempt += 1;
  record.started_ms = ledger_.clock().wall_ms();
  record.ended_ms = 0;
  record.reason.clear();
  record.values.clear();
  record.last_step = 0;
  Claim claim{.number = record.number,
              .attempt = record.attempt,
              .point = ledger_.point(record.number),
              .checkpoint = record.checkpoint};
  STERLET_PASS(ledger_.take(std::move(record), event, ""));
  return claim;
}

Result<std::optional<samplers::Suggestion>> Study::next_point(std::int64_t number) {
  if (replay_) {
    STERLET_TRY(auto point, space_.from_json(replay_->entries.front().set));
    return samplers::Suggestion{.point = std::move(point), .origin = space::Origin::kEnqueued};
  }
  if (number == 0 && spec_.defaults_first) {
    if (auto point = space_.defaults()) {
      return samplers::Suggestion{.point = std::move(*point), .origin = space::Origin::kDefault};
    }
  }
  if (!spec_.repeats.race) {
    if (auto again = repeat()) return again;
  }
  while (true) {
    STERLET_TRY(const auto queued, ledger_.pop_queue());
    if (!queued) break;
    auto point = complete(*queued, number);
    if (!point) continue;  // It was checked when it was enqueued; a stored one must not hold up what follows it.
    return samplers::Suggestion{.point = std::move(*point), .origin = space::Origin::kEnqueued};
  }
  if (auto again = repeat()) return again;
  return sample(number);
}

// The sampler fills in what is left open, where its values and those given can go together; else the point that was
// found when they were enqueued.
Result<space::Point> Study::complete(const std::string& queued, std::int64_t number) const {
  STERLET_TRY(const base::Json params, base::parse_json(queued));
  const base::StreamKey key{.seed = seed_, .trial = static_cast<std::uint64_t>(number)};
  auto point = space_.complete(params, sampler_->suggest(ledger_.history(), key).point, key);
  return point ? std::move(point) : complete_alone(params);
}

Result<space::Point> Study::complete_alone(const base::Json& params) const {
  const base::StreamKey key{.seed = seed_, .trial = UINT64_MAX};
  return space_.complete(params, space_.draw(key), key);
}

std::optional<samplers::Suggestion> Study::repeat() const {
  const auto first = spec_.repeats.is_on() ? next_repeat() : std::nullopt;
  if (!first) return std::nullopt;
  return samplers::Suggestion{.point = ledger_.point(*first),
                              .origin = space::Origin::kRepeat};
}

std::optional<samplers::Suggestion> Study::sample(std::int64_t number) {
  base::StreamKey key{.seed = seed_, .trial = static_cast<std::uint64_t>(number)};
  auto suggestion = sampler_->suggest(ledger_.history(), key);
  if (spec_.duplicates != studyfile::Duplicates::kAvoid) return suggestion;
  for (key.attempt = 1; key.attempt <= kRedrawsMax && ledger_.history().contains(suggestion.point); ++key.attempt) {
    suggestion = sampler_->suggest(ledger_.history(), key);
  }
  if (!ledger_.history().contains(suggestion.point) || !configuration_count_) return suggestion;
  // Nearly everything has been tried: the first configuration that has not.
  const auto all = space_.enumerate(0, *configuration_count_);
  for (const space::Point& point : *all) {
    if (!ledger_.history().contains(point)) return samplers::Suggestion{.point = point, .origin = space::Origin::kRandom};
  }
  return std::nullopt;
}

Pause Study::find_pause() const {
  if (ledger_.study().stop_requested) return Pause::kRequested;
  if (failures_in_a_row_ >= spec_.failures_max) return Pause::kFailures;
  if (spec_.budget.target && target_reached_) return Pause::kTarget;
  if (spec_.budget.seconds && seconds_used() >= *spec_.budget.seconds) return Pause::kTime;
  if (spec_.budget.trials && !population_) {
    if (ledger_.next_number() - cancelled_count_ >= *spec_.budget.trials) return Pause::kTrials;
  }
  if (configuration_count_ && distinct_count_ >= *configuration_count_) return Pause::kSpace;
  return Pause::kNone;
}

}  // namespace sterlet::study
