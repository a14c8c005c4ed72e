#include "sterlet/retest/retest.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/figure.h"
#include "sterlet/base/text.h"
#include "sterlet/retest/advice.h"
#include "sterlet/retest/staleness.h"
#include "sterlet/run/launch.h"
#include "sterlet/study/seeds.h"
#include "sterlet/study/strategies/registry.h"

namespace sterlet::retest {

namespace {

using analysis::Verdict;
using base::ErrorCode;
using base::Json;
using base::Result;

constexpr std::uint64_t kSeedShift = 1'000'039, kSeedMask = 0x7FFFFFFF;
// Evaluations before which no verdict is asked for.
constexpr int kFirstLook = 4;

class Retest final {
 public:
  Retest(study::Study& study, const Json& now, const RetestOptions& options, const Evaluate& evaluate,
         const Progress& progress)
      : study_(study), now_(now), options_(options), evaluate_(evaluate), progress_(progress) {}

  Result<RetestResult> run() {
    STERLET_PASS(take_settings());
    STERLET_PASS(compare());
    STERLET_PASS(reuse());
    while (!is_sure()) {
      if (const auto why = why_stop()) {
        result_.ended = *why;
        break;
      }
      STERLET_TRY(const bool goes_on, step());
      if (!goes_on) break;
    }
    if (result_.is_interrupted) return std::move(result_);
    add_advice(result_, study_, settings_, places_);
    STERLET_PASS(study::add_document(study_.document_ledger(), study::kVerdictKind, document()));
    return std::move(result_);
  }

 private:
  Result<void> take_settings() {
    const studyfile::StudySpec& spec = study_.spec();
    if (spec.objectives.size() != 1) {
      return base::fail(ErrorCode::kConflict,
                        fmt::format("a retest compares values of one objective (found {})", spec.objectives.size()),
                        "train its front again with sterlet run --trial N", spec.name);
    }
    if (!study::strategy_of(spec).is_tuned) {
      return base::fail(ErrorCode::kConflict, "its model was babysat, so there are no settings to compare",
                        "train it again with sterlet logbook --format schedule and sterlet tune --replay", spec.name);
    }
    std::int64_t outside = 0;
    for (const storage::TrialRecord& record : study_.records()) {
      const std::int64_t trial = record.number;
      outside += study_.is_outside(trial) ? 1 : 0;
      const bool counts = record.state == storage::State::kComplete && !study_.is_outside(trial) &&
                          !study_.is_repeat(trial) && study::is_feasible(record.constraints);
      if (!counts) continue;
      const study::StudyView::Setting setting = study_.setting(trial);
      const std::vector<double> values = study_.values_of(trial);
      if (values.empty() || !std::isfinite(values.front())) continue;
      settings_.push_back({.value = spec.objectives.front().minimised(values.front()),
                           .unit = study_.space().to_unit(study_.point_of(trial))});
      said_.push_back(values.front());
      trials_.push_back(trial);
      runs_.push_back(std::max<std::int64_t>(1, setting.runs()));
      squares_ += setting.squares;
      freedom_ += static_cast<double>(std::max<std::int64_t>(0, setting.runs() - 1));
    }
    if (settings_.size() < kSettingsMin) {
      return base::fail(
          ErrorCode::kConflict,
          fmt::format("a retest needs {} settings with a value (found {}{})", kSettingsMin, settings_.size(),
                      outside > 0 ? fmt::format("; {} of another space are left out", outside) : std::string()),
          "run more trials first: sterlet resume " + spec.name, spec.name);
    }
    put_best_first();
    order_ = analysis::choose_to_retest(settings_, static_cast<std::size_t>(options_.evaluations));
    facts_ = {.spread = analysis::spread_of(settings_),
              .trials = static_cast<std::int64_t>(settings_.size()),
              .looks = std::max(1, static_cast<int>(options_.evaluations) - kFirstLook + 1)};
    if (freedom_ > 0) {
      facts_.noise_sd = std::sqrt(squares_ / freedom_);
      facts_.noise_freedom = freedom_;
    }
    return {};
  }

  // The study's best may be another than the least value, where settings are repeated: it is what people use.
  void put_best_first() {
    const auto best = study_.best();
    if (best.empty()) return;
    const auto found = std::find(trials_.begin(), trials_.end(), study_.first_run(best.front()));
    if (found == trials_.end()) return;
    double& value = settings_[static_cast<std::size_t>(found - trials_.begin())].value;
    for (const analysis::OldSetting& setting : settings_) value = std::min(value, setting.value);
    value = std::nextafter(value, -std::numeric_limits<double>::infinity());
  }

