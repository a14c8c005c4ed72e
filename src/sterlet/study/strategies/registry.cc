#include "sterlet/study/strategies/registry.h"

#include <algorithm>
#include <array>

#include "sterlet/study/strategies/babysit.h"
#include "sterlet/study/strategies/parallel.h"
#include "sterlet/study/strategies/pbt.h"
#include "sterlet/study/strategies/replay.h"

namespace sterlet::study {

namespace {

// By the names of studyfile::strategies().
struct Row {
  std::string_view name;
  base::Result<std::unique_ptr<Strategy>> (*make)(const Parts& parts);
};
constexpr auto kRows = std::to_array<Row>({
    {.name = "parallel", .make = &make_parallel},
    {.name = "babysit", .make = &make_babysit},
    {.name = "pbt", .make = &make_pbt},
    {.name = "replay", .make = &make_replay},
    {.name = "auto", .make = &make_parallel},
});

}  // namespace

base::Result<std::unique_ptr<Strategy>> make_strategy(const Parts& parts) {
  const auto* const row = std::find_if(
      kRows.begin(), kRows.end(), [&](const Row& known) { return known.name == parts.ledger.spec().strategy.name; });
  STERLET_CHECK(row != kRows.end(), "every strategy of the study file has a row");
  return row->make(parts);
}

}  // namespace sterlet::study
