#include <Eigen/Cholesky>
#include <Eigen/Dense>

#include "kernels.h"

namespace sterlet::bench {

namespace {

using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Strided = Eigen::Map<Rows, 0, Eigen::OuterStride<>>;
using ConstStrided = Eigen::Map<const Rows, 0, Eigen::OuterStride<>>;

Eigen::Index index(std::size_t count) { return static_cast<Eigen::Index>(count); }

}  // namespace

void eigen_factor(double* a, std::size_t stride, std::size_t n) {
  Strided matrix(a, index(n), index(n), Eigen::OuterStride<>(index(stride)));
  const Eigen::LLT<Eigen::Ref<Rows, 0, Eigen::OuterStride<>>, Eigen::Upper> factored(matrix);
}

void eigen_inverse(const double* u, std::size_t stride, std::size_t n, double* out) {
  const ConstStrided factor(u, index(n), index(n), Eigen::OuterStride<>(index(stride)));
  Strided inverse(out, index(n), index(n), Eigen::OuterStride<>(index(stride)));
  inverse.setIdentity();
  factor.triangularView<Eigen::Upper>().transpose().solveInPlace(inverse);
  factor.triangularView<Eigen::Upper>().solveInPlace(inverse);
}

void eigen_multiply(const double* a, std::size_t stride, std::size_t n, const double* b, double* out,
                    std::size_t width) {
  const ConstStrided matrix(a, index(n), index(n), Eigen::OuterStride<>(index(stride)));
  const ConstStrided right(b, index(n), index(width), Eigen::OuterStride<>(index(width)));
  Strided result(out, index(n), index(width), Eigen::OuterStride<>(index(width)));
  result.noalias() = matrix * right;
}

}  // namespace sterlet::bench
