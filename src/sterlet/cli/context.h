#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sterlet/base/clock.h"
#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/cli/printer.h"
#include "sterlet/exec/executor.h"
#include "sterlet/storage/open.h"
#include "sterlet/storage/storage.h"
#include "sterlet/study/study.h"
#include "sterlet/studyfile/study_file.h"

namespace CLI {
class App;
}

namespace sterlet::cli {

/// What the command line stands on. main.cc builds it; a test hands in its own.
struct Parts {
  const base::Clock& clock;
  /// A variable of the environment; empty where it is not set.
  std::function<std::string(const char* name)> environment;
  /// Opens the storage of this file, or makes it.
  std::function<base::Result<std::unique_ptr<storage::Storage>>(const std::string& path,
                                                                const storage::OpenOptions& options)>
      open_storage;
  /// The folder in which the folders of trials lie whose storage has this address.
  std::function<std::string(const std::string& storage)> trials_home;
  /// What runs programs, marked with the session.
  std::function<base::Result<std::unique_ptr<exec::Executor>>(const std::string& session)> make_executor;
};

/// What every subcommand shares: the parts, where it prints, the global options, and the exit code it leaves.
struct Context {
  Parts parts;
  Printer& out;  ///< Data: stdout.
  Printer& err;  ///< What is said beside it: stderr.
  bool json = false;
  bool quiet = false;
  int exit_code = 0;
  CLI::App* app = nullptr;  ///< The whole command line; for completion.
};

/// A study together with the storage it lives in.
struct OpenStudy {
  std::unique_ptr<storage::Storage> storage;
  std::string storage_path;
  std::string trials_home;  ///< See Parts.
  std::unique_ptr<study::Study> study;
};

/// Options that name a study: STUDY (a study file, or a name; may be left out) and --storage.
struct StudyOptions {
  std::string study;
  std::string storage;
  bool amend = false;  ///< Whether a study file may say anew what is searched, or for what.
};
void add_study_options(CLI::App& command, StudyOptions& options);

/// Path of the storage: --storage as a path or sqlite:///path, else sterlet.db in `folder`. kInvalidArgument for other
/// kinds of address.
base::Result<std::string> storage_path(const std::string& storage, const std::string& folder);
/// Opens an existing study by name, by study file, or the only one there is.
base::Result<OpenStudy> open_study(const Context& context, const StudyOptions& options,
                                   const std::string& session = {});
/// The same for a command that only looks: it changes nothing, needs no right to write, and reads older schemas.
base::Result<OpenStudy> open_to_look(const Context& context, const StudyOptions& options);

/// Adds --amend, for commands that open a study file.
void add_amend_option(CLI::App& command, StudyOptions& options);
/// Tells what a study file changes of the stored study, and opens it. `study_options` are for the study.
base::Result<std::unique_ptr<study::Study>> open_file_in(const Context& context, storage::Storage& storage,
                                                         studyfile::StudyFile file, const StudyOptions& options,
                                                         const study::Study::Options& study_options);

/// Opens the study of a file that was read, in its storage (--storage, else beside the file), which is made if it is not
/// there. Tells what the file changes.
base::Result<OpenStudy> open_study_of(const Context& context, studyfile::StudyFile file, const StudyOptions& options,
                                      const std::string& session);

/// Whether the argument looks like a study file rather than a name.
bool is_study_file(const std::string& argument);

/// Prints the error on stderr and sets the exit code.
void fail(Context& context, const base::Error& error);
void fail(Context& context, const std::vector<base::Error>& errors);
/// Runs `body`, which returns a Result<void>, and reports its error.
template <typename Body>
void attempt(Context& context, Body body) {
  if (const base::Result<void> result = body(); !result) fail(context, result.error());
}

}  // namespace sterlet::cli
