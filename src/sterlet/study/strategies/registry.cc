#include "sterlet/study/strategies/registry.h"

#include <algorithm>
#include <array>

#include "sterlet/study/strategies/babysit.h"
#include "sterlet/study/strategies/parallel.h"
#include "sterlet/study/strategies/pbt.h"
#include "sterlet/study/strategies/replay.h"

namespace sterlet::study {

namespace {

using studyfile::Strategy;

struct Row {
  studyfile::Strategy name;
  base::Result<std::unique_ptr<study::Strategy>> (*make)(const Parts& parts);
};

constexpr std::array<Row, 4> kRows{{{.name = Strategy::kCaviar, .make = &make_parallel},
                                    {.name = Strategy::kPanda, .make = &make_babysit},
                                    {.name = Strategy::kPbt, .make = &make_pbt},
                                    {.name = Strategy::kReplay, .make = &make_replay}}};

}  // namespace

base::Result<std::unique_ptr<study::Strategy>> make_strategy(const Parts& parts) {
  const auto* const row = std::find_if(kRows.begin(), kRows.end(), [&](const Row& known) {
    return known.name == parts.ledger.spec().strategy;
  });
  STERLET_CHECK(row != kRows.end(), "every strategy of the study file has a row");
  return row->make(parts);
}

}  // namespace sterlet::study
