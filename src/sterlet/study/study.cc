#include "sterlet/study/study.h"

#include <algorithm>
#include <cmath>
#include <random>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/study/decided_end.h"
#include "sterlet/study/pareto.h"
#include "sterlet/study/study_within.h"

namespace sterlet::study {

namespace {

using base::ErrorCode;
using base::Result;
using storage::State;

constexpr std::uint64_t kCountedConfigurationsMax = 100000;

std::uint64_t new_seed() {
  std::random_device device;  // Once a study, and stored with it.
  return device() & 0x7FFFFFFF;
}

// What may change between two runs of one study without making it another study.
base::Json identity_of(const studyfile::StudySpec& spec) {
  base::Json json = studyfile::json_from_spec(spec);
  for (const char* key : {"budget", "workers", "folder", "seed", "retries", "failures_max", "resources", "context"}) {
    json.erase(key);
  }
  return json;
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
    case Pause::kRequested:
      return "it was asked to stop";
    case Pause::kTrained:
      return "every member of the population is trained";
    case Pause::kUnfit:
      return "its program does not do what the strategy needs";
  }
  return "";
}

Study::Study(studyfile::StudyFile file, const Options& options)
    : spec_(std::move(file.spec)),
      space_(std::move(file.space)),
      storage_(options.storage),
      clock_(options.clock != nullptr ? options.clock : &base::system_clock()),
      session_(options.session),
      is_timed_(options.is_timed),
      started_steady_ms_(clock_->steady_ms()) {}

Result<std::unique_ptr<Study>> Study::open(studyfile::StudyFile file, const Options& options) {
  const std::uint64_t seed = file.spec.seed.value_or(new_seed());
  auto study = std::unique_ptr<Study>(new Study(std::move(file), options));
  if (study->storage_ == nullptr && study->spec_.strategy == studyfile::Strategy::kPbt) {
    return base::fail(ErrorCode::kConflict, "its strategy is pbt, which copies checkpoints between running programs",
                      fmt::format("run sterlet tune {}", study->spec_.name), study->spec_.name);
  }
  study->record_.name = study->spec_.name;
  study->record_.created_ms = study->clock_->wall_ms();
  if (study->storage_ == nullptr) {
    for (const base::Json& point : study->spec_.enqueue) study->memory_queue_.push_back(base::json_line(point));
    STERLET_PASS(study->prepare(seed));
    return study;
  }
  // A sampler that refuses does so before the study is written.
  STERLET_PASS(study->prepare(seed));
  STERLET_PASS(study->storage_->begin());
  const auto create_or_find = [&]() -> Result<void> {
    STERLET_TRY(const auto existing, study->storage_->find_study(study->spec_.name));
    if (!existing) {
      study->record_.spec = base::json_line(studyfile::json_from_spec(study->spec_));
      study->record_.seed = seed;
      std::vector<std::string> queue;
      for (const base::Json& point : study->spec_.enqueue) queue.push_back(base::json_line(point));
      STERLET_TRY(study->record_, study->storage_->create_study(study->record_, queue));
      return {};
    }
    STERLET_TRY(const base::Json stored, base::parse_json(existing->spec));
    STERLET_TRY(const studyfile::StudyFile stored_file, studyfile::study_from_json(stored));
    const base::Json before = identity_of(stored_file.spec), now = identity_of(study->spec_);
    for (const auto& [key, value] : now.items()) {
      if (before.contains(key) && before[key] == value) continue;
      return base::fail(
          ErrorCode::kConflict,
          fmt::format("the study '{}' is in the storage already, with another '{}'", study->spec_.name, key),
          "give it another name (study: ...), or another --storage");
    }
    if (study->spec_.seed && *study->spec_.seed != existing->seed) {
      return base::fail(
          ErrorCode::kConflict,
          fmt::format("the study '{}' is in the storage already, with seed {}", study->spec_.name, existing->seed),
          "leave the seed as it is, or give the study another name");
    }
    study->record_ = *existing;
    STERLET_PASS(study->prepare(existing->seed));
    const std::string spec = base::json_line(studyfile::json_from_spec(study->spec_));
    if (spec != existing->spec) STERLET_PASS(study->storage_->set_spec(existing->id, spec));
    return study->storage_->request_stop(existing->id, false);
  };
  if (const auto result = create_or_find(); !result) {
    study->storage_->rollback();
    return base::fail(result.error());
  }
  STERLET_PASS(study->storage_->commit());
  STERLET_PASS(study->storage_->sync());
  STERLET_PASS(study->refresh());
  return study;
}

Result<std::unique_ptr<Study>> Study::open_existing(const std::string& name, const Options& options) {
  STERLET_TRY(const auto record, options.storage->find_study(name));
  if (!record) {
    STERLET_TRY(const auto all, options.storage->list_studies());
    std::vector<std::string> names;
    for (const storage::StudyRecord& other : all) names.push_back(other.name);
    return base::fail(ErrorCode::kNotFound, fmt::format("there is no study '{}' in the storage", base::printable(name)),
                      base::suggest_name(name, names));
  }
  STERLET_TRY(const base::Json spec, base::parse_json(record->spec));
  STERLET_TRY(studyfile::StudyFile file, studyfile::study_from_json(spec));
  auto study = std::unique_ptr<Study>(new Study(std::move(file), options));
  study->record_ = *record;
  STERLET_PASS(study->prepare(record->seed));
  STERLET_PASS(study->refresh());
  return study;
}

Result<void> Study::prepare(std::uint64_t seed) {
  const bool is_other_seed = seed != seed_;
  seed_ = seed;
  if (spec_.strategy == studyfile::Strategy::kPbt) {
    STERLET_TRY(population_, population::read_options(spec_.strategy_options));
  }
  if (spec_.strategy == studyfile::Strategy::kReplay) {
    STERLET_TRY(replay_, studyfile::replay_schedule(spec_));
  }
  const auto trial_budget = population_ ? std::optional(population_->population) : search_budget();
  STERLET_TRY(sampler_, samplers::make(
                            spec_.sampler.name, space_, spec_.sampler.options,
                            {.seed = seed_, .trial_budget = trial_budget, .objective_count = spec_.objectives.size()}));
  // One that was told something is kept: another budget does not concern it.
  if ((!pruner_ || is_other_seed) && spec_.pruner.name != "none") {
    STERLET_TRY(pruner_,
                pruners::make(spec_.pruner.name, spec_.pruner.options,
                              {.seed = seed_,
                               .objective_count = spec_.objectives.size(),
                               .maximize = spec_.objectives.front().direction == studyfile::Direction::kMaximize}));
  }
  if (spec_.duplicates == studyfile::Duplicates::kAvoid && !population_ && space_.count_at_most(0) <= 1e7) {
    if (const auto all = space_.enumerate(0, kCountedConfigurationsMax)) configuration_count_ = all->size();
  }
  return {};
}

// Of the trials that a sampler will see; a race takes the last ones.
std::optional<std::int64_t> Study::search_budget() const {
  if (!spec_.budget.trials || !spec_.repeats.race) return spec_.budget.trials;
  const auto budget = static_cast<double>(*spec_.budget.trials);
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(budget - std::floor(spec_.repeats.share * budget)));
}

