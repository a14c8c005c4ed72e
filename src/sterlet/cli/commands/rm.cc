#include <CLI/CLI.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/base/text.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/stored_study.h"
#include "sterlet/cli/trial_argument.h"
#include "sterlet/study/upkeep.h"

namespace sterlet::cli {

namespace {

struct RmOptions {
  StudyOptions study;
  std::vector<std::string> words;
  bool yes = false;
  bool keep_files = false;
};

// What goes: a study, or some of its trials, and how many trials have folders of which size.
struct Removal {
  std::string what;
  std::vector<std::int64_t> trials;
  run::FolderContents contents;
};

Removal removal_of(const StoredStudy& stored, const std::vector<std::int64_t>& named, std::int64_t count) {
  Removal removal{.trials = named};
  if (named.empty()) {
    removal.what = fmt::format("the study {} with {}", stored.record.name,
                               base::count_text(static_cast<std::uint64_t>(count), "trial"));
    for (std::int64_t trial = 0; trial < count; ++trial) removal.trials.push_back(trial);
  } else {
    removal.what = fmt::format("{} {} of the study {}", named.size() == 1 ? "trial" : "trials", fmt::join(named, ", "),
                               stored.record.name);
  }
  for (const std::int64_t trial : removal.trials) {
    const auto own = run::contents_of(run::trial_folder(stored.trials_folder, trial));
    removal.contents.files += own.files;
    removal.contents.bytes += own.bytes;
  }
  return removal;
}

std::string files_text(const StoredStudy& stored, const Removal& removal, bool keeps) {
  if (removal.contents.files == 0) return "no files";
  return fmt::format("{}the checkpoints and logs in {} ({})", keeps ? "not " : "", stored.trials_folder,
                     text_of(removal.contents));
}

// Rows first: what they name must not be gone before them. A kill between the two leaves files that nothing names.
base::Result<void> remove(Context& context, const StoredStudy& stored, const std::vector<std::int64_t>& named,
                          const Removal& removal, bool keeps_files) {
  if (named.empty()) {
    STERLET_PASS(study::remove_study(*stored.storage, stored.record));
  } else {
    STERLET_TRY(const auto study, study::Study::open_existing(stored.record.name, {.storage = stored.storage.get(),
                                                                                   .clock = &context.parts.clock}));
    STERLET_PASS(study->by_hand().remove(named));
  }
  if (keeps_files) return {};
  for (const std::int64_t trial : removal.trials) {
    STERLET_PASS(run::delete_trial_folder(stored.trials_folder, trial));
  }
  run::delete_trials_folder(stored.trials_folder);
  return {};
}

base::Result<void> rm(Context& context, RmOptions& options) {
  STERLET_TRY(const auto named, split_trials(options.words, options.study));
  if (options.study.study.empty()) {
    if (named.empty()) {
      return base::fail(base::ErrorCode::kInvalidArgument, "it is not said what to remove",
                        "name the study, as in sterlet rm mlp, or sterlet rm mlp 17");
    }
    return base::fail(base::ErrorCode::kInvalidArgument, "it is not said of which study to remove trials",
                      fmt::format("name it, as in sterlet rm mlp {}", fmt::join(named, " ")));
  }
  STERLET_TRY(const StoredStudy stored, open_at_rest(context, options.study));
  STERLET_TRY(const std::int64_t count, stored.storage->count_trials(stored.record.id));
  if (!named.empty()) {
    STERLET_TRY(const auto study, study::Study::open_existing(stored.record.name, {.storage = stored.storage.get(),
                                                                                   .clock = &context.parts.clock}));
    for (const std::int64_t trial : named) STERLET_PASS(check_trial(*study, trial));
  }
  const Removal removal = removal_of(stored, named, count);
  const std::string files = files_text(stored, removal, options.keep_files);
  if (!options.yes) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("this would remove {}, and {}; nothing was removed", removal.what, files),
                      "to do it, add --yes");
  }
  STERLET_PASS(remove(context, stored, named, removal, options.keep_files));
  if (context.json) {
    context.out.json({{"version", 1},
                      {"study", stored.record.name},
                      {"removed", named.empty() ? base::Json("study") : base::Json(named)},
                      {"files", options.keep_files ? 0 : removal.contents.files}});
  } else if (!context.quiet) {
    context.out.line(fmt::format("removed {}, and {}", removal.what, files));
  }
  return {};
}

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<RmOptions>();
  command.add_option("WORDS", options->words, "the study (file or name), and numbers of trials to remove them alone")
      ->option_text("STUDY [TRIAL ...]");
  command.add_flag("--yes,-y", options->yes, "do it; without, it is said what would be removed");
  command.add_flag("--keep-files", options->keep_files, "leave checkpoints and logs where they are");
  command.add_option("--storage", options->study.storage, "file with the studies (default: ./sterlet.db)");
  command.footer(
      "Checkpoints and logs go with their trials. The number of a trial that was removed is not given again, and the\n"
      "budget no longer counts it. What runs is not removed.");
  command.callback([&context, options] { attempt(context, [&] { return rm(context, *options); }); });
}

}  // namespace

const Command rm_command{"rm", "remove a study, or some of its trials, with their files", "sterlet rm mlp 17 18 --yes",
                         add};

}  // namespace sterlet::cli
