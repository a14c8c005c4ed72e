#include "sterlet/samplers/unit_table.h"

namespace sterlet::samplers {

void UnitTable::extend(const space::Space& space, const space::History& history) {
  for (std::size_t trial = size(); trial < history.size(); ++trial) {
    const std::vector<double> unit = space.to_unit(history.trials()[trial].point);
    rows_.insert(rows_.end(), unit.begin(), unit.end());
  }
}

}  // namespace sterlet::samplers
