#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"

namespace sterlet::cli {

namespace {

void add(CLI::App& command, Context& context) {
  command.callback([&context] {
    const base::Json json{{"version", STERLET_VERSION}, {"schema", storage::schema_version()}, {"protocol", 1}};
    if (context.json) return context.out.json(json);
    context.out.line(fmt::format("sterlet {}", STERLET_VERSION));
  });
}

}  // namespace

const Command version_command{"version", "print the version", "sterlet version --json", add};

}  // namespace sterlet::cli
