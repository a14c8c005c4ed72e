#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/cli/command_words.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"

namespace sterlet::cli {

namespace {

constexpr int kUsage = 2;

// The same text as --help gives.
std::string help_of(const CLI::App& app, const std::string& name) {
  return app.get_formatter()->make_help(&app, name, CLI::AppFormatMode::Normal);
}

void add(CLI::App& command, Context& context) {
  auto name = std::make_shared<std::string>();
  command.add_option("COMMAND", *name, "the command to explain (default: all, in short)");
  command.callback([&context, name] {
    if (name->empty()) return context.out.text(help_of(*context.app, "sterlet"));
    std::vector<std::string> names;
    for (const CLI::App* sub : context.app->get_subcommands([](const CLI::App*) { return true; })) {
      if (sub->get_name() == *name) return context.out.text(help_of(*sub, "sterlet " + *name));
      names.push_back(sub->get_name());
    }
    fail(context, {.code = base::ErrorCode::kInvalidArgument,
                   .where = "",
                   .what = fmt::format("there is no command '{}'", base::printable(*name)),
                   .next = command_advice(*name, names)});
    context.exit_code = kUsage;
  });
}

}  // namespace

const Command help_command{"help", "explain a command, as its --help does", "sterlet help tune", add};

}  // namespace sterlet::cli
