#include "sterlet/base/rng.h"

#include <algorithm>

#include "sterlet/base/normal.h"

namespace sterlet::base {

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  constexpr std::uint64_t kMultiplier0 = 0xD2511F53;
  constexpr std::uint64_t kMultiplier1 = 0xCD9E8D57;
  constexpr std::uint32_t kBump0 = 0x9E3779B9;
  constexpr std::uint32_t kBump1 = 0xBB67AE85;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = kMultiplier0 * counter[0];
    const std::uint64_t product1 = kMultiplier1 * counter[2];
    counter = {static_cast<std::uint32_t>(product1 >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(product1),
               static_cast<std::uint32_t>(product0 >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(product0)};
    key[0] += kBump0;
    key[1] += kBump1;
  }
  return counter;
}

// The counter's words: block within the stream; stream and attempt; trial, low and high.
RandomStream::RandomStream(const StreamKey& key)
    : key_{static_cast<std::uint32_t>(key.seed), static_cast<std::uint32_t>(key.seed >> 32)},
      counter_{0, (static_cast<std::uint32_t>(key.stream) << 16) | (key.attempt & 0xFFFF),
               static_cast<std::uint32_t>(key.trial), static_cast<std::uint32_t>(key.trial >> 32)} {}

std::uint32_t RandomStream::next_word() {
  if (used_ == 4) {
    block_ = philox(counter_, key_);
    ++counter_[0];
    used_ = 0;
  }
  return block_[static_cast<std::size_t>(used_++)];
}

std::uint64_t RandomStream::next_word64() {
  const std::uint64_t high = next_word();
  return (high << 32) | next_word();
}

double RandomStream::uniform() { return static_cast<double>(next_word64() >> 11) * 0x1p-53; }

double RandomStream::normal() {
  // Half a step up, so that 0 is never met; the largest uniform number would round to 1.
  return normal_quantile(std::min(uniform() + 0x1p-54, 1 - 0x1p-53));
}

std::uint64_t RandomStream::below(std::uint64_t count) {
  // Words past the last whole multiple of count would favour small numbers; they are drawn again.
  const std::uint64_t limit = UINT64_MAX - (UINT64_MAX % count + 1) % count;
  std::uint64_t word = next_word64();
  while (word > limit) word = next_word64();
  return word % count;
}

}  // namespace sterlet::base
