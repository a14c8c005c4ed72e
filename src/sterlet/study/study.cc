#include "sterlet/study/study.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/study/archive.h"
#include "sterlet/study/curve_value.h"
#include "sterlet/study/ending.h"
#include "sterlet/study/growth.h"
#include "sterlet/study/registration.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/strategies.h"

namespace sterlet::study {

namespace {

using base::ErrorCode;
using base::Result;
using storage::State;

}  // namespace

Study::Study(studyfile::StudyFile file, const Options& options)
    : StudyView(ledger_, settings_, budget_, strategy_, labels_),
      spec_(std::move(file.spec)),
      space_(std::move(file.space)),
      ledger_(spec_, space_, options),
      settings_(ledger_),
      pruner_(ledger_),
      budget_(ledger_, settings_),
      claims_(ledger_, settings_, pruner_, budget_) {}

Result<std::unique_ptr<Study>> Study::open(studyfile::StudyFile file, const Options& options, Amend amend) {
  const std::uint64_t seed = file.spec.seed.value_or(new_seed());
  auto study = std::unique_ptr<Study>(new Study(std::move(file), options));
  const studyfile::StudySpec& spec = study->spec_;
  if (options.storage == nullptr && !studyfile::strategy_of(spec).is_driven) {
    return base::fail(
        ErrorCode::kConflict,
        fmt::format("its strategy is {}, which copies checkpoints between running programs", spec.strategy.name),
        fmt::format("run sterlet tune {}", spec.name), spec.name);
  }
  storage::StudyRecord record{.name = spec.name, .seed = seed, .created_ms = study->ledger_.clock().wall_ms()};
  bool is_new = true;
  if (options.storage != nullptr) {
    STERLET_TRY(const auto existing, options.storage->find_study(spec.name));
    is_new = !existing;
  }
  // What a part refuses it refuses before the study is written.
  STERLET_PASS(study->prepare(seed));
  if (is_new) STERLET_PASS(study->claims_.check_enqueued());
  if (options.storage != nullptr) {
    STERLET_TRY(Entry entry, create_or_find(*options.storage, {.spec = spec, .space = study->space_}, record, amend));
    record = std::move(entry.record);
    study->differences_ = std::move(entry.differences);
    STERLET_PASS(study->prepare(record.seed));
  }
  STERLET_PASS(study->ledger_.bind(std::move(record)));
  STERLET_PASS(study->refresh());
  if (!options.session.empty()) study->budget_.begin_anew();
  return study;
}

Result<void> Study::validate(const studyfile::StudyFile& file) {
  Study study(file, {});
  STERLET_PASS(study.prepare(file.spec.seed.value_or(0)));
  return study.claims_.check_enqueued();
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
  STERLET_PASS(study->ledger_.bind(*record));
  STERLET_PASS(study->prepare(record->seed));
  STERLET_PASS(study->refresh());
  if (!options.session.empty()) study->budget_.begin_anew();
  return study;
}

// Makes the parts that may refuse the spec.
Result<void> Study::prepare(std::uint64_t seed) {
  if (strategy_ == nullptr) {
    STERLET_TRY(strategy_, make_strategy({.ledger = ledger_, .claims = claims_}));
  }
  STERLET_PASS(claims_.make(seed, strategy_->trial_budget(spec_)));
  STERLET_PASS(pruner_.make(seed));
  if (strategy_->counts_configurations()) budget_.count_configurations();
  return {};
}

Result<void> Study::refresh() {
  STERLET_PASS(ledger_.refresh());
  if (ledger_.is_stored()) STERLET_PASS(labels_.load(*ledger_.storage(), ledger_.study().id));
  return budget_.read_sessions();
}

Result<std::optional<Claim>> Study::ask() {
  claims_.forget_remarks();
  return within(ledger_, [&]() -> Result<std::optional<Claim>> {
    STERLET_PASS(ledger_.read_stop_request());
    if (spec_.budget.seconds) STERLET_PASS(budget_.read_sessions());
    if (ledger_.versions().is_outdated()) {
      pause_ = Pause::kAmended;
      return std::nullopt;
    }
    pause_ = budget_.pause();
    const bool is_held = pause_ == Pause::kRequested || pause_ == Pause::kFailures || pause_ == Pause::kUnstarted;
    if (only_again_ && !is_held) pause_ = Pause::kAgain;
    STERLET_TRY(auto claim, strategy_->next(pause_));
    const bool is_over =
        pause_ == Pause::kTrials || pause_ == Pause::kSpace || pause_ == Pause::kTime || pause_ == Pause::kTarget;
    if (!claim && is_over) STERLET_PASS(pruner_.settle(text_of(pause_)));
    return claim;
  });
}

Result<pruners::Decision> Study::report(std::int64_t trial, int attempt, std::int64_t step,
                                        const std::vector<std::pair<std::string, double>>& metrics) {
  return within(ledger_, [&]() -> Result<pruners::Decision> {
    STERLET_PASS(ledger_.running(trial, attempt));
    STERLET_TRY(auto decision, pruner_.report(trial, attempt, step, metrics));
    keep_curve(trial, step, metrics);
    for (const auto& [metric, value] : metrics) {
      if (metric == spec_.objectives.front().metric) strategy_->reported(trial, step, value);
    }
    return decision;
  });
}

Result<void> Study::checkpoint(std::int64_t trial, int attempt, const std::string& path,
                               std::optional<std::int64_t> step) {
  return within(ledger_, [&]() -> Result<void> {
    STERLET_TRY(const storage::TrialRecord* known, ledger_.running(trial, attempt));
    storage::TrialRecord record = *known;
    record.checkpoint = path;
    STERLET_PASS(strategy_->checkpointed(trial, path, step));
    return ledger_.put(std::move(record), "checkpoint", path);
  });
}

Result<void> Study::tell(std::int64_t trial, int attempt, Outcome told) {
  return within(ledger_, [&]() -> Result<void> {
    STERLET_TRY(const storage::TrialRecord* known, ledger_.running(trial, attempt));
    if (told.is_killed && known->reason.empty()) {  // One whose end was decided needs no other attempt anyway.
      STERLET_TRY(const bool in_place, is_killed_in_place(ledger_, *known, strategy_->first_attempt(trial)));
      if (in_place) told = give_up(std::move(told));
    }
    storage::TrialRecord record = *known;
    STERLET_TRY(auto last, strategy_->ended(record, std::move(told)));
    if (!last) return {};
    STERLET_TRY(EndingFacts facts, facts_of(record));
    const bool is_counted = last->state == State::kComplete && last->values.empty();
    if (is_counted && counts_more_than_last(spec_.objectives)) {
      STERLET_TRY(const auto curve, curve_of(record));
      facts.counted = counted_values(curve, spec_.objectives);
    }
    STERLET_TRY(Ending ending, decide_ending(std::move(record), std::move(*last), facts, spec_.objectives));
    STERLET_PASS(pruner_.end(std::move(ending)));
    curves_.erase(trial);  // Not before: a refused end leaves the trial as it was.
    return {};
  });
}

// What an attempt reported, or where it went on from a checkpoint at its end and reported nothing, what those before
// it did.
Result<EndingFacts> Study::facts_of(const storage::TrialRecord& record) const {
  EndingFacts facts{.now_ms = ledger_.clock().wall_ms()};
  if (const std::vector<double>* last = ledger_.trials().last_reported(record.number)) {
    facts.reported = *last;
  } else if (record.attempt > 1 && ledger_.is_stored()) {
    STERLET_TRY(facts.reported, stored_values(ledger_, record));
  }
  return facts;
}

Result<std::vector<storage::ReportRecord>> Study::curve_of(const storage::TrialRecord& record) const {
  if (ledger_.is_stored()) return load_curve(*ledger_.storage(), ledger_.study().id, record);
  std::vector<storage::ReportRecord> curve;
  if (const auto found = curves_.find(record.number); found != curves_.end()) {
    for (const auto& [place, value] : found->second) {
      curve.push_back({.trial = record.number, .step = place.first, .metric = place.second, .value = value});
    }
  }
  return curve;
}

// A storage has them anyway.
void Study::keep_curve(std::int64_t trial, std::int64_t step,
                       const std::vector<std::pair<std::string, double>>& metrics) {
  if (ledger_.is_stored() || !counts_more_than_last(spec_.objectives)) return;
  for (const auto& [metric, value] : metrics) curves_[trial][{step, metric}] = value;
}

Result<std::int64_t> Study::add(const base::Json& params, Outcome outcome, std::span<const StepReport> reports) {
  return within(ledger_, [&]() -> Result<std::int64_t> {
    STERLET_TRY(space::Point point, space_.from_json(params));
    return add_at(std::move(point), std::move(outcome), reports);
  });
}

Result<std::int64_t> Study::add_partial(const base::Json& params, Outcome outcome,
                                        std::span<const StepReport> reports) {
  return within(ledger_, [&]() -> Result<std::int64_t> {
    STERLET_TRY(space::Point point, partial_point(space_, params));
    return add_at(std::move(point), std::move(outcome), reports);
  });
}

// Within a transaction.
Result<std::int64_t> Study::add_at(space::Point point, Outcome outcome, std::span<const StepReport> reports) {
  if (!strategy_->takes_added()) {
    return base::fail(
        ErrorCode::kConflict,
        fmt::format("its strategy is {}, whose trials are the members of its population", spec_.strategy.name),
        "add it to a study with another strategy", spec_.name);
  }
  const std::int64_t number = ledger_.trials().next_number(), now = ledger_.clock().wall_ms();
  storage::TrialRecord record{.number = number,
                              .state = State::kRunning,
                              .attempt = 1,
                              .history_seq = ledger_.seen_seq(),
                              .created_ms = now,
                              .started_ms = now};
  const bool has_values = !outcome.values.empty() || outcome.state == State::kComplete;
  if (has_values && outcome.values.size() != spec_.objectives.size()) {
    return base::fail(ErrorCode::kInvalidArgument,
                      fmt::format("{} given, but the study has {}", base::count_text(outcome.values.size(), "value"),
                                  base::count_text(spec_.objectives.size(), "objective")),
                      "give one value for each");
  }
  STERLET_PASS(ledger_.append(std::move(record), std::move(point), space::Origin::kAdded, "add", ""));
  for (const StepReport& one : reports) STERLET_PASS(report(number, 1, one.step, one.metrics));
  STERLET_PASS(tell(number, 1, std::move(outcome)));
  return number;
}

Result<void> Study::check_label(std::optional<std::int64_t> trial) const {
  if (!ledger_.is_stored()) {
    return base::fail(ErrorCode::kConflict, "the study is in memory alone, which keeps no notes and tags",
                      "name a file with --storage", spec_.name);
  }
  const bool is_there = !trial || (*trial >= 0 && *trial < ledger_.trials().next_number());
  if (is_there && (!trial || ledger_.trials().record(*trial).state != State::kRemoved)) return {};
  return base::fail(ErrorCode::kNotFound, fmt::format("there is no trial {}", *trial), {}, spec_.name);
}

Result<void> Study::note(std::optional<std::int64_t> trial, const std::string& text, const std::string& who) {
  if (text.empty()) return base::fail(ErrorCode::kInvalidArgument, "a note cannot be empty", {}, spec_.name);
  return within(ledger_, [&]() -> Result<void> {
    STERLET_PASS(check_label(trial));
    return ledger_.store([&](storage::Storage& storage) -> Result<void> {
      STERLET_PASS(storage.notes().add_note(
          ledger_.study().id, {.trial = trial, .text = text, .who = who, .created_ms = ledger_.clock().wall_ms()}));
      return {};
    });
  });
}

Result<void> Study::tag(std::optional<std::int64_t> trial, const std::string& tag, bool is_set) {
  STERLET_PASS(check_tag(tag));
  return within(ledger_, [&]() -> Result<void> {
    STERLET_PASS(check_label(trial));
    return ledger_.store([&](storage::Storage& storage) {
      const storage::TagRecord record{.trial = trial, .tag = tag};
      return is_set ? storage.notes().put_tag(ledger_.study().id, record)
                    : storage.notes().drop_tag(ledger_.study().id, record);
    });
  });
}

Result<void> Study::enqueue(const base::Json& params) {
  return within(ledger_, [&] { return claims_.enqueue(params); });
}

Result<void> Study::enqueue_freely(const base::Json& params, const std::string& note) {
  return within(ledger_, [&] { return claims_.enqueue_freely(params, note); });
}

Result<void> Study::join(const base::Json& params) {
  if (spec_.repeats.is_on() || spec_.duplicates != studyfile::Duplicates::kAllow) {
    return base::fail(ErrorCode::kConflict, "its trials are compared by their points, so no parameter can join it",
                      "write duplicates: allow, without repeats", spec_.name);
  }
  std::optional<studyfile::StudyFile> before;
  auto joined = within(ledger_, [&]() -> Result<void> {
    base::Json stored = studyfile::json_from_spec(spec_);
    if (ledger_.is_stored()) {  // Another process may have added some.
      STERLET_TRY(const auto record, ledger_.storage()->find_study(spec_.name));
      if (record) {
        STERLET_TRY(stored, base::parse_json(record->spec));
      }
    }
    STERLET_TRY(studyfile::StudyFile file, grown(stored, params));
    const std::string text = base::json_line(studyfile::json_from_spec(file.spec));
    before = studyfile::StudyFile{.spec = spec_, .space = space_};
    STERLET_PASS(adopt(std::move(file)));
    return ledger_.store([&](storage::Storage& storage) { return storage.set_spec(ledger_.study().id, text); });
  });
  if (!joined && before) STERLET_CHECK(adopt(std::move(*before)).has_value(), "what was made once can be made again");
  return joined;
}

Result<void> Study::follow_growth() {
  STERLET_TRY(const auto record, ledger_.storage()->find_study(spec_.name));
  if (!record) return base::fail(ErrorCode::kNotFound, "the study is no longer in the storage", {}, spec_.name);
  STERLET_TRY(const base::Json stored, base::parse_json(record->spec));
  STERLET_TRY(studyfile::StudyFile file, studyfile::study_from_json(stored));
  return adopt(std::move(file));
}

// Becomes the study of a spec that differs in its parameters alone.
Result<void> Study::adopt(studyfile::StudyFile file) {
  std::swap(spec_, file.spec);
  std::swap(space_, file.space);
  auto prepared = prepare(ledger_.study().seed);
  if (!prepared) {
    spec_ = std::move(file.spec);
    space_ = std::move(file.space);
    STERLET_CHECK(prepare(ledger_.study().seed).has_value(), "what was made once can be made again");
  }
  ledger_.fit_points();
  return prepared;
}

Result<void> Study::correct(std::int64_t trial, int attempt, const base::Json& params) {
  return within(ledger_, [&]() -> Result<void> {
    STERLET_PASS(ledger_.running(trial, attempt));
    STERLET_TRY(space::Point point, partial_point(space_, params));
    if (point == ledger_.trials().point(trial)) return {};
    return ledger_.correct(trial, std::move(point));
  });
}

Result<void> Study::check_trials(std::span<const std::int64_t> trials) const {
  if (!strategy_->takes_added()) {
    return base::fail(ErrorCode::kConflict,
                      fmt::format("its strategy is {}, whose trials are the members of its population and go together",
                                  spec_.strategy.name),
                      {}, spec_.name);
  }
  for (const std::int64_t trial : trials) {
    if (trial >= 0 && trial < ledger_.trials().next_number()) continue;
    return base::fail(ErrorCode::kNotFound, fmt::format("there is no trial {}", trial), {}, spec_.name);
  }
  return {};
}

Result<void> Study::retry(std::span<const std::int64_t> trials) {
  return within(ledger_, [&]() -> Result<void> {
    STERLET_PASS(check_trials(trials));
    for (const std::int64_t trial : trials) STERLET_PASS(claims_.check_again(trial));
    for (const std::int64_t trial : trials) STERLET_PASS(claims_.put_back(trial));
    return {};
  });
}

Result<void> Study::remove(std::span<const std::int64_t> trials) {
  return within(ledger_, [&]() -> Result<void> {
    STERLET_PASS(check_trials(trials));
    for (const std::int64_t trial : trials) {
      if (ledger_.trials().record(trial).state != State::kRunning) continue;
      return base::fail(ErrorCode::kConflict, fmt::format("trial {} runs", trial), "end it first", spec_.name);
    }
    for (const std::int64_t trial : trials) {
      const storage::TrialRecord& known = ledger_.trials().record(trial);
      STERLET_PASS(ledger_.put({.number = trial,
                                .state = State::kRemoved,
                                .attempt = known.attempt,
                                .created_ms = known.created_ms,
                                .started_ms = known.started_ms,
                                .ended_ms = known.ended_ms},
                               "remove", ""));
      STERLET_PASS(
          ledger_.store([&](storage::Storage& storage) { return storage.clear_trial(ledger_.study().id, trial); }));
    }
    return {};
  });
}

Result<Claim> Study::start_at(space::Point point, space::Origin origin) {
  return within(ledger_, [&] { return claims_.start_by_hand(std::move(point), origin); });
}

Result<Claim> Study::take_over(std::int64_t trial) {
  return within(ledger_, [&] { return claims_.take_over(trial); });
}

Result<void> Study::restate(std::int64_t trial, int attempt, const std::vector<storage::ReportRecord>& reports) {
  return within(ledger_, [&]() -> Result<void> {
    STERLET_PASS(ledger_.running(trial, attempt));
    return ledger_.restate(trial, attempt, reports);
  });
}

Result<std::vector<std::string>> Study::collect_lost(
    const std::function<bool(const storage::SessionRecord&)>& is_alive) {
  return within(ledger_, [&]() -> Result<std::vector<std::string>> {
    std::vector<std::string> gone;
    // What a newer version makes of a lost trial is not ours to say.
    if (!ledger_.is_stored() || ledger_.versions().is_outdated()) return gone;
    STERLET_TRY(const auto sessions, ledger_.storage()->load_sessions(ledger_.study().id));
    std::vector<std::string> alive;
    for (const storage::SessionRecord& session : sessions) {
      if (session.id == ledger_.session() || (!session.ended && is_alive(session))) {
        alive.push_back(session.id);
      } else if (!session.ended) {
        gone.push_back(session.id);
      }
    }
    for (std::int64_t trial = 0; trial < ledger_.trials().next_number(); ++trial) {
      const storage::TrialRecord& record = ledger_.trials().record(trial);
      if (record.state != State::kRunning) continue;
      const std::string session = ledger_.trials().session_of(trial);
      if (std::find(alive.begin(), alive.end(), session) != alive.end()) continue;
      if (std::find(gone.begin(), gone.end(), session) == gone.end()) gone.push_back(session);
      EndingFacts facts{.now_ms = ledger_.clock().wall_ms()};
      if (!record.reason.empty()) {
        STERLET_TRY(facts.reported, stored_values(ledger_, record));
      }
      STERLET_PASS(pruner_.end(decide_loss(record, facts)));
    }
    return gone;
  });
}

Result<void> Study::end_sessions(const std::vector<std::string>& gone) {
  if (gone.empty() || !ledger_.is_stored()) return {};
  return within(ledger_, [&]() -> Result<void> {
    STERLET_TRY(auto sessions, ledger_.storage()->load_sessions(ledger_.study().id));
    for (storage::SessionRecord& session : sessions) {
      if (session.ended || std::find(gone.begin(), gone.end(), session.id) == gone.end()) continue;
      session.used_ms = used_ms_of(session, ledger_.clock().wall_ms());
      session.ended = true;
      STERLET_PASS(ledger_.store([&](storage::Storage& storage) { return storage.put_session(session); }));
    }
    return {};
  });
}

Result<void> Study::beat(storage::SessionRecord session) {
  if (!ledger_.is_stored()) return {};
  session.study_id = ledger_.study().id;
  session.used_ms = budget_.own_ms();
  session.beat_ms = ledger_.clock().wall_ms();
  return within(ledger_,
                [&] { return ledger_.store([&](storage::Storage& storage) { return storage.put_session(session); }); });
}

Result<void> Study::set_budget(const studyfile::Budget& budget) {
  const studyfile::Budget before = std::exchange(spec_.budget, budget);
  auto set = prepare(ledger_.study().seed);
  if (set) {
    const std::string text = base::json_line(studyfile::json_from_spec(spec_));
    set = within(ledger_, [&] {
      return ledger_.store([&](storage::Storage& storage) { return storage.set_spec(stored().id, text); });
    });
  }
  if (!set) {
    spec_.budget = before;
    STERLET_CHECK(prepare(ledger_.study().seed).has_value(), "what was made once can be made again");
  }
  budget_.limits_changed();
  return set;
}

}  // namespace sterlet::study
