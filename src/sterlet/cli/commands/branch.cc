#include <CLI/CLI.hpp>

#include "sterlet/babysit/record/change.h"
#include "sterlet/cli/change.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"

namespace sterlet::cli {

namespace {

void add(CLI::App& command, Context& context) {
  struct Options : ChangeOptions {
    std::int64_t at = 0;
    std::string from;
  };
  auto options = std::make_shared<Options>();
  command.add_option("WORDS", options->words, "[STUDY] NAME=VALUE, NAME*=FACTOR or NAME/=DIVISOR ...; none: as it was");
  command.add_option("--at", options->at, "step of the checkpoint")->required();
  command.add_option("--from", options->from, "branch of the checkpoint (default: the line that is trained)");
  command.add_option("--note", options->note, "why, for the logbook");
  add_change_options(command, *options);
  command.callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      split_study(*options);
      STERLET_TRY(const auto changes, babysit::parse_changes(options->words));
      STERLET_TRY(const OpenStudy open, open_study(context, options->study));
      STERLET_TRY(const babysit::Found found, find_model(context, *options, open));
      base::Json body{{"at", options->at}, {"changes", babysit::json_from_changes(changes)}};
      if (!options->from.empty()) body["from"] = options->from;
      return ask_model(context, open, found, *options, "branch", std::move(body));
    });
  });
}

}  // namespace

const Command branch_command{"branch", "train on from an earlier checkpoint, with other hyperparameters",
                             "sterlet branch --at 40 learning_rate=0.005", add};

}  // namespace sterlet::cli
