#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/settings.h"
#include "sterlet/cli/words.h"

namespace sterlet::cli {

namespace {

void add(CLI::App& command, Context& context) {
  struct Options {
    StudyOptions study;
    std::vector<std::string> settings;
  };
  auto options = std::make_shared<Options>();
  command.add_option("POINT", options->settings, "parameters left out are filled in")
      ->option_text("[STUDY] NAME=VALUE ...")
      ->required();
  command.add_option("--storage", options->study.storage, "file with the studies (default: ./sterlet.db)");
  command.callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      std::vector<std::string> words = options->settings;
      if (words.front().find('=') == std::string::npos) {
        options->study.study = words.front();
        words.erase(words.begin());
      }
      STERLET_TRY(const base::Json params, parse_settings(words));
      STERLET_TRY(const OpenStudy open, open_study(context, options->study));
      STERLET_PASS(open.study->enqueue(params));
      if (!context.quiet)
        context.out.line(fmt::format("{} tries {} next", open.study->spec().name, params_text(params)));
      return {};
    });
  });
}

}  // namespace

const Command enqueue_command{"enqueue", "put a configuration at the head of what is tried next",
                              "sterlet enqueue mlp learning_rate=0.01 batch_size=64", add};

}  // namespace sterlet::cli
