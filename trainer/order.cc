#include "order.h"

#include <numeric>
#include <utility>

namespace sterlet::trainer {
namespace {

std::uint64_t mix(std::uint64_t word) {
  word += 0x9E37'79B9'7F4A'7C15;
  word = (word ^ (word >> 30)) * 0xBF58'476D'1CE4'E5B9;
  word = (word ^ (word >> 27)) * 0x94D0'49BB'1331'11EB;
  return word ^ (word >> 31);
}

// Below `count`. The high 32 bits times `count`, shifted down: even to within count / 2^32, without a division.
std::uint32_t below(std::uint64_t word, std::size_t count) {
  return static_cast<std::uint32_t>((word >> 32) * count >> 32);
}

}  // namespace

std::uint64_t random_word(std::uint64_t key, std::uint64_t stream, std::uint64_t index) {
  return mix(mix(mix(key) ^ stream) + index * 0x9E37'79B9'7F4A'7C15);
}

std::vector<std::uint32_t> epoch_order(std::uint64_t seed, std::uint64_t epoch, std::size_t count) {
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  for (std::size_t left = count; left > 1; --left) {
    std::swap(order[left - 1], order[below(random_word(seed, epoch, left), left)]);
  }
  return order;
}

std::vector<std::uint32_t> random_rows(std::uint64_t seed, std::uint64_t place, std::size_t picks, std::size_t count) {
  std::vector<std::uint32_t> rows(picks);
  // ~seed: what is drawn here has nothing to do with the orders of the epochs.
  for (std::size_t i = 0; i < picks; ++i) rows[i] = below(random_word(~seed, place, i), count);
  return rows;
}

}  // namespace sterlet::trainer
