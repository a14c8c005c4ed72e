#include "sterlet/samplers/tpe/score.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

// One version a processor generation, chosen when the program is loaded. Not under sanitizers, whose own start-up comes
// after that choice.
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define STERLET_VECTOR_CLONES __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define STERLET_VECTOR_CLONES
#endif

namespace sterlet::samplers {

namespace {

using Lanes = float __attribute__((vector_size(32)));
using Loose = float __attribute__((vector_size(32), aligned(4), may_alias));
using Bits = std::uint32_t __attribute__((vector_size(32)));
constexpr std::size_t kWide = 8;  // Lanes of a register; kScoreLanes are two.

// e^x for x <= 0 by e^x = 2^k e^r with k = round(x / ln 2), |r| <= ln 2 / 2, and the series of e^r up to r^6 / 720:
// relative error below 2e-7. Below -87 the result is e^-87, which no sum with a term of 1 notices.
inline __attribute__((always_inline)) void exp_lanes(Lanes& x) {
  constexpr float kLog2E = 1.44269504f, kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f;
  constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer held in the low bits.
  const auto is_low = x < -87.0f;
  const Lanes lowest = Lanes{} - 87.0f;
  x = reinterpret_cast<Lanes>((reinterpret_cast<Bits>(lowest) & reinterpret_cast<Bits>(is_low)) |
                              (reinterpret_cast<Bits>(x) & ~reinterpret_cast<Bits>(is_low)));
  const Lanes shifted = x * kLog2E + kRound;
  const Lanes k = shifted - kRound;
  const Lanes r = (x - k * kLn2High) - k * kLn2Low;
  Lanes series = r * (1.0f / 720) + 1.0f / 120;
  series = series * r + 1.0f / 24;
  series = series * r + 1.0f / 6;
  series = series * r + 0.5f;
  series = series * r + 1.0f;
  series = series * r + 1.0f;
  x = reinterpret_cast<Lanes>((reinterpret_cast<Bits>(shifted) << 23) + reinterpret_cast<Bits>(series));
}

// All lanes made one, halves first.
template <typename Combine>
inline __attribute__((always_inline)) float fold_lanes(const Lanes& from, Combine combine) {
  std::array<float, kWide> lanes;
  std::memcpy(lanes.data(), &from, sizeof from);
  for (std::size_t width = kWide / 2; width > 0; width /= 2) {
    for (std::size_t lane = 0; lane < width; ++lane) lanes[lane] = combine(lanes[lane], lanes[lane + width]);
  }
  return lanes[0];
}

// Of so many registers at once: the more, the more arithmetic there is to each number read of a term.
template <std::size_t kRegisters>
inline __attribute__((always_inline)) void subtract_squares_at(std::span<float> out, std::size_t i,
                                                               std::span<const SquareTerm> terms) {
  Loose* const to = reinterpret_cast<Loose*>(out.data() + i);
  std::array<Lanes, kRegisters> sums;
  for (std::size_t k = 0; k < kRegisters; ++k) sums[k] = to[k];
  for (const SquareTerm& term : terms) {
    const Loose* const centre = reinterpret_cast<const Loose*>(term.centre + i);
    for (std::size_t k = 0; k < kRegisters; ++k) {
      const Lanes difference = term.x - centre[k];
      sums[k] -= term.scale * (difference * difference);
    }
  }
  for (std::size_t k = 0; k < kRegisters; ++k) to[k] = sums[k];
}

}  // namespace

STERLET_VECTOR_CLONES void add_column(std::span<float> out, const float* column) {
  float* const to = out.data();
  const std::size_t count = out.size();
  for (std::size_t i = 0; i < count; ++i) to[i] += column[i];
}

STERLET_VECTOR_CLONES void minus_cubics(std::span<float> out, const Cubic* cubics, const std::int32_t* piece,
                                        const float* along, float shift) {
  float* const to = out.data();
  const std::size_t count = out.size();
  for (std::size_t i = 0; i < count; ++i) {
    const Cubic& c = cubics[piece[i]];
    const float t = along[i];
    to[i] = -(c[0] + t * (c[1] + t * (c[2] + t * c[3]))) - shift;
  }
}

STERLET_VECTOR_CLONES void subtract_squares(std::span<float> out, std::span<const SquareTerm> terms) {
  std::size_t i = 0;
  for (; i + 2 * kScoreLanes <= out.size(); i += 2 * kScoreLanes) subtract_squares_at<4>(out, i, terms);
  if (i < out.size()) subtract_squares_at<2>(out, i, terms);
}

STERLET_VECTOR_CLONES void subtract_squares_where(std::span<float> out, const float* centre, const float* constant,
                                                  const float* present, float x, float scale) {
  float* const to = out.data();
  const std::size_t count = out.size();
  for (std::size_t i = 0; i < count; ++i) {
    const float difference = centre[i] - x;
    to[i] += constant[i] - present[i] * (scale * (difference * difference));
  }
}

STERLET_VECTOR_CLONES void add_choice(std::span<float> out, const float* centre, float x, float same, float other) {
  float* const to = out.data();
  const std::size_t count = out.size();
  for (std::size_t i = 0; i < count; ++i) {
    const float elsewhere = centre[i] < 0 ? 0 : other;
    to[i] += centre[i] == x ? same : elsewhere;
  }
}

STERLET_VECTOR_CLONES void add_lookup(std::span<float> out, const std::uint32_t* index, const float* table) {
  float* const to = out.data();
  const std::size_t count = out.size();
  for (std::size_t i = 0; i < count; ++i) to[i] += table[index[i]];
}

STERLET_VECTOR_CLONES float largest(std::span<const float> values, float floor) {
  Lanes first = Lanes{} + floor, second = first;
  for (std::size_t i = 0; i < values.size(); i += kScoreLanes) {
    const Lanes one = *reinterpret_cast<const Loose*>(values.data() + i);
    const Lanes other = *reinterpret_cast<const Loose*>(values.data() + i + kWide);
    first = first < one ? one : first;
    second = second < other ? other : second;
  }
  first = first < second ? second : first;
  return fold_lanes(first, [](float a, float b) { return a < b ? b : a; });
}

// Written out, as the vectoriser leaves the choice in the exponential alone.
STERLET_VECTOR_CLONES float sum_exp(std::span<const float> log_values, const float* weights, float shift) {
  Lanes first = {}, second = {};
  for (std::size_t i = 0; i < log_values.size(); i += kScoreLanes) {
    Lanes x = *reinterpret_cast<const Loose*>(log_values.data() + i) - shift;
    Lanes y = *reinterpret_cast<const Loose*>(log_values.data() + i + kWide) - shift;
    exp_lanes(x);
    exp_lanes(y);
    first += *reinterpret_cast<const Loose*>(weights + i) * x;
    second += *reinterpret_cast<const Loose*>(weights + i + kWide) * y;
  }
  first += second;
  return fold_lanes(first, [](float a, float b) { return a + b; });
}

double log_mixture(std::span<const float> log_kernels, std::span<const float> weights, double kernel_weight,
                   double prior_weight) {
  const float shift = largest(log_kernels, 0);
  const auto kernels = static_cast<double>(sum_exp(log_kernels, weights.data(), shift));
  const double prior = prior_weight * std::exp(-static_cast<double>(shift));
  const double sum = std::max(kernels + prior, 1e-300);  // Where even the prior is lost against a kernel of no weight.
  return static_cast<double>(shift) + std::log(sum / (kernel_weight + prior_weight));
}

}  // namespace sterlet::samplers
