#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace sterlet::samplers {

/// Learning rates and weights of a run of CMA-ES: those of Hansen's tutorial, with active update.
struct CmaesConstants {
  std::size_t dimensions = 0;
  std::size_t population = 0;   ///< lambda >= 2.
  std::size_t parents = 0;      ///< mu = lambda / 2.
  std::vector<double> weights;  ///< One a rank; those of the parents sum to 1, the worse half's are negative.
  double selection_mass = 0;    ///< mu_eff.
  double rank_one_rate = 0;     ///< c_1.
  double rank_mu_rate = 0;      ///< c_mu.
  double path_rate = 0;         ///< c_c.
  double sigma_rate = 0;        ///< c_sigma.
  double sigma_damping = 0;     ///< d_sigma.
  double normal_length = 0;     ///< chi_d, the expected length of a standard normal vector.
};

/// Source: Hansen: The CMA evolution strategy: a tutorial, arXiv 1604.00772, equations 48 to 58.
CmaesConstants cmaes_constants(std::size_t dimensions, std::size_t population);
/// 4 + floor(3 ln d).
std::size_t cmaes_population(std::size_t dimensions);

/// The search distribution N(mean, sigma^2 C) and what it remembers. Matrices row after row.
struct CmaesState {
  std::size_t generation = 0;  ///< Updates so far.
  double sigma = 0;
  std::vector<double> mean;
  std::vector<double> covariance;    ///< C.
  std::vector<double> root;          ///< C^1/2, possibly of an earlier generation where d is large.
  std::vector<double> inverse_root;  ///< C^-1/2, of the same.
  std::vector<double> sigma_path;
  std::vector<double> covariance_path;
  std::vector<double> margins;       ///< A: what stretches each coordinate before it is rounded to a level.
  double smallest = 1, largest = 1;  ///< Eigenvalues of C.
};

CmaesState cmaes_start(std::vector<double> mean, double sigma);
/// Gives a fresh state another covariance than 1, positive definite.
void cmaes_shape(CmaesState& state, std::span<const double> covariance);
/// mean + sigma C^1/2 z for d standard normal numbers.
std::vector<double> cmaes_sample(const CmaesState& state, std::span<const double> normals);
/// One generation: `ranked` holds lambda samples of d numbers, the best first. Cost O(lambda d^2 + d^3).
void cmaes_update(CmaesState& state, const CmaesConstants& constants, std::span<const double> ranked);
/// |C^-1/2 (x - mean)| / sigma.
double cmaes_distance(const CmaesState& state, std::span<const double> sample);
/// The same search seen in the mirror at x = edge in one coordinate.
void cmaes_mirror(CmaesState& state, std::size_t coordinate, double edge);

/// Where the level that holds the mean begins and ends on the axis of a discrete coordinate; equal where the mean is in
/// an outermost level: then both are its inner edge.
struct CmaesCell {
  double begin = 0, end = 0;
};

/// Sees to it that a discrete coordinate leaves the level of its mean with probability `margin` at least: moves a mean
/// in an outermost level towards the others, or else stretches the coordinate so that each side has margin / 2.
/// Source: Hamano, Saito, Nomura, Shirakawa: CMA-ES with margin, GECCO 2022, section 4.2.
void cmaes_keep_margin(CmaesState& state, std::size_t coordinate, const CmaesCell& cell, double margin);

}  // namespace sterlet::samplers
