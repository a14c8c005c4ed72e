#include "sterlet/study/study.h"

#include <algorithm>
#include <cmath>
#include <random>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/study/decided_end.h"
#include "sterlet/study/pareto.h"

namespace sterlet::study {

namespace {

using base::ErrorCode;
using base::Result;
using storage::State;

constexpr std::uint32_t kRedrawsMax = 16;
constexpr std::uint64_t kCountedConfigurationsMax = 100000;

std::uint64_t new_seed() {
  std::random_device device;  // Once a study, and stored with it.
  return device() & 0x7FFFFFFF;
}

bool is_final(State state) {
  return state == State::kComplete || state == State::kPruned || state == State::kFailed || state == State::kCancelled;
}

// What may change between two runs of one study without making it another study.
base::Json identity_of(const StudySpec& spec) {
  base::Json json = json_from_spec(spec);
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

Study::Study(StudyFile file, const Options& options)
    : spec_(std::move(file.spec)),
      space_(std::move(file.space)),
      storage_(options.storage),
      clock_(options.clock != nullptr ? options.clock : &base::system_clock()),
      session_(options.session),
      started_steady_ms_(clock_->steady_ms()) {}

Result<std::unique_ptr<Study>> Study::open(StudyFile file, const Options& options) {
  const std::uint64_t seed = file.spec.seed.value_or(new_seed());
  auto study = std::unique_ptr<Study>(new Study(std::move(file), options));
  if (study->storage_ == nullptr && study->spec_.strategy == Strategy::kPbt) {
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
      study->record_.spec = base::json_line(json_from_spec(study->spec_));
      study->record_.seed = seed;
      std::vector<std::string> queue;
      for (const base::Json& point : study->spec_.enqueue) queue.push_back(base::json_line(point));
      STERLET_TRY(study->record_, study->storage_->create_study(study->record_, queue));
      return {};
    }
    STERLET_TRY(const base::Json stored, base::parse_json(existing->spec));
    STERLET_TRY(const StudyFile stored_file, study_from_json(stored));
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
    const std::string spec = base::json_line(json_from_spec(study->spec_));
    if (spec != existing->spec) STERLET_PASS(study->storage_->set_spec(existing->id, spec));
    return study->storage_->request_stop(existing->id, false);
  };
  if (const auto result = create_or_find(); !result) {
    study->storage_->rollback();
    return base::fail(result.error());
  }
  STERLET_PASS(study->storage_->commit());
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
  STERLET_TRY(StudyFile file, study_from_json(spec));
  auto study = std::unique_ptr<Study>(new Study(std::move(file), options));
  study->record_ = *record;
  STERLET_PASS(study->prepare(record->seed));
  STERLET_PASS(study->refresh());
  return study;
}

Result<void> Study::prepare(std::uint64_t seed) {
  const bool is_other_seed = seed != seed_;
  seed_ = seed;
  if (spec_.strategy == Strategy::kPbt) {
    STERLET_TRY(population_, population::read_options(spec_.strategy_options));
  }
  if (spec_.strategy == Strategy::kReplay) {
    STERLET_TRY(replay_, replay_schedule(spec_));
  }
  const auto trial_budget = population_ ? std::optional(population_->population) : search_budget();
  STERLET_TRY(sampler_, samplers::make(
                            spec_.sampler.name, space_, spec_.sampler.options,
                            {.seed = seed_, .trial_budget = trial_budget, .objective_count = spec_.objectives.size()}));
  // One that was told something is kept: another budget does not concern it.
  if ((!pruner_ || is_other_seed) && spec_.pruner.name != "none") {
    STERLET_TRY(pruner_, pruners::make(spec_.pruner.name, spec_.pruner.options,
                                       {.seed = seed_,
                                        .objective_count = spec_.objectives.size(),
                                        .maximize = spec_.objectives.front().direction == Direction::kMaximize}));
  }
  if (spec_.duplicates == Duplicates::kAvoid && !population_ && space_.count_at_most(0) <= 1e7) {
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

template <typename Body>
auto Study::within(Body body) -> decltype(body()) {
  if (storage_ == nullptr || in_transaction_) return body();
  STERLET_PASS(begin());
  auto result = body();
  if (!result) {
    storage_->rollback();
    in_transaction_ = false;
    return result;
  }
  STERLET_PASS(commit());
  return result;
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
  auto result = storage_->commit();
  if (!result) storage_->rollback();
  return result;
}

Result<void> Study::refresh() {
  if (storage_ == nullptr) return {};
  STERLET_PASS(take_in(seen_seq_));
  STERLET_TRY(const auto sessions, storage_->load_sessions(record_.id));
  earlier_seconds_ = 0;
  for (const storage::SessionRecord& session : sessions) {
    if (session.id != session_) earlier_seconds_ += static_cast<double>(session.beat_ms - session.started_ms) / 1000;
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

Result<void> Study::take_in(storage::TrialRecord& trial) {
  const auto index = static_cast<std::size_t>(trial.number);
  if (index > history_.size()) {
    return base::fail(ErrorCode::kDisk, fmt::format("trial {} is missing in the storage", history_.size()),
                      "restore it from a copy, or name another file with --storage");
  }
  if (index == history_.size()) {
    auto point = space_.from_text(trial.point);
    const auto origin = space::origin_from_text(trial.origin);
    if (!point || !origin) {
      return base::fail(ErrorCode::kDisk,
                        fmt::format("trial {} in the storage does not fit the study's space", trial.number),
                        "restore it from a copy, or name another file with --storage");
    }
    if (!history_.contains(*point)) ++distinct_count_;
    history_.append({.number = trial.number, .point = std::move(*point), .origin = *origin});
    records_.emplace_back();
  }
  observe(trial);
  if (pruner_ && is_final(trial.state)) unjudged_endings_.push_back(trial.number);
  // A study may have very many trials: what only running ones need is not kept of the others.
  trial.point.clear();
  if (is_final(trial.state)) trial.session.clear();
  records_[index] = trial;
  take_in_setting(trial.number);
  target_reached_ = target_reached_ || is_target_reached(trial.number);
  return {};
}

void Study::observe(const storage::TrialRecord& record) {
  if (is_final(record.state)) last_reported_.erase(record.number);
  std::vector<double> values = record.values;
  for (std::size_t i = 0; i < values.size() && i < spec_.objectives.size(); ++i) {
    if (spec_.objectives[i].direction == Direction::kMaximize) values[i] = -values[i];
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
  const bool is_timed = !record.session.empty() && record.ended_ms > record.started_ms;
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
  if (storage_ != nullptr) {
    record.point = space::Space::text_of(history_.trials()[static_cast<std::size_t>(record.number)].point);
    STERLET_TRY(seen_seq_, storage_->put_trial(record_.id, record, event, clock_->wall_ms(), detail));
    record.changed_seq = seen_seq_;
    record.point = {};
  }
  const std::int64_t number = record.number;
  observe(record);
  records_[static_cast<std::size_t>(number)] = std::move(record);
  take_in_setting(number);
  target_reached_ = target_reached_ || is_target_reached(number);
  return {};
}

Result<std::optional<Claim>> Study::ask() {
  return within([&] { return ask_within(); });
}

Result<std::optional<Claim>> Study::ask_within() {
  STERLET_TRY(auto claim, next_claim());
  if (!claim) STERLET_PASS(settle_paused());
  return claim;
}

Result<std::optional<Claim>> Study::next_claim() {
  if (storage_ != nullptr) {
    STERLET_TRY(record_.stop_requested, storage_->is_stop_requested(record_.id));
  }
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
  const auto number = static_cast<std::int64_t>(records_.size());
  const std::int64_t known_seq = seen_seq_;
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
  const auto number = static_cast<std::int64_t>(records_.size());
  const std::int64_t now = clock_->wall_ms();
  storage::TrialRecord record{.number = number,
                              .state = State::kRunning,
                              .origin = std::string(space::text_of(suggestion.origin)),
                              .attempt = 1,
                              .session = session_,
                              .history_seq = known_seq,
                              .created_ms = now,
                              .started_ms = now};
  base::Json said = base::Json::object();
  if (suggestion.predicted) {
    // Samplers minimise; what is maximised is told to them with its sign changed.
    const bool maximize = spec_.objectives.front().direction == Direction::kMaximize;
    const double sign = maximize ? -1 : 1;
    said["value"] = base::json_number(sign * *suggestion.predicted);
    if (const auto& range = suggestion.predicted_range) {
      said["low"] = base::json_number(maximize ? -range->second : range->first);
      said["high"] = base::json_number(maximize ? -range->first : range->second);
    }
  }
  if (!suggestion.note.is_null()) said["note"] = std::move(suggestion.note);
  if (!said.empty()) record.predicted = base::json_line(said);
  if (configuration_count_ && !history_.contains(suggestion.point)) ++distinct_count_;
  history_.append({.number = number, .point = suggestion.point, .origin = suggestion.origin});
  records_.emplace_back();
  STERLET_PASS(put(std::move(record), "claim", ""));
  return Claim{.number = number, .attempt = 1, .point = std::move(suggestion.point)};
}

Result<std::optional<Claim>> Study::retry_lost() {
  if (lost_count_ == 0) return std::nullopt;
  std::optional<std::set<std::int64_t>> raised;  // A model that is raised by hand goes on by hand.
  for (const storage::TrialRecord& lost : records_) {
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
  record.session = session_;
  record.started_ms = clock_->wall_ms();
  record.ended_ms = 0;
  record.reason.clear();
  record.values.clear();
  record.last_step = 0;
  Claim claim{.number = record.number,
              .attempt = record.attempt,
              .point = history_.trials()[static_cast<std::size_t>(record.number)].point,
              .checkpoint = record.checkpoint};
  last_reported_.erase(record.number);
  STERLET_PASS(put(std::move(record), event, ""));
  return claim;
}

Result<std::optional<std::string>> Study::pop_queue() {
  if (storage_ != nullptr) return storage_->pop_queue(record_.id);
  if (memory_queue_.empty()) return std::nullopt;
  std::string first = std::move(memory_queue_.front());
  memory_queue_.erase(memory_queue_.begin());
  return first;
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
  STERLET_TRY(const auto queued, pop_queue());
  if (queued) {
    STERLET_TRY(const base::Json params, base::parse_json(*queued));
    const base::StreamKey key{.seed = seed_, .trial = static_cast<std::uint64_t>(number)};
    STERLET_TRY(auto point, space_.complete(params, sampler_->suggest(history_, key).point, key));
    return samplers::Suggestion{.point = std::move(point), .origin = space::Origin::kEnqueued};
  }
  if (auto again = repeat()) return again;
  return sample(number);
}

std::optional<samplers::Suggestion> Study::repeat() const {
  const auto first = spec_.repeats.is_on() ? next_repeat() : std::nullopt;
  if (!first) return std::nullopt;
  return samplers::Suggestion{.point = history_.trials()[static_cast<std::size_t>(*first)].point,
                              .origin = space::Origin::kRepeat};
}

std::optional<samplers::Suggestion> Study::sample(std::int64_t number) {
  base::StreamKey key{.seed = seed_, .trial = static_cast<std::uint64_t>(number)};
  auto suggestion = sampler_->suggest(history_, key);
  if (spec_.duplicates != Duplicates::kAvoid) return suggestion;
  for (key.attempt = 1; key.attempt <= kRedrawsMax && history_.contains(suggestion.point); ++key.attempt) {
    suggestion = sampler_->suggest(history_, key);
  }
  if (!history_.contains(suggestion.point) || !configuration_count_) return suggestion;
  // Nearly everything has been tried: the first configuration that has not.
  const auto all = space_.enumerate(0, kCountedConfigurationsMax);
  for (const space::Point& point : *all) {
    if (!history_.contains(point)) return samplers::Suggestion{.point = point, .origin = space::Origin::kRandom};
  }
  return std::nullopt;
}

Pause Study::find_pause() const {
  if (record_.stop_requested) return Pause::kRequested;
  if (failures_in_a_row_ >= spec_.failures_max) return Pause::kFailures;
  if (spec_.budget.target && target_reached_) return Pause::kTarget;
  if (spec_.budget.seconds && seconds_used() >= *spec_.budget.seconds) return Pause::kTime;
  if (spec_.budget.trials && !population_) {
    if (static_cast<std::int64_t>(records_.size()) - cancelled_count_ >= *spec_.budget.trials) return Pause::kTrials;
  }
  if (configuration_count_ && distinct_count_ >= *configuration_count_) return Pause::kSpace;
  return Pause::kNone;
}

double Study::seconds_used() const {
  return earlier_seconds_ + static_cast<double>(clock_->steady_ms() - started_steady_ms_) / 1000;
}

Result<storage::TrialRecord> Study::running_record(std::int64_t trial, int attempt) const {
  const std::string where = fmt::format("trial {}", trial);
  if (trial < 0 || trial >= static_cast<std::int64_t>(records_.size())) {
    return base::fail(
        ErrorCode::kNotFound, fmt::format("there is no trial {}", trial),
        records_.empty() ? std::string("ask for one first") : fmt::format("the last one is {}", records_.size() - 1));
  }
  const storage::TrialRecord& record = records_[static_cast<std::size_t>(trial)];
  if (is_final(record.state)) {
    const std::string value =
        record.values.empty() ? std::string() : fmt::format(" with value {}", base::number_text(record.values.front()));
    return base::fail(
        ErrorCode::kConflict,
        fmt::format("trial {} is already {}{} and cannot be told again", trial, storage::text_of(record.state), value),
        R"(to record another result use {"op":"add", ...})");
  }
  if (record.state != State::kRunning || record.attempt != attempt || record.session != session_) {
    return base::fail(ErrorCode::kConflict,
                      fmt::format("attempt {} of trial {} is over (the trial is {}, attempt {})", attempt, trial,
                                  storage::text_of(record.state), record.attempt),
                      "its result was not stored");
  }
  return record;
}

Result<pruners::Decision> Study::report(std::int64_t trial, int attempt, std::int64_t step,
                                        const std::vector<std::pair<std::string, double>>& metrics) {
  return within([&]() -> Result<pruners::Decision> {
    STERLET_TRY(storage::TrialRecord record, running_record(trial, attempt));
    STERLET_PASS(catch_up_pruner());
    std::optional<double> judged;
    std::vector<storage::ReportRecord> rows;
    for (const auto& [metric, value] : metrics) {
      // A repeat that was cut short would leave only the lucky ones in the mean.
      const bool is_judged = pruner_ && metric == spec_.objectives.front().metric && !is_repeat(trial);
      if (is_judged) judged = value;
      if (storage_ == nullptr) continue;
      rows.push_back({.trial = trial,
                      .attempt = attempt,
                      .step = step,
                      .metric = metric,
                      .value = value,
                      .is_sequenced = is_judged});
    }
    if (storage_ != nullptr) {
      STERLET_TRY(const std::int64_t seq, storage_->put_reports(record_.id, rows));
      judged_seq_ = std::max(judged_seq_, seq);
    }
    records_[static_cast<std::size_t>(trial)].last_step = std::max(record.last_step, step);
    for (const auto& [metric, value] : metrics) {
      if (population_ && metric == spec_.objectives.front().metric) turn_news_[trial].reports.emplace_back(step, value);
    }
    auto& last = last_reported_[trial];
    if (last.empty()) last.assign(spec_.objectives.size(), std::nan(""));
    for (std::size_t i = 0; i < spec_.objectives.size(); ++i) {
      for (const auto& [metric, value] : metrics) {
        if (metric == spec_.objectives[i].metric) last[i] = value;
      }
    }
    return judged ? judge(trial, step, *judged) : pruners::Decision{};
  });
}

Result<void> Study::checkpoint(std::int64_t trial, int attempt, const std::string& path,
                               std::optional<std::int64_t> step) {
  return within([&]() -> Result<void> {
    STERLET_TRY(storage::TrialRecord record, running_record(trial, attempt));
    record.checkpoint = path;
    if (population_) told_checkpoints_.insert(path);
    if (population_ && step) turn_news_[trial].checkpoints[*step] = path;
    if (replay_ && step && storage_ != nullptr) {  // What of the schedule it has seen follows from its step.
      STERLET_PASS(storage_->live().add_checkpoint(record_.id, trial,
                                                   {.step = *step, .path = path, .created_ms = clock_->wall_ms()}));
    }
    return put(std::move(record), "checkpoint", path);
  });
}

std::vector<double> Study::last_reported(std::int64_t trial) const {
  const auto last = last_reported_.find(trial);
  return last == last_reported_.end() ? std::vector<double>(spec_.objectives.size(), std::nan("")) : last->second;
}

Result<void> Study::tell(std::int64_t trial, int attempt, const Outcome& told) {
  return within([&]() -> Result<void> {
    STERLET_TRY(storage::TrialRecord record, running_record(trial, attempt));
    Outcome outcome = told;
    // One whose end was decided needs no other attempt anyway.
    if (outcome.is_killed && record.reason.empty()) {
      STERLET_TRY(const bool in_place, is_killed_in_place(record));
      if (in_place) {
        outcome.state = State::kFailed;
        outcome.reason += fmt::format("; it was killed {} times in a row without a step further", kKillsInPlaceMax);
      }
    }
    if (population_) {
      STERLET_TRY(auto last, end_turn(record, outcome));
      if (!last) return {};
      outcome = std::move(*last);
    }
    STERLET_PASS(catch_up_pruner());
    if (!outcome.values.empty() && outcome.values.size() != spec_.objectives.size()) {
      return base::fail(ErrorCode::kInvalidArgument,
                        fmt::format("trial {} was told {}, but the study has {}", trial,
                                    base::count_text(outcome.values.size(), "value"),
                                    base::count_text(spec_.objectives.size(), "objective")),
                        "tell one value for each");
    }
    record.state = outcome.state;
    const bool is_decided_end = outcome.state == State::kPruned || outcome.state == State::kLost;
    if (!record.reason.empty() && is_decided_end) {
      // To be run again it would only be pruned again.
      record.state = decided_end(record, outcome.state == State::kLost);
    } else {
      record.reason = outcome.reason;
    }
    record.values = outcome.values;
    record.constraints = outcome.constraints;
    record.last_step = records_[static_cast<std::size_t>(trial)].last_step;
    record.ended_ms = clock_->wall_ms();
    const bool has_value = record.state == State::kComplete || record.state == State::kPruned || is_put_aside(record);
    if (has_value && record.values.empty() && last_reported_.contains(trial)) {
      record.values = last_reported(trial);
    }
    const bool is_empty_attempt = record.values.empty() && attempt > 1 && storage_ != nullptr;
    if (has_value && is_empty_attempt) {
      // It went on from a checkpoint at its end: what earlier attempts reported is its result.
      STERLET_TRY(record.values, stored_values(record));
    }
    if (record.state == State::kComplete) {
      for (std::size_t i = 0; i < spec_.objectives.size(); ++i) {
        if (i < record.values.size() && !std::isnan(record.values[i])) continue;
        record.state = State::kFailed;
        record.reason = i < record.values.size() && (!outcome.values.empty() || record.last_step > 0)
                            ? fmt::format("{} was NaN", spec_.objectives[i].metric)
                            : fmt::format("it ended without reporting {}", spec_.objectives[i].metric);
        break;
      }
    }
    if (record.state == State::kPruned) {
      STERLET_PASS(put_pruned(std::move(record)));
    } else {
      const std::string event(record.state == State::kLost && outcome.is_killed ? kKilledEvent
                                                                                : storage::text_of(record.state));
      const std::string detail = record.reason;
      STERLET_PASS(put(std::move(record), event, detail));
    }
    const storage::TrialRecord& ended = records_[static_cast<std::size_t>(trial)];
    if (pruner_ && is_final(ended.state)) {
      tell_ending(trial);
      judged_seq_ = std::max(judged_seq_, seen_seq_);
    }
    return {};
  });
}

Result<std::int64_t> Study::add(const base::Json& params, const Outcome& outcome,
                                std::span<const std::pair<std::int64_t, double>> reports) {
  return within([&]() -> Result<std::int64_t> {
    STERLET_TRY(space::Point point, space_.from_json(params));
    const auto number = static_cast<std::int64_t>(records_.size());
    const std::int64_t now = clock_->wall_ms();
    storage::TrialRecord record{.number = number,
                                .state = State::kRunning,
                                .origin = "added",
                                .attempt = 1,
                                .session = session_,
                                .history_seq = seen_seq_,
                                .created_ms = now,
                                .started_ms = now};
    const bool has_values = !outcome.values.empty() || outcome.state == State::kComplete;
    if (has_values && outcome.values.size() != spec_.objectives.size()) {
      return base::fail(ErrorCode::kInvalidArgument,
                        fmt::format("{} given, but the study has {}", base::count_text(outcome.values.size(), "value"),
                                    base::count_text(spec_.objectives.size(), "objective")),
                        "give one value for each");
    }
    if (!history_.contains(point)) ++distinct_count_;
    history_.append({.number = number, .point = std::move(point), .origin = space::Origin::kAdded});
    records_.emplace_back();
    STERLET_PASS(put(std::move(record), "add", ""));
    for (const auto& [step, value] : reports) {
      STERLET_PASS(report(number, 1, step, {{spec_.objectives.front().metric, value}}));
    }
    STERLET_PASS(tell(number, 1, outcome));
    return number;
  });
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

Result<std::vector<std::string>> Study::collect_lost(
    const std::function<bool(const storage::SessionRecord&)>& is_alive) {
  return within([&]() -> Result<std::vector<std::string>> {
    std::vector<std::string> gone;
    if (storage_ == nullptr) return gone;
    STERLET_TRY(const auto sessions, storage_->load_sessions(record_.id));
    std::vector<std::string> alive;
    for (const storage::SessionRecord& session : sessions) {
      if (session.id == session_ || (!session.ended && is_alive(session))) alive.push_back(session.id);
    }
    for (std::size_t i = 0; i < records_.size(); ++i) {
      storage::TrialRecord record = records_[i];
      if (record.state != State::kRunning) continue;
      if (std::find(alive.begin(), alive.end(), record.session) != alive.end()) continue;
      if (std::find(gone.begin(), gone.end(), record.session) == gone.end()) gone.push_back(record.session);
      record.ended_ms = clock_->wall_ms();
      if (!record.reason.empty()) {  // It was to be pruned: it needs no other attempt.
        STERLET_PASS(catch_up_pruner());
        record.state = decided_end(record, true);
        if (record.state == State::kPaused) {
          STERLET_TRY(record.values, stored_values(record));
          const std::string reason = record.reason;
          STERLET_PASS(put(std::move(record), "PAUSED", reason));
          continue;
        }
        STERLET_TRY(record.values, stored_values(record));
        STERLET_PASS(put_pruned(std::move(record)));
        if (pruner_) tell_ending(static_cast<std::int64_t>(i));
        judged_seq_ = std::max(judged_seq_, seen_seq_);
        continue;
      }
      record.state = State::kLost;
      record.reason = "the process that ran it is gone";
      STERLET_PASS(put(std::move(record), "LOST", "the process that ran it is gone"));
    }
    return gone;
  });
}

Result<void> Study::beat(storage::SessionRecord session) {
  if (storage_ == nullptr) return {};
  session.study_id = record_.id;
  session.beat_ms = session.started_ms + (clock_->steady_ms() - started_steady_ms_);
  return within([&] { return storage_->put_session(session); });
}

Result<void> Study::set_budget(const Budget& budget) {
  spec_.budget = budget;
  STERLET_PASS(prepare(seed_));
  if (storage_ == nullptr) return {};
  return within([&] { return storage_->set_spec(record_.id, base::json_line(json_from_spec(spec_))); });
}

TrialView Study::view(std::int64_t trial) const {
  return {.record = records_[static_cast<std::size_t>(trial)], .params = space_.to_json(point_of(trial))};
}

std::vector<double> Study::values_of(std::int64_t trial) const {
  const storage::TrialRecord& own = records_[static_cast<std::size_t>(trial)];
  const bool is_mean = spec_.duplicates == Duplicates::kAverage || spec_.repeats.is_on();
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
      if (spec_.objectives[i].direction == Direction::kMaximize) values.back()[i] = -values.back()[i];
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
