#include "sterlet/cli/cli.h"

#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <span>
#include <sstream>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/cli/command_words.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/usage_words.h"

namespace sterlet::cli {

namespace {

constexpr int kUsage = 2;

// The first word that is no option, where it names no subcommand; else empty.
std::string unknown_command(const std::vector<std::string>& names, int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word.empty() || word.front() == '-') continue;
    return std::count(names.begin(), names.end(), word) == 0 ? word : std::string();
  }
  return {};
}

// What the user meant, where a word is close to it; else where to look.
std::string advice(std::string_view word, const std::vector<std::string>& names, const std::string& help) {
  const auto near = base::nearest_name(word, names);
  return near ? fmt::format("did you mean '{}'?", *near) : fmt::format("see {}", help);
}

// The first option that the command does not know, as it was typed; else empty.
std::string unknown_option(const CLI::App& app, const CLI::App& command, int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--") return {};
    if (!word.starts_with("--")) continue;
    const std::string name = word.substr(0, word.find('='));
    if (command.get_option_no_throw(name) == nullptr && app.get_option_no_throw(name) == nullptr) return name;
  }
  return {};
}

std::string unknown_command_text(const CLI::App& app, int argc, char** argv) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(sub->get_name());
  const std::string word = unknown_command(names, argc, argv);
  return word.empty() ? std::string()
                      : fmt::format("there is no command '{}'; {}", base::printable(word), command_advice(word, names));
}

std::string parse_message(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  if (const std::string told = unknown_command_text(app, argc, argv); !told.empty()) return told;
  if (app.get_subcommands().empty()) return fmt::format("{}; see sterlet --help", error.what());
  const CLI::App& command = *app.get_subcommands().front();
  const std::string help = fmt::format("sterlet {} --help", command.get_name());
  if (const std::string option = unknown_option(app, command, argc, argv); !option.empty()) {
    std::vector<std::string> options;
    for (const CLI::App* of : {&command, &app}) {
      for (const CLI::Option* known : of->get_options()) {
        for (const std::string& name : known->get_lnames()) options.push_back("--" + name);
      }
    }
    return fmt::format("{} has no option {}; {}", command.get_name(), base::printable(option),
                       advice(option, options, help));
  }
  return fmt::format("{}; see {}", usage_text(command, error), help);
}

void parse_and_run(Context& context, int argc, char** argv) {
  CLI::App app(
      "Tunes the hyperparameters of anything that trains.\n\n"
      "  sterlet init mlp > study.yaml     write a study file\n"
      "  sterlet tune study.yaml           run it\n"
      "  sterlet best                      the best hyperparameters found\n");
  app.name("sterlet");
  add_commands(
      app, context,
      argc > 1 ? std::span<char* const>(argv + 1, static_cast<std::size_t>(argc - 1)) : std::span<char* const>());
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    // `sterlet watch --help`: without a command of that name it would be everybody's help.
    if (const std::string told = unknown_command_text(app, argc, argv); !told.empty()) {
      context.err.line("sterlet: " + told);
      context.exit_code = kUsage;
      return;
    }
    std::ostringstream text;
    app.exit(help, text, text);
    context.out.text(text.str());
  } catch (const CLI::CallForVersion&) {
    context.out.line(STERLET_VERSION);
  } catch (const CLI::ParseError& error) {
    if (argc == 1) {
      context.err.text(app.help());
    } else {
      context.err.line(fmt::format("sterlet: {}", parse_message(app, error, argc, argv)));
    }
    context.exit_code = kUsage;
  } catch (const std::exception& error) {
    context.err.line(
        fmt::format("sterlet: ended by an unexpected failure ({}); nothing that was stored is lost", error.what()));
    context.exit_code = 1;
  }
}

// What the program ends with, once all that it printed has been taken. A reader that has gone (`| head`) is no error to
// be told of; a full disk is.
int end_output(Context& context) {
  constexpr int kSignalBase = 128;
  context.out.flush();
  const int failure = context.out.failure();
  if (failure == 0 || context.exit_code != 0) return context.exit_code;
  if (failure == EPIPE) return kSignalBase + SIGPIPE;
  fail(context, {.code = base::ErrorCode::kDisk,
                 .where = "standard output",
                 .what = fmt::format("what was printed is not complete ({})", std::strerror(failure)),
                 .next = "make room, or write it elsewhere"});
  return context.exit_code;
}

}  // namespace

int run(const Parts& parts, int argc, char** argv) {
  Printer out(STDOUT_FILENO, Buffering::kWhole), err(STDERR_FILENO, Buffering::kLines);
  Context context{.parts = parts, .out = out, .err = err};
  parse_and_run(context, argc, argv);
  return end_output(context);
}

}  // namespace sterlet::cli
