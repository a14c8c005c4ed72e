#include "sterlet/math/student.h"

#include <boost/math/special_functions/beta.hpp>
#include <cmath>

namespace sterlet::math {

double student_cdf(double t, double freedom) {
  if (std::isinf(t)) return t > 0 ? 1 : 0;
  // The tail beyond |t| is half of I_x(freedom / 2, 1 / 2), x = freedom / (freedom + t^2).
  const double tail = 0.5 * boost::math::ibeta(freedom / 2, 0.5, freedom / (freedom + t * t));
  return t > 0 ? 1 - tail : tail;
}

double fisher_tail(double f, double above, double below) {
  if (f <= 0) return 1;
  if (std::isinf(f)) return 0;
  return boost::math::ibeta(below / 2, above / 2, below / (below + above * f));
}

}  // namespace sterlet::math
