#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/options.h"
#include "sterlet/base/result.h"
#include "sterlet/pruners/pruner.h"
#include "sterlet/pruners/study_facts.h"

namespace sterlet::pruners {

struct Row {
  std::string_view name;
  std::string_view summary;  ///< One line for help.
  std::string_view source;   ///< Paper or book.
  std::vector<base::Option> options;
  /// Of values that were checked by `options`.
  base::Result<std::unique_ptr<Pruner>> (*make)(std::span<const base::Option> options, const base::Json& values,
                                                const StudyFacts& facts);
};

/// All pruners, in the order of help.
std::span<const Row> registry();
/// Nothing if there is none of that name.
const Row* find(std::string_view name);
std::vector<std::string> names();
/// The JSON Schema of a choice in a study file; another pruner in it is the study file's "#/$defs/pruner".
base::Json schema();
/// Checks the options (an object; unknown names and values out of range are errors) and makes the pruner.
/// Errors: kInvalidArgument, also for a study of several objectives.
base::Result<std::unique_ptr<Pruner>> make(std::string_view name, const base::Json& options, const StudyFacts& facts);
/// The same for a choice written as a name, or as a map with a name and options.
base::Result<std::unique_ptr<Pruner>> make(const base::Json& choice, const StudyFacts& facts);

}  // namespace sterlet::pruners
