#include "sterlet/study/registration.h"

#include <algorithm>
#include <random>

#include "sterlet/base/json.h"

namespace sterlet::study {

namespace {

using base::Result;

// How long and how wide a study runs says nothing of what its trials are.
bool is_of_the_run(const Difference& difference) {
  return difference.key == "workers" || difference.key.starts_with("budget.");
}

// Points that the file enqueues and the stored one did not.
Result<void> enqueue_new(storage::Storage& storage, std::int64_t study, const base::Json& before,
                         const base::Json& now) {
  for (const base::Json& point : now) {
    const bool is_known = std::find(before.begin(), before.end(), point) != before.end();
    if (!is_known) STERLET_PASS(storage.push_queue(study, base::json_line(point)));
  }
  return {};
}

// A version whose file named no seed names it before another one follows: see seed_of_version().
Result<void> name_seed(storage::Storage& storage, const storage::StudyRecord& existing) {
  STERLET_TRY(base::Json spec, base::parse_json(existing.spec));
  if (spec.contains("seed")) return {};
  spec["seed"] = existing.seed;
  return storage.set_spec(existing.id, base::json_line(spec));
}

Result<void> change(storage::Storage& storage, const storage::StudyRecord& existing, const storage::StudyRecord& study,
                    const Comparison& comparison) {
  if (std::all_of(comparison.differences.begin(), comparison.differences.end(), is_of_the_run)) {
    return storage.set_spec(existing.id, study.spec);
  }
  const bool has_other_seed = std::any_of(comparison.differences.begin(), comparison.differences.end(),
                                          [](const Difference& difference) { return difference.key == "seed"; });
  if (has_other_seed) STERLET_PASS(name_seed(storage, existing));
  const storage::SpecVersion version{
      .first_trial = comparison.trials, .spec = study.spec, .created_ms = study.created_ms};
  STERLET_PASS(storage.add_spec_version(existing.id, version));
  for (const Difference& difference : comparison.differences) {
    if (difference.key != "enqueue") continue;
    STERLET_PASS(enqueue_new(storage, existing.id, difference.was, difference.is));
  }
  return {};
}

Result<Entry> find_or_create(storage::Storage& storage, const studyfile::StudyFile& file, storage::StudyRecord study,
                             Amend amend) {
  const studyfile::StudySpec& spec = file.spec;
  study.spec = base::json_line(studyfile::json_from_spec(spec));
  STERLET_TRY(auto existing, storage.find_study(spec.name));
  if (!existing) {
    std::vector<std::string> queue;
    for (const base::Json& point : spec.enqueue) queue.push_back(base::json_line(point));
    STERLET_TRY(auto made, storage.create_study(study, queue));
    return Entry{.record = std::move(made)};
  }
  STERLET_TRY(Comparison comparison, compare(storage, file));
  STERLET_PASS(check_consent(comparison, spec.name, amend == Amend::kYes));
  if (study.spec != existing->spec) STERLET_PASS(change(storage, *existing, study, comparison));
  STERLET_PASS(storage.request_stop(existing->id, false));
  existing->spec = study.spec;
  return Entry{.record = std::move(*existing), .differences = std::move(comparison.differences)};
}

}  // namespace

std::uint64_t new_seed() {
  std::random_device device;  // check: once a study, and stored with it
  return device() & 0x7FFFFFFF;
}

Result<Entry> create_or_find(storage::Storage& storage, const studyfile::StudyFile& file, storage::StudyRecord study,
                             Amend amend, const std::function<Result<void>(const storage::StudyRecord&)>& read) {
  STERLET_PASS(storage.begin());
  auto entered = find_or_create(storage, file, std::move(study), amend);
  const bool is_changed = entered && !entered->differences.empty();
  Result<void> done = entered ? Result<void>() : base::fail(entered.error());
  if (is_changed) done = read(entered->record);
  if (done) done = storage.commit();
  if (!done) {
    storage.rollback();
    return base::fail(std::move(done).error());
  }
  STERLET_PASS(storage.sync());
  if (!is_changed) STERLET_PASS(read(entered->record));  // Not while others wait: to read many trials takes a while.
  return entered;
}

}  // namespace sterlet::study
