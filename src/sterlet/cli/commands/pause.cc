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
  add_change_options(command, *options);
  command.callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(const OpenStudy open, open_study(context, options->study));
      STERLET_TRY(const babysit::Found found, find_model(context, *options, open));
      return ask_model(context, open, found, *options, "pause", base::Json::object());
    });
  });
}

}  // namespace

const Command pause_command{"pause", "hold the model that is babysat, after a checkpoint; resume lets it go on",
                            "sterlet pause mlp", add};

}  // namespace sterlet::cli
