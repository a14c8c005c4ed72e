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

constexpr std::uint64_t kCountedConfigurationsMax = 100000;

std::uint64_t new_seed() {
  std::random_device device;  // check: once a study, and stored with it.
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
      ledger_(spec_, space_, options),
      started_steady_ms_(ledger_.clock().steady_ms()) {
  ledger_.add_derived(*this);
}

namespace {

// The study's row in the storage, made where there is none. One that is there must be the same study.
Result<storage::StudyRecord> create_or_find(storage::Storage& storage, const studyfile::StudySpec& spec,
                                            storage::StudyRecord study) {
  study.spec = base::json_line(studyfile::json_from_spec(spec));
  STERLET_TRY(const auto existing, storage.find_study(spec.name));
  if (!existing) {
    std::vector<std::string> queue;
    for (const base::Json& point : spec.enqueue) queue.push_back(base::json_line(point));
    return storage.create_study(study, queue);
  }
  STERLET_TRY(const base::Json stored, base::parse_json(existing->spec));
  STERLET_TRY(const studyfile::StudyFile stored_file, studyfile::study_from_json(stored));
  const base::Json before = identity_of(stored_file.spec), now = identity_of(spec);
  for (const auto& [key, value] : now.items()) {
    if (before.contains(key) && before[key] == value) continue;
    return base::fail(ErrorCode::kConflict,
                      fmt::format("the study '{}' is in the storage already, with another '{}'", spec.name, key),
                      "give it another name (study: ...), or another --storage");
  }
  if (spec.seed && *spec.seed != existing->seed) {
    return base::fail(
        ErrorCode::kConflict,
        fmt::format("the study '{}' is in the storage already, with seed {}", spec.name, existing->seed),
        "leave the seed as it is, or give the study another name");
  }
  if (study.spec != existing->spec) STERLET_PASS(storage.set_spec(existing->id, study.spec));
  STERLET_PASS(storage.request_stop(existing->id, false));
  return *existing;
}

Result<storage::StudyRecord> enter(storage::Storage& storage, const studyfile::StudySpec& spec,
                                   const storage::StudyRecord& study) {
  STERLET_PASS(storage.begin());
  auto entered = create_or_find(storage, spec, study);
  auto committed = entered ? storage.commit() : base::fail(entered.error());
  if (!committed) {
    storage.rollback();
    return base::fail(std::move(committed).error());
  }
  STERLET_PASS(storage.sync());
  return entered;
}

}  // namespace

Result<std::unique_ptr<Study>> Study::open(studyfile::StudyFile file, const Options& options) {
  const std::uint64_t seed = file.spec.seed.value_or(new_seed());
  auto study = std::unique_ptr<Study>(new Study(std::move(file), options));
  const studyfile::StudySpec& spec = study->spec_;
  if (options.storage == nullptr && spec.strategy == studyfile::Strategy::kPbt) {
    return base::fail(ErrorCode::kConflict, "its strategy is pbt, which copies checkpoints between running programs",
                      fmt::format("run sterlet tune {}", spec.name), spec.name);
  }
  storage::StudyRecord record{.name = spec.name, .seed = seed, .created_ms = study->ledger_.clock().wall_ms()};
  STERLET_PASS(study->prepare(seed));  // A sampler that refuses does so before the study is written.
  if (options.storage != nullptr) {
    STERLET_TRY(record, enter(*options.storage, spec, record));
    STERLET_PASS(study->prepare(record.seed));
  }
  study->ledger_.bind(std::move(record));
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
  study->ledger_.bind(*record);
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
  if (!pruner_ || is_other_seed) STERLET_PASS(make_pruner());
  if (spec_.duplicates == studyfile::Duplicates::kAvoid && !population_ && space_.count_at_most(0) <= 1e7) {
    if (const auto all = space_.enumerate(0, kCountedConfigurationsMax)) configuration_count_ = all->size();
  }
  return {};
}

Result<void> Study::make_pruner() {
  if (spec_.pruner.name == "none") return {};
  STERLET_TRY(pruner_, pruners::make(spec_.pruner.name, spec_.pruner.options,
                                     {.seed = seed_,
                                      .objective_count = spec_.objectives.size(),
                                      .maximize = spec_.objectives.front().direction == studyfile::Direction::kMaximize}));
  return {};
}

// Of the trials that a sampler will see; a race takes the last ones.
std::optional<std::int64_t> Study::search_budget() const {
  if (!spec_.budget.trials || !spec_.repeats.race) return spec_.budget.trials;
  const auto budget = static_cast<double>(*spec_.budget.trials);
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(budget - std::floor(spec_.repeats.share * budget)));
}

