#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "sterlet/cli/commands.h"
#include "sterlet/cli/stored_study.h"
#include "sterlet/study/upkeep.h"

namespace sterlet::cli {

namespace {

base::Result<void> rename(Context& context, const StudyOptions& options, const std::string& name) {
  STERLET_TRY(const StoredStudy stored, open_at_rest(context, options));
  STERLET_PASS(study::check_new_name(*stored.storage, name));
  STERLET_PASS(run::keep_trials_folder(stored.home, stored.record, name));
  STERLET_PASS(study::rename_study(*stored.storage, stored.record, name));
  if (context.json) {
    context.out.json({{"version", 1}, {"study", name}, {"was", stored.record.name}});
  } else if (!context.quiet) {
    context.out.line(
        fmt::format("{} is now called {}; its checkpoints and logs stay in {}, which is found by the study's "
                    "identity; write study: {} in its file",
                    stored.record.name, name, stored.trials_folder, name));
  }
  return {};
}

void add(CLI::App& command, Context& context) {
  struct Options {
    StudyOptions study;
    std::string name;
  };
  auto options = std::make_shared<Options>();
  command.add_option("STUDY", options->study.study, "a study file, or a study's name")->required();
  command.add_option("NAME", options->name, "its new name")->required();
  command.add_option("--storage", options->study.storage, "file with the studies (default: ./sterlet.db)");
  command.callback(
      [&context, options] { attempt(context, [&] { return rename(context, options->study, options->name); }); });
}

}  // namespace

const Command rename_command{"rename", "give a study another name", "sterlet rename mlp mlp-2025", add};

}  // namespace sterlet::cli
