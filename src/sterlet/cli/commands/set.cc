#include <CLI/CLI.hpp>

#include "sterlet/babysit/record/change.h"
#include "sterlet/cli/change.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"

namespace sterlet::cli {

namespace {

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<ChangeOptions>();
  command.add_option("WORDS", options->words, "[STUDY] NAME=VALUE, NAME*=FACTOR or NAME/=DIVISOR ...")->required();
  command.add_option("--note", options->note, "why, for the logbook");
  add_change_options(command, *options);
  command.footer(
      "Only parameters that the study calls live can be changed, within their bounds. sterlet undo goes back exactly.");
  command.callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      split_study(*options);
      if (options->words.empty()) {
        return base::fail(base::ErrorCode::kInvalidArgument, "no change is given",
                          "write it as sterlet set learning_rate=0.02");
      }
      STERLET_TRY(const auto changes, babysit::parse_changes(options->words));
      STERLET_TRY(const OpenStudy open, open_study(context, options->study));
      STERLET_TRY(const babysit::Found found, find_model(context, *options, open));
      STERLET_TRY(const babysit::Tree tree, babysit::load_tree(*open.storage, open.study->storage_id(), found.model));
      // Checked here too, so that a mistake is reported at once, also where no process babysits the model now.
      STERLET_PASS(
          babysit::resolve_changes(changes, open.study->space(), babysit::params_of(tree, found.model.active)));
      if (found.is_running && found.model.live && !found.model.restores) {
        context.err.line("note: this program cannot go back to a checkpoint, so the change cannot be undone");
      }
      return ask_model(context, open, found, *options, "set", {{"changes", babysit::json_from_changes(changes)}});
    });
  });
}

}  // namespace

const Command set_command{
    "set", "change hyperparameters of the model that is training, after a checkpoint",
    "sterlet set learning_rate=0.02 'momentum*=1.05' --note 'the curve has been flat since step 30'", add};

}  // namespace sterlet::cli