Result<void> Study::refresh() {
  if (!ledger_.is_stored()) return {};
  STERLET_PASS(ledger_.refresh());
  STERLET_TRY(const auto sessions, ledger_.storage()->load_sessions(ledger_.study().id));
  earlier_seconds_ = 0;
  for (const storage::SessionRecord& session : sessions) {
    if (session.id != ledger_.session()) earlier_seconds_ += static_cast<double>(session.used_ms) / 1000;
  }
  return {};
}

void Study::changed(const Change& change) {
  const storage::TrialRecord& record = change.now;
  const State before = change.before.state;
  if (change.is_new_point) ++distinct_count_;
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
  if (pruner_ && change.is_elsewhere && is_final(record.state)) unjudged_endings_.insert(record.number);
  is_pruner_behind_ = is_pruner_behind_ || change.is_elsewhere;
  take_in_setting(record.number);
  target_reached_ = target_reached_ || is_target_reached(record.number);
}

void Study::restarted() {
  distinct_count_ = 0;
  paused_.clear();
  lost_count_ = cancelled_count_ = failures_in_a_row_ = 0;
  target_reached_ = false;
  race_.reset();
  open_settings_.clear();
  unjudged_endings_.clear();
  judged_seq_ = 0;
  STERLET_CHECK(make_pruner().has_value(), "what was made once can be made again");
}

void Study::closed(bool is_committed) {
  is_pruner_behind_ = true;
  if (!is_committed) {
    for (auto& [trial, news] : news_before_) turn_news_[trial] = std::move(news);
    spent_checkpoints_.clear();  // The next look, or the session's last, finds them again.
    spent_turn_ = -1;
  }
  news_before_.clear();
}

double Study::seconds_used() const {
  return earlier_seconds_ + static_cast<double>(ledger_.clock().steady_ms() - started_steady_ms_) / 1000;
}

Result<void> Study::enqueue(const base::Json& params) {
  return within(ledger_, [&]() -> Result<void> {
    STERLET_PASS(space_.check_partial(params));
    // Completed once now, so that a point that can never be is refused before it is queued.
    STERLET_PASS(complete_alone(params));
    return ledger_.push_queue(base::json_line(params));
  });
}

Result<void> Study::beat(storage::SessionRecord session) {
  if (!ledger_.is_stored()) return {};
  session.study_id = ledger_.study().id;
  session.used_ms = ledger_.clock().steady_ms() - started_steady_ms_;
  session.beat_ms = session.started_ms + session.used_ms;
  return within(ledger_, [&] { return ledger_.put_session(session); });
}

Result<void> Study::set_budget(const studyfile::Budget& budget) {
  const studyfile::Budget before = std::exchange(spec_.budget, budget);
  auto set = prepare(seed_);
  if (set) set = within(ledger_, [&] { return ledger_.put_spec(base::json_line(studyfile::json_from_spec(spec_))); });
  if (!set) {
    spec_.budget = before;
    STERLET_CHECK(prepare(seed_).has_value(), "what was made once can be made again");
  }
  return set;
}

TrialView Study::view(std::int64_t trial) const {
  const auto index = static_cast<std::size_t>(trial);
  return {
      .record = ledger_.records()[index], .origin = ledger_.history().trials()[index].origin, .params = space_.to_json(point_of(trial))};
}

std::vector<double> Study::values_of(std::int64_t trial) const {
  const storage::TrialRecord& own = ledger_.record(trial);
  const bool is_mean = spec_.duplicates == studyfile::Duplicates::kAverage || spec_.repeats.is_on();
  if (!is_mean || own.state != State::kComplete) return own.values;
  std::vector<double> sums(spec_.objectives.size(), 0.0);
  double count = 0;
  for (const std::int64_t twin : ledger_.history().trials_at(ledger_.point(trial))) {
    const storage::TrialRecord& record = ledger_.record(twin);
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
  for (const storage::TrialRecord& record : ledger_.records()) {
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
