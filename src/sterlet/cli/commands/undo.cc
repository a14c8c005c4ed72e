#include <CLI/CLI.hpp>

#include "sterlet/babysit/record/change.h"
#include "sterlet/cli/change.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"

namespace sterlet::cli {

namespace {

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<ChangeOptions>();
  command.add_option("STUDY", options->study.study, "a study file, or a study's name");
  command.add_option("--note", options->note, "why, for the logbook");
  add_change_options(command, *options);
  command.callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(const OpenStudy open, open_study(context, options->study));
      STERLET_TRY(const babysit::Found found, find_model(context, *options, open));
      return ask_model(context, open, found, *options, "undo", base::Json::object());
    });
  });
}

}  // namespace

const Command undo_command{"undo", "take the last live change back: the model returns to exactly what it was",
                           "sterlet undo", add};

}  // namespace sterlet::cli
