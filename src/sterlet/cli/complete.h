#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sterlet::cli {

struct Context;

/// What can stand where a command line is being typed.
struct Completion {
  enum class Files { kNone, kStudyFiles, kAll };
  struct Word {
    std::string text;   ///< The whole word, `name=` where a value follows.
    std::string about;  ///< A few words on it; may be empty.
  };
  std::vector<Word> words;  ///< Not filtered by what was typed: shells match in their own ways.
  Files files = Files::kNone;
};

/// Completes the last of the words, those behind `sterlet` with the one that is typed, which may be empty. Commands,
/// options, their values, and from the storage studies, trials and parameters. Reads, never writes; what cannot be read
/// completes to nothing.
Completion complete(const Context& context, const std::vector<std::string>& words);

/// The words of a line as a shell would make them, without the program's own name; the last one is being typed.
std::vector<std::string> split_line(std::string_view line);

}  // namespace sterlet::cli
