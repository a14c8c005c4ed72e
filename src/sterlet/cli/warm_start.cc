#include "sterlet/cli/warm_start.h"

#include <CLI/CLI.hpp>
#include <utility>

#include <fmt/format.h>

#include "sterlet/study/warm.h"

namespace sterlet::cli {

void add_warm_options(CLI::App& command, WarmOptions& options) {
  command
      .add_option("--warm-from", options.studies,
                  "an older study whose best is tried first, and whose good trials say where to look; several may "
                  "be named")
      ->option_text("STUDY");
  command
      .add_option("--warm-storage", options.storage,
                  "file with the older studies (default: where this one is, else ./sterlet.db)")
      ->needs(command.get_option("--warm-from"));
}

base::Result<std::vector<OpenStudy>> open_older(const Context& context, const WarmOptions& options,
                                                const std::string& own_storage) {
  std::vector<OpenStudy> older;
  for (const std::string& name : options.studies) {
    StudyOptions study{.study = name, .storage = options.storage};
    if (study.storage.empty() && !is_study_file(name)) study.storage = own_storage;
    auto open = open_to_look(context, study);
    if (!open) {
      base::Error error = open.error().while_doing("opening the study to start warm from");
      if (error.next.find("--storage") != std::string::npos) error.next = "name its file with --warm-storage";
      return base::fail(std::move(error));
    }
    older.push_back(std::move(*open));
  }
  return older;
}

namespace {

// Where an older study lies, as it is told; empty: where the new one does.
std::string place_of(const OpenStudy& open, const std::string& own_storage) {
  return open.storage_path == own_storage ? std::string() : open.storage_path;
}

}  // namespace

base::Result<void> check_older(const std::vector<OpenStudy>& older, const studyfile::StudyFile& file,
                               const std::string& own_storage) {
  for (const OpenStudy& open : older) {
    STERLET_TRY([[maybe_unused]] const study::WarmStart start,
                study::warm_start(*open.study, file.spec, file.space, 0, place_of(open, own_storage)));
  }
  return {};
}

base::Result<void> start_warm(const Context& context, const std::vector<OpenStudy>& older, study::Study& study,
                              const std::string& own_storage) {
  for (const OpenStudy& open : older) {
    STERLET_TRY(const auto says, study::start_warm(*open.study, study, place_of(open, own_storage)));
    if (context.quiet) continue;
    for (const std::string& line : says) context.err.line(fmt::format("{}: {}", study.spec().name, line));
  }
  return {};
}

}  // namespace sterlet::cli
