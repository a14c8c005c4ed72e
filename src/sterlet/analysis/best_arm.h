#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace sterlet::analysis {

/// What was measured of one setting that may be run again and again, each time with another seed; to be minimised.
struct Arm {
  double mean = 0;             ///< Finite. Of its runs.
  double squares = 0;          ///< >= 0. Sum of the squared deviations of its runs from their mean.
  std::int64_t runs = 1;       ///< >= 1.
  std::int64_t under_way = 0;  ///< >= 0. Runs that have begun and not ended.
  bool is_full = false;        ///< It is not to be run again.
};

/// Which arm is the best, as far as the runs tell.
struct BestArm {
  std::size_t index = 0;           ///< The least expected true mean; the first of equals.
  std::optional<double> noise_sd;  ///< Of one run around its arm's true mean; nothing: no arm was run twice.
  double truth_sd = 0;             ///< Of the better arms' true means; 0: nothing was taken to be known of it.
  std::vector<double> means;       ///< Expected true means; empty where the noise is not known.
};

/// Finds the arm whose true mean is expected to be the least, from noisy runs.
///
/// The runs of an arm are normal around its true mean with one variance s^2 for all arms, whose posterior comes from
/// the arms with several runs. True means are normal around m with variance t^2, so that an arm that was lucky once is
/// drawn back. m and the spread S^2 of the observed means, t^2 + s^2 / runs, come from the best third of the arms (five
/// at least): their means against the normal scores of their ranks lie on a line of slope S through m. The posterior of
/// t is that of a sample of k/4 arms with a uniform prior.
///
/// Edges     no noise known: the least observed mean. Fewer than 5 arms: t is infinite, nothing is drawn back. Equal
///           results of one arm: the noise is at least the least difference between two arms' means / sqrt(12), as
///           metrics are often rounded.
/// Cost      O(k log k), k arms.
/// Source    empirical Bayes as in Efron, Morris: Stein's estimation rule and its competitors, JASA 68, 1973.
/// Departs   with the prior from the better arms alone: an optimiser's trials have a long bad tail, which would make
///           the prior so wide that it corrects nothing, and crowd at the good end, where it would see them too far
///           apart.
BestArm find_best_arm(std::span<const Arm> arms);

/// The probability that no other arm's true mean is less than that of `best`; nothing where the noise is not known.
///   E over s^2, a, b, e of the sum over x of p_l(x) prod_{j != l} P(x_j > x), p the arms' posteriors
///
/// True means are e + b G, G of a gamma distribution of shape a: from an edge at which they pile up (a = 1) to nearly
/// normal (a = 50). Each of 5 shapes, 8 scales b (uniform), 9 places e and 5 variances of the noise counts by how well
/// it tells the means of the best third of the arms (at least 5, at most 40) and that the others lie above those.
///
/// Edges     one arm: 1. Fewer than 5 arms: nothing is taken to be known of the true means.
/// Cost      1,800 times some 200 n, n arms of that third, and as many for each that may lie below the best: some
///           milliseconds for 100 arms.
/// Source    the integral: Bechhofer, Santner, Goldsman: Design and Analysis of Experiments for Statistical Selection,
///           Screening, and Multiple Comparisons, Wiley 1995.
/// Departs   from find_best_arm's normal prior, which sees the arms at the good end too far apart where they
///           crowd: that costs its choice nothing (the same regret in simulated races), but made this probability up to
///           0.3 too high.
std::optional<double> probability_of_best(std::span<const Arm> arms, const BestArm& best);

/// The arm whose next run says most about which is the best: the best one or its most dangerous challenger. Nothing
/// where no further run says anything.
///
/// The challenger is the arm with the least (m_j - m_l)^2 / (v_j + v_l), m and v the means and variances of `best`,
/// runs under way counted as done; of the two the run goes to the one with fewer runs, which narrows the difference
/// more.
///
/// Edges     where the noise is not known yet, the least observed mean that has one run and none under way.
/// Cost      O(k).
/// Source    Shang, de Heide, Menard, Kaufmann, Valko: Fixed-confidence guarantees for Bayesian best-arm
///           identification, AISTATS 2020 (T3C, the challenger by transportation cost); Jourdan, Degenne, Baudry,
///           de Heide, Kaufmann: Top two algorithms revisited, NeurIPS 2022 (the empirical best as leader).
/// Departs   without a coin between leader and challenger: of normal arms with one variance both want as many runs.
std::optional<std::size_t> next_arm(std::span<const Arm> arms, const BestArm& best);

}  // namespace sterlet::analysis
