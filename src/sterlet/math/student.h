#pragma once

namespace sterlet::math {

/// P(T <= t) of Student's distribution with `freedom` > 0 degrees of freedom.
double student_cdf(double t, double freedom);
/// P(F > f) of Fisher's distribution with `above` and `below` > 0 degrees of freedom; 1 for f <= 0.
double fisher_tail(double f, double above, double below);

}  // namespace sterlet::math
