#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/cli/context.h"

namespace sterlet::cli {

/// Adds the words [STUDY] TRIAL, where a trial may be named `best` or `last`, and --storage.
void add_trial_arguments(CLI::App& command, StudyOptions& options, std::vector<std::string>& words);
/// A trial as it is named: by its number, or as the best, or the one that began last. Nothing: none was named.
struct NamedTrial {
  std::optional<std::int64_t> number;
  bool is_best = false, is_last = false;
  bool is_named() const { return number || is_best || is_last; }
};
/// What the words name; the study goes into the options.
base::Result<NamedTrial> split_words(const std::vector<std::string>& words, StudyOptions& options);
/// Its number in the study; nothing: none was named. Errors: kNotFound.
base::Result<std::optional<std::int64_t>> find_trial(const study::Study& study, const NamedTrial& named);
/// The trials that the words name, each once, in any number; a word that is no number is the study, and goes into the
/// options. Errors: kInvalidArgument for a second such word.
base::Result<std::vector<std::int64_t>> split_trials(const std::vector<std::string>& words, StudyOptions& options);
/// The same number, where there is such a trial. Errors: kNotFound.
base::Result<std::int64_t> check_trial(const study::Study& study, std::int64_t trial);

}  // namespace sterlet::cli
