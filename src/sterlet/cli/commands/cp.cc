#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/stored_study.h"
#include "sterlet/study/upkeep.h"

namespace sterlet::cli {

namespace {

struct CpOptions {
  StudyOptions study;
  std::string name;
  bool without_trials = false;
};

base::Result<void> cp(Context& context, const CpOptions& options) {
  STERLET_TRY(const StoredStudy stored, open_at_rest(context, options.study));
  const auto trials = options.without_trials ? study::CopyTrials::kNo : study::CopyTrials::kYes;
  STERLET_TRY(const storage::StudyRecord copy,
              study::copy_study(*stored.storage, stored.record, options.name, trials, context.parts.clock));
  STERLET_TRY(const std::int64_t count, stored.storage->count_trials(copy.id));
  if (context.json) {
    context.out.json({{"version", 1}, {"study", copy.name}, {"from", stored.record.name}, {"trials", count}});
  } else if (!context.quiet) {
    context.out.line(fmt::format("{} is a copy of {} with {}; checkpoints and logs are not copied", copy.name,
                                 stored.record.name, base::count_text(static_cast<std::uint64_t>(count), "trial")));
  }
  return {};
}

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<CpOptions>();
  command.add_option("STUDY", options->study.study, "a study file, or a study's name")->required();
  command.add_option("NAME", options->name, "the copy's name")->required();
  command.add_flag("--without-trials", options->without_trials, "copy what it searches and how, but no trial");
  command.add_option("--storage", options->study.storage, "file with the studies (default: ./sterlet.db)");
  command.footer(
      "The copy has the results, curves, notes and tags. A trial without a result is CANCELLED in it. A study file "
      "goes\n"
      "on with the copy once it says study: NAME.");
  command.callback([&context, options] { attempt(context, [&] { return cp(context, *options); }); });
}

}  // namespace

const Command cp_command{"cp", "copy a study under another name, with its trials or without", "sterlet cp mlp mlp-wide",
                         add};

}  // namespace sterlet::cli
