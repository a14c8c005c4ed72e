#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "sterlet/api/documents.h"
#include "sterlet/cli/best_trials.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"

namespace sterlet::cli {

namespace {

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<StudyOptions>();
  add_study_options(command, *options);
  command.callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(const OpenStudy open, open_to_look(context, *options));
      const base::Json summary = api::summary_json(*open.study);
      if (summary["best"].empty()) {
        context.exit_code = 3;
        context.err.line(fmt::format("{}: no trial has finished with a value yet; see sterlet ls {}",
                                     open.study->spec().name, open.study->spec().name));
        return {};
      }
      if (context.json) {
        context.out.json({{"version", 1}, {"best", summary["best"]}});
        return {};
      }
      print_best(context, *open.study, "");
      return {};
    });
  });
}

}  // namespace

const Command best_command{"best", "the best hyperparameters found", "sterlet best mlp", add};

}  // namespace sterlet::cli
