#include "sterlet/cli/context.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>

#include <fmt/format.h>

#include "sterlet/base/text.h"
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
  constexpr std::string_view kScheme = "sqlite:///";
  if (storage.starts_with(kScheme)) return storage.substr(kScheme.size());
  if (storage.find("://") != std::string::npos) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("--storage {} is of a kind that this version does not have", storage),
                      "name a file, as in --storage sterlet.db");
  }
  return storage;
}

base::Result<OpenStudy> open_study(const StudyOptions& options, const std::string& session) {
  std::string name = options.study, folder = ".";
  if (!name.empty() && is_study_file(name)) {
    auto file = studyfile::read_study_file(name);
    if (!file) return base::fail(file.error().front());
    name = file->spec.name;
    folder = file->spec.folder;
  }
  STERLET_TRY(std::string path, storage_path(options.storage, folder));
  OpenStudy open;
  STERLET_TRY(open.storage, storage::open_sqlite(path, {.must_exist = true}));
  open.storage_path = path;
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
  auto study = study::Study::open_existing(name, {.storage = open.storage.get(), .session = session});
  if (!study) return base::fail(study.error().at(path));
  open.study = std::move(*study);
  return open;
}

void fail(Context& context, const base::Error& error) { fail(context, std::vector<base::Error>{error}); }

void fail(Context& context, const std::vector<base::Error>& errors) {
  for (const base::Error& error : errors) {
    if (context.json) {
      const base::Json json{{"error", {{"where", error.where}, {"what", error.what}, {"next", error.next}}}};
      fmt::print(stderr, "{}\n", base::json_line(json));
    } else {
      fmt::print(stderr, "{}\n", error.message());
    }
  }
  context.exit_code = errors.empty() ? 1 : base::exit_code(errors.front().code);
}

void print(const std::string& line) { fmt::print("{}\n", line); }

std::string table_text(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += fmt::format("{:<{}}  ", row[i], widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string params_text(const base::Json& params) {
  std::string text;
  for (const auto& [name, value] : params.items()) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", name,
                        value.is_string() ? value.get<std::string>() : value.dump());
  }
  return text;
}

}  // namespace sterlet::cli
