#include "sterlet/study/study.h"

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/study/archive.h"
#include "sterlet/study/ending.h"
#include "sterlet/study/growth.h"
#include "sterlet/study/registration.h"
#include "sterlet/study/strategies/registry.h"

namespace sterlet::study {

namespace {

using base::ErrorCode;
using base::Result;
using storage::State;

// The seed that the stored spec names: a file without one leaves it as it is.
Result<std::optional<std::uint64_t>> named_seed(const storage::StudyRecord& stored) {
  STERLET_TRY(const base::Json spec, base::parse_json(stored.spec));
  const auto seed = spec.find("seed");
  return seed == spec.end() ? std::nullopt : std::optional(seed->get<std::uint64_t>());
}

}  // namespace

Study::Study(studyfile::StudyFile file, const Options& options)
    : StudyView(ledger_, settings_, budget_, strategy_, labels_),
      spec_(std::move(file.spec)),
      space_(std::move(file.space)),
      ledger_(spec_, space_, options),
      settings_(ledger_),
      pruner_(ledger_),
      budget_(ledger_, settings_),
      claims_(ledger_, settings_, pruner_, budget_),
      curves_(ledger_),
      by_hand_(ledger_, claims_, strategy_),
      by_run_(spec_, space_, ledger_, claims_, [this] { return prepare(ledger_.study().seed); }),
      sessions_(ledger_, budget_, pruner_),
      labels_(ledger_) {}

Result<std::unique_ptr<Study>> Study::open(studyfile::StudyFile file, const Options& options, Amend amend) {
  const std::uint64_t seed = file.spec.seed.value_or(new_seed());
  auto study = std::unique_ptr<Study>(new Study(std::move(file), options));
  const studyfile::StudySpec& spec = study->spec_;
  if (options.storage == nullptr && !strategy_of(spec).is_driven) {
    return base::fail(
        ErrorCode::kConflict,
        fmt::format("its strategy is {}, which copies checkpoints between running programs", spec.strategy.name),
        fmt::format("run sterlet tune {}", spec.name), spec.name);
  }
  const storage::StudyRecord record{.name = spec.name, .seed = seed, .created_ms = study->ledger_.clock().wall_ms()};
  bool is_new = true;
  if (options.storage != nullptr) {
    STERLET_TRY(const auto existing, options.storage->find_study(spec.name));
    is_new = !existing;
    if (existing && !spec.seed) {
      STERLET_TRY(study->spec_.seed, named_seed(*existing));
    }
  }
  // What a part refuses it refuses before the study is written.
  STERLET_PASS(study->prepare(seed));
  if (is_new) STERLET_PASS(study->claims_.check_enqueued());
  if (options.storage != nullptr) {
    const auto read = [&](const storage::StudyRecord& stored) { return study->take_over(stored); };
    STERLET_TRY(Entry entry,
                create_or_find(*options.storage, {.spec = spec, .space = study->space_}, record, amend, read));
    study->differences_ = std::move(entry.differences);
  } else {
    STERLET_PASS(study->take_over(record));
  }
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
  STERLET_TRY(studyfile::StudyFile file, studyfile::study_from_json(strategies(), spec));
  auto study = std::unique_ptr<Study>(new Study(std::move(file), options));
  STERLET_PASS(study->take_over(*record));
  if (!options.session.empty()) study->budget_.begin_anew();
  return study;
}

// Reads what is stored of it. The seed that it was made with holds unless a version of its spec names another.
Result<void> Study::take_over(const storage::StudyRecord& stored) {
  storage::StudyRecord record = stored;
  record.seed = spec_.seed.value_or(stored.seed);
  STERLET_PASS(ledger_.bind(record));
  STERLET_PASS(prepare(record.seed));
  return refresh();
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
  STERLET_PASS(labels_.load());
  STERLET_PASS(claims_.priors().follow());
  return budget_.read_sessions();
}

Result<std::optional<Claim>> Study::ask() {
  claims_.forget_remarks();
  return within(ledger_, [&]() -> Result<std::optional<Claim>> {
    STERLET_PASS(ledger_.read_stop_request());
    STERLET_PASS(claims_.follow_priors());
    if (spec_.budget.seconds) STERLET_PASS(budget_.read_sessions());
    if (ledger_.versions().is_outdated()) {
      pause_ = Pause::kAmended;
      return std::nullopt;
    }
    pause_ = budget_.pause();
    const bool is_held = pause_ == Pause::kRequested || pause_ == Pause::kFailures || pause_ == Pause::kUnstarted;
    if (sessions_.runs_again_only() && !is_held) pause_ = Pause::kAgain;
    auto claim = strategy_->next(pause_);
    const bool is_over =
        pause_ == Pause::kTrials || pause_ == Pause::kSpace || pause_ == Pause::kTime || pause_ == Pause::kTarget;
    if (claim && !*claim && is_over) STERLET_PASS(pruner_.settle(text_of(pause_)));
    return claim;
  });
}

Result<PriorRecord> Study::hint(const base::Json& params, double weight) {
  return within(ledger_, [&] { return claims_.priors().hint(params, weight); });
}

Result<PriorRecord> Study::warm(const base::Json& body) {
  return within(ledger_, [&] { return claims_.priors().warm(body); });
}

Result<PriorRecord> Study::forget_prior(std::int64_t number) {
  return within(ledger_,
                [&] { return claims_.priors().end(number, PriorRecord::End::kForgotten, "a person forgot it"); });
}

Result<pruners::Decision> Study::report(std::int64_t trial, int attempt, std::int64_t step,
                                        const std::vector<std::pair<std::string, double>>& metrics) {
  return within(ledger_, [&]() -> Result<pruners::Decision> {
    STERLET_PASS(ledger_.running(trial, attempt));
    STERLET_TRY(auto decision, pruner_.report(trial, attempt, step, metrics));
    curves_.keep(trial, step, metrics);
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
    STERLET_TRY(const bool is_over, strategy_->ended(*known, told));
    if (!is_over) return {};
    const storage::TrialRecord& record = ledger_.trials().record(trial);
    STERLET_PASS(check_told(record, told, spec_.objectives));
    STERLET_TRY(const EndingFacts facts, curves_.facts_of(record, told));
    STERLET_PASS(pruner_.end(decide_ending(record, std::move(told), facts, spec_.objectives)));
    curves_.forget(trial);  // Not before: a refused end leaves the trial as it was.
    return {};
  });
}

Result<std::int64_t> Study::add(const base::Json& params, Outcome outcome, std::span<const StepReport> reports,
                                Named named) {
  return within(ledger_, [&]() -> Result<std::int64_t> {
    STERLET_TRY(space::Point point, named == Named::kSome ? partial_point(space_, params) : space_.from_json(params));
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

Result<void> Study::enqueue(const base::Json& params) {
  return within(ledger_, [&] { return claims_.enqueue(params); });
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
