#include "sterlet/cli/commands.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "sterlet/cli/context.h"

namespace sterlet::cli {

std::span<const Command* const> commands() {
#define STERLET_ADDRESS_OF_COMMAND(name) &name##_command,
  static constexpr std::array kCommands{STERLET_COMMANDS(STERLET_ADDRESS_OF_COMMAND)};
#undef STERLET_ADDRESS_OF_COMMAND
  return kCommands;
}

namespace {

bool is_needed(const Command& command, std::span<char* const> words) {
  return words.empty() || std::any_of(words.begin(), words.end(), [&](const std::string_view word) {
           return word == command.name || word == help_command.name || word == complete_command.name;
         });
}

}  // namespace

void add_commands(CLI::App& app, Context& context, std::span<char* const> words) {
  context.app = &app;
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", STERLET_VERSION);
  app.add_flag("--json", context.json, "print data as JSON, in a schema with a version");
  app.add_flag("--quiet,-q", context.quiet, "print errors and data only");
  for (const Command* row : commands()) {
    CLI::App* command = app.add_subcommand(row->name, row->summary);
    if (!row->is_for_people) command->group("");
    if (!is_needed(*row, words)) continue;
    row->add(*command, context);
    const std::string more = command->get_footer();
    command->footer(fmt::format("{}{}Example: {}", more, more.empty() ? "" : "\n", row->example));
  }
}

}  // namespace sterlet::cli
