#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/settings.h"
#include "sterlet/cli/words.h"
#include "sterlet/study/sessions.h"

namespace sterlet::cli {

namespace {

// What stands between a queued point and its trial: nobody runs the study, or a limit is reached; else nothing.
base::Result<std::string> outlook_of(const Context& context, const OpenStudy& open) {
  const study::Study& study = *open.study;
  const std::string& name = study.spec().name;
  const study::Pause pause = study.standing();
  if (pause == study::Pause::kTrials) {
    return fmt::format(", once there is room: {}; run sterlet resume {} --trials {}",
                       study::describe(pause, study.spec()), name, study.records().size() + 1);
  }
  if (pause == study::Pause::kTime) {
    return fmt::format(", once there is time: {}; run sterlet resume {} --time {}",
                       study::describe(pause, study.spec()), name,
                       base::duration_text(2 * study.spec().budget.seconds.value_or(0)));
  }
  if (pause != study::Pause::kNone && pause != study::Pause::kRequested) {
    return fmt::format(", once the study goes on: {}", study::describe(pause, study.spec()));
  }
  study::SessionWatch watch(context.parts.clock);
  STERLET_TRY(const auto at_work, study::sessions_at_work(*open.storage, study.storage_id(), watch));
  if (!at_work.empty() || study.spec().command.empty()) return std::string();
  return fmt::format(", once it runs again: nothing runs it now; run sterlet resume {}", name);
}

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
      STERLET_TRY(base::Json params, parse_settings(words));
      STERLET_TRY(const OpenStudy open, open_study(context, options->study));
      params = with_lists(std::move(params), open.study->space());
      STERLET_PASS(open.study->enqueue(params));
      if (context.quiet) return {};
      STERLET_TRY(const std::string outlook, outlook_of(context, open));
      context.out.line(fmt::format("{} tries {} next{}", open.study->spec().name, params_text(params), outlook));
      return {};
    });
  });
}

}  // namespace

const Command enqueue_command{"enqueue", "put a configuration at the head of what is tried next",
                              "sterlet enqueue mlp learning_rate=0.01 batch_size=64", add};

}  // namespace sterlet::cli