Result<void> Study::begin() {
  if (storage_ == nullptr) return {};
  STERLET_PASS(storage_->begin());
  in_transaction_ = true;
  is_pruner_behind_ = true;
  return take_in(seen_seq_);
}

Result<void> Study::commit() {
  if (storage_ == nullptr || !in_transaction_) return {};
  in_transaction_ = false;
  if (auto result = storage_->commit(); !result) {
    storage_->rollback();
    return result;
  }
  return is_sync_deferred_ ? Result<void>() : sync();
}

Result<void> Study::sync() {
  if (storage_ == nullptr) return {};
  return storage_->sync();
}

Result<void> Study::refresh() {
  if (storage_ == nullptr) return {};
  STERLET_PASS(take_in(seen_seq_));
  STERLET_TRY(const auto sessions, storage_->load_sessions(record_.id));
  earlier_seconds_ = 0;
  for (const storage::SessionRecord& session : sessions) {
    if (session.id != session_) earlier_seconds_ += static_cast<double>(session.used_ms) / 1000;
  }
  return {};
}

Result<void> Study::take_in(std::int64_t since) {
  STERLET_TRY(const std::int64_t last, storage_->last_event(record_.id));
  if (last <= since) return {};
  if (since == 0) {
    STERLET_TRY(const std::int64_t count, storage_->count_trials(record_.id));
    records_.reserve(static_cast<std::size_t>(count));
    history_.reserve(static_cast<std::size_t>(count));
  }
  STERLET_PASS(storage_->visit_trials(record_.id, since, [&](auto& trial) { return take_in(trial); }));
  if (population_) {
    STERLET_TRY(turns_, storage_->live().load_turns(record_.id));
  }
  seen_seq_ = last;
  return {};
}

