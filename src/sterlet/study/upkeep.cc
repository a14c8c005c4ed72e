#include "sterlet/study/upkeep.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sterlet/base/json.h"
#include "sterlet/base/text.h"
#include "sterlet/study/copying.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::study {

namespace {

using base::ErrorCode;
using base::Result;

// Runs `body` in a transaction of the storage that is on the disk afterwards; taken back where it fails.
template <typename Body>
auto in_transaction(storage::Storage& storage, Body body) -> decltype(body()) {
  STERLET_PASS(storage.begin());
  auto result = body();
  if (!result) {
    storage.rollback();
    return result;
  }
  if (auto committed = storage.commit(); !committed) {
    storage.rollback();
    return base::fail(std::move(committed).error());
  }
  STERLET_PASS(storage.sync());
  return result;
}

Result<void> check_name(const std::string& name) {
  if (studyfile::is_study_name(name)) return {};
  return base::fail(ErrorCode::kInvalidArgument, fmt::format("a study cannot be named '{}'", base::printable(name)),
                    "use a name that a folder may have");
}

Result<std::string> renamed(const std::string& spec, const std::string& name) {
  STERLET_TRY(base::Json json, base::parse_json(spec));
  json["study"] = name;
  return base::json_line(json);
}

}  // namespace

Result<void> check_new_name(storage::Storage& storage, const std::string& name) {
  STERLET_PASS(check_name(name));
  STERLET_TRY(const auto taken, storage.find_study(name));
  if (!taken) return {};
  return base::fail(ErrorCode::kConflict, fmt::format("there is a study '{}' already", name), "choose another name");
}

Result<storage::StudyRecord> find_stored(storage::Storage& storage, const std::string& name) {
  STERLET_TRY(auto record, storage.find_study(name));
  if (record) return std::move(*record);
  STERLET_TRY(const auto all, storage.list_studies());
  std::vector<std::string> names;
  for (const storage::StudyRecord& other : all) names.push_back(other.name);
  return base::fail(ErrorCode::kNotFound, fmt::format("there is no study '{}' in the storage", base::printable(name)),
                    base::suggest_name(name, names));
}

Result<void> check_at_rest(storage::Storage& storage, const storage::StudyRecord& study, SessionWatch& watch) {
  STERLET_TRY(const auto at_work, sessions_at_work(storage, study.id, watch));
  if (at_work.empty()) return {};
  return base::fail(ErrorCode::kConflict, fmt::format("process {} runs it", at_work.front().pid),
                    fmt::format("end that first: sterlet stop {}", study.name), study.name);
}

Result<void> remove_study(storage::Storage& storage, const storage::StudyRecord& study) {
  return in_transaction(storage, [&] { return storage.remove_study(study.id); });
}

Result<void> rename_study(storage::Storage& storage, const storage::StudyRecord& study, const std::string& name) {
  STERLET_PASS(check_name(name));
  return in_transaction(storage, [&]() -> Result<void> {
    STERLET_PASS(storage.rename_study(study.id, name));
    STERLET_TRY(const std::string spec, renamed(study.spec, name));
    return storage.set_spec(study.id, spec);
  });
}

Result<storage::StudyRecord> copy_study(storage::Storage& storage, const storage::StudyRecord& study,
                                        const std::string& name, CopyTrials trials, const base::Clock& clock) {
  STERLET_PASS(check_name(name));
  return in_transaction(storage, [&]() -> Result<storage::StudyRecord> {
    STERLET_TRY(auto versions, storage.load_spec_versions(study.id));
    for (storage::SpecVersion& version : versions) {
      STERLET_TRY(version.spec, renamed(version.spec, name));
    }
    storage::StudyRecord copy{.name = name, .seed = study.seed, .created_ms = clock.wall_ms()};
    if (trials == CopyTrials::kNo) {
      copy.spec = versions.back().spec;
      STERLET_TRY(const base::Json json, base::parse_json(copy.spec));
      STERLET_TRY(const studyfile::StudyFile file, studyfile::study_from_json(strategies(), json));
      std::vector<std::string> queue;
      for (const base::Json& point : file.spec.enqueue) queue.push_back(base::json_line(point));
      return storage.create_study(copy, queue);
    }
    STERLET_TRY(const auto turns, storage.live().load_turns(study.id));
    if (!turns.empty()) {
      return base::fail(ErrorCode::kConflict,
                        "its trials are the members of a population, which need their checkpoints",
                        "copy it with --without-trials", study.name);
    }
    copy.spec = versions.front().spec;
    STERLET_TRY(const auto queue, storage.load_queue(study.id));
    STERLET_TRY(storage::StudyRecord made, storage.create_study(copy, queue));
    STERLET_PASS(copy_trials(storage, study, made.id, versions, clock));
    made.spec = versions.back().spec;
    return made;
  });
}

}  // namespace sterlet::study
