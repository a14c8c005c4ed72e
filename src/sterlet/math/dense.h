#pragma once

#include <cstddef>

/// The few dense kernels a Gaussian process lives on, over plain row-major arrays.
///
/// Every element is summed on its own, its terms in one fixed order and without fused multiply-add, whatever the
/// machine: the lanes of a register hold neighbouring elements, never parts of one sum. So results are equal bit for
/// bit with and without AVX2 (chosen when the program runs), a matrix grown column by column has the same factor as one
/// factored at once, and a point's prediction does not depend on those it is made together with. Library code (Eigen,
/// OpenBLAS) orders its sums by the machine's instruction set and cache sizes, so that a suggestion would depend on
/// where it was computed; that is why these are our own.
namespace sterlet::math {

/// Rows of every array begin at multiples of its stride, itself a multiple of this. What pads a row is read and
/// written: it must be numbers, and where a factor or inverse begins, zeros.
inline constexpr std::size_t kLanes = 4;
constexpr std::size_t padded(std::size_t count) { return (count + kLanes - 1) / kLanes * kLanes; }

/// Factors a symmetric matrix whose upper triangle is in `u`: A = U'U, U replacing it in rows [first, n), columns up to
/// `end`. Rows before `first` hold U already. Columns [n, end) are right sides b, which become U'^-1 b. What lies below
/// the diagonal is spoilt.
/// Returns n, or the first row whose pivot is not above `smallest_pivot` (rows from there on are spoilt).
/// Cost n^3 / 6 multiplications for first = 0.
std::size_t factor(double* u, std::size_t stride, std::size_t first, std::size_t n, std::size_t end,
                   double smallest_pivot);

/// Solves U' x = b in place: the next column of U, as `factor` would have it.
void solve_forward(const double* u, std::size_t stride, std::size_t n, double* b);

/// Solves U x = b in place.
void solve_backward(const double* u, std::size_t stride, std::size_t n, double* b);

/// Rows [first, n) of X = U'^-1, lower triangular, zeros above; rows before `first` must be there already. Cost n^3 / 6
/// for first = 0, n^2 / 2 for one row.
void invert(const double* u, std::size_t stride, std::size_t first, std::size_t n, double* x, std::size_t x_stride);

/// Upper triangle of X'X, with X from `invert` the inverse of U'U. What lies below it is spoilt.
void square_inverse(const double* x, std::size_t stride, std::size_t n, double* out, std::size_t out_stride);

/// out = A b for `rows` rows of A, each of n numbers, and `width` right sides at once (a multiple of kLanes): b and out
/// have rows of `width`.
void multiply(const double* a, std::size_t stride, std::size_t rows, std::size_t n, const double* b, double* out,
              std::size_t width);
/// The same for X, lower triangular from `invert`.
void multiply_lower(const double* x, std::size_t stride, std::size_t n, const double* b, double* out,
                    std::size_t width);
/// out = X' b.
void multiply_lower_transposed(const double* x, std::size_t stride, std::size_t n, const double* b, double* out,
                               std::size_t width);

/// Copies the upper triangle to the lower one.
void mirror(double* a, std::size_t stride, std::size_t n);

double dot(const double* a, const double* b, std::size_t n);

/// What a kernel sees of points: a column a feature (`stride` apart), first the numeric ones, scaled so that squared
/// distances add up, then categories, which add their weight where they differ.
struct KernelColumns {
  const double* values = nullptr;
  std::size_t stride = 0;
};
struct KernelFeatures {
  std::size_t numeric = 0, categories = 0;
  const double* weights = nullptr;  ///< One a category.
};

/// Matern 5/2 of the squared distance r between `count` centres, a row of the result each, and `width` points (a
/// multiple of kLanes): value = variance (1 + s + s^2 / 3) exp(-s), s = sqrt(5 r), and its derivative by r, -5/6
/// variance (1 + s) exp(-s), which is finite at 0.
void matern52(const KernelFeatures& features, const KernelColumns& centres, std::size_t count,
              const KernelColumns& points, std::size_t width, double variance, double* value, double* slope,
              std::size_t out_stride);

/// Of each point the sum of factors[i] value_i over the centres.
void matern52_sums(const KernelFeatures& features, const KernelColumns& centres, std::size_t count,
                   const KernelColumns& points, std::size_t width, double variance, const double* factors,
                   double* sums);

/// sums[f][p] = sum over i < n of factors[i][p] (points[f][p] - centres[f][i]) for `count` columns f; a row of factors
/// has `width` numbers (a multiple of kLanes), a row of sums points.stride.
void moments(const double* factors, std::size_t factors_stride, std::size_t n, const KernelColumns& centres,
             const KernelColumns& points, std::size_t width, std::size_t count, double* sums);
/// sums[p] = sum over i < n of factors[i][p] where the points' column differs from the centre's.
void sums_where_different(const double* factors, std::size_t factors_stride, std::size_t n, const double* centres,
                          const double* points, std::size_t width, double* sums);

/// out[i] = ln(1 + growth x[i]) / t, within 1e-15 of 1 / t. `count` is a multiple of kLanes, growth x > -1.
void scaled_log1p(const double* x, std::size_t count, double growth, double t, double* out);

/// Adds the sums over i of e_i = exp(factor x[i]) - 1 and of e_i^2, factor x in [-700, 700]; an e_i is within 1e-15 of
/// 1 + |e_i|.
void add_exp_moments(const double* x, std::size_t n, double factor, double* sum, double* square);

/// exp within 2 ulp or so, equal on every machine; for x in [-700, 700].
double portable_exp(double x);

}  // namespace sterlet::math
