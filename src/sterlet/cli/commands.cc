#include "sterlet/cli/commands.h"

#include <CLI/CLI.hpp>
#include <array>

#include <fmt/format.h>

#include "sterlet/cli/context.h"

namespace sterlet::cli {

std::span<const Command* const> commands() {
#define STERLET_ADDRESS_OF_COMMAND(name) &name##_command,
  static constexpr std::array kCommands{STERLET_COMMANDS(STERLET_ADDRESS_OF_COMMAND)};
#undef STERLET_ADDRESS_OF_COMMAND
  return kCommands;
}

void add_commands(CLI::App& app, Context& context) {
  context.app = &app;
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", STERLET_VERSION);
  app.add_flag("--json", context.json, "print data as JSON, in a schema with a version");
  app.add_flag("--quiet,-q", context.quiet, "print errors and data only");
  for (const Command* row : commands()) {
    CLI::App* command = app.add_subcommand(row->name, row->summary);
    row->add(*command, context);
    const std::string more = command->get_footer();
    command->footer(fmt::format("{}{}Example: {}", more, more.empty() ? "" : "\n", row->example));
  }
}

}  // namespace sterlet::cli
