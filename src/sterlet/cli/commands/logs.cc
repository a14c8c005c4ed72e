#include <CLI/CLI.hpp>
#include <array>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/study_events.h"
#include "sterlet/cli/trial_argument.h"
#include "sterlet/run/trial_folder.h"

namespace sterlet::cli {

namespace {

void add(CLI::App& command, Context& context) {
  struct Options {
    StudyOptions study;
    std::vector<std::string> words;
    bool errors = false;
  };
  auto options = std::make_shared<Options>();
  add_trial_arguments(command, options->study, options->words);
  command.add_flag("--stderr", options->errors, "only what went to stderr");
  command.callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(const auto number, split_words(options->words, options->study));
      STERLET_TRY(const OpenStudy open, open_to_look(context, options->study));
      if (!number) {
        STERLET_TRY(const auto events, study_events(open));
        if (events.empty()) {
          return base::fail(base::ErrorCode::kInvalidArgument, "no trial was named",
                            "give its number, as in sterlet logs 3");
        }
        print_events(context, events);
        return {};
      }
      STERLET_TRY(const std::int64_t trial, check_trial(*open.study, *number));
      const int attempt_number = open.study->records()[static_cast<std::size_t>(trial)].attempt;
      const std::filesystem::path folder =
          run::trial_folder(run::trials_folder(open.trials_home, open.study->stored()), trial);
      for (const char* stream : {"stdout", "stderr"}) {
        if (options->errors && std::string_view(stream) == "stdout") continue;
        std::ifstream file(folder / fmt::format("{}-{}.log", stream, attempt_number));
        std::array<char, 65536> part{};
        while (file.read(part.data(), part.size()), file.gcount() > 0 && context.out.failure() == 0)
          context.out.raw({part.data(), static_cast<std::size_t>(file.gcount())});
      }
      return {};
    });
  });
}

}  // namespace

const Command logs_command{"logs", "what a trial's program printed, or what happened to the study",
                           "sterlet logs mlp 17", add};

}  // namespace sterlet::cli
