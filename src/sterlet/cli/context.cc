#include "sterlet/cli/context.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/cli/differences.h"
#include "sterlet/storage/open.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::cli {

namespace fs = std::filesystem;

void add_study_options(CLI::App& command, StudyOptions& options) {
  command.add_option("STUDY", options.study,
                     "a study file, or a study's name; may be left out where there is only one");
  command.add_option("--storage", options.storage, "file with the studies (default: sterlet.db in the study's folder)");
}

bool is_study_file(const std::string& argument) {
  const std::string extension = fs::path(argument).extension().string();
  std::error_code ignored;
  return extension == ".yaml" || extension == ".yml" || extension == ".json" ||
         argument.find('/') != std::string::npos || fs::is_regular_file(argument, ignored);
}

base::Result<std::string> storage_path(const std::string& storage, const std::string& folder) {
  if (storage.empty()) return (fs::path(folder) / "sterlet.db").string();
  return storage::sqlite_path(storage);
}

namespace {

base::Result<OpenStudy> open_with(const Context& context, const StudyOptions& options, const std::string& session,
                                  const storage::OpenOptions& storage_options) {
  std::string name = options.study, folder = ".";
  if (!name.empty() && is_study_file(name)) {
    auto file = studyfile::read_study_file(study::strategies(), name);
    if (!file) return base::fail(file.error().front());
    name = file->spec.name;
    folder = file->spec.folder;
  }
  STERLET_TRY(std::string path, storage_path(options.storage, folder));
  OpenStudy open;
  STERLET_TRY(open.storage, context.parts.open_storage(path, storage_options));
  open.storage_path = path;
  open.trials_home = context.parts.trials_home(path);
  if (name.empty()) {
    STERLET_TRY(const auto studies, open.storage->list_studies());
    if (studies.size() != 1) {
      std::string list;
      for (const auto& study : studies) list += (list.empty() ? "" : ", ") + study.name;
      return base::fail(base::ErrorCode::kInvalidArgument,
                        studies.empty() ? std::string("there is no study in it yet")
                                        : fmt::format("there are {} studies in it: {}", studies.size(), list),
                        studies.empty() ? "run sterlet tune first" : "say which one you mean", path);
    }
    name = studies.front().name;
  }
  auto study = study::Study::open_existing(
      name, {.storage = open.storage.get(), .clock = &context.parts.clock, .session = session});
  if (!study) return base::fail(study.error().at(path));
  open.study = std::move(*study);
  return open;
}

}  // namespace

base::Result<OpenStudy> open_study(const Context& context, const StudyOptions& options, const std::string& session) {
  return open_with(context, options, session, {.must_exist = true});
}

base::Result<OpenStudy> open_to_look(const Context& context, const StudyOptions& options) {
  return open_with(context, options, {}, {.must_exist = true, .only_read = true});
}

base::Result<OpenStudy> open_study_of(const Context& context, studyfile::StudyFile file, const StudyOptions& options,
                                      const std::string& session) {
  OpenStudy open;
  STERLET_TRY(open.storage_path, storage_path(options.storage, file.spec.folder));
  STERLET_TRY(open.storage, context.parts.open_storage(open.storage_path, {}));
  open.trials_home = context.parts.trials_home(open.storage_path);
  STERLET_TRY(open.study,
              open_file_in(context, *open.storage, std::move(file), options,
                           {.storage = open.storage.get(), .clock = &context.parts.clock, .session = session}));
  return open;
}

void add_amend_option(CLI::App& command, StudyOptions& options) {
  command.add_flag(
      "--amend", options.amend,
      "go on with the stored trials where the study file has another space, objective, constraint or seed");
}

base::Result<std::unique_ptr<study::Study>> open_file_in(const Context& context, storage::Storage& storage,
                                                         studyfile::StudyFile file, const StudyOptions& options,
                                                         const study::Study::Options& study_options) {
  const auto comparison = study::compare(storage, file);
  if (!comparison) return base::fail(comparison.error().at(options.study));
  tell_differences(context, file.spec, *comparison);
  auto study =
      study::Study::open(std::move(file), study_options, options.amend ? study::Amend::kYes : study::Amend::kNo);
  if (!study) return base::fail(study.error().at(options.study));
  return study;
}

void fail(Context& context, const base::Error& error) { fail(context, std::vector<base::Error>{error}); }

void fail(Context& context, const std::vector<base::Error>& errors) {
  for (const base::Error& error : errors) {
    if (context.json) {
      const base::Json json{{"error", {{"where", error.where}, {"what", error.what}, {"next", error.next}}}};
      context.err.json(json);
    } else {
      context.err.line(error.message());
    }
  }
  context.exit_code = errors.empty() ? 1 : base::exit_code(errors.front().code);
}

}  // namespace sterlet::cli
