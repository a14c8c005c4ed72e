#include "sterlet/study/seeds.h"

#include "sterlet/base/json.h"

namespace sterlet::study {

std::optional<std::uint64_t> seed_of_version(std::span<const storage::SpecVersion> versions, int version) {
  for (const storage::SpecVersion& row : versions) {
    if (row.version < version) continue;
    const auto spec = base::parse_json(row.spec);
    if (!spec || !spec->is_object()) continue;  // Whoever needs more of it says so.
    const auto seed = spec->find("seed");
    if (seed != spec->end() && seed->is_number_integer()) return seed->get<std::uint64_t>();
  }
  return std::nullopt;
}

std::uint64_t seed_of(const StudyView& study, std::int64_t trial) {
  const auto& versions = study.spec_versions();
  if (versions.size() < 2 || trial >= versions.back().first_trial) return study.seed();
  int version = versions.front().version;
  for (const storage::SpecVersion& row : versions) {
    if (row.first_trial <= trial) version = row.version;
  }
  return seed_of_version(versions, version).value_or(study.seed());
}

}  // namespace sterlet::study
