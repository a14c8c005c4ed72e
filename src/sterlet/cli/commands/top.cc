#include <CLI/CLI.hpp>
#include <chrono>
#include <thread>

#include "sterlet/cli/block.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/progress.h"
#include "sterlet/cli/study_lines.h"

namespace sterlet::cli {

namespace {

void add(CLI::App& command, Context& context) {
  struct Options {
    StudyOptions study;
    bool once = false;
  };
  auto options = std::make_shared<Options>();
  add_study_options(command, options->study);
  command.add_flag("--once", options->once, "print it once");
  command.callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(const OpenStudy open, open_to_look(context, options->study));
      Block block(context.out, context.parts.clock, context.out.is_terminal() && wants_colour(context));
      while (true) {
        STERLET_PASS(open.study->refresh());
        block.draw(study_lines(*open.study, context.parts.clock, block.columns(), 0));
        bool is_running = false;
        for (const auto& record : open.study->records()) is_running |= record.state == storage::State::kRunning;
        if (options->once || !context.out.is_terminal() || !is_running || context.out.failure() != 0) return {};
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
      }
    });
  });
}

}  // namespace

const Command top_command{"top", "watch a study live, from any terminal", "sterlet top mlp", add};

}  // namespace sterlet::cli
