#include "sterlet/study/budget.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/study/trial.h"

namespace sterlet::study {

namespace {

using base::Result;
using storage::State;

constexpr std::uint64_t kCountedConfigurationsMax = 100000;
constexpr std::int64_t kUnstartedMax = 3;   // In a row; more would tell nothing new.
constexpr std::int64_t kRunsForTarget = 2;  // In a race; one run may be luck.
// A session that has not ended has run on since it wrote last, for as long as it may at most stay silent.
constexpr std::int64_t kSilenceMaxMs = 5000;

// Whether a trial takes nothing of the budget.
bool is_free(State state, bool has_not_started) {
  return state == State::kCancelled || state == State::kRemoved || has_not_started;
}

}  // namespace

std::string_view text_of(Pause pause) {
  switch (pause) {
    case Pause::kNone:
      return "running";
    case Pause::kTrials:
      return "the budget of trials is used up";
    case Pause::kTime:
      return "the budget of time is used up";
    case Pause::kTarget:
      return "the target is reached";
    case Pause::kSpace:
      return "every configuration of the space has been tried";
    case Pause::kFailures:
      return "too many trials failed in a row";
    case Pause::kUnstarted:
      return "its program cannot be started";
    case Pause::kRequested:
      return "it was asked to stop";
    case Pause::kAmended:
      return "another process has changed its spec";
    case Pause::kAgain:
      return "the trials that were to be run again have been";
    case Pause::kTrained:
      return "every member of the population is trained";
    case Pause::kUnfit:
      return "its program does not do what the strategy needs";
  }
  return "";
}

std::string describe(Pause pause, const studyfile::StudySpec& spec) {
  const studyfile::Budget& budget = spec.budget;
  if (pause == Pause::kTrials && budget.trials) {
    return fmt::format("the budget of {} is used up",
                       base::count_text(static_cast<std::uint64_t>(*budget.trials), "trial"));
  }
  if (pause == Pause::kTime && budget.seconds) {
    return fmt::format("the budget of time ({}) is used up", base::duration_text(*budget.seconds));
  }
  if (pause == Pause::kTarget && budget.target) {
    return fmt::format("the target of {} is reached", base::number_text(*budget.target));
  }
  return std::string(text_of(pause));
}

std::optional<std::int64_t> search_budget(const studyfile::StudySpec& spec) {
  if (!spec.budget.trials || !spec.repeats.race) return spec.budget.trials;
  const auto budget = static_cast<double>(*spec.budget.trials);
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(budget - std::floor(spec.repeats.share * budget)));
}

Budget::Budget(Ledger& ledger, const Settings& settings)
    : ledger_(ledger), settings_(settings), started_ms_(ledger.clock().steady_ms()) {
  ledger.add_derived(*this);
}

std::int64_t used_ms_of(const storage::SessionRecord& session, std::int64_t now_ms) {
  return session.used_ms + (session.ended ? 0 : std::clamp<std::int64_t>(now_ms - session.beat_ms, 0, kSilenceMaxMs));
}

Pause Budget::pause() const {
  const studyfile::StudySpec& spec = ledger_.spec();
  if (ledger_.study().stop_requested) return Pause::kRequested;
  if (unstarted_in_a_row_ >= kUnstartedMax) return Pause::kUnstarted;
  if (failures_in_a_row_ >= spec.failures_max) return Pause::kFailures;
  if (spec.budget.target && target_reached_) return Pause::kTarget;
  if (spec.budget.seconds && seconds_used() >= *spec.budget.seconds) return Pause::kTime;
  if (spec.budget.trials && runs() >= *spec.budget.trials) return Pause::kTrials;
  if (configurations_ && distinct_ >= static_cast<std::int64_t>(*configurations_)) return Pause::kSpace;
  return Pause::kNone;
}

