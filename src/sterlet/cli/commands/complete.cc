#include "sterlet/cli/complete.h"

#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"

namespace sterlet::cli {

namespace {

// What the scripts of `sterlet completion` ask: a line a word, a tab and what it is; `:files` or `:studyfiles` where the
// shell is to add files.
void add(CLI::App& command, Context& context) {
  struct Options {
    std::vector<std::string> words;
    std::string line;
  };
  auto options = std::make_shared<Options>();
  command.add_option("TYPED", options->words, "what stands behind sterlet so far, the last word being typed");
  command.add_option("--line", options->line, "instead: the whole command line as it is typed");
  command.callback([&context, options] {
    const Completion completion = complete(context, options->line.empty() ? options->words : split_line(options->line));
    std::string text;
    for (const Completion::Word& word : completion.words) {
      text += fmt::format("{}\t{}\n", base::printable(word.text), base::printable(word.about));
    }
    if (completion.files == Completion::Files::kAll) text += ":files\t\n";
    if (completion.files == Completion::Files::kStudyFiles) text += ":studyfiles\t\n";
    context.out.text(text);
  });
}

}  // namespace

const Command complete_command{"complete", "list what can stand next on a command line; for completion scripts",
                               "sterlet complete -- export --format", add, false};

}  // namespace sterlet::cli
