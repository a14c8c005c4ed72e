#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/options.h"
#include "sterlet/base/result.h"
#include "sterlet/samplers/sampler.h"
#include "sterlet/samplers/study_facts.h"

namespace sterlet::samplers {

struct Row {
  std::string_view name;
  std::string_view summary;  ///< One line for help.
  std::string_view source;   ///< Paper or book.
  std::vector<base::Option> options;
  /// Of values that were checked by `options`.
  base::Result<std::unique_ptr<Sampler>> (*make)(std::span<const base::Option> options, const base::Json& values,
                                                 const space::Space& space, const StudyFacts& facts);
  /// Whether it takes the study's priors into account itself; make() steers the others.
  bool is_steered = false;
};

/// All samplers, in the order of help.
std::span<const Row> registry();
/// Nothing if there is none of that name.
const Row* find(std::string_view name);
std::vector<std::string> names();
/// The JSON Schema of a choice in a study file.
base::Json schema();
/// Checks the options (an object; unknown names and values out of range are errors) and makes the sampler.
base::Result<std::unique_ptr<Sampler>> make(std::string_view name, const space::Space& space, const base::Json& options,
                                            const StudyFacts& facts);

}  // namespace sterlet::samplers
