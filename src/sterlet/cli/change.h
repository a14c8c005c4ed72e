#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/babysit/mailbox.h"
#include "sterlet/cli/context.h"

namespace sterlet::cli {

/// Options of the commands that want something of a model which is being babysat.
struct ChangeOptions {
  StudyOptions study;
  std::vector<std::string> words;
  std::string note;
  std::optional<std::int64_t> trial;
  double wait_seconds = 60;
};
/// Adds --storage, --trial and --wait.
void add_change_options(CLI::App& command, ChangeOptions& options);
/// Takes the study off the words [STUDY] NAME=VALUE ...
void split_study(ChangeOptions& options);

/// The model that is meant. Errors: kConflict where there is none.
base::Result<babysit::Found> find_model(const Context& context, const ChangeOptions& options, const OpenStudy& open);
/// Sends a command to it, waits for its answer, and prints that.
base::Result<void> ask_model(Context& context, const OpenStudy& open, const babysit::Found& found,
                             const ChangeOptions& options, const std::string& kind, base::Json body);
/// Sends a command to the model that is being babysat in this study and prints its answer; false if none runs (for
/// "resume": if none is paused).
base::Result<bool> tell_model(Context& context, const OpenStudy& open, const std::string& kind);

}  // namespace sterlet::cli
