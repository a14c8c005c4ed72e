#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/cli/context.h"

namespace sterlet::cli {

/// Adds the words [STUDY] TRIAL, and --storage.
void add_trial_arguments(CLI::App& command, StudyOptions& options, std::vector<std::string>& words);
/// The trial that the words name, if any; the study goes into the options.
base::Result<std::optional<std::int64_t>> split_words(const std::vector<std::string>& words, StudyOptions& options);
/// The trials that the words name, each once, in any number; a word that is no number is the study, and goes into the
/// options. Errors: kInvalidArgument for a second such word.
base::Result<std::vector<std::int64_t>> split_trials(const std::vector<std::string>& words, StudyOptions& options);
/// The same number, where there is such a trial. Errors: kNotFound.
base::Result<std::int64_t> check_trial(const study::Study& study, std::int64_t trial);

}  // namespace sterlet::cli
