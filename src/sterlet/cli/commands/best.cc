#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "sterlet/api/documents.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/population.h"
#include "sterlet/cli/words.h"

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
      for (const base::Json& best : summary["best"]) {
        context.out.line(fmt::format("trial {} with {} {}", best["number"].dump(),
                                     open.study->spec().objectives.front().metric, values_text(best["values"])));
        const std::string sure = api::assurance_text(*open.study, best["number"].get<std::int64_t>());
        if (!sure.empty()) context.out.line("  " + sure);
        context.out.line("  " + params_text(best["params"]));
        const std::string interval = interval_text(*open.study, best["number"].get<std::int64_t>());
        if (!interval.empty()) context.out.line("  " + interval);
      }
      return {};
    });
  });
}

}  // namespace

const Command best_command{"best", "the best hyperparameters found", "sterlet best mlp", add};

}  // namespace sterlet::cli
