#include <CLI/CLI.hpp>

#include "sterlet/cli/clients.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"

namespace sterlet::cli {

namespace {

void add(CLI::App& command, Context& context) {
  auto language = std::make_shared<std::string>();
  command.add_option("LANGUAGE", *language, "python or cpp")->required()->check(CLI::IsMember({"python", "cpp"}));
  command.footer(
      "One file that needs nothing else: keep it beside your program (sterlet.py for Python 3.8, sterlet.hpp for "
      "C++17).\n"
      "Where no Sterlet runs the program it does nothing.");
  command.callback([&context, language] { context.out.raw(*language == "python" ? kPythonClient : kCppClient); });
}

}  // namespace

const Command client_command{"client", "print the file by which a program of yours reports to Sterlet",
                             "sterlet client python > sterlet.py", add};

}  // namespace sterlet::cli
