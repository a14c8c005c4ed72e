#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sterlet::studyfile {

/// What `tune: auto` came to: the tiers up to one of them are searched, the rest stays at its defaults.
struct OpenedTiers {
  int tier_max = 2;
  std::optional<std::int64_t> trials;    ///< That the budget allows; nothing: the file does not say, see tiers_for().
  std::vector<std::int64_t> parameters;  ///< How many are searched with tiers 1, 1 to 2, 1 to 3 and 1 to 4.
  bool operator==(const OpenedTiers&) const = default;
};
/// A parameter that is searched needs so many trials.
inline constexpr std::int64_t kTrialsAParameter = 10;
/// The largest tier of at most 3 for which there are kTrialsAParameter trials a parameter; at least the first tier that
/// has parameters. `parameters` as in OpenedTiers.
int tiers_for(std::int64_t trials, std::span<const std::int64_t> parameters);
/// Which tiers are open and why: a sentence for people.
std::string describe(const OpenedTiers& tiers);

}  // namespace sterlet::studyfile
