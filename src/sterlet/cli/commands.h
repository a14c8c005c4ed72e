#pragma once

#include <span>

namespace CLI {
class App;
}

namespace sterlet::cli {

struct Context;

/// A subcommand: what its help says, and what it does.
struct Command {
  const char* name;
  const char* summary;
  /// One command line that shows how it is used.
  const char* example;
  /// Adds its options, more help, and what it does.
  void (*add)(CLI::App& command, Context& context);
  bool is_for_people = true;  ///< Else help and completion leave it out.
};

// The subcommands in the order of the help. A new one is a file commands/NAME.cc, which defines NAME_command, and a row
// here.
#define STERLET_COMMANDS(ROW) \
  ROW(init)                   \
  ROW(check)                  \
  ROW(doctor)                 \
  ROW(plan)                   \
  ROW(practices)              \
  ROW(tune)                   \
  ROW(resume)                 \
  ROW(retry)                  \
  ROW(run)                    \
  ROW(stop)                   \
  ROW(status)                 \
  ROW(retest)                 \
  ROW(ls)                     \
  ROW(show)                   \
  ROW(best)                   \
  ROW(top)                    \
  ROW(importance)             \
  ROW(lessons)                \
  ROW(logs)                   \
  ROW(enqueue)                \
  ROW(hint)                   \
  ROW(ask_tell)               \
  ROW(add)                    \
  ROW(export)                 \
  ROW(note)                   \
  ROW(tag)                    \
  ROW(cp)                     \
  ROW(rename)                 \
  ROW(rm)                     \
  ROW(report)                 \
  ROW(babysit)                \
  ROW(set)                    \
  ROW(undo)                   \
  ROW(branch)                 \
  ROW(logbook)                \
  ROW(pause)                  \
  ROW(client)                 \
  ROW(completion)             \
  ROW(complete)               \
  ROW(help)                   \
  ROW(version)

#define STERLET_DECLARE_COMMAND(name) extern const Command name##_command;
STERLET_COMMANDS(STERLET_DECLARE_COMMAND)
#undef STERLET_DECLARE_COMMAND

/// All of them.
std::span<const Command* const> commands();

/// Makes the command line of them, with the options that all share. All are in it by name and summary; those that are
/// among `words`, of which a line consists, have their options as well: to give them to all takes half of the program's
/// start. Where there are no words, or some ask about commands (help, complete), all have.
void add_commands(CLI::App& app, Context& context, std::span<char* const> words = {});

}  // namespace sterlet::cli
