#include "sterlet/cli/cli.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include <fmt/format.h>

#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"

namespace sterlet::cli {

namespace {

constexpr int kUsage = 2;

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
  for (const auto add :
       {&add_init, &add_check, &add_tune, &add_resume, &add_stop, &add_status, &add_ls, &add_show, &add_best, &add_top,
        &add_logs, &add_enqueue, &add_ask_tell, &add_export, &add_report, &add_completion, &add_version}) {
    add(app, context);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::CallForVersion& version) {
    return app.exit(version);
  } catch (const CLI::ParseError& error) {
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
