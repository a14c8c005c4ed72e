#include "sterlet/base/math/dense.h"

// Vectors wider than the plain instruction set never leave this file.
#pragma GCC diagnostic ignored "-Wpsabi"

// sqrt of a negative number need not set errno here, which is what keeps it out of vector registers.
#pragma GCC optimize("no-math-errno", "no-trapping-math")

namespace sterlet::base {

namespace {

namespace plain {
#include "sterlet/base/math/dense_body.inc"
}  // namespace plain

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC push_options
#pragma GCC target("avx2")
namespace wide {
#include "sterlet/base/math/dense_body.inc"
}  // namespace wide
#pragma GCC pop_options
const bool has_wide = __builtin_cpu_supports("avx2") > 0;
#define STERLET_PICK(call) return has_wide ? wide::call : plain::call
#else
#define STERLET_PICK(call) return plain::call
#endif

}  // namespace

std::size_t factor_rows(double* a, std::size_t stride, std::size_t first, std::size_t n, double smallest_pivot) {
  STERLET_PICK(factor_rows(a, stride, first, n, smallest_pivot));
}

void solve_rows(const double* lower, std::size_t stride, std::size_t n, double* b, std::size_t b_stride,
                std::size_t count) {
  STERLET_PICK(solve_rows(lower, stride, n, b, b_stride, count));
}

void solve_transposed(const double* lower, std::size_t stride, std::size_t n, double* b) {
  STERLET_PICK(solve_transposed(lower, stride, n, b));
}

void invert_transposed(const double* lower, std::size_t stride, std::size_t first, std::size_t n, double* m,
                       std::size_t m_stride) {
  STERLET_PICK(invert_transposed(lower, stride, first, n, m, m_stride));
}

void product_transposed(const double* m, std::size_t stride, std::size_t n, double* out, std::size_t out_stride) {
  STERLET_PICK(product_transposed(m, stride, n, out, out_stride));
}

void multiply_upper(const double* m, std::size_t stride, std::size_t n, const double* x, std::size_t x_stride,
                    double* out, std::size_t out_stride, std::size_t count) {
  STERLET_PICK(multiply_upper(m, stride, n, x, x_stride, out, out_stride, count));
}

double dot(const double* a, const double* b, std::size_t n) { STERLET_PICK(dot(a, b, n)); }

void add_squared_difference(const double* column, std::size_t n, double centre, double weight, double* sums) {
  STERLET_PICK(add_squared_difference(column, n, centre, weight, sums));
}

void add_difference(const double* column, std::size_t n, double centre, double weight, double* sums) {
  STERLET_PICK(add_difference(column, n, centre, weight, sums));
}

double moment(const double* factors, const double* column, std::size_t n, double centre) {
  STERLET_PICK(moment(factors, column, n, centre));
}

double spread_moment(const double* factors, const double* column, std::size_t n, double centre, double* shares,
                     double* square) {
  STERLET_PICK(spread_moment(factors, column, n, centre, shares, square));
}

double sum_where_different(const double* factors, const double* column, std::size_t n, double centre) {
  STERLET_PICK(sum_where_different(factors, column, n, centre));
}

void matern52(const double* squared, std::size_t n, double variance, double* value, double* slope) {
  STERLET_PICK(matern52(squared, n, variance, value, slope));
}

double portable_exp(double x) { STERLET_PICK(portable_exp(x)); }

}  // namespace sterlet::base
