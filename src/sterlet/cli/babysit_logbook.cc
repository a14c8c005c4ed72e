// logbook: what was done to a model, and what came of it.
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "sterlet/babysit/logbook.h"
#include "sterlet/babysit/mailbox.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"

namespace sterlet::cli {

namespace {

struct LogbookOptions {
  StudyOptions study;
  std::optional<std::int64_t> trial;
  std::string branch, format = "markdown", output;
};

base::Result<std::string> logbook_text(const LogbookOptions& options, OpenStudy& open) {
  const study::Study& study = *open.study;
  STERLET_TRY(const auto found, babysit::find_model(study, *open.storage, base::system_clock(), options.trial));
  if (!found) {
    return base::fail(base::ErrorCode::kNotFound, "no model has been babysat in this study",
                      "start one with sterlet babysit", study.spec().name);
  }
  STERLET_TRY(const babysit::Tree tree, babysit::load_tree(*open.storage, study.storage_id(), found->model));
  if (options.format == "markdown") {
    return babysit::logbook_markdown(*open.storage, study.storage_id(), study.spec().name,
                                     study.spec().objectives.front().metric, tree);
  }
  int branch = tree.model.active;
  if (!options.branch.empty()) {
    const auto number = babysit::branch_number(options.branch);
    if (!number || *number >= static_cast<int>(tree.branches.size())) {
      return base::fail(
          base::ErrorCode::kNotFound, fmt::format("there is no branch '{}'", options.branch),
          fmt::format("they go from a to {}", babysit::branch_name(static_cast<int>(tree.branches.size()) - 1)));
    }
    branch = *number;
  }
  return base::json_line(studyfile::json_from_schedule(babysit::schedule_of(tree, branch))) + "\n";
}

}  // namespace

void add_logbook(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("logbook", "what was changed of a model, by whom, why, and what came of it");
  auto options = std::make_shared<LogbookOptions>();
  add_study_options(*command, options->study);
  command->add_option("--trial", options->trial, "which model (default: the one that runs, or the latest)");
  command->add_option("--format,-f", options->format, "markdown, or schedule: the hyperparameters by step, as JSON")
      ->check(CLI::IsMember({"markdown", "schedule"}));
  command->add_option("--branch", options->branch, "schedule: of this branch (default: the one that is trained)");
  command->add_option("--output,-o", options->output, "file to write (default: stdout)");
  command->callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(OpenStudy open, open_study(options->study));
      STERLET_TRY(const std::string text, logbook_text(*options, open));
      if (!options->output.empty()) return write_whole(options->output, text);
      fmt::print("{}", text);
      return {};
    });
  });
}

}  // namespace sterlet::cli
