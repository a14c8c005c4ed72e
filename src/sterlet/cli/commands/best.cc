#include <CLI/CLI.hpp>

#include <span>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/api/documents.h"
#include "sterlet/api/models.h"
#include "sterlet/cli/best_trials.h"
#include "sterlet/cli/command_line.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/words.h"

namespace sterlet::cli {

namespace {

base::Result<void> print_commands(const Context& context, const OpenStudy& open, std::span<const std::int64_t> trials) {
  base::Json list = base::Json::array();
  for (const std::int64_t trial : trials) {
    STERLET_TRY(const TrialCommand command, command_of(open, trial));
    list.push_back({{"number", trial}, {"command", command.text}, {"not_in_command", command.not_in_command}});
    if (context.json) continue;
    context.out.line(command.text);
    if (command.not_in_command.empty() || context.quiet) continue;
    context.err.line(
        fmt::format("not in it, as the program reads them from Sterlet: {}; sterlet run {} trains with them",
                    fmt::join(command.not_in_command, ", "), open.study->spec().name));
  }
  if (context.json) context.out.json({{"version", 1}, {"commands", list}});
  return {};
}

void add(CLI::App& command, Context& context) {
  struct Options : StudyOptions {
    bool command = false, measured = false;
  };
  auto options = std::make_shared<Options>();
  add_study_options(command, *options);
  command.add_flag("--command", options->command, "the command line that trains with them, quoted for the shell");
  command.add_flag("--measured", options->measured, "the best result as it was measured, though it may be luck");
  command.callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(const OpenStudy open, open_to_look(context, *options));
      const std::vector<std::int64_t> trials = options->measured ? open.study->best_measured() : open.study->best();
      base::Json list = api::best_json(*open.study, trials);
      for (base::Json& best : list) {
        STERLET_TRY(auto model, api::model_json(*open.study, *open.storage, best["number"].get<std::int64_t>()));
        if (model) best["model"] = std::move(*model);
      }
      if (trials.empty()) {
        context.exit_code = 3;
        context.err.line(fmt::format("{}: no trial has finished with a value yet; see sterlet ls {}",
                                     open.study->spec().name, open.study->spec().name));
        return {};
      }
      if (options->command) return print_commands(context, open, trials);
      if (context.json) {
        context.out.json({{"version", 1}, {"best", list}});
        return {};
      }
      print_best(context, *open.study, trials, "");
      for (const base::Json& best : list) {
        if (!best.contains("model")) continue;
        const base::Json& model = best["model"];
        context.out.line(fmt::format("  ended with {} (branch {})", params_text(model["settings"]),
                                     model["branch"].get<std::string>()));
        context.out.line("  schedule: " + api::schedule_text(model));
      }
      return {};
    });
  });
}

}  // namespace

const Command best_command{"best", "the best hyperparameters found", "sterlet best mlp", add};

}  // namespace sterlet::cli
