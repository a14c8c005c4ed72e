#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "sterlet/base/result.h"
#include "sterlet/pruners/registry.h"
#include "sterlet/samplers/registry.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::studyfile {

/// Trials that the sampler suggests: the members of a population; of a race without the runs that it may use; nothing
/// without a budget of trials.
std::optional<std::int64_t> search_budget(const StudySpec& spec);

/// The sampler that suggests a study's trials. Errors: kInvalidArgument where it cannot serve this space, budget or
/// number of objectives.
base::Result<std::unique_ptr<samplers::Sampler>> make_sampler(const StudySpec& spec, const space::Space& space,
                                                              std::uint64_t seed);
/// The pruner that judges them. Errors: kInvalidArgument.
base::Result<std::unique_ptr<pruners::Pruner>> make_pruner(const StudySpec& spec, std::uint64_t seed);

/// Whether a study can be made of this file: what `sterlet check` says is what the run does.
base::Result<void> validate(const StudyFile& file);

}  // namespace sterlet::studyfile
