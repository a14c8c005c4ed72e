#include "sterlet/math/dense.h"

// Vectors wider than the plain instruction set never leave this file.
#pragma GCC diagnostic ignored "-Wpsabi"

// sqrt of a negative number need not set errno here, which is what keeps it out of vector registers.
#pragma GCC optimize("no-math-errno", "no-trapping-math")

namespace sterlet::math {

namespace {

namespace plain {
#include "sterlet/math/dense_body.inc"
}  // namespace plain

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC push_options
#pragma GCC target("avx2")
#define STERLET_WIDE
namespace wide {
#include "sterlet/math/dense_body.inc"
}  // namespace wide
#pragma GCC pop_options
const bool has_wide = __builtin_cpu_supports("avx2") > 0;
#define STERLET_PICK(call) return has_wide ? wide::call : plain::call
#else
#define STERLET_PICK(call) return plain::call
#endif

}  // namespace

std::size_t factor(double* u, std::size_t stride, std::size_t first, std::size_t n, std::size_t end,
                   double smallest_pivot) {
  STERLET_PICK(factor(u, stride, first, n, end, smallest_pivot));
}

void solve_forward(const double* u, std::size_t stride, std::size_t n, double* b) {
  STERLET_PICK(solve_forward(u, stride, n, b));
}

void solve_backward(const double* u, std::size_t stride, std::size_t n, double* b) {
  STERLET_PICK(solve_backward(u, stride, n, b));
}

void invert(const double* u, std::size_t stride, std::size_t first, std::size_t n, double* x, std::size_t x_stride) {
  STERLET_PICK(invert(u, stride, first, n, x, x_stride));
}

void square_inverse(const double* x, std::size_t stride, std::size_t n, double* out, std::size_t out_stride) {
  STERLET_PICK(square_inverse(x, stride, n, out, out_stride));
}

void multiply(const double* a, std::size_t stride, std::size_t rows, std::size_t n, const double* b, double* out,
              std::size_t width) {
  STERLET_PICK(multiply(a, stride, rows, n, b, out, width));
}

void multiply_lower(const double* x, std::size_t stride, std::size_t n, const double* b, double* out,
                    std::size_t width) {
  STERLET_PICK(multiply_lower(x, stride, n, b, out, width));
}

void multiply_lower_transposed(const double* x, std::size_t stride, std::size_t n, const double* b, double* out,
                               std::size_t width) {
  STERLET_PICK(multiply_lower_transposed(x, stride, n, b, out, width));
}

void mirror(double* a, std::size_t stride, std::size_t n) { STERLET_PICK(mirror(a, stride, n)); }

double dot(const double* a, const double* b, std::size_t n) { STERLET_PICK(dot(a, b, n)); }

void matern52(const KernelFeatures& features, const KernelColumns& centres, std::size_t count,
              const KernelColumns& points, std::size_t width, double variance, double* value, double* slope,
              std::size_t out_stride) {
  STERLET_PICK(matern52(features, centres, count, points, width, variance, value, slope, out_stride));
}

void matern52_sums(const KernelFeatures& features, const KernelColumns& centres, std::size_t count,
                   const KernelColumns& points, std::size_t width, double variance, const double* factors,
                   double* sums) {
  STERLET_PICK(matern52_sums(features, centres, count, points, width, variance, factors, sums));
}

void moments(const double* factors, std::size_t factors_stride, std::size_t n, const KernelColumns& centres,
             const KernelColumns& points, std::size_t width, std::size_t count, double* sums) {
  STERLET_PICK(moments(factors, factors_stride, n, centres, points, width, count, sums));
}

void sums_where_different(const double* factors, std::size_t factors_stride, std::size_t n, const double* centres,
                          const double* points, std::size_t width, double* sums) {
  STERLET_PICK(sums_where_different(factors, factors_stride, n, centres, points, width, sums));
}

void scaled_log1p(const double* x, std::size_t count, double growth, double t, double* out) {
  STERLET_PICK(scaled_log1p(x, count, growth, t, out));
}

void add_exp_moments(const double* x, std::size_t n, double factor, double* sum, double* square) {
  STERLET_PICK(add_exp_moments(x, n, factor, sum, square));
}

double portable_exp(double x) { STERLET_PICK(portable_exp(x)); }

}  // namespace sterlet::math
