#include "sterlet/math/symmetric.h"

#include <cmath>

#include <Eigen/Eigenvalues>

namespace sterlet::math {

SymmetricRoots symmetric_roots(std::span<const double> matrix, std::size_t dimensions, double floor) {
  const auto size = static_cast<Eigen::Index>(dimensions);
  SymmetricRoots roots;
  roots.root.resize(matrix.size());
  roots.inverse_root.resize(matrix.size());
  if (dimensions == 0) return roots;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(
      Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(matrix.data(), size,
                                                                                               size));
  Eigen::VectorXd values = solver.eigenvalues();
  values = values.cwiseMax(floor * values(size - 1));
  roots.smallest = values(0);
  roots.largest = values(size - 1);
  const Eigen::VectorXd scales = values.cwiseSqrt();
  const Eigen::MatrixXd& basis = solver.eigenvectors();
  Eigen::Map<Eigen::MatrixXd>(roots.root.data(), size, size) = basis * scales.asDiagonal() * basis.transpose();
  Eigen::Map<Eigen::MatrixXd>(roots.inverse_root.data(), size, size) =
      basis * scales.cwiseInverse().asDiagonal() * basis.transpose();
  return roots;
}

}  // namespace sterlet::math
