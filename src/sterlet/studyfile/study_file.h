#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/studyfile/spec.h"
#include "sterlet/studyfile/strategies.h"
#include "sterlet/studyfile/tiers.h"

namespace sterlet::studyfile {

/// A study as read: the spec and its checked space.
struct StudyFile {
  StudySpec spec;
  space::Space space;
  std::optional<OpenedTiers> tiers = std::nullopt;  ///< With `tune: auto`.
  bool names_pruner = false;                        ///< The file says which pruner, be it none.
};

/// How a file is read.
struct ReadOptions {
  std::optional<int> tiers;  ///< 1 to 4. With `tune: auto`: how many are opened, whatever the budget says.
};

/// Reads study file text, YAML 1.2 or JSON, which may name these strategies. `path` is used in messages (`path:line:col: ...`) and as the study's
/// default name; `folder` becomes spec.folder. Errors: all faults found, in the order of the text, each kBadStudyFile
/// with where = path:line:col. Limits: 256 KiB, 32 levels of nesting, 100 aliases, 10,000 values once aliases are
/// expanded.
base::Result<StudyFile, std::vector<base::Error>> parse_study_text(const Strategies& strategies, std::string_view text,
                                                                   const std::string& path, const std::string& folder,
                                                                   const ReadOptions& options = {});

/// Whether a study may be named so: folders can be, terminals can show it, and no command takes it for an option.
bool is_study_name(std::string_view name);

/// Reads a study file. Errors as above; kNotFound where it cannot be read.
base::Result<StudyFile, std::vector<base::Error>> read_study_file(const Strategies& strategies, const std::string& path,
                                                                  const ReadOptions& options = {});

/// Rebuilds a study from the JSON that json_from_spec wrote (a stored study).
base::Result<StudyFile> study_from_json(const Strategies& strategies, const base::Json& spec);

/// JSON Schema (draft 2020-12) of study files, for editors.
base::Json study_schema(const Strategies& strategies);

/// The commented study file that `sterlet init` writes. Errors: kInvalidArgument for an unknown preset, naming the
/// nearest.
base::Result<std::string> starter_study(std::string_view preset);

/// Names of the presets, in the order of help.
std::vector<std::string> preset_names();

}  // namespace sterlet::studyfile
