#include "sterlet/study/by_run.h"

#include <optional>

#include "sterlet/study/growth.h"
#include "sterlet/study/strategies/registry.h"

namespace sterlet::study {

using base::ErrorCode;
using base::Result;

Result<void> ByRun::join(const base::Json& params) {
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

Result<bool> ByRun::follow() {
  if (!ledger_.versions().has_grown_elsewhere()) return false;
  STERLET_TRY(const auto record, ledger_.storage()->find_study(spec_.name));
  if (!record) return base::fail(ErrorCode::kNotFound, "the study is no longer in the storage", {}, spec_.name);
  STERLET_TRY(const base::Json stored, base::parse_json(record->spec));
  STERLET_TRY(studyfile::StudyFile file, studyfile::study_from_json(strategies(), stored));
  STERLET_PASS(adopt(std::move(file)));
  return true;
}

// Becomes the study of a spec that differs in its parameters alone.
Result<void> ByRun::adopt(studyfile::StudyFile file) {
  std::swap(spec_, file.spec);
  std::swap(space_, file.space);
  auto prepared = prepare_();
  if (!prepared) {
    spec_ = std::move(file.spec);
    space_ = std::move(file.space);
    STERLET_CHECK(prepare_().has_value(), "what was made once can be made again");
  }
  ledger_.fit_points();
  return prepared;
}

Result<void> ByRun::correct(std::int64_t trial, int attempt, const base::Json& params) {
  return within(ledger_, [&]() -> Result<void> {
    STERLET_PASS(ledger_.running(trial, attempt));
    STERLET_TRY(space::Point point, partial_point(space_, params));
    if (point == ledger_.trials().point(trial)) return {};
    return ledger_.correct(trial, std::move(point));
  });
}

Result<void> ByRun::enqueue(const base::Json& params, const std::string& note) {
  return within(ledger_, [&] { return claims_.enqueue_freely(params, note); });
}

}  // namespace sterlet::study
