#include "sterlet/library/open.h"

#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/exec/session.h"
#include "sterlet/library/convert.h"
#include "sterlet/storage/open.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::library {

namespace {

using base::ErrorCode;
using base::Json;
using base::Result;

// The study as a study file in JSON says it: so all is checked, and said, as everywhere.
Json spec_of(const space::Space& space, const std::vector<std::string>& constraints, const StudyOptions& options) {
  Json objectives = Json::array();
  for (const Objective& objective : options.objectives) {
    objectives.push_back({{"metric", objective.metric},
                          {"direction", std::string(studyfile::text_of(direction_of(objective.direction)))}});
  }
  Json spec{{"study", options.name}, {"objective", std::move(objectives)}};
  for (const space::Parameter& parameter : space.parameters()) {
    spec["params"][parameter.name] = space::json_from_parameter(parameter);
  }
  if (!constraints.empty()) spec["constraints"] = constraints;
  if (options.trials) spec["budget"] = {{"trials", *options.trials}};
  if (options.seed) spec["seed"] = *options.seed;
  spec["sampler"] = json_of(options.sampler);
  spec["pruner"] = json_of(options.pruner);
  return spec;
}

Result<std::unique_ptr<storage::Storage>> open_storage(const std::string& address, bool must_exist) {
  STERLET_TRY(const std::string path, storage::sqlite_path(address));
  return storage::open_storage(path, {.must_exist = must_exist});
}

// `open` makes the study on what was made for it.
template <typename Open>
Result<Opened> opened(const std::string& storage, bool must_exist, Open open) {
  Opened made;
  study::Study::Options options;
  if (!storage.empty()) {
    STERLET_TRY(made.storage, open_storage(storage, must_exist));
    made.session = study::new_session_record(exec::new_session(), base::system_clock());
    options.storage = made.storage.get();
    options.session = made.session->id;
  }
  auto study = open(options);
  if (!study) return base::fail(storage.empty() ? study.error() : study.error().at(storage));
  made.study = std::move(*study);
  if (!study::strategy_of(made.study->spec()).is_driven) {
    return base::fail(
        ErrorCode::kConflict,
        fmt::format("its strategy is {}, which runs programs by itself", made.study->spec().strategy.name),
        fmt::format("run sterlet tune {}", made.study->spec().name), made.study->spec().name);
  }
  return made;
}

Result<Opened> open_as(studyfile::StudyFile file, const std::string& storage) {
  return opened(storage, false,
                [&](const study::Study::Options& options) { return study::Study::open(std::move(file), options); });
}

}  // namespace

Result<Opened> open_declared(const Space& space, const StudyOptions& options) {
  if (options.objectives.empty()) {
    return base::fail(ErrorCode::kInvalidArgument, "there is no objective", "give one, be it Objective()");
  }
  if (!studyfile::is_study_name(options.name)) {
    return base::fail(ErrorCode::kInvalidArgument,
                      fmt::format("a study cannot be named '{}'", base::printable(options.name)),
                      "use a name that a folder may have");
  }
  STERLET_TRY(const space::Space checked, checked_space(space));
  auto file =
      studyfile::study_from_json(study::strategies(), spec_of(checked, SpaceDoor::parts(space)->constraints, options));
  if (!file) {
    base::Error fault = file.error();
    // It was declared by the program: there is no study file, and nothing is stored yet.
    fault.code = ErrorCode::kInvalidArgument;
    fault.where = base::printable(options.name);
    return base::fail(std::move(fault));
  }
  return open_as(std::move(*file), options.storage);
}

Result<Opened> open_file(const std::string& path, const std::string& storage) {
  auto file = studyfile::read_study_file(study::strategies(), path);
  if (!file) return base::fail(file.error().front());
  return open_as(std::move(*file), storage);
}

Result<Opened> open_text(std::string_view text, const std::string& storage) {
  std::error_code ignored;
  auto file =
      studyfile::parse_study_text(study::strategies(), text, "study", std::filesystem::current_path(ignored).string());
  if (!file) return base::fail(file.error().front());
  return open_as(std::move(*file), storage);
}

Result<Opened> load(const std::string& name, const std::string& storage) {
  if (storage.empty()) {
    return base::fail(ErrorCode::kInvalidArgument, "no storage was named", "name the file that the study is in", name);
  }
  return opened(storage, true,
                [&](const study::Study::Options& options) { return study::Study::open_existing(name, options); });
}

}  // namespace sterlet::library
