#include "sterlet/retest/staleness.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/base/clock.h"
#include "sterlet/base/text.h"

namespace sterlet::retest {

namespace {

using base::Json;
using base::Result;
using study::Document;

constexpr double kDaySeconds = 86400;
constexpr double kAfterDays = 90;
// A clock that is a little behind another machine's is no clock that went back.
constexpr std::int64_t kClockMs = 60'000;

std::string verdict_text(const Document& verdict) { return verdict.body.value("verdict", std::string()); }

bool confirms(const Document& verdict) {
  const std::string text = verdict_text(verdict);
  return text == "holds" || text == "drifted";
}

std::optional<Document> find_document(const std::vector<Document>& documents, std::int64_t id) {
  const auto found = std::find_if(documents.begin(), documents.end(), [&](const auto& one) { return one.id == id; });
  return found == documents.end() ? std::nullopt : std::optional(*found);
}

// The last trial that ended with a value.
const storage::TrialRecord* last_ended(const study::Study& study) {
  const storage::TrialRecord* last = nullptr;
  for (const storage::TrialRecord& record : study.records()) {
    const bool counts = record.state == storage::State::kComplete || record.state == storage::State::kPruned;
    if (counts && (last == nullptr || record.ended_ms > last->ended_ms)) last = &record;
  }
  return last;
}

}  // namespace

Result<Reference> reference_of(const study::Study& study, storage::Storage& storage) {
  STERLET_TRY(const auto contexts, study::load_documents(storage, study.storage_id(), study::kContextKind));
  STERLET_TRY(const auto verdicts, study::load_documents(storage, study.storage_id(), study::kVerdictKind));
  STERLET_TRY(const auto links, storage.documents().load_document_links(study.storage_id(), study::kContextKind));
  Reference reference;
  std::int64_t best_ms = 0;
  if (const auto best = study.best(); !best.empty()) {
    const auto link =
        std::find_if(links.begin(), links.end(), [&](const auto& one) { return one.trial == best.front(); });
    best_ms = study.records()[static_cast<std::size_t>(best.front())].ended_ms;
    if (link != links.end()) {
      reference.context = find_document(contexts, link->document);
      reference.of = fmt::format("trial {}, the best", best.front());
    }
  }
  const auto held = std::find_if(verdicts.rbegin(), verdicts.rend(), confirms);
  if (held != verdicts.rend() && held->created_ms >= best_ms) {
    if (auto context = find_document(contexts, held->body.value("context", std::int64_t{0}))) {
      reference.context = std::move(context);
      reference.of = fmt::format("the retest of {}", base::timestamp_text(held->created_ms).substr(0, 10));
    }
  }
  if (!reference.context && !contexts.empty()) {
    reference.context = contexts.back();
    reference.of = "the last run";
  }
  return reference;
}

studyfile::RetestPolicy policy_of(const studyfile::StudySpec& spec) {
  studyfile::RetestPolicy policy = spec.retest;
  if (!policy.after_seconds) policy.after_seconds = kAfterDays * kDaySeconds;
  if (policy.on.empty()) policy.on = {"data", "code"};
  return policy;
}

Result<Staleness> staleness_of(const study::Study& study, storage::Storage& storage, const Json& now,
                               std::int64_t now_ms) {
  Staleness staleness;
  STERLET_TRY(staleness.verdict, study::last_document(storage, study.storage_id(), study::kVerdictKind));
  if (const auto* last = last_ended(study)) {
    staleness.confirmed_ms = last->ended_ms;
    staleness.confirmed_by = fmt::format("trial {}", last->number);
  }
  STERLET_TRY(const auto verdicts, study::load_documents(storage, study.storage_id(), study::kVerdictKind));
  for (const Document& verdict : verdicts) {
    if (!confirms(verdict) || verdict.created_ms < staleness.confirmed_ms) continue;
    staleness.confirmed_ms = verdict.created_ms;
    staleness.confirmed_by = "a retest";
  }
  if (staleness.confirmed_ms == 0) return staleness;  // Nothing was found that could be stale.
  staleness.is_clock_back = staleness.confirmed_ms > now_ms + kClockMs;
  staleness.age_days = std::max(0.0, static_cast<double>(now_ms - staleness.confirmed_ms) / 1000 / kDaySeconds);
  STERLET_TRY(const Reference reference, reference_of(study, storage));
  if (reference.context) {
    staleness.of = reference.of;
    staleness.changed = context::find_changes(reference.context->body, now);
    staleness.problems = now.value("problems", std::vector<std::string>());
  }
  staleness.risk = context::risk_of(staleness.changed, staleness.age_days);
  const studyfile::RetestPolicy policy = policy_of(study.spec());
  if (staleness.age_days * kDaySeconds >= *policy.after_seconds) {
    staleness.stale.push_back(fmt::format("its last confirmation is {} old, more than {}",
                                          base::duration_text(std::floor(staleness.age_days * kDaySeconds)),
                                          base::duration_text(*policy.after_seconds)));
  }
  for (const context::Change& change : staleness.changed) {
    if (std::find(policy.on.begin(), policy.on.end(), change.area) != policy.on.end())
      staleness.stale.push_back(change.text);
  }
  // One that was unsure after it takes nothing back.
  const auto sure = std::find_if(verdicts.rbegin(), verdicts.rend(),
                                 [](const Document& verdict) { return verdict_text(verdict) != "unsure"; });
  if (sure != verdicts.rend() && verdict_text(*sure) == "rusted" && sure->created_ms >= staleness.confirmed_ms) {
    staleness.risk = 1;
    staleness.stale.insert(staleness.stale.begin(), sure == verdicts.rbegin()
                                                        ? "its last retest said rusted"
                                                        : "a retest said rusted, and the last one was unsure");
  }
  return staleness;
}

Json json_of(const Staleness& staleness, const std::string& study) {
  Json changed = Json::array();
  for (const context::Change& change : staleness.changed) changed.push_back(context::json_of(change));
  Json json{{"study", study},         {"age_days", std::round(staleness.age_days * 100) / 100},
            {"changed", changed},     {"stale", !staleness.stale.empty()},
            {"why", staleness.stale}, {"risk", std::round(staleness.risk * 1000) / 1000}};
  if (staleness.confirmed_ms > 0) {
    json["confirmed"] = base::timestamp_text(staleness.confirmed_ms);
    json["confirmed_by"] = staleness.confirmed_by;
  }
  if (!staleness.problems.empty()) json["problems"] = staleness.problems;
  if (staleness.is_clock_back) json["clock_went_back"] = true;
  if (!staleness.of.empty()) json["compared_with"] = staleness.of;
  if (staleness.verdict) json["verdict"] = staleness.verdict->body.value("verdict", std::string());
  return json;
}

}  // namespace sterlet::retest
