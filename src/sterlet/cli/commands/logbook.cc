#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "sterlet/babysit/record/logbook.h"
#include "sterlet/babysit/mailbox.h"
#include "sterlet/base/file.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"

namespace sterlet::cli {

namespace {

struct LogbookOptions {
  StudyOptions study;
  std::optional<std::int64_t> trial;
  std::string branch, format = "markdown", output;
};

base::Result<std::string> logbook_text(const Context& context, const LogbookOptions& options, OpenStudy& open) {
  const study::Study& study = *open.study;
  STERLET_TRY(const auto found, babysit::find_model(study, *open.storage, context.parts.clock, options.trial));
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

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<LogbookOptions>();
  add_study_options(command, options->study);
  command.add_option("--trial", options->trial, "which model (default: the one that runs, or the latest)");
  command.add_option("--format,-f", options->format, "markdown, or schedule: the hyperparameters by step, as JSON")
      ->check(CLI::IsMember({"markdown", "schedule"}));
  command.add_option("--branch", options->branch, "schedule: of this branch (default: the one that is trained)");
  command.add_option("--output,-o", options->output, "file to write (default: stdout)");
  command.callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(OpenStudy open, open_to_look(context, options->study));
      STERLET_TRY(const std::string text, logbook_text(context, *options, open));
      if (!options->output.empty()) return base::write_whole(options->output, text);
      context.out.text(text);
      return {};
    });
  });
}

}  // namespace

const Command logbook_command{"logbook", "what was changed of a model, by whom, why, and what came of it",
                              "sterlet logbook mlp -o logbook.md", add};

}  // namespace sterlet::cli
