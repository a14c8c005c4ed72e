#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <thread>

#include "sterlet/cli/block.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/abandoned.h"
#include "sterlet/cli/progress.h"
#include "sterlet/cli/study_lines.h"

namespace sterlet::cli {

namespace {

std::int64_t running_count(const study::Study& study) {
  return std::count_if(study.records().begin(), study.records().end(),
                       [](const storage::TrialRecord& record) { return record.state == storage::State::kRunning; });
}

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
      study::SessionWatch watch(context.parts.clock);
      while (true) {
        STERLET_PASS(open.study->refresh());
        STERLET_TRY(const Abandoned abandoned, study::abandoned_trials(*open.study, *open.storage, watch));
        const auto abandoned_count = static_cast<std::int64_t>(abandoned.size());
        auto lines = study_lines(*open.study, context.parts.clock, block.columns(), {.abandoned = abandoned_count});
        if (!abandoned.empty()) lines.emplace_back("  " + abandoned_text(*open.study, abandoned));
        block.draw(lines);
        const bool goes_on = running_count(*open.study) > abandoned_count;
        if (options->once || !context.out.is_terminal() || !goes_on || context.out.failure() != 0) return {};
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
      }
    });
  });
}

}  // namespace

const Command top_command{"top", "watch a study live, from any terminal", "sterlet top mlp", add};

}  // namespace sterlet::cli
