#include "sterlet/study/strategies/pbt.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "sterlet/population/population.h"
#include "sterlet/study/strategies/spent_checkpoints.h"
#include "sterlet/studyfile/schedule_change.h"

namespace sterlet::study {

namespace {

using base::Json;
using base::Result;
using storage::State;
using storage::TurnRecord;
using TurnState = storage::TurnRecord::State;

// What a program has told of the turn that it trains.
struct News {
  std::vector<std::pair<std::int64_t, double>> reports;
  std::map<std::int64_t, std::string> checkpoints;  // By step.
};

std::vector<Json> agenda_of(const TurnRecord& turn) {
  return {{{"checkpoint", Json::object()}, {"at", turn.to_step}}, {{"stop", Json::object()}, {"at", turn.to_step}}};
}

base::Error refusal(std::string what, std::string next) {
  return {.code = base::ErrorCode::kInvalidArgument, .what = std::move(what), .next = std::move(next)};
}

class Pbt final : public Strategy {
 public:
  Pbt(const Parts& parts, population::Options options)
      : ledger_(parts.ledger), claims_(parts.claims), options_(std::move(options)), spent_(ledger_) {
    ledger_.keep_turns();
    ledger_.add_derived(*this);
  }

  std::optional<std::int64_t> trial_budget(const studyfile::StudySpec&) const override { return options_.population; }
  bool counts_configurations() const override { return false; }
  bool takes_added() const override { return false; }  // Its trials are the members of its population.

  Result<std::optional<Claim>> next(Pause& pause) override;
  void reported(std::int64_t trial, std::int64_t step, double value) override {
    news_of(trial).reports.emplace_back(step, value);
  }
  Result<void> checkpointed(std::int64_t trial, const std::string& path, std::optional<std::int64_t> step) override {
    spent_.told(path);
    if (step) news_of(trial).checkpoints[*step] = path;
    return {};
  }
  Result<bool> ended(const storage::TrialRecord& record, Outcome& told) override;

  int first_attempt(std::int64_t trial) const override {
    const TurnRecord* turn = running_turn(trial);
    return turn == nullptr ? 1 : turn->first_attempt;
  }
  std::optional<space::Point> point_of(std::int64_t trial) const override;
  std::string unfit() const override { return unfit_; }
  std::optional<population::Options> population() const override { return options_; }
  std::optional<studyfile::Schedule> schedule_of(std::int64_t trial) const override;
  std::vector<std::string> take_spent_checkpoints() override { return spent_.take(); }
  Result<std::vector<std::string>> find_spent_checkpoints() const override { return spent_.find_all(); }

  void closed(bool is_committed) override;

 private:
  News& news_of(std::int64_t trial);
  const TurnRecord* running_turn(std::int64_t trial) const;
  const TurnRecord* find_turn(int turn, std::int64_t trial) const;
  Result<std::optional<Claim>> retry_lost();
  Result<Claim> begin_member();
  Result<Claim> begin_turn(TurnRecord turn, const std::string& event);
  Result<bool> begin_next_interval();
  std::vector<std::vector<population::Standing>> standings() const;
  Result<void> fail_all();
  Result<void> put_aside(storage::TrialRecord record, const std::string& reason);

