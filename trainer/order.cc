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

}  // namespace

std::uint64_t random_word(std::uint64_t key, std::uint64_t stream, std::uint64_t index) {
  return mix(mix(mix(key) ^ stream) + index * 0x9E37'79B9'7F4A'7C15);
}

std::vector<std::uint32_t> epoch_order(std::uint64_t seed, std::uint64_t epoch, std::size_t count) {
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  for (std::size_t left = count; left > 1; --left) {
    // The high 32 bits times `left`, shifted down: even to within left / 2^32, without a division.
    const std::uint64_t pick = (random_word(seed, epoch, left) >> 32) * left >> 32;
    std::swap(order[left - 1], order[pick]);
  }
  return order;
}

}  // namespace sterlet::trainer
