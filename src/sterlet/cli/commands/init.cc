#include <CLI/CLI.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/base/file.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::cli {

namespace {

void add(CLI::App& command, Context& context) {
  struct Options {
    std::string preset = "mlp";
    std::string output;
    bool schema = false;
  };
  auto options = std::make_shared<Options>();
  command.add_option("PRESET", options->preset,
                     "one of " + fmt::format("{}", fmt::join(studyfile::preset_names(), ", ")));
  command.add_option("--output,-o", options->output, "file to write; an existing one is left alone (default: stdout)");
  command.add_flag("--schema", options->schema, "print the JSON Schema of study files instead, for your editor");
  command.callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      std::string text = studyfile::study_schema().dump(2) + "\n";
      if (!options->schema) {
        STERLET_TRY(text, studyfile::starter_study(options->preset));
      }
      if (options->output.empty()) {
        context.out.text(text);
        return {};
      }
      return base::write_whole(options->output, text, base::Existing::kRefuse);
    });
  });
}

}  // namespace

const Command init_command{"init", "write a commented study file to start from", "sterlet init cnn > study.yaml", add};

}  // namespace sterlet::cli
