// The dense kernels of src/sterlet/math/dense.h beside Eigen and OpenBLAS, on one core, in one run:
//   sterlet-bench-kernels [libopenblas.so.0]
// OpenBLAS is opened while it runs, so that the build does not need it; without it its column stays empty. Unset
// OPENBLAS_CORETYPE and OPENBLAS_L2_SIZE, so that it chooses its kernels for this machine.
#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "kernels.h"
#include "sterlet/base/rng.h"
#include "sterlet/math/dense.h"
#include "sterlet/math/median.h"

namespace {

namespace math = sterlet::math;
namespace bench = sterlet::bench;

constexpr std::size_t kWidth = 32;  // Right sides of a product: the points that a search looks at together.

struct Blas {
  using Factor = void (*)(const char*, const int*, double*, const int*, int*);
  using Multiply = void (*)(const char*, const char*, const int*, const int*, const int*, const double*, const double*,
                            const int*, const double*, const int*, const double*, double*, const int*);
  Factor potrf = nullptr, potri = nullptr;
  Multiply gemm = nullptr;
  bool is_there() const { return potrf != nullptr && potri != nullptr && gemm != nullptr; }
};

Blas open_blas(const char* path) {
  Blas blas;
  void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return blas;
  blas.potrf = reinterpret_cast<Blas::Factor>(dlsym(library, "dpotrf_"));
  blas.potri = reinterpret_cast<Blas::Factor>(dlsym(library, "dpotri_"));
  blas.gemm = reinterpret_cast<Blas::Multiply>(dlsym(library, "dgemm_"));
  return blas;
}

/// A symmetric matrix as a Gaussian process has it: the covariances of n points of a line, and noise.
std::vector<double> covariances(std::size_t n, std::size_t stride) {
  sterlet::base::RandomStream stream({.seed = 1});
  std::vector<double> place(n), matrix(n * stride);
  for (double& x : place) x = stream.uniform();
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const double apart = 5 * (place[i] - place[j]);
      matrix[i * stride + j] = std::exp(-apart * apart / 2) + (i == j ? 0.01 : 0);
    }
  }
  return matrix;
}

/// Microseconds, the median of many; `prepare` is not counted.
double time_of(std::size_t n, const std::function<void()>& prepare, const std::function<void()>& run) {
  const std::size_t repeats = std::clamp<std::size_t>(60'000'000 / (n * n * n / 3 + 1), 9, 301);
  std::vector<double> taken;
  for (std::size_t i = 0; i < repeats; ++i) {
    prepare();
    const auto before = std::chrono::steady_clock::now();
    run();
    taken.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - before).count());
  }
  return math::median_of(taken);
}

struct Times {
  double ours = 0, eigen = 0, blas = 0;
};

void print(const char* what, std::size_t n, const Times& times, bool has_blas) {
  fmt::print("| {} | {} | {:.0f} | {:.0f} | {} |\n", what, n, times.ours, times.eigen,
             has_blas ? fmt::format("{:.0f}", times.blas) : "");
}

void measure(std::size_t n, const Blas& blas) {
  const std::size_t stride = math::padded(n);
  const int size = static_cast<int>(n), leading = static_cast<int>(stride), width = kWidth;
  const std::vector<double> matrix = covariances(n, stride);
  std::vector<double> work = matrix, out(n * stride), lower(n * stride);
  const auto restore = [&] { work = matrix; };
  const auto nothing = [] {};
  int info = 0;

  // Row by row an upper triangle is, column by column, a lower one.
  Times times;
  times.ours = time_of(n, restore, [&] { math::factor(work.data(), stride, 0, n, n, 1e-12); });
  times.eigen = time_of(n, restore, [&] { bench::eigen_factor(work.data(), stride, n); });
  if (blas.is_there()) times.blas = time_of(n, restore, [&] { blas.potrf("L", &size, work.data(), &leading, &info); });
  print("factor", n, times, blas.is_there());

  restore();
  math::factor(work.data(), stride, 0, n, n, 1e-12);
  const std::vector<double> factored = work;
  times.ours = time_of(n, nothing, [&] {
    math::invert(factored.data(), stride, 0, n, lower.data(), stride);
    math::square_inverse(lower.data(), stride, n, out.data(), stride);
  });
  times.eigen = time_of(n, nothing, [&] { bench::eigen_inverse(factored.data(), stride, n, out.data()); });
  if (blas.is_there()) {
    times.blas = time_of(
        n, [&] { work = factored; }, [&] { blas.potri("L", &size, work.data(), &leading, &info); });
  }
  print("inverse from the factor", n, times, blas.is_there());

  const std::vector<double> right(n * kWidth, 0.5);
  std::vector<double> product(n * kWidth);
  times.ours =
      time_of(n, nothing, [&] { math::multiply(matrix.data(), stride, n, n, right.data(), product.data(), kWidth); });
  times.eigen = time_of(n, nothing,
                        [&] { bench::eigen_multiply(matrix.data(), stride, n, right.data(), product.data(), kWidth); });
  if (blas.is_there()) {
    const double one = 1, zero = 0;
    times.blas = time_of(n, nothing, [&] {
      blas.gemm("N", "N", &width, &size, &size, &one, right.data(), &width, matrix.data(), &leading, &zero,
                product.data(), &width);
    });
  }
  print("times 32 columns", n, times, blas.is_there());
}

}  // namespace

int main(int argc, char** argv) {
  const Blas blas = open_blas(argc > 1 ? argv[1] : "libopenblas.so.0");
  if (!blas.is_there()) fmt::print(stderr, "sterlet-bench-kernels: no OpenBLAS; give the path of libopenblas.so.0\n");
  fmt::print("| microseconds | n | Sterlet | Eigen, -march=native | OpenBLAS |\n| --- | --- | --- | --- | --- |\n");
  for (const std::size_t n : {50, 100, 200, 500, 1000}) measure(n, blas);
  return 0;
}
