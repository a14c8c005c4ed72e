#include "sterlet/math/sobol_points.h"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/random/detail/sobol_table.hpp>

namespace sterlet::math {

namespace {

constexpr int kBits = 32;
using Directions = std::array<std::uint32_t, kBits>;
using Table = boost::random::detail::qrng_tables::sobol;

// Direction numbers of one dimension by the recurrence of Bratley and Fox (TOMS 14, 1988, section 2):
// m_j = 2 a_1 m_(j-1) xor ... xor 2^s m_(j-s) xor m_(j-s), v_j = m_j / 2^j. Boost's table keeps the polynomial with its
// leading and trailing coefficient.
Directions directions_of(std::size_t dimension) {
  std::array<std::uint64_t, kBits> m{};
  if (dimension == 0) {
    m.fill(1);
  } else {
    const auto polynomial = static_cast<std::uint64_t>(Table::polynomial(dimension - 1));
    int degree = 0;
    while ((polynomial >> (degree + 1)) != 0) ++degree;
    for (int j = 0; j < kBits; ++j) {
      if (j < degree) {
        m[static_cast<std::size_t>(j)] = Table::minit(dimension - 1, static_cast<std::size_t>(j));
        continue;
      }
      std::uint64_t value = m[static_cast<std::size_t>(j - degree)];
      for (int k = 1; k <= degree; ++k) {
        if (((polynomial >> (degree - k)) & 1) != 0) value ^= m[static_cast<std::size_t>(j - k)] << k;
      }
      m[static_cast<std::size_t>(j)] = value;
    }
  }
  Directions directions{};
  for (std::size_t j = 0; j < kBits; ++j) directions[j] = static_cast<std::uint32_t>(m[j] << (kBits - 1 - j));
  return directions;
}

std::uint32_t coordinate(std::uint32_t index, const Directions& directions) {
  std::uint32_t fraction = 0;
  for (std::size_t j = 0; index != 0; ++j, index >>= 1) {
    if ((index & 1) != 0) fraction ^= directions[j];
  }
  return fraction;
}

}  // namespace

SobolPoints::SobolPoints(std::vector<std::size_t> ranks, std::uint64_t seed) : seed_(seed), ranks_(std::move(ranks)) {
  for (std::size_t rank = 0; rank < std::min(ranks_.size(), sobol_dimensions_max()); ++rank) {
    directions_.push_back(directions_of(rank));
  }
}

std::vector<double> SobolPoints::at(std::uint32_t index, const base::StreamKey& key) const {
  base::RandomStream beyond_table(key);
  std::vector<double> unit(ranks_.size());
  for (std::size_t dimension = 0; dimension < unit.size(); ++dimension) {
    const std::size_t rank = ranks_[dimension];
    if (rank >= directions_.size()) {
      unit[dimension] = beyond_table.uniform();
      continue;
    }
    const std::uint32_t fraction = owen_scramble(coordinate(index, directions_[rank]), seed_, rank);
    unit[dimension] = (static_cast<double>(fraction) + 0.5) * 0x1p-32;
  }
  return unit;
}

std::size_t sobol_dimensions_max() { return Table::max_dimension; }

std::uint32_t sobol_coordinate(std::uint32_t index, std::size_t dimension) {
  return coordinate(index, directions_of(dimension));
}

std::uint32_t owen_scramble(std::uint32_t fraction, std::uint64_t seed, std::size_t dimension) {
  const std::array<std::uint32_t, 2> key{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
  std::uint32_t scrambled = 0;
  for (std::uint32_t bit = 0; bit < kBits; ++bit) {
    const std::uint32_t above = bit == 0 ? 0 : fraction >> (kBits - bit);
    const std::uint32_t stream = static_cast<std::uint32_t>(base::Stream::kSobolScramble) << 16;
    const std::uint32_t flip = base::philox({above, stream, static_cast<std::uint32_t>(dimension), bit}, key)[0] & 1;
    const std::uint32_t place = kBits - 1 - bit;
    scrambled |= (((fraction >> place) & 1) ^ flip) << place;
  }
  return scrambled;
}

}  // namespace sterlet::math
