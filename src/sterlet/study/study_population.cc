// The part of Study that trains a population (strategy: pbt), and that trains with a given schedule (strategy: replay).
//
// A member is a trial, and each interval of it a turn: one attempt, from the checkpoint of a turn before to its own.
// The decisions after an interval are stored as the turns that follow, all in one transaction, before any of them
// begins: whatever is killed, a turn is there or not, and one that was lost is trained again from where it began.
#include <cmath>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/study/decided_end.h"
#include "sterlet/study/study.h"

namespace sterlet::study {

using base::Json;
using base::Result;
using storage::State;
using storage::TurnRecord;

Result<std::optional<Claim>> Study::ask_member() {
  if (!unfit_.empty()) pause_ = Pause::kUnfit;
  if (pause_ != Pause::kNone) return std::nullopt;
  STERLET_TRY(auto again, retry_lost_turn());
  if (again) return again;
  while (true) {
    for (const TurnRecord& turn : ledger_.turns()) {
      if (turn.state != "waiting") continue;
      STERLET_TRY(Claim claim, begin_turn(turn, "turn"));
      return claim;
    }
    const auto number = ledger_.next_number();
    if (number < population_->population) {
      const std::int64_t known_seq = ledger_.seen_seq();
      STERLET_TRY(auto suggestion, next_point(number));
      if (!suggestion)
        suggestion = sampler_->suggest(ledger_.history(), {.seed = seed_, .trial = static_cast<std::uint64_t>(number)});
      STERLET_TRY(Claim claim, start_new(std::move(*suggestion), known_seq));
      const TurnRecord turn{.trial = number,
                            .to_step = population_->interval,
                            .point = space::Space::text_of(claim.point),
                            .first_attempt = 1,
                            .attempt = 1,
                            .state = "running",
                            .reason = "the beginning",
                            .created_ms = ledger_.clock().wall_ms()};
      STERLET_PASS(ledger_.put_turn(turn));
      claim.agenda = turn_agenda(turn);
      claim.is_exact = true;
      return claim;
    }
    for (const TurnRecord& turn : ledger_.turns()) {
      if (turn.state == "running") return std::nullopt;  // Those that have ended wait for it.
    }
    STERLET_TRY(const bool begun, begin_next_interval());
    if (begun) continue;
    pause_ = Pause::kTrained;
    return std::nullopt;
  }
}

// A turn whose process is gone is trained again from its beginning, up to the study's retries.
Result<std::optional<Claim>> Study::retry_lost_turn() {
  if (lost_count_ == 0) return std::nullopt;
  for (const storage::TrialRecord& lost : std::vector(ledger_.records())) {
    if (lost.state != State::kLost) continue;
    for (const TurnRecord& found : std::vector(ledger_.turns())) {
      if (found.trial != lost.number || found.state != "running") continue;
      TurnRecord turn = found;
      if (lost.attempt - turn.first_attempt < spec_.retries) {
        STERLET_TRY(Claim claim, begin_turn(std::move(turn), "retry"));
        return claim;
      }
      turn.state = "failed";
      turn.reason = lost.reason;
      STERLET_PASS(ledger_.put_turn(turn));
      STERLET_PASS(put_aside(lost, lost.reason));
    }
  }
  return std::nullopt;
}

Result<Claim> Study::begin_turn(TurnRecord turn, const std::string& event) {
  storage::TrialRecord record = ledger_.record(turn.trial);
  record.checkpoint = turn.start;
  news_of(turn.trial) = {};
  STERLET_TRY(Claim claim, run_again(std::move(record), event));
  if (turn.state == "waiting") turn.first_attempt = claim.attempt;
  turn.attempt = claim.attempt;
  turn.state = "running";
  STERLET_PASS(ledger_.put_turn(turn));
  auto point = space_.from_text(turn.point);
  if (!point) {
    return base::fail(
        base::ErrorCode::kDisk,
        fmt::format("turn {} of trial {} in the storage does not fit the study's space", turn.turn, turn.trial),
        "restore it from a copy, or name another file with --storage");
  }
  claim.point = std::move(*point);
  claim.agenda = turn_agenda(turn);
  // The seed goes with the weights: sterlet-train, for one, refuses a checkpoint of another seed.
  std::int64_t root = turn.trial;
  for (int back = turn.turn; back > 0; --back) {
    const auto at = std::find_if(ledger_.turns().begin(), ledger_.turns().end(),
                                 [&](const TurnRecord& known) { return known.turn == back && known.trial == root; });
    if (at == ledger_.turns().end() || !at->parent) break;
    root = *at->parent;
  }
  claim.seed_of = root;
  claim.is_exact = true;
  return claim;
}

std::vector<Json> Study::turn_agenda(const TurnRecord& turn) const {
  return {{{"checkpoint", Json::object()}, {"at", turn.to_step}}, {{"stop", Json::object()}, {"at", turn.to_step}}};
}

// Decides how all members go on. False: the training is over.
Result<bool> Study::begin_next_interval() {
  const double sign = spec_.objectives.front().direction == studyfile::Direction::kMaximize ? -1 : 1;
  const auto value_of = [&](const TurnRecord& turn) {
    return turn.state == "done" && turn.value ? sign * *turn.value : std::nan("");
  };
  const auto members = static_cast<std::size_t>(population_->population);
  STERLET_CHECK(!ledger_.turns().empty() && ledger_.turns().size() % members == 0, "an interval without all its members");
  std::vector<std::vector<population::Standing>> intervals(ledger_.turns().size() / members);
  for (std::size_t i = 0; i < ledger_.turns().size(); ++i) {
    const TurnRecord& turn = ledger_.turns()[i];
    const std::size_t interval = i / members;
    const auto parent = (interval - 1) * members + static_cast<std::size_t>(turn.parent.value_or(0));
    intervals[interval].push_back({.member = turn.trial,
                                   .point = space_.from_text(turn.point).value(),
                                   .before = interval > 0 && turn.parent ? value_of(ledger_.turns()[parent]) : std::nan(""),
                                   .value = value_of(turn)});
  }
  const TurnRecord last = ledger_.turns().back();
  if (last.to_step >= population_->steps) {
    find_spent_in_interval();
    return false;
  }
  const auto moves = population::next_moves(space_, *population_, intervals, seed_);
  if (moves.empty()) {  // All have failed, perhaps before: then each is FAILED already.
    for (const storage::TrialRecord& record : std::vector(ledger_.records())) {
      if (record.state != State::kPaused) continue;
      storage::TrialRecord failed = record;
      failed.state = State::kFailed;
      const std::string reason = failed.reason;
      STERLET_PASS(ledger_.put(std::move(failed), "FAILED", reason));
    }
    return false;
  }
  const std::size_t first = ledger_.turns().size() - members;
  std::vector<TurnRecord> next;
  for (const population::Move& move : moves) {
    next.push_back({.trial = move.member,
                    .turn = last.turn + 1,
                    .from_step = last.to_step,
                    .to_step = std::min(last.to_step + population_->interval, population_->steps),
                    .parent = move.from,
                    .point = space::Space::text_of(move.point),
                    .start = ledger_.turns()[first + static_cast<std::size_t>(move.from)].end,
                    .reason = move.reason,
                    .created_ms = ledger_.clock().wall_ms()});
  }
  for (const TurnRecord& turn : next) STERLET_PASS(ledger_.put_turn(turn));
  find_spent_in_interval();
  return true;
}

// What the programs have told of a turn, which the open transaction is about to change.
Study::TurnNews& Study::news_of(std::int64_t trial) {
  news_before_.try_emplace(trial, turn_news_[trial]);
  return turn_news_[trial];
}

// Between two turns.
Result<void> Study::put_aside(storage::TrialRecord record, const std::string& reason) {
  record.state = State::kPaused;
  record.reason = reason;
  record.last_step = ledger_.record(record.number).last_step;
  record.ended_ms = ledger_.clock().wall_ms();
  return ledger_.put(std::move(record), "PAUSED", reason);
}

// Takes in the end of a turn. What is left to be told of the trial itself: nothing, unless this was its last turn or it
// was lost.
Result<std::optional<Outcome>> Study::end_turn(const storage::TrialRecord& record, const Outcome& told) {
  Outcome outcome = told;
  const bool is_end = outcome.state == State::kComplete || outcome.state == State::kFailed;
  if (!is_end && outcome.state != State::kLost) return outcome;
  if (outcome.state == State::kLost) return outcome;
  const TurnRecord* found = running_turn(record.number);
  STERLET_CHECK(found != nullptr, "a member that runs without a turn");
  TurnRecord turn = *found;
  const TurnNews news = std::exchange(news_of(record.number), {});
  const std::int64_t last_step = ledger_.record(record.number).last_step;
  const std::string& metric = spec_.objectives.front().metric;
  std::vector<std::pair<std::int64_t, double>> reports;
  for (const auto& report : news.reports) {
    if (report.first <= turn.to_step) reports.push_back(report);
  }
  const bool is_last = turn.to_step >= population_->steps;
  const double score = population::score_of(reports);
  std::string fault = outcome.state == State::kFailed ? outcome.reason : std::string();
  if (fault.empty() && std::isnan(score)) {
    fault = reports.empty() ? fmt::format("it reported no {} up to step {}", metric, turn.to_step)
                            : fmt::format("{} was NaN", metric);
  }
  const auto checkpoint = news.checkpoints.find(turn.to_step);
  const std::int64_t reached = std::max(last_step, turn.from_step);
  const bool has_ended_early = reached > 0 && reached < turn.to_step && (!is_last || reports.empty());
  const bool is_unfit = has_ended_early || !is_last;
  if (outcome.state == State::kComplete && checkpoint == news.checkpoints.end() && is_unfit) {
    unfit_ = has_ended_early
                 ? fmt::format(
                       "its program ended at step {} by itself, but a training has {} steps by the study's "
                       "strategy; write steps: {}",
                       reached, population_->steps, reached)
                 : fmt::format(
                       "pbt goes on from checkpoints, and its program told none of step {}; have it write one "
                       "when it is asked to (docs/population.md)",
                       turn.to_step);
    turn.state = "waiting";  // For another run, with a program that does.
    STERLET_PASS(ledger_.put_turn(turn));
    STERLET_PASS(put_aside(record, unfit_));
    return std::nullopt;
  }
  turn.state = fault.empty() ? "done" : "failed";
  turn.value = fault.empty() ? std::optional(score) : std::nullopt;
  turn.end = checkpoint == news.checkpoints.end() ? std::string() : checkpoint->second;
  if (!fault.empty()) turn.reason = fault;
  STERLET_PASS(ledger_.put_turn(turn));
  if (is_last) {
    Outcome last = outcome;
    if (!fault.empty()) last = {.state = State::kFailed, .reason = fault};
    return last;
  }
  STERLET_PASS(put_aside(record, fault));
  return std::nullopt;
}

// One that is run again goes on from its checkpoint, where its step is known: with the schedule's values there, and the
// changes that come after it.
Result<void> Study::plan_replay(Claim& claim) const {
  std::int64_t from_step = 0;
  if (!claim.checkpoint.empty()) {
    STERLET_TRY(const auto checkpoints, ledger_.storage()->live().load_checkpoints(ledger_.study().id, claim.number));
    const auto known = std::find_if(checkpoints.rbegin(), checkpoints.rend(),
                                    [&](const auto& checkpoint) { return checkpoint.path == claim.checkpoint; });
    if (known == checkpoints.rend()) {
      claim.checkpoint.clear();
    } else {
      from_step = known->step;
      STERLET_TRY(claim.point, space_.from_json(replay_->values_at(from_step, Json::object())));
      claim.is_exact = true;
    }
  }
  for (const studyfile::Schedule::Entry& entry : replay_->entries) {
    if (entry.step > from_step) claim.agenda.push_back({{"set", entry.set}, {"at", entry.step}});
  }
  return {};
}

const TurnRecord* Study::running_turn(std::int64_t trial) const {
  const auto found = std::find_if(ledger_.turns().begin(), ledger_.turns().end(), [&](const TurnRecord& turn) {
    return turn.trial == trial && turn.state == "running";
  });
  return found == ledger_.turns().end() ? nullptr : &*found;
}

space::Point Study::point_of(std::int64_t trial) const {
  for (auto turn = ledger_.turns().rbegin(); turn != ledger_.turns().rend(); ++turn) {
    if (turn->trial != trial || turn->state == "waiting") continue;
    if (auto point = space_.from_text(turn->point)) return std::move(*point);
  }
  return ledger_.point(trial);
}

// What a member may still begin from, and the newest of each: the trained models. A trial's row names its last one.
std::set<std::string> Study::needed_checkpoints() const {
  std::set<std::string> needed;
  std::map<std::int64_t, std::string> newest;
  for (const TurnRecord& turn : ledger_.turns()) {
    if (turn.state == "waiting" || turn.state == "running") needed.insert(turn.start);
    if (!turn.end.empty()) newest[turn.trial] = turn.end;
  }
  for (const auto& [trial, path] : newest) needed.insert(path);
  for (const storage::TrialRecord& record : ledger_.records()) needed.insert(record.checkpoint);
  return needed;
}

// After an interval was settled and the next one decided, before any of its turns begins. Of the intervals before the
// last two everything has been found already.
void Study::find_spent_in_interval() {
  const auto settled =
      std::find_if(ledger_.turns().rbegin(), ledger_.turns().rend(), [](const TurnRecord& turn) { return turn.state != "waiting"; });
  if (settled == ledger_.turns().rend() || settled->turn == spent_turn_) return;
  spent_turn_ = settled->turn;
  for (const TurnRecord& turn : ledger_.turns()) {
    if (turn.turn + 1 == settled->turn) told_checkpoints_.insert(turn.end);
  }
  const std::set<std::string> needed = needed_checkpoints();
  for (const std::string& path : std::exchange(told_checkpoints_, {})) {
    if (!path.empty() && !needed.contains(path)) spent_checkpoints_.push_back(path);
  }
}

Result<std::vector<std::string>> Study::find_spent_checkpoints() const {
  std::vector<std::string> spent;
  if (!ledger_.is_stored() || !population_) return spent;
  // A turn that waits or runs, perhaps in another process, may write a name anew that it has told before.
  std::map<std::int64_t, int> settled;
  for (const TurnRecord& turn : ledger_.turns()) {
    if (turn.state == "done" || turn.state == "failed") settled[turn.trial] = turn.attempt;
  }
  const std::set<std::string> needed = needed_checkpoints();
  std::set<std::string> told;
  STERLET_TRY(const auto events, ledger_.storage()->load_events(ledger_.study().id, 0));
  for (const storage::EventRecord& event : events) {
    if (event.kind != "checkpoint" || !event.trial || !settled.contains(*event.trial)) continue;
    if (event.attempt.value_or(0) <= settled[*event.trial]) told.insert(event.detail);
  }
  for (const std::string& path : told) {
    if (!path.empty() && !needed.contains(path)) spent.push_back(path);
  }
  return spent;
}

}  // namespace sterlet::study
