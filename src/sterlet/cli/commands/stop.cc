#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "sterlet/cli/change.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"

namespace sterlet::cli {

namespace {

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<StudyOptions>();
  add_study_options(command, *options);
  command.callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(OpenStudy open, open_study(context, *options));
      STERLET_TRY(const bool told, tell_model(context, open, "stop"));
      if (told) return {};
      STERLET_PASS(open.storage->request_stop(open.study->storage_id(), true));
      if (!context.quiet)
        context.out.line(fmt::format("{} starts no more trials; sterlet resume goes on", open.study->spec().name));
      return {};
    });
  });
}

}  // namespace

const Command stop_command{"stop", "let a running study finish its trials and start no more", "sterlet stop mlp", add};

}  // namespace sterlet::cli
