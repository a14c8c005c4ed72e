#include "sterlet/base/figure.h"

#include <cmath>

#include <fmt/format.h>

#include "sterlet/base/text.h"

namespace sterlet::base {

namespace {

std::string shortest(double value, int digits) {
  std::string exact = number_text(value == 0 ? 0.0 : value);  // Without the sign of a zero.
  if (!std::isfinite(value)) return exact;
  std::string rounded = fmt::format("{:.{}g}", value, digits);
  return exact.size() <= rounded.size() ? exact : rounded;
}

}  // namespace

std::string figure_text(double value) { return shortest(value, 6); }

std::string short_figure_text(double value) { return shortest(value, 4); }

}  // namespace sterlet::base
