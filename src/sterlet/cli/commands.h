#pragma once

namespace CLI {
class App;
}

namespace sterlet::cli {

struct Context;

// One function a subcommand, one file a family; each adds its options and what it does.
void add_init(CLI::App& app, Context& context);
void add_check(CLI::App& app, Context& context);
void add_practices(CLI::App& app, Context& context);
void add_tune(CLI::App& app, Context& context);
void add_resume(CLI::App& app, Context& context);
void add_stop(CLI::App& app, Context& context);
void add_status(CLI::App& app, Context& context);
void add_ls(CLI::App& app, Context& context);
void add_show(CLI::App& app, Context& context);
void add_best(CLI::App& app, Context& context);
void add_top(CLI::App& app, Context& context);
void add_logs(CLI::App& app, Context& context);
void add_enqueue(CLI::App& app, Context& context);
void add_ask_tell(CLI::App& app, Context& context);
void add_export(CLI::App& app, Context& context);
void add_report(CLI::App& app, Context& context);
void add_babysit(CLI::App& app, Context& context);
void add_set(CLI::App& app, Context& context);
void add_undo(CLI::App& app, Context& context);
void add_branch(CLI::App& app, Context& context);
void add_logbook(CLI::App& app, Context& context);
void add_pause(CLI::App& app, Context& context);
void add_completion(CLI::App& app, Context& context);
void add_version(CLI::App& app, Context& context);

}  // namespace sterlet::cli
