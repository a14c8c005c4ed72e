#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "sterlet/api/documents.h"
#include "sterlet/api/models.h"
#include "sterlet/cli/best_trials.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/words.h"

namespace sterlet::cli {

namespace {

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<StudyOptions>();
  add_study_options(command, *options);
  command.callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(const OpenStudy open, open_to_look(context, *options));
      base::Json summary = api::summary_json(*open.study);
      for (base::Json& best : summary["best"]) {
        STERLET_TRY(auto model, api::model_json(*open.study, *open.storage, best["number"].get<std::int64_t>()));
        if (model) best["model"] = std::move(*model);
      }
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
      for (const base::Json& best : summary["best"]) {
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