  Result<void> compare() {
    STERLET_TRY(const Reference reference, reference_of(study_, *study_.storage()));
    if (reference.context) {
      result_.of = reference.of;
      result_.changed = context::find_changes(reference.context->body, now_);
    }
    STERLET_TRY(context_, study::share_document(study_.document_ledger(), study::kContextKind, now_));
    return {};
  }

  // What an interrupted retest has evaluated in this context.
  Result<void> reuse() {
    storage::Storage& storage = *study_.storage();
    STERLET_TRY(const auto verdict, study::last_document(storage, study_.storage_id(), study::kVerdictKind));
    STERLET_TRY(const auto evaluations, study::load_documents(storage, study_.storage_id(), kEvaluationKind));
    std::vector<std::pair<std::int64_t, Evaluation>> reused;
    for (const study::Document& document : evaluations) {
      if (verdict && document.id < verdict->id) continue;
      const Json& body = document.body;
      if (body.value("context", std::int64_t{0}) != context_ || !document.trial) continue;
      Evaluation evaluation{.seconds = body.value("seconds", 0.0), .reason = body.value("reason", std::string())};
      if (body.contains("value") && body["value"].is_number()) evaluation.value = body["value"].get<double>();
      if (std::find(trials_.begin(), trials_.end(), *document.trial) == trials_.end()) continue;
      reused.emplace_back(*document.trial, std::move(evaluation));
    }
    // A retest whose first two failed was given up: they said nothing of the settings, and what was wrong may be mended.
    std::size_t from = 0;
    while (from + 1 < reused.size() && !reused[from].second.value && !reused[from + 1].second.value) from += 2;
    for (; from < reused.size(); ++from) {
      take(reused[from].first, reused[from].second);
      ++result_.reused;
    }
    return {};
  }

  Retested& retested(std::int64_t trial) {
    for (Retested& one : result_.trials) {
      if (one.trial == trial) return one;
    }
    const auto place = static_cast<std::size_t>(std::find(trials_.begin(), trials_.end(), trial) - trials_.begin());
    result_.trials.push_back({.trial = trial, .then = said_[place]});
    places_.push_back(place);
    return result_.trials.back();
  }

  void take(std::int64_t trial, const Evaluation& evaluation) {
    retested(trial).now.push_back(evaluation.value);
    ++result_.evaluations;
    seconds_ += evaluation.seconds;
    failures_ += evaluation.value ? 0 : 1;
    judge();
  }

  void judge() {
    const studyfile::Objective& objective = study_.spec().objectives.front();
    std::vector<analysis::RetestArm> arms;
    for (std::size_t i = 0; i < result_.trials.size(); ++i) {
      const Retested& one = result_.trials[i];
      analysis::RetestArm arm{.then = settings_[places_[i]].value, .runs_then = static_cast<double>(runs_[places_[i]])};
      for (const auto& value : one.now)
        arm.now.push_back(value ? objective.minimised(*value) : std::numeric_limits<double>::quiet_NaN());
      arms.push_back(std::move(arm));
    }
    before_ = result_.judgement.verdict;
    result_.judgement = analysis::judge_retest(arms, facts_);
  }

  // Two judgements in a row: of "holds" and "drifted" each stands for the other, as they differ in the values alone.
  bool is_sure() const {
    const auto kind = [](Verdict verdict) { return verdict == Verdict::kDrifted ? Verdict::kHolds : verdict; };
    const Verdict verdict = result_.judgement.verdict;
    return result_.evaluations > kFirstLook && verdict != Verdict::kUnsure && kind(verdict) == kind(before_);
  }

  std::optional<std::string> why_stop() {
    if (result_.evaluations >= options_.evaluations) {
      return fmt::format("its {} are used up",
                         base::count_text(static_cast<std::uint64_t>(options_.evaluations), "evaluation"));
    }
    if (!options_.seconds || result_.evaluations == 0) return std::nullopt;
    const double mean = seconds_ / static_cast<double>(result_.evaluations);
    if (seconds_ + mean > *options_.seconds) {
      result_.seconds_wanted = mean * static_cast<double>(options_.evaluations);
      return fmt::format("the next evaluation would not end within {}", base::duration_text(*options_.seconds));
    }
    return std::nullopt;
  }

