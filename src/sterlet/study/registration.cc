#include "sterlet/study/registration.h"

#include <random>

#include <fmt/format.h>

#include "sterlet/base/json.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::study {

namespace {

using base::ErrorCode;
using base::Result;

// What may change between two runs of one study without making it another study.
base::Json identity_of(const studyfile::StudySpec& spec) {
  base::Json json = studyfile::json_from_spec(spec);
  for (const char* key : {"budget", "workers", "folder", "seed", "retries", "failures_max", "resources", "context"}) {
    json.erase(key);
  }
  return json;
}

Result<storage::StudyRecord> find_or_create(storage::Storage& storage, const studyfile::StudySpec& spec,
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
    return base::fail(ErrorCode::kConflict,
                      fmt::format("the study '{}' is in the storage already, with seed {}", spec.name, existing->seed),
                      "leave the seed as it is, or give the study another name");
  }
  if (study.spec != existing->spec) STERLET_PASS(storage.set_spec(existing->id, study.spec));
  STERLET_PASS(storage.request_stop(existing->id, false));
  return *existing;
}

}  // namespace

std::uint64_t new_seed() {
  std::random_device device;  // check: once a study, and stored with it
  return device() & 0x7FFFFFFF;
}

Result<storage::StudyRecord> create_or_find(storage::Storage& storage, const studyfile::StudySpec& spec,
                                            storage::StudyRecord study) {
  STERLET_PASS(storage.begin());
  auto entered = find_or_create(storage, spec, std::move(study));
  auto committed = entered ? storage.commit() : base::fail(entered.error());
  if (!committed) {
    storage.rollback();
    return base::fail(std::move(committed).error());
  }
  STERLET_PASS(storage.sync());
  return entered;
}

}  // namespace sterlet::study
