#include "sterlet/study/pareto.h"

#include "sterlet/math/pareto.h"

namespace sterlet::study {

std::vector<std::size_t> pareto_front(const std::vector<std::vector<double>>& points) {
  if (points.empty()) return {};
  std::vector<double> values;
  values.reserve(points.size() * points.front().size());
  for (const std::vector<double>& point : points) values.insert(values.end(), point.begin(), point.end());
  return math::pareto_front({.values = values, .width = points.front().size()});
}

}  // namespace sterlet::study