  Wanted next() {
    std::optional<std::size_t> arm = result_.judgement.repeat;
    if (!arm) {
      for (const std::size_t place : order_) {
        const bool is_done = std::find(places_.begin(), places_.end(), place) != places_.end();
        if (!is_done) {
          return {.trial = trials_[place],
                  .repeat = 0,
                  .seed = run::trial_seed(study::seed_of(study_, trials_[place]), trials_[place])};
        }
      }
      // All of them: the one with the fewest runs, the better first.
      arm = 0;
      for (std::size_t i = 1; i < result_.trials.size(); ++i) {
        if (result_.trials[i].now.size() < result_.trials[*arm].now.size()) arm = i;
      }
    }
    const Retested& one = result_.trials[*arm];
    const auto repeat = static_cast<std::int64_t>(one.now.size());
    return {.trial = one.trial,
            .repeat = repeat,
            .seed = run::trial_seed(
                (study::seed_of(study_, one.trial) + kSeedShift * static_cast<std::uint64_t>(repeat)) & kSeedMask,
                one.trial)};
  }

  Result<bool> step() {
    const Wanted wanted = next();
    STERLET_TRY(const auto evaluation, evaluate_(wanted));
    if (!evaluation) {
      result_.is_interrupted = true;
      return false;
    }
    take(wanted.trial, *evaluation);
    Json body{{"trial", wanted.trial}, {"repeat", wanted.repeat},
              {"seed", wanted.seed},   {"seconds", evaluation->seconds},
              {"context", context_},   {"value", evaluation->value ? base::json_number(*evaluation->value) : Json()}};
    if (!evaluation->reason.empty()) body["reason"] = evaluation->reason;
    STERLET_PASS(study::add_document(study_.document_ledger(), kEvaluationKind, body, wanted.trial));
    progress_(wanted, *evaluation, result_);
    if (result_.evaluations == 2 && failures_ == 2) {
      return base::fail(ErrorCode::kInvalidArgument,
                        fmt::format("the first two evaluations failed, which says nothing about the settings ({})",
                                    evaluation->reason),
                        "mend the program or its data, then run sterlet retest again", study_.spec().name);
    }
    return true;
  }

  Json document() const {
    Json json = json_of(result_, study_);
    json["context"] = context_;
    return json;
  }

  study::Study& study_;
  const Json& now_;
  const RetestOptions& options_;
  const Evaluate& evaluate_;
  const Progress& progress_;
  RetestResult result_;
  std::vector<analysis::OldSetting> settings_;
  std::vector<double> said_;          // Their values, as the study has them.
  std::vector<std::int64_t> trials_;  // Of the settings.
  std::vector<std::int64_t> runs_;
  double squares_ = 0, freedom_ = 0;
  std::vector<std::size_t> order_;
  std::vector<std::size_t> places_;  // Of result_.trials among the settings.
  analysis::RetestFacts facts_;
  std::int64_t context_ = 0, failures_ = 0;
  double seconds_ = 0;
  Verdict before_ = Verdict::kUnsure;
};

}  // namespace

Result<RetestResult> run_retest(study::Study& study, const Json& now, const RetestOptions& options,
                                const Evaluate& evaluate, const Progress& progress) {
  return Retest(study, now, options, evaluate, progress).run();
}

Json json_of(const RetestResult& result, const study::Study& study) {
  const analysis::RetestJudgement& judgement = result.judgement;
  const auto rounded = [](double value, double parts) { return std::round(value * parts) / parts; };
  Json json{{"version", 1},
            {"study", study.spec().name},
            {"verdict", analysis::text_of(judgement.verdict)},
            {"confidence", rounded(judgement.confidence, 1000)},
            {"rank_correlation",
             {{"value", judgement.correlation ? Json(rounded(*judgement.correlation, 1000)) : Json()},
              {"low", rounded(judgement.correlation_low, 1000)},
              {"high", rounded(judgement.correlation_high, 1000)}}},
            {"evaluations", result.evaluations}};
  json["best_then"] = result.trials.front().trial;
  json["best_now"] = result.trials[judgement.best_now].trial;
  json["changed"] = Json::array();
  json["changes"] = Json::array();
  for (const context::Change& change : result.changed) {
    json["changed"].push_back(change.part);
    json["changes"].push_back(context::json_of(change));
  }
  json["noise_sd"] = base::json_number(judgement.noise_sd);
  json["moved"] = base::json_number(study.spec().objectives.front().minimised(judgement.moved));
  json["trials"] = Json::array();
  for (const Retested& one : result.trials) {
    Json now = Json::array();
    for (const auto& value : one.now) now.push_back(value ? base::json_number(*value) : Json());
    json["trials"].push_back({{"trial", one.trial}, {"then", base::json_number(one.then)}, {"now", now}});
  }
  if (judgement.verdict == Verdict::kUnsure) json["leaning"] = analysis::text_of(judgement.leaning);
  if (!result.ended.empty()) json["ended"] = result.ended;
  if (!result.gains.empty()) json["gains"] = result.gains;
  if (result.scale) json["scale"] = rounded(*result.scale, 100);
  json["advice"] = result.advice;
  return json;
}

}  // namespace sterlet::retest
