#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/base/file.h"
#include "sterlet/base/text.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/exec/local/capture.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/script.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::cli {

namespace {

constexpr std::int64_t kHelpMs = 20'000;  // Programs that load a framework first take some seconds.
constexpr std::uintmax_t kSourceBytesMax = 1 << 20;

struct Options {
  std::string preset = "mlp";
  std::vector<std::string> words;
  std::string output;
  bool schema = false;
};

// The whole of a text file; empty for one that cannot be read, is long, or has a NUL byte: a program, not its source.
std::string text_of_file(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error) || std::filesystem::file_size(path, error) > kSourceBytesMax) {
    return {};
  }
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return text.find('\0') == std::string::npos ? text : std::string();
}

// The source files that the command line names, and of a program beside which its source lies (./fit, fit.cc) that.
std::string source_of(const std::vector<std::string>& words) {
  std::string source;
  for (const std::string& word : words) source += text_of_file(word) + "\n";
  const std::filesystem::path program = words.empty() ? "" : words.front();
  if (!program.has_parent_path() || program.has_extension()) return source;
  for (const char* ending : {".cc", ".cpp", ".cxx", ".c", ".rs", ".go", ".f90"}) {
    source += text_of_file(program.string() + ending);
  }
  return source;
}

// Whether the source speaks of the client.
bool uses_client(const std::string& source) {
  return source.find("import sterlet") != std::string::npos || source.find("sterlet report") != std::string::npos ||
         source.find("sterlet.hpp") != std::string::npos;
}

bool asks_for_help(const std::string& word) { return word == "--help" || word == "-h"; }

// The program runs only where the command line itself asks for its help.
base::Result<std::string> study_of_script(const Context& context, const std::vector<std::string>& words) {
  std::string source = source_of(words);
  studyfile::Script script{.words = words, .reports = uses_client(source), .source = std::move(source)};
  if (std::any_of(words.begin(), words.end(), asks_for_help)) {
    STERLET_TRY(const exec::Captured captured, exec::capture_output(words, kHelpMs, context.parts.clock));
    script.help = captured.text;
    std::erase_if(script.words, asks_for_help);
    if (captured.exit_code != 0 && captured.text.find("usage") == std::string::npos) {
      const std::string text = captured.text.substr(0, captured.text.find_last_not_of(" \n") + 1);
      return base::fail(
          base::ErrorCode::kInvalidArgument,
          fmt::format("'{}' ended with exit code {}: {}", base::printable(fmt::format("{}", fmt::join(words, " "))),
                      captured.exit_code, base::printable(text.substr(text.rfind('\n') + 1))),
          "mend that, or give its options with their values instead of --help");
    }
  }
  return studyfile::script_study(study::strategies(), script);
}

base::Result<std::string> text_of(const Context& context, const Options& options) {
  if (options.schema) return studyfile::study_schema(study::strategies()).dump(2) + "\n";
  if (options.preset == "script") return study_of_script(context, options.words);
  if (!options.words.empty()) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("'{}' is one word too many", base::printable(options.words.front())),
                      "for a program of your own write sterlet init script -- python train.py --lr 0.1");
  }
  return studyfile::starter_study(options.preset);
}

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<Options>();
  command.add_option(
      "PRESET", options->preset,
      fmt::format("one of {}; or script, for the command line behind --", fmt::join(studyfile::preset_names(), ", ")));
  command.add_option("PROGRAM", options->words, "with script: a program of yours and its options, as you run it")
      ->option_text("[-- PROGRAM ...]");
  command.add_option("--output,-o", options->output, "file to write; an existing one is left alone (default: stdout)");
  command.add_flag("--schema", options->schema, "print the JSON Schema of study files instead, for your editor");
  command.footer(
      "From a command line: sterlet init script -- python train.py --lr 0.1 --layers 2\n"
      "Its numbers become parameters, their ranges are guesses marked LOOK, and the program is not run. What it "
      "prints\n"
      "and the defaults of its options are read from its source. Where the line ends with --help the program is run "
      "with\n"
      "it, for 20 s at most, and the options it tells of become parameters.");
  command.callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(const std::string text, text_of(context, *options));
      if (options->output.empty()) {
        context.out.text(text);
        return {};
      }
      return base::write_whole(options->output, text, base::Existing::kRefuse);
    });
  });
}

}  // namespace

const Command init_command{"init", "write a commented study file to start from", "sterlet init cnn > study.yaml", add};

}  // namespace sterlet::cli