Result<void> Study::take_in(storage::TrialRow& row) {
  const storage::TrialRecord& trial = row.record;
  const auto index = static_cast<std::size_t>(trial.number);
  if (index > history_.size()) {
    return base::fail(ErrorCode::kDisk, fmt::format("trial {} is missing in the storage", history_.size()),
                      "restore it from a copy, or name another file with --storage");
  }
  if (index == history_.size()) {
    auto point = space_.from_text(row.point);
    const auto origin = space::origin_from_text(row.origin);
    if (!point || !origin) {
      return base::fail(ErrorCode::kDisk,
                        fmt::format("trial {} in the storage does not fit the study's space", trial.number),
                        "restore it from a copy, or name another file with --storage");
    }
    if (!history_.contains(*point)) ++distinct_count_;
    history_.append({.number = trial.number, .point = std::move(*point), .origin = *origin});
    records_.emplace_back();
  }
  observe(trial, !row.session.empty());
  if (pruner_ && is_final(trial.state)) unjudged_endings_.push_back(trial.number);
  if (is_final(trial.state)) {
    sessions_.erase(trial.number);
  } else {
    sessions_[trial.number] = row.session;
  }
  records_[index] = trial;
  take_in_setting(trial.number);
  target_reached_ = target_reached_ || is_target_reached(trial.number);
  return {};
}

void Study::observe(const storage::TrialRecord& record, bool has_session) {
  if (is_final(record.state)) last_reported_.erase(record.number);
  std::vector<double> values = record.values;
  for (std::size_t i = 0; i < values.size() && i < spec_.objectives.size(); ++i) {
    if (spec_.objectives[i].direction == studyfile::Direction::kMaximize) values[i] = -values[i];
  }
  const auto before = static_cast<std::size_t>(record.number) < records_.size()
                          ? records_[static_cast<std::size_t>(record.number)].state
                          : State::kWaiting;
  if (is_put_aside(record)) {
    paused_.insert(record.number);
  } else {
    paused_.erase(record.number);
  }
  if (before == State::kLost) --lost_count_;
  if (record.state == State::kLost) ++lost_count_;
  if (record.state == State::kCancelled && before != State::kCancelled) ++cancelled_count_;
  if (record.state == State::kFailed && before != State::kFailed) ++failures_in_a_row_;
  if (record.state == State::kComplete || record.state == State::kPruned || is_put_aside(record)) {
    failures_in_a_row_ = 0;
  }
  // A trial that no session ran was told by whoever evaluated it, perhaps long after: its times say nothing.
  const bool is_timed = has_session && record.ended_ms > record.started_ms;
  const double seconds = is_timed ? static_cast<double>(record.ended_ms - record.started_ms) / 1000 : 0;
  // Samplers learn from a trial that was put aside what it had come to; it may never be promoted.
  auto outcome = is_put_aside(record) ? space::Outcome::kPruned : outcome_of(record.state);
  if (is_repeat(record.number)) {  // It counts in its setting's first trial.
    outcome = space::Outcome::kVoid;
    values.clear();
  }
  history_.update(record.number, outcome, std::move(values), record.constraints, record.last_step, seconds);
  if (record.state == State::kPruned && !record.predicted.empty()) take_forecast(record);
}

Result<void> Study::put(storage::TrialRecord record, const std::string& event, const std::string& detail) {
  // A trial that no session ran has no times to learn from, also for who reads it later.
  const bool is_untimed = !is_timed_ && is_final(record.state);
  const std::string session = is_untimed ? std::string() : session_of(record.number);
  if (storage_ != nullptr) {
    const space::Observation& known = history_.trials()[static_cast<std::size_t>(record.number)];
    storage::TrialRow row{.record = std::move(record),
                          .origin = std::string(space::text_of(known.origin)),
                          .point = space::Space::text_of(known.point),
                          .session = session};
    STERLET_TRY(seen_seq_, storage_->put_trial(record_.id, row, event, clock_->wall_ms(), detail));
    record = std::move(row.record);
    record.changed_seq = seen_seq_;
  }
  const std::int64_t number = record.number;
  observe(record, !session.empty());
  if (is_final(record.state)) sessions_.erase(number);
  records_[static_cast<std::size_t>(number)] = std::move(record);
  take_in_setting(number);
  target_reached_ = target_reached_ || is_target_reached(number);
  return {};
}

