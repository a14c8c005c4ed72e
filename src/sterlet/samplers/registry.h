#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/options.h"
#include "sterlet/base/result.h"
#include "sterlet/samplers/sampler.h"

namespace sterlet::samplers {

/// What a sampler may need to know of its study beyond the space.
struct Setting {
  std::uint64_t seed = 0;
  std::optional<std::int64_t> trial_budget;  ///< Trials of the whole study, if limited.
  std::size_t objective_count = 1;
};

struct Row {
  std::string_view name;
  std::string_view summary;  ///< One line for help.
  std::string_view source;   ///< Paper or book.
  std::vector<base::Option> options;
  base::Result<std::unique_ptr<Sampler>> (*make)(const space::Space& space, const base::Json& options,
                                                 const Setting& setting);
};

/// All samplers, in the order of help.
std::span<const Row> registry();
/// Nothing if there is none of that name.
const Row* find(std::string_view name);
std::vector<std::string> names();
/// Checks the options (an object; unknown names and values out of range are errors) and makes the sampler.
base::Result<std::unique_ptr<Sampler>> make(std::string_view name, const space::Space& space, const base::Json& options,
                                            const Setting& setting);

}  // namespace sterlet::samplers
