#include <CLI/CLI.hpp>
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "sterlet/cli/change.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/standing.h"
#include "sterlet/cli/trial_argument.h"
#include "sterlet/study/mail.h"

namespace sterlet::cli {

namespace {

constexpr auto kLook = std::chrono::milliseconds(50);

struct Options {
  StudyOptions study;
  std::vector<std::string> words;
  bool prune = false;
  double wait_seconds = 60;
};

base::Result<void> stop_trial(Context& context, const OpenStudy& open, const Options& options, std::int64_t number) {
  STERLET_TRY(const std::int64_t trial, check_trial(*open.study, number));
  const auto model = babysit::find_model(*open.study, *open.storage, context.parts.clock, trial);
  if (model && *model && (*model)->is_running) {
    return ask_model(context, open, **model, {.wait_seconds = options.wait_seconds}, "stop", base::Json::object());
  }
  STERLET_TRY(study::Wish wish, study::Wish::post(*open.study, *open.storage, context.parts.clock, trial,
                                                  options.prune ? study::kPruneKind : study::kStopKind));
  const std::int64_t start_ms = context.parts.clock.steady_ms();
  while (true) {
    STERLET_TRY(const auto answer, wish.answer());
    if (answer) {
      if (context.json) {
        context.out.json({{"version", 1}, {"trial", trial}, {"sentence", *answer}});
      } else if (!context.quiet) {
        context.out.line(*answer);
      }
      return {};
    }
    if (static_cast<double>(context.parts.clock.steady_ms() - start_ms) >= options.wait_seconds * 1000) {
      STERLET_PASS(wish.take_back());  // Where nobody has heard it, no later attempt shall.
      return base::fail(base::ErrorCode::kTimeout,
                        fmt::format("trial {} was asked to end, but has not within {} s", trial, options.wait_seconds),
                        "wait longer with --wait", open.study->spec().name);
    }
    std::this_thread::sleep_for(kLook);
  }
}

base::Result<void> stop_study(Context& context, const OpenStudy& open) {
  STERLET_TRY(const bool told, tell_model(context, open, "stop"));
  if (told) return {};
  STERLET_TRY(const Standing standing, standing_of(context, open));
  const std::string& name = open.study->spec().name;
  if (standing.running.empty() && standing.unseen.empty()) {
    if (!context.quiet) context.out.line(fmt::format("nothing runs {} now, so there is nothing to stop", name));
    return {};
  }
  STERLET_PASS(open.storage->request_stop(open.study->storage_id(), true));
  if (!context.quiet) context.out.line(fmt::format("{} starts no more trials; sterlet resume goes on", name));
  return {};
}

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<Options>();
  command.add_option("TRIAL", options->words, "a study, and the trial to end (default: the whole study)")
      ->option_text("[STUDY] [TRIAL]")
      ->expected(0, CLI::detail::expected_max_vector_size);
  command.add_option("--storage", options->study.storage, "file with the studies (default: ./sterlet.db)");
  auto* prune =
      command.add_flag("--prune", options->prune,
                       "of a trial: end it as PRUNED, with what it has come to, which counts; else CANCELLED");
  command.add_option("--wait", options->wait_seconds, "of a trial: seconds to wait for its end (default: 60)")
      ->check(CLI::NonNegativeNumber);
  command.callback([&context, options, prune] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(const NamedTrial named, split_words(options->words, options->study));
      if (!named.is_named() && prune->count() > 0) {
        return base::fail(base::ErrorCode::kInvalidArgument, "--prune ends one trial, and none was named",
                          "give its number, as in sterlet stop 3 --prune");
      }
      STERLET_TRY(const OpenStudy open, open_study(context, options->study));
      STERLET_TRY(const auto trial, find_trial(*open.study, named));
      return trial ? stop_trial(context, open, *options, *trial) : stop_study(context, open);
    });
  });
}

}  // namespace

const Command stop_command{"stop", "end one running trial, or let a study finish its trials and start no more",
                           "sterlet stop mlp 17", add};

}  // namespace sterlet::cli