double Study::seconds_used() const {
  return earlier_seconds_ + static_cast<double>(clock_->steady_ms() - started_steady_ms_) / 1000;
}

Result<void> Study::enqueue(const base::Json& params) {
  return within([&]() -> Result<void> {
    STERLET_PASS(space_.check_partial(params));
    // Completed once now, so that a point that can never be is refused before it is queued.
    const base::StreamKey key{.seed = seed_, .trial = UINT64_MAX};
    STERLET_PASS(space_.complete(params, space_.draw(key), key));
    if (storage_ != nullptr) return storage_->push_queue(record_.id, base::json_line(params));
    memory_queue_.push_back(base::json_line(params));
    return {};
  });
}

Result<void> Study::beat(storage::SessionRecord session) {
  if (storage_ == nullptr) return {};
  session.study_id = record_.id;
  session.used_ms = clock_->steady_ms() - started_steady_ms_;
  session.beat_ms = session.started_ms + session.used_ms;
  return within([&] { return storage_->put_session(session); });
}

Result<void> Study::set_budget(const studyfile::Budget& budget) {
  spec_.budget = budget;
  STERLET_PASS(prepare(seed_));
  if (storage_ == nullptr) return {};
  return within([&] { return storage_->set_spec(record_.id, base::json_line(studyfile::json_from_spec(spec_))); });
}

TrialView Study::view(std::int64_t trial) const {
  const auto index = static_cast<std::size_t>(trial);
  return {
      .record = records_[index], .origin = history_.trials()[index].origin, .params = space_.to_json(point_of(trial))};
}

std::string Study::session_of(std::int64_t trial) const {
  const auto found = sessions_.find(trial);
  return found == sessions_.end() ? std::string() : found->second;
}

std::vector<double> Study::values_of(std::int64_t trial) const {
  const storage::TrialRecord& own = records_[static_cast<std::size_t>(trial)];
  const bool is_mean = spec_.duplicates == studyfile::Duplicates::kAverage || spec_.repeats.is_on();
  if (!is_mean || own.state != State::kComplete) return own.values;
  std::vector<double> sums(spec_.objectives.size(), 0.0);
  double count = 0;
  for (const std::int64_t twin : history_.trials_at(history_.trials()[static_cast<std::size_t>(trial)].point)) {
    const storage::TrialRecord& record = records_[static_cast<std::size_t>(twin)];
    if (record.state != State::kComplete) continue;
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += record.values[i];
    ++count;
  }
  for (double& sum : sums) sum /= count;
  return sums;
}

std::vector<std::int64_t> Study::best() const {
  if (spec_.repeats.is_on() && spec_.objectives.size() == 1) return best_setting();
  std::vector<std::int64_t> candidates;
  std::vector<std::vector<double>> values;
  for (const storage::TrialRecord& record : records_) {
    const bool feasible = std::all_of(record.constraints.begin(), record.constraints.end(),
                                      [](double constraint) { return constraint <= 0; });
    if (record.state != State::kComplete || !feasible || is_repeat(record.number)) continue;
    candidates.push_back(record.number);
    values.push_back(values_of(record.number));
    for (std::size_t i = 0; i < values.back().size(); ++i) {
      if (spec_.objectives[i].direction == studyfile::Direction::kMaximize) values.back()[i] = -values.back()[i];
    }
  }
  std::vector<std::int64_t> best;
  if (spec_.objectives.size() == 1) {
    const auto least = std::min_element(values.begin(), values.end());
    if (least != values.end()) best.push_back(candidates[static_cast<std::size_t>(least - values.begin())]);
    return best;
  }
  for (const std::size_t index : pareto_front(values)) best.push_back(candidates[index]);
  return best;
}

}  // namespace sterlet::study
