#include "sterlet/cli/cli.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"

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

}  // namespace

int run(int argc, char** argv) {
  CLI::App app(
      "Tunes the hyperparameters of anything that trains.\n\n"
      "  sterlet init mlp > study.yaml     write a study file\n"
      "  sterlet tune study.yaml           run it\n"
      "  sterlet best                      the best hyperparameters found\n");
  app.name("sterlet");
  Context context;
  context.app = &app;
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", STERLET_VERSION);
  app.add_flag("--json", context.json, "print data as JSON, in a schema with a version");
  app.add_flag("--quiet,-q", context.quiet, "print errors and data only");
  for (const auto add : {&add_init, &add_check, &add_practices, &add_tune, &add_resume, &add_stop, &add_status, &add_ls,
                         &add_show, &add_best, &add_top, &add_logs, &add_enqueue, &add_ask_tell, &add_export,
                         &add_report, &add_completion, &add_version}) {
    add(app, context);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::CallForVersion& version) {
    return app.exit(version);
  } catch (const CLI::ParseError& error) {
    std::vector<std::string> names;
    for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
      names.push_back(sub->get_name());
    }
    if (const std::string word = unknown_command(names, argc, argv); !word.empty()) {
      const auto near = base::nearest_name(word, names);
      fmt::print(stderr, "sterlet: there is no command '{}'; {}\n", base::printable(word),
                 near ? fmt::format("did you mean '{}'?", *near) : std::string("see sterlet --help"));
      return kUsage;
    }
    fmt::print(stderr, "sterlet: {}; see sterlet {}--help\n", error.what(),
               app.get_subcommands().empty() ? "" : app.get_subcommands().front()->get_name() + " ");
    return kUsage;
  } catch (const std::exception& error) {
    fmt::print(stderr, "sterlet: ended by an unexpected failure ({}); nothing that was stored is lost\n", error.what());
    return 1;
  }
  return context.exit_code;
}

}  // namespace sterlet::cli
