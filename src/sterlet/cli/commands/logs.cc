#include <CLI/CLI.hpp>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/study_events.h"
#include "sterlet/cli/trial_argument.h"
#include "sterlet/run/trial_folder.h"
#include "sterlet/study/sessions.h"

namespace sterlet::cli {

namespace {

namespace fs = std::filesystem;
using storage::State;

constexpr auto kLook = std::chrono::milliseconds(100);

struct Options {
  StudyOptions study;
  std::vector<std::string> words;
  bool errors = false;
  bool follows = false;
  bool last = false;
};

// A log that is being written, printed as it grows.
class Tail final {
 public:
  explicit Tail(fs::path path) : path_(std::move(path)) {}

  // Prints what is new; false where nothing is. One that has become shorter, as the middle was cut out of it, is read
  // on from its end.
  bool print(Printer& out) {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(path_, error);
    if (error) return false;
    if (size < at_) at_ = size;
    if (size == at_) return false;
    std::ifstream file(path_, std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at_));
    std::array<char, 65536> part{};
    while (file.read(part.data(), part.size()), file.gcount() > 0 && out.failure() == 0) {
      out.raw({part.data(), static_cast<std::size_t>(file.gcount())});
      at_ += static_cast<std::uintmax_t>(file.gcount());
    }
    return true;
  }

 private:
  fs::path path_;
  std::uintmax_t at_ = 0;
};

// The logs of one attempt.
std::vector<Tail> tails_of(const Options& options, const fs::path& folder, int attempt) {
  std::vector<Tail> tails;
  if (!options.errors) tails.emplace_back(folder / fmt::format("stdout-{}.log", attempt));
  tails.emplace_back(folder / fmt::format("stderr-{}.log", attempt));
  return tails;
}

bool is_going_on(const storage::TrialRecord& record, const std::set<std::int64_t>& abandoned) {
  return record.state == State::kRunning && !abandoned.contains(record.number);
}

base::Result<void> follow(const Context& context, const Options& options, const OpenStudy& open, const fs::path& folder,
                          std::int64_t trial) {
  study::SessionWatch watch(context.parts.clock);
  int attempt = 0;
  std::vector<Tail> tails;
  while (context.out.failure() == 0) {
    STERLET_PASS(open.study->refresh());
    const storage::TrialRecord& record = open.study->records()[static_cast<std::size_t>(trial)];
    if (record.attempt != attempt) {
      attempt = record.attempt;
      tails = tails_of(options, folder, attempt);
    }
    STERLET_TRY(const auto abandoned, study::abandoned_trials(*open.study, *open.storage, watch));
    const bool goes_on = is_going_on(record, abandoned);
    bool is_new = false;
    for (Tail& tail : tails) is_new = tail.print(context.out) || is_new;
    if (is_new) {
      context.out.flush();
    } else if (!goes_on) {
      if (!context.quiet) context.err.line(fmt::format("trial {} is {}", trial, storage::text_of(record.state)));
      return {};
    }
    if (!is_new) std::this_thread::sleep_for(kLook);
  }
  return {};
}

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<Options>();
  add_trial_arguments(command, options->study, options->words);
  command.add_flag("--stderr", options->errors, "only what went to stderr");
  command.add_flag("--follow,-f", options->follows,
                   "go on printing until the trial ends; without a number of the trial that began last");
  command.add_flag("--last", options->last, "of the trial that began last");
  command.callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(NamedTrial named, split_words(options->words, options->study));
      if (!named.is_named()) named.is_last = options->last || options->follows;
      STERLET_TRY(const OpenStudy open, open_to_look(context, options->study));
      STERLET_TRY(const auto number, find_trial(*open.study, named));
      if (!number) {
        STERLET_TRY(const auto events, study_events(open));
        if (events.empty()) {
          return base::fail(base::ErrorCode::kInvalidArgument, "no trial was named",
                            "give its number, as in sterlet logs 3, or --last");
        }
        print_events(context, events);
        return {};
      }
      STERLET_TRY(const std::int64_t trial, check_trial(*open.study, *number));
      const fs::path folder = run::trial_folder(run::trials_folder(open.trials_home, open.study->stored()), trial);
      if (options->follows) return follow(context, *options, open, folder, trial);
      const int attempt_number = open.study->records()[static_cast<std::size_t>(trial)].attempt;
      std::error_code ignored;
      const bool is_there = fs::exists(folder, ignored);
      if (!is_there && !context.quiet) {  // Of a copy, of ask-tell, or added: nothing of it ran here.
        context.err.line(fmt::format("trial {} has no output: no program of it has run in {}", trial,
                                     base::printable(folder.parent_path().string())));
      }
      for (Tail& tail : tails_of(*options, folder, attempt_number)) tail.print(context.out);
      return {};
    });
  });
}

}  // namespace

const Command logs_command{"logs", "what a trial's program printed, or what happened to the study",
                           "sterlet logs mlp 17 -f", add};

}  // namespace sterlet::cli
