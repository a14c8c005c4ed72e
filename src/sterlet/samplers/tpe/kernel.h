#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "sterlet/samplers/tpe/score.h"
#include "sterlet/space/space.h"

namespace sterlet::samplers {

/// A point as kernels see it: its unit coordinates and its raw values, one a dimension, NaN where inactive. Borrowed.
struct ParzenPoint {
  std::span<const double> unit;
  std::span<const double> values;
};

/// What one dimension of a space is to a kernel.
enum class ParzenKind {
  kFixed,       ///< One value: no kernel.
  kContinuous,  ///< Normal with the centre as its mean, cut off at 0 and 1.
  kLevels,      ///< The same normal's mass in each level's cell.
  kChoices,     ///< Own choice 1 - bandwidth, the others bandwidth / (K - 1) each.
};

/// The kernels of a Parzen mixture over a whole space, conditional dimensions included.
///
/// A kernel is a product over the dimensions that are active both in its centre and at x; where only x has a dimension,
/// the factor there is the uniform density. So each kernel is a density on every branch of the tree, and trials of one
/// branch tell of the parameters that it shares with others. All densities are relative to the uniform one: its log is
/// 0, and a level's mass is divided by its cell's width.
///
/// One bandwidth a dimension serves all kernels. Scoring works in single precision, columns at a time; what depends on
/// the bandwidth alone is kept from call to call. Kernels lie in slots, which may be empty.
/// Cost      set: O(d); set_bandwidths: O(n) a bandwidth that changes; log_kernels: O(n d) a point, n slots. Memory
/// O(n d).
class ParzenTable final {
 public:
  explicit ParzenTable(const space::Space& space);

  ParzenKind kind(std::size_t dimension) const { return columns_[dimension].kind; }
  std::size_t dimensions() const { return columns_.size(); }
  std::size_t size() const { return size_; }

  /// How many slots there are; new ones are empty.
  void resize(std::size_t count);
  /// One a dimension, in (0, 1]; for choices at most 1 - 1/K. To be told before the first kernel is set.
  void set_bandwidths(std::span<const double> bandwidths);
  void set(std::size_t slot, const ParzenPoint& centre);
  void empty(std::size_t slot);
  /// Log of each kernel at `x`, relative to the uniform density; `out` holds padded_size() numbers, those of empty
  /// slots and past size() so low that nothing comes of them.
  void log_kernels(const ParzenPoint& x, std::span<float> out) const;
  std::size_t padded_size() const;

  /// The same for one pair of points in double precision, without any table: what the fast form is tested against.
  double log_kernel(const ParzenPoint& centre, const ParzenPoint& x, std::span<const double> bandwidths) const;

 private:
  struct LogMass {  // ln of the normal's mass within [0, 1], piece by piece for centres from 0 to 1/2.
    double bandwidth = 0;
    std::vector<Cubic> pieces;
  };
  struct Column {
    explicit Column(const space::Axis& of) : axis(of) {}
    space::Axis axis;
    ParzenKind kind = ParzenKind::kContinuous;
    std::uint64_t count = 0;  // Levels or choices.
    bool conditional = false;
    double bandwidth = 0;                 // Not yet any.
    float log_norm = 0;                   // Of the density: ln(bandwidth sqrt(2 pi)).
    float scale = 0;                      // Of the squared distance in the density: 1 / (2 bandwidth^2).
    float log_same = 0, log_other = 0;    // Of a choice: the kernel at its own one and at another.
    std::shared_ptr<const LogMass> mass;  // Of that bandwidth.
    std::vector<float> centre;            // Unit coordinate, or index of the choice; 0 (choice: -1) where absent.
    std::vector<std::int32_t> piece;      // Where the centre is in the table of the masses: the piece of it, and
    std::vector<float> along;             // how far along that, in [0, 1]. Not for choices.
    std::vector<float> present;           // 1, or 0 where the centre lacks the dimension. Conditional dimensions only.
    std::vector<float> constant;          // Log of what the kernel's exponential is multiplied with; 0 where absent.
    std::vector<std::uint32_t> levels;    // Few levels only; `count` where absent.
  };
  struct Lookup {  // Log kernel of one level at every centre.
    std::size_t dimension = 0;
    std::uint64_t level = 0;
    double bandwidth = 0;
    std::vector<float> by_centre;
  };

  static void find_constants(Column& column, std::size_t slot, std::size_t count);
  void sum_constants(std::size_t slot, std::size_t count);
  std::uint64_t level_of(const Column& column, double value) const;
  double log_factor(const Column& column, double bandwidth, double centre_unit, double centre_value, double unit,
                    double value) const;
  std::shared_ptr<const LogMass> log_mass(double bandwidth) const;
  const Lookup& lookup(std::size_t dimension, std::uint64_t level) const;
  void add_levels(std::size_t dimension, const ParzenPoint& x, std::span<float> out) const;

  std::vector<Column> columns_;
  std::vector<float> starts_;     // 0; next to nothing for an empty slot and for padding.
  std::vector<float> constants_;  // The same with the unconditional columns' constants.
  std::size_t size_ = 0;
  mutable std::vector<SquareTerm> terms_;  // Of log_kernels.
  mutable std::vector<std::shared_ptr<const LogMass>> masses_;
  mutable std::vector<Lookup> lookups_;
};

/// ln of the mass that a normal with that mean (in [0, 1]) and deviation has in [low, high]; floored at -80, where
/// single precision ends.
double log_normal_mass(double mean, double deviation, double low, double high);

}  // namespace sterlet::samplers
