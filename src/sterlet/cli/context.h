#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/storage/storage.h"
#include "sterlet/study/study.h"

namespace CLI {
class App;
}

namespace sterlet::cli {

/// What every subcommand shares: the global options, and the exit code it leaves.
struct Context {
  bool json = false;
  bool quiet = false;
  int exit_code = 0;
  CLI::App* app = nullptr;  ///< The whole command line; for completion.
};

/// A study together with the storage it lives in.
struct OpenStudy {
  std::unique_ptr<storage::Storage> storage;
  std::string storage_path;
  std::unique_ptr<study::Study> study;
};

/// Options that name a study: STUDY (a study file, or a name; may be left out) and --storage.
struct StudyOptions {
  std::string study;
  std::string storage;
};
void add_study_options(CLI::App& command, StudyOptions& options);

/// Path of the storage: --storage as a path or sqlite:///path, else sterlet.db in `folder`. kInvalidArgument for other
/// kinds of address.
base::Result<std::string> storage_path(const std::string& storage, const std::string& folder);
/// Opens an existing study by name, by study file, or the only one there is.
base::Result<OpenStudy> open_study(const StudyOptions& options, const std::string& session = {});

/// Whether the argument looks like a study file rather than a name.
bool is_study_file(const std::string& argument);

/// Prints the error on stderr and sets the exit code.
void fail(Context& context, const base::Error& error);
void fail(Context& context, const std::vector<base::Error>& errors);
/// Prints one line of data on stdout.
void print(const std::string& line);
/// Runs `body`, which returns a Result<void>, and reports its error.
template <typename Body>
void attempt(Context& context, Body body) {
  if (const base::Result<void> result = body(); !result) fail(context, result.error());
}

/// Writes a file beside and renames it, so that there is never half a file. Errors: kDisk.
base::Result<void> write_whole(const std::string& path, const std::string& text);
/// Columns aligned, two blanks between, the header first.
std::string table_text(const std::vector<std::vector<std::string>>& rows);
/// "learning_rate=0.01 units=[64,80]".
std::string params_text(const base::Json& params);

}  // namespace sterlet::cli
