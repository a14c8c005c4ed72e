#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

/// Loops of the Parzen mixtures' scoring in single precision, written for the vectoriser. Every array is padded to a
/// multiple of kScoreLanes, but for minus_cubics and add_column, which take any number. Each processor's version gives
/// the same bits: sums run in kScoreLanes fixed lanes, and nothing is contracted.
namespace sterlet::samplers {

inline constexpr std::size_t kScoreLanes = 16;

inline std::size_t padded(std::size_t count) { return (count + kScoreLanes - 1) / kScoreLanes * kScoreLanes; }

/// scale (centre[i] - x)^2, where a mixture's kernels have their centres.
struct SquareTerm {
  const float* centre = nullptr;
  float x = 0, scale = 0;
};

/// The four coefficients of a cubic polynomial, the constant first.
using Cubic = std::array<float, 4>;

/// out[i] = -cubics[piece[i]](along[i]) - shift.
void minus_cubics(std::span<float> out, const Cubic* cubics, const std::int32_t* piece, const float* along,
                  float shift);
/// out[i] -= each of the terms, in their order.
void subtract_squares(std::span<float> out, std::span<const SquareTerm> terms);
/// out[i] += column[i].
void add_column(std::span<float> out, const float* column);
/// out[i] += constant[i] - present[i] scale (centre[i] - x)^2.
void subtract_squares_where(std::span<float> out, const float* centre, const float* constant, const float* present,
                            float x, float scale);
/// out[i] += same where centre[i] == x, other where it is another choice, 0 where it is negative.
void add_choice(std::span<float> out, const float* centre, float x, float same, float other);
/// out[i] += table[index[i]].
void add_lookup(std::span<float> out, const std::uint32_t* index, const float* table);
/// The largest of `values` and `floor`.
float largest(std::span<const float> values, float floor);
/// Sum of weight[i] exp(log_value[i] - shift); log_value[i] <= shift. Relative error below 1e-6.
float sum_exp(std::span<const float> log_values, const float* weights, float shift);

/// ln of a mixture's density relative to the uniform one: (sum of weight[i] kernel[i] + prior_weight) / total, where
/// total = kernel_weight + prior_weight and kernel_weight is the sum of the weights.
double log_mixture(std::span<const float> log_kernels, std::span<const float> weights, double kernel_weight,
                   double prior_weight);

}  // namespace sterlet::samplers