// Who only looks has no session, and uses nothing up.
double Budget::seconds_used() const {
  const bool is_looking = ledger_.is_stored() && ledger_.session().empty();
  return other_seconds_ + (is_looking ? 0 : static_cast<double>(own_ms()) / 1000);
}

Result<void> Budget::read_sessions() {
  if (!ledger_.is_stored()) return {};
  STERLET_TRY(const auto sessions, ledger_.storage()->load_sessions(ledger_.study().id));
  const std::int64_t now_ms = ledger_.clock().wall_ms();
  std::int64_t used_ms = 0;
  for (const storage::SessionRecord& session : sessions) {
    if (session.id == ledger_.session()) continue;
    used_ms += used_ms_of(session, now_ms);
  }
  other_seconds_ = static_cast<double>(used_ms) / 1000;
  return {};
}

void Budget::count_configurations() {
  configurations_.reset();
  if (ledger_.spec().duplicates != studyfile::Duplicates::kAvoid || ledger_.space().count_at_most(0) > 1e7) return;
  if (const auto all = ledger_.space().enumerate(0, kCountedConfigurationsMax)) configurations_ = all->size();
}

void Budget::limits_changed() {
  target_reached_ = std::any_of(ledger_.trials().records().begin(), ledger_.trials().records().end(),
                                [&](const auto& record) { return is_target_reached(record); });
}

void Budget::changed(const Change& change) {
  const State state = change.now.state, before = change.before;
  const bool was_free = is_free(before, change.was_unstarted), is_free_now = is_free(state, is_unstarted(change.now));
  const bool was_counted = !change.is_new && !was_free, is_counted = !is_free_now;
  if (configurations_ && was_counted != is_counted && is_alone_at_point(change.now.number)) {
    distinct_ += is_counted ? 1 : -1;
  }
  free_ += (is_free_now ? 1 : 0) - (was_free ? 1 : 0);
  const bool is_forgiven = ledger_.is_stored() && change.now.changed_seq <= forgiven_seq_;
  if (state == State::kFailed && before != State::kFailed && !is_forgiven) {
    ++(change.now.is_unstarted ? unstarted_in_a_row_ : failures_in_a_row_);
  }
  if (state == State::kComplete || state == State::kPruned || is_put_aside(change.now)) {
    failures_in_a_row_ = unstarted_in_a_row_ = 0;
  }
  target_reached_ = target_reached_ || is_target_reached(change.now);
}

void Budget::begin_anew() {
  forgiven_seq_ = ledger_.seen_seq();
  failures_in_a_row_ = unstarted_in_a_row_ = 0;
}

// But for cancelled trials.
bool Budget::is_alone_at_point(std::int64_t trial) const {
  if (ledger_.trials().is_outside(trial)) return false;
  const space::History& history = ledger_.trials().history();
  const auto twins = ledger_.trials().twins(trial);
  return std::none_of(twins.begin(), twins.end(), [&](std::int64_t twin) {
    return twin != trial && history.trials()[static_cast<std::size_t>(twin)].outcome != space::Outcome::kVoid;
  });
}

void Budget::restarted() {
  distinct_ = 0;
  failures_in_a_row_ = unstarted_in_a_row_ = free_ = 0;
  target_reached_ = false;
}

bool Budget::is_target_reached(const storage::TrialRecord& record) const {
  const studyfile::StudySpec& spec = ledger_.spec();
  if (!spec.budget.target || record.state != State::kComplete || record.values.empty()) return false;
  if (ledger_.trials().is_outside(record.number)) return false;
  const studyfile::Objective& objective = spec.objectives.front();
  const double target = objective.minimised(*spec.budget.target);
  if (!spec.repeats.is_on()) return objective.minimised(record.values.front()) <= target;
  const Setting setting = settings_.of(record.number);
  const bool is_enough = setting.runs() >= (spec.repeats.race ? kRunsForTarget : spec.repeats.at_most);
  return is_enough && objective.minimised(setting.values.front()) <= target;
}

}  // namespace sterlet::study