  Ledger& ledger_;
  Claims& claims_;
  const population::Options options_;
  std::map<std::int64_t, News> news_;         // Of members that this process trains.
  std::map<std::int64_t, News> news_before_;  // Of those that the open transaction has changed.
  SpentCheckpoints spent_;
  std::string unfit_;
  bool is_unfit_new_ = false;  // In the open transaction.
};

Result<std::optional<Claim>> Pbt::next(Pause& pause) {
  // Its members are counted by its own option, and may meet at a point.
  if (pause == Pause::kTrials || pause == Pause::kSpace) pause = Pause::kNone;
  if (!unfit_.empty()) pause = Pause::kUnfit;
  if (pause != Pause::kNone) return std::nullopt;
  STERLET_TRY(auto again, retry_lost());
  if (again) return again;
  while (true) {
    const auto& turns = ledger_.turns();
    const auto waiting =
        std::find_if(turns.begin(), turns.end(), [](const auto& turn) { return turn.state == TurnState::kWaiting; });
    if (waiting != turns.end()) {
      STERLET_TRY(Claim claim, begin_turn(*waiting, "turn"));
      return claim;
    }
    if (ledger_.trials().next_number() < options_.population) {
      STERLET_TRY(Claim claim, begin_member());
      return claim;
    }
    const auto is_running = [](const TurnRecord& turn) { return turn.state == TurnState::kRunning; };
    if (std::any_of(turns.begin(), turns.end(), is_running)) return std::nullopt;  // Those that ended wait for it.
    STERLET_TRY(const bool is_begun, begin_next_interval());
    if (is_begun) continue;
    pause = Pause::kTrained;
    return std::nullopt;
  }
}

Result<Claim> Pbt::begin_member() {
  const std::int64_t number = ledger_.trials().next_number(), known_seq = ledger_.seen_seq();
  STERLET_TRY(auto suggestion, claims_.next_point(number));
  if (!suggestion) suggestion = claims_.suggest(number);
  STERLET_TRY(Claim claim, claims_.start(std::move(*suggestion), known_seq));
  const TurnRecord turn{.trial = number,
                        .to_step = options_.interval,
                        .point = space::Space::text_of(claim.point),
                        .first_attempt = 1,
                        .attempt = 1,
                        .state = TurnState::kRunning,
                        .reason = "the beginning",
                        .created_ms = ledger_.clock().wall_ms()};
  STERLET_PASS(ledger_.put_turn(turn));
  claim.agenda = agenda_of(turn);
  claim.is_exact = true;
  return claim;
}

// A turn whose process is gone is trained again from its beginning, up to the study's retries.
Result<std::optional<Claim>> Pbt::retry_lost() {
  if (!claims_.has_lost()) return std::nullopt;
  for (const storage::TrialRecord& lost : std::vector(ledger_.trials().records())) {
    const TurnRecord* found = lost.state == State::kLost ? running_turn(lost.number) : nullptr;
    if (found == nullptr) continue;
    TurnRecord turn = *found;
    if (lost.attempt - turn.first_attempt < ledger_.spec().retries) {
      STERLET_TRY(Claim claim, begin_turn(std::move(turn), "retry"));
      return claim;
    }
    turn.state = TurnState::kFailed;
    turn.reason = lost.reason;
    STERLET_PASS(ledger_.put_turn(turn));
    STERLET_PASS(put_aside(lost, lost.reason));
  }
  return std::nullopt;
}

Result<Claim> Pbt::begin_turn(TurnRecord turn, const std::string& event) {
  storage::TrialRecord record = ledger_.trials().record(turn.trial);
  record.checkpoint = turn.start;
  news_of(turn.trial) = {};
  STERLET_TRY(Claim claim, claims_.run_again(std::move(record), event));
  if (turn.state == TurnState::kWaiting) turn.first_attempt = claim.attempt;
  turn.attempt = claim.attempt;
  turn.state = TurnState::kRunning;
  STERLET_PASS(ledger_.put_turn(turn));
  auto point = ledger_.space().from_text(turn.point);
  if (!point) {
    return base::fail(
        base::ErrorCode::kDisk,
        fmt::format("turn {} of trial {} in the storage does not fit the study's space", turn.turn, turn.trial),
        "restore it from a copy, or name another file with --storage");
  }
  claim.point = std::move(*point);
  claim.agenda = agenda_of(turn);
  // The seed goes with the weights: sterlet-train, for one, refuses a checkpoint of another seed.
  std::int64_t root = turn.trial;
  for (int back = turn.turn; back > 0; --back) {
    const TurnRecord* at = find_turn(back, root);
    if (at == nullptr || !at->parent) break;
    root = *at->parent;
  }
  claim.seed_of = root;
  claim.is_exact = true;
  return claim;
}

// How the members stood at the end of each interval.
std::vector<std::vector<population::Standing>> Pbt::standings() const {
  const auto& turns = ledger_.turns();
  const studyfile::Objective& objective = ledger_.spec().objectives.front();
  const auto value_of = [&](const TurnRecord& turn) {
    return turn.state == TurnState::kDone && turn.value ? objective.minimised(*turn.value) : std::nan("");
  };
  const auto members = static_cast<std::size_t>(options_.population);
  STERLET_CHECK(!turns.empty() && turns.size() % members == 0, "an interval without all its members");
  std::vector<std::vector<population::Standing>> intervals(turns.size() / members);
  for (std::size_t i = 0; i < turns.size(); ++i) {
    const TurnRecord& turn = turns[i];
    const std::size_t interval = i / members;
    const auto parent = (interval - 1) * members + static_cast<std::size_t>(turn.parent.value_or(0));
    intervals[interval].push_back({.member = turn.trial,
                                   .point = ledger_.space().from_text(turn.point).value(),
                                   .before = interval > 0 && turn.parent ? value_of(turns[parent]) : std::nan(""),
                                   .value = value_of(turn)});
  }
  return intervals;
}

// Decides how all members go on. False: the training is over.
Result<bool> Pbt::begin_next_interval() {
  const auto intervals = standings();
  const TurnRecord last = ledger_.turns().back();
  if (last.to_step >= options_.steps) {
    spent_.look();
    return false;
  }
  const auto moves = population::next_moves(ledger_.space(), options_, intervals, ledger_.study().seed);
  if (moves.empty()) {  // All have failed, perhaps before: then each is FAILED already.
    STERLET_PASS(fail_all());
    return false;
  }
  const std::size_t first = ledger_.turns().size() - static_cast<std::size_t>(options_.population);
  std::vector<TurnRecord> next;
  for (const population::Move& move : moves) {
    next.push_back({.trial = move.member,
                    .turn = last.turn + 1,
                    .from_step = last.to_step,
                    .to_step = std::min(last.to_step + options_.interval, options_.steps),
                    .parent = move.from,
                    .point = space::Space::text_of(move.point),
                    .start = ledger_.turns()[first + static_cast<std::size_t>(move.from)].end,
                    .reason = move.reason,
                    .created_ms = ledger_.clock().wall_ms()});
  }
  for (const TurnRecord& turn : next) STERLET_PASS(ledger_.put_turn(turn));
  spent_.look();
  return true;
}

Result<void> Pbt::fail_all() {
  for (const storage::TrialRecord& record : std::vector(ledger_.trials().records())) {
    if (record.state != State::kPaused) continue;
    storage::TrialRecord failed = record;
    failed.state = State::kFailed;
    STERLET_PASS(ledger_.put(std::move(failed), "FAILED", record.reason));
  }
  return {};
}

// Between two turns.
Result<void> Pbt::put_aside(storage::TrialRecord record, const std::string& reason) {
  record.state = State::kPaused;
  record.reason = reason;
  record.ended_ms = ledger_.clock().wall_ms();
  return ledger_.put(std::move(record), "PAUSED", reason);
}

// The trial goes on unless this was its last turn or it was lost.
Result<bool> Pbt::ended(const storage::TrialRecord& record, Outcome& told) {
  // One that a person has stopped counts as failed in this interval: a copy of one of the best takes its place.
  const bool is_stopped = told.state == State::kCancelled;
  const bool is_end = told.state == State::kComplete || told.state == State::kFailed || is_stopped;
  if (!is_end) return true;
  const TurnRecord* found = running_turn(record.number);
  STERLET_CHECK(found != nullptr, "a member that runs without a turn");
  TurnRecord turn = *found;
  const News news = std::exchange(news_of(record.number), {});
  const std::string& metric = ledger_.spec().objectives.front().metric;
  std::vector<std::pair<std::int64_t, double>> reports;
  for (const auto& report : news.reports) {
    if (report.first <= turn.to_step) reports.push_back(report);
  }
  const bool is_last = turn.to_step >= options_.steps;
  const double score = population::score_of(reports);
  std::string fault = told.state == State::kFailed || is_stopped ? told.reason : std::string();
  if (fault.empty() && std::isnan(score)) {
    fault = reports.empty() ? fmt::format("it reported no {} up to step {}", metric, turn.to_step)
                            : fmt::format("{} was NaN", metric);
  }
  const auto checkpoint = news.checkpoints.find(turn.to_step);
  const std::int64_t reached = std::max(record.last_step, turn.from_step);
  const bool has_ended_early = reached > 0 && reached < turn.to_step && (!is_last || reports.empty());
  const bool is_unfit = has_ended_early || !is_last;
  if (told.state == State::kComplete && checkpoint == news.checkpoints.end() && is_unfit) {
    unfit_ = has_ended_early
                 ? fmt::format(
                       "its program ended at step {} by itself, but a training has {} steps by the study's "
                       "strategy; write steps: {}",
                       reached, options_.steps, reached)
                 : fmt::format(
                       "pbt goes on from checkpoints, and its program told none of step {}; have it write one "
                       "when it is asked to (docs/population.md)",
                       turn.to_step);
    is_unfit_new_ = true;
    turn.state = TurnState::kWaiting;  // For another run, with a program that does.
    STERLET_PASS(ledger_.put_turn(turn));
    STERLET_PASS(put_aside(record, unfit_));
    return false;
  }
  turn.state = fault.empty() ? TurnState::kDone : TurnState::kFailed;
  turn.value = fault.empty() ? std::optional(score) : std::nullopt;
  turn.end = checkpoint == news.checkpoints.end() ? std::string() : checkpoint->second;
  if (!fault.empty()) turn.reason = fault;
  STERLET_PASS(ledger_.put_turn(turn));
  if (is_stopped && !is_last) fault += "; in the next interval it goes on as a copy of one of the best";
  if (is_last) {
    if (!fault.empty() && !is_stopped) told = {.state = State::kFailed, .reason = fault};
    return true;
  }
  STERLET_PASS(put_aside(record, fault));
  return false;
}

// To be changed within the open transaction.
News& Pbt::news_of(std::int64_t trial) {
  news_before_.try_emplace(trial, news_[trial]);
  return news_[trial];
}

void Pbt::closed(bool is_committed) {
  if (!is_committed) {
    for (auto& [trial, news] : news_before_) news_[trial] = std::move(news);
    spent_.forget();
    if (is_unfit_new_) unfit_.clear();
  }
  is_unfit_new_ = false;
  news_before_.clear();
}

const TurnRecord* Pbt::running_turn(std::int64_t trial) const {
  const auto found = std::find_if(ledger_.turns().begin(), ledger_.turns().end(), [&](const TurnRecord& turn) {
    return turn.trial == trial && turn.state == TurnState::kRunning;
  });
  return found == ledger_.turns().end() ? nullptr : &*found;
}

std::optional<space::Point> Pbt::point_of(std::int64_t trial) const {
  for (auto turn = ledger_.turns().rbegin(); turn != ledger_.turns().rend(); ++turn) {
    if (turn->trial != trial || turn->state == TurnState::kWaiting) continue;
    if (auto point = ledger_.space().from_text(turn->point)) return std::move(*point);
  }
  return std::nullopt;
}

// Its lineage back to step 0.
std::optional<studyfile::Schedule> Pbt::schedule_of(std::int64_t trial) const {
  std::vector<const TurnRecord*> path;  // From the last interval back to the first.
  for (const TurnRecord& turn : ledger_.turns()) {
    if (turn.trial == trial && turn.state != TurnState::kWaiting) path = {&turn};
  }
  if (path.empty()) return std::nullopt;
  while (path.back()->parent) {
    path.push_back(find_turn(path.back()->turn - 1, *path.back()->parent));
    STERLET_CHECK(path.back() != nullptr, "a turn without its parent");
  }
  studyfile::Schedule schedule;
  for (auto turn = path.rbegin(); turn != path.rend(); ++turn) {
    const space::Point point = ledger_.space().from_text((*turn)->point).value();
    studyfile::change_to(schedule, (*turn)->from_step, ledger_.space().to_json(point));
  }
  return schedule;
}

const TurnRecord* Pbt::find_turn(int turn, std::int64_t trial) const {
  const auto& turns = ledger_.turns();
  const auto found = std::find_if(turns.begin(), turns.end(),
                                  [&](const TurnRecord& known) { return known.turn == turn && known.trial == trial; });
  return found == turns.end() ? nullptr : &*found;
}

}  // namespace

Result<std::unique_ptr<Strategy>> make_pbt(const Parts& parts) {
  STERLET_TRY(auto options, population::read_options(parts.ledger.spec().strategy.options));
  return std::make_unique<Pbt>(parts, std::move(options));
}

std::vector<base::Error> check_pbt(const studyfile::StudySpec& spec, const space::Space& space) {
  if (const auto options = population::read_options(spec.strategy.options); !options) return {options.error()};
  if (const auto fits = population::check_space(space); !fits) return {fits.error()};
  std::vector<base::Error> errors;
  if (spec.objectives.size() > 1) {
    errors.push_back(refusal("pbt needs one objective to rank its members by (found several)",
                             "keep one in objective, or use strategy: parallel"));
  }
  for (const studyfile::Objective& objective : spec.objectives) {
    if (objective.of == studyfile::CurveValue{}) continue;
    errors.push_back(
        refusal(fmt::format("pbt ranks its members by what they report last, so that of: {} would not count",
                            text_of(objective.of)),
                "remove of from the objective"));
  }
  if (spec.pruner.name != "none") {
    errors.push_back(refusal("pbt decides itself who goes on, so that no pruner may", "remove pruner"));
  }
  if (spec.repeats.is_on()) {
    errors.push_back(refusal("pbt trains each member once; its repeats are the replays of its schedule",
                             "remove repeats, and run sterlet tune --replay afterwards"));
  }
  return errors;
}

Json pbt_schema() { return base::row_schema("pbt", "a population of members", population::options()); }

}  // namespace sterlet::study
