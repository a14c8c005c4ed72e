#include "sterlet/population/explorer.h"

#include <algorithm>
#include <cmath>

namespace sterlet::population {

const base::Registry<Row>& explorers() {
  static const base::Registry<Row> kTable(
      "explorer", "explore: perturb",
      {{.name = "perturb",
        .summary = "small steps on each parameter's own scale",
        .options = {},
        .make = &make_perturb},
       {.name = "pb2", .summary = "a model of what each interval gained", .options = {}, .make = &make_pb2}});
  return kTable;
}

std::vector<std::size_t> live_dimensions(const space::Space& space, const space::Point& point) {
  std::vector<std::size_t> list;
  for (std::size_t i = 0; i < space.dimensions().size(); ++i) {
    const bool live = space.parameters()[space.dimensions()[i].parameter].live;
    if (live && !std::isnan(point.values[i])) list.push_back(i);
  }
  return list;
}

std::optional<space::Point> moved(const space::Space& space, const space::Point& copied,
                                  std::span<const std::pair<std::size_t, double>> units) {
  std::vector<double> unit = space.to_unit(copied);
  for (double& u : unit) u = std::isnan(u) ? 0.5 : u;
  for (const auto& [dimension, u] : units) unit[dimension] = u;
  space::Point point = space.from_unit(unit);
  for (std::size_t i = 0; i < point.values.size(); ++i) {
    const bool is_moved = std::any_of(units.begin(), units.end(), [&](const auto& pair) { return pair.first == i; });
    const bool was_active = !std::isnan(copied.values[i]), is_active = !std::isnan(point.values[i]);
    const bool live = space.parameters()[space.dimensions()[i].parameter].live;
    if (was_active != is_active && !live) return std::nullopt;
    // To the unit cube and back may cost the last bit of what was not to be changed.
    if (!is_moved && was_active && is_active) point.values[i] = copied.values[i];
  }
  if (!space.satisfies_constraints(point)) return std::nullopt;
  return point;
}

}  // namespace sterlet::population
