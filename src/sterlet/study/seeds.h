#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "sterlet/storage/records.h"
#include "sterlet/study/study_view.h"

namespace sterlet::study {

/// The seed of a version of a study's spec. A version that names none has that of the next one that does: where a seed is
/// changed, the version before it is made to name its own. Nothing: no later one names any, so that it is the study's.
std::optional<std::uint64_t> seed_of_version(std::span<const storage::SpecVersion> versions, int version);

/// The study's seed as it was when a trial was begun: its program's own follows from it, also where it goes on later.
std::uint64_t seed_of(const StudyView& study, std::int64_t trial);

}  // namespace sterlet::study
