#pragma once

#include <cstddef>

/// The few dense kernels a Gaussian process lives on, over plain row-major arrays.
///
/// Every sum runs in four lanes in one fixed order, without fused multiply-add, whatever the machine: results are equal
/// bit for bit with and without AVX2 (chosen when the program runs), and a matrix grown row by row has the same factor
/// as one factored at once. Library code (Eigen, OpenBLAS) orders its sums by the machine's instruction set and cache
/// sizes, so that a suggestion would depend on where it was computed; that is why these are our own.
namespace sterlet::base {

/// Arrays of rows begin at multiples of `stride`, itself a multiple of this; what pads a row must be zero.
inline constexpr std::size_t kLanes = 4;
constexpr std::size_t padded(std::size_t count) { return (count + kLanes - 1) / kLanes * kLanes; }

/// Factors rows [first, n) of the symmetric matrix whose lower triangle is in `a`: a = L L', L replacing the triangle;
/// rows before `first` hold L already. The part above the diagonal must be zero.
/// Returns n, or the first row whose pivot is not above `smallest_pivot` (rows from there on are spoilt).
/// Cost n^3 / 6 multiplications for first = 0, n^2 / 2 for one row.
std::size_t factor_rows(double* a, std::size_t stride, std::size_t first, std::size_t n, double smallest_pivot);

/// Solves L x = b for `count` right sides at once, each a row of b, which x replaces.
void solve_rows(const double* lower, std::size_t stride, std::size_t n, double* b, std::size_t b_stride,
                std::size_t count);

/// Solves L' x = b in place.
void solve_transposed(const double* lower, std::size_t stride, std::size_t n, double* b);

/// Rows [0, n) of M = (L^-1)', upper triangular, columns [first, n) only: those before must be there already.
void invert_transposed(const double* lower, std::size_t stride, std::size_t first, std::size_t n, double* m,
                       std::size_t m_stride);

/// Lower triangle of M M' (with M from invert_transposed: the inverse of L L').
void product_transposed(const double* m, std::size_t stride, std::size_t n, double* out, std::size_t out_stride);

/// For each row of x (`count` of them): out = M x, M upper triangular with rows of n. x must be padded with zeros.
void multiply_upper(const double* m, std::size_t stride, std::size_t n, const double* x, std::size_t x_stride,
                    double* out, std::size_t out_stride, std::size_t count);

double dot(const double* a, const double* b, std::size_t n);

/// sums[i] += weight * (column[i] - centre)^2.
void add_squared_difference(const double* column, std::size_t n, double centre, double weight, double* sums);
/// sums[i] += weight where column[i] != centre.
void add_difference(const double* column, std::size_t n, double centre, double weight, double* sums);
/// Sum of factors[i] * (centre - column[i]).
double moment(const double* factors, const double* column, std::size_t n, double centre);
/// The same, taken from each element: adds factors[i] * (centre - column[i]) to the result and subtracts it from
/// shares[i]; `square` grows by the sum of factors[i] * (centre - column[i])^2.
double spread_moment(const double* factors, const double* column, std::size_t n, double centre, double* shares,
                     double* square);
/// Sum of factors[i] where column[i] != centre.
double sum_where_different(const double* factors, const double* column, std::size_t n, double centre);

/// Matern 5/2 of squared scaled distances: value[i] = variance (1 + s + s^2 / 3) exp(-s), s = sqrt(5 squared[i]), and
/// its derivative by squared[i], -5/6 variance (1 + s) exp(-s), which is finite at 0. May work in place of `squared`.
void matern52(const double* squared, std::size_t n, double variance, double* value, double* slope);

/// exp within 2 ulp or so, equal on every machine; for x in [-700, 700].
double portable_exp(double x);

}  // namespace sterlet::base
