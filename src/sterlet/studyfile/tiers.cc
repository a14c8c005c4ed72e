#include "sterlet/studyfile/tiers.h"

#include <fmt/format.h>

#include "sterlet/base/text.h"

namespace sterlet::studyfile {

int tiers_for(std::int64_t trials, std::span<const std::int64_t> parameters) {
  constexpr int kTierMax = 3;  // Tier 4 is for those who name it.
  int first = 1;
  while (first < kTierMax && parameters[static_cast<std::size_t>(first - 1)] == 0) ++first;
  int tiers = first;
  for (int tier = first + 1; tier <= kTierMax; ++tier) {
    if (trials >= kTrialsAParameter * parameters[static_cast<std::size_t>(tier - 1)]) tiers = tier;
  }
  return tiers;
}

std::string describe(const OpenedTiers& tiers) {
  const auto count = [&](int tier) { return tiers.parameters[static_cast<std::size_t>(tier - 1)]; };
  const auto parameters = [&](int tier) {
    return base::count_text(static_cast<std::uint64_t>(count(tier)), "parameter");
  };
  const std::string opened = tiers.tier_max == 1 ? "tier 1" : fmt::format("tiers 1 to {}", tiers.tier_max);
  if (!tiers.trials) return fmt::format("tune: auto: {} ({})", opened, parameters(tiers.tier_max));
  std::string text =
      fmt::format("tune: auto: {} for {} of {}", opened,
                  base::count_text(static_cast<std::uint64_t>(*tiers.trials), "trial"), parameters(tiers.tier_max));
  int next = tiers.tier_max + 1;
  while (next <= 3 && count(next) == count(tiers.tier_max)) ++next;
  if (next > 3) return text;
  return text + fmt::format("; with tier {} there would be {}, which take {} trials, {} each", next, count(next),
                            kTrialsAParameter * count(next), kTrialsAParameter);
}

}  // namespace sterlet::studyfile
