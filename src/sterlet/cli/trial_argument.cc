#include "sterlet/cli/trial_argument.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include <fmt/format.h>

#include "sterlet/base/text.h"

namespace sterlet::cli {

void add_trial_arguments(CLI::App& command, StudyOptions& options, std::vector<std::string>& words) {
  command.add_option("TRIAL", words, "the trial's number, or best, or last; after the study where there are several")
      ->option_text("[STUDY] TRIAL")
      ->expected(0, CLI::detail::expected_max_vector_size);  // split_words() says what is too many.
  command.add_option("--storage", options.storage, "file with the studies (default: ./sterlet.db)");
}

base::Result<NamedTrial> split_words(const std::vector<std::string>& words, StudyOptions& options) {
  NamedTrial trial;
  for (const std::string& word : words) {
    const bool is_last_word = &word == &words.back();
    const auto number = base::parse_integer(word);
    if (number && is_last_word) {
      trial.number = number;
    } else if (is_last_word && word == "best") {
      trial.is_best = true;
    } else if (is_last_word && word == "last") {
      trial.is_last = true;
    } else if (options.study.empty()) {
      options.study = word;
    } else {
      return base::fail(base::ErrorCode::kInvalidArgument,
                        fmt::format("'{}' is not a trial's number", base::printable(word)),
                        "give a whole number from 0, or best, or last");
    }
  }
  return trial;
}

base::Result<std::optional<std::int64_t>> find_trial(const study::Study& study, const NamedTrial& named) {
  if (named.is_best) {
    const auto best = study.best();
    if (!best.empty()) return std::optional(best.front());
    return base::fail(base::ErrorCode::kNotFound, "no trial has finished with a value yet",
                      "name one by its number, or as last", study.spec().name);
  }
  if (named.is_last) {
    const storage::TrialRecord* last = nullptr;
    for (const storage::TrialRecord& record : study.records()) {
      const bool is_removed = record.state == storage::State::kRemoved;
      if (!is_removed && (last == nullptr || record.started_ms >= last->started_ms)) last = &record;
    }
    if (last != nullptr) return std::optional(last->number);
    return base::fail(base::ErrorCode::kNotFound, "there is no trial yet", "run sterlet tune first", study.spec().name);
  }
  return named.number;
}

base::Result<std::vector<std::int64_t>> split_trials(const std::vector<std::string>& words, StudyOptions& options) {
  std::vector<std::int64_t> trials;
  for (const std::string& word : words) {
    if (const auto number = base::parse_integer(word)) {
      if (std::find(trials.begin(), trials.end(), *number) == trials.end()) trials.push_back(*number);
    } else if (options.study.empty()) {
      options.study = word;
    } else {
      return base::fail(base::ErrorCode::kInvalidArgument,
                        fmt::format("'{}' is not a trial's number", base::printable(word)),
                        "give whole numbers from 0");
    }
  }
  return trials;
}

base::Result<std::int64_t> check_trial(const study::Study& study, std::int64_t trial) {
  const auto& records = study.records();
  const bool is_there = trial >= 0 && trial < static_cast<std::int64_t>(records.size());
  if (is_there && records[static_cast<std::size_t>(trial)].state != storage::State::kRemoved) return trial;
  if (is_there) {
    return base::fail(base::ErrorCode::kNotFound, fmt::format("trial {} was removed", trial), {}, study.spec().name);
  }
  return base::fail(base::ErrorCode::kNotFound, fmt::format("there is no trial {}", trial),
                    study.records().empty() ? std::string("none has run yet")
                                            : fmt::format("they go from 0 to {}", study.records().size() - 1),
                    study.spec().name);
}

}  // namespace sterlet::cli
