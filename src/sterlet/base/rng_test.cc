#include "sterlet/base/rng.h"

#include <cmath>
#include <map>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace sterlet::base {
namespace {

using Words = std::array<std::uint32_t, 4>;

// Known answers published with Random123 (kat_vectors, philox4x32 10).
TEST(Philox, GivesThePublishedVectors) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(RandomStream, EqualKeysGiveEqualNumbers) {
  const StreamKey key{.seed = 0x123456789ABCDEF0, .trial = 17, .stream = Stream::kComplete, .attempt = 3};
  RandomStream a(key), b(key);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(a.next_word(), b.next_word());
}

TEST(RandomStream, EveryPartOfTheKeyCounts) {
  const StreamKey base_key{.seed = 1, .trial = 1, .stream = Stream::kSpace, .attempt = 0};
  std::vector<StreamKey> keys(7, base_key);
  keys[1].seed = 2;
  keys[2].seed = 1 + (std::uint64_t{1} << 32);
  keys[3].trial = 2;
  keys[4].trial = 1 + (std::uint64_t{1} << 32);
  keys[5].stream = Stream::kWitness;
  keys[6].attempt = 1;
  std::set<std::uint64_t> seen;
  for (const StreamKey& key : keys) seen.insert(RandomStream(key).next_word64());
  EXPECT_EQ(seen.size(), keys.size());
}

TEST(RandomStream, ACopyContinuesFromTheSamePlace) {
  RandomStream stream({.seed = 5});
  for (int i = 0; i < 7; ++i) stream.next_word();
  RandomStream copy = stream;
  for (int i = 0; i < 20; ++i) EXPECT_EQ(copy.next_word(), stream.next_word());
}

TEST(RandomStream, BlocksFollowOneAnother) {  // The counter's first word is the block.
  RandomStream stream({.seed = 9, .trial = 4, .stream = Stream::kTrialSeed, .attempt = 2});
  for (std::uint32_t block = 0; block < 3; ++block) {
    const Words expected = philox({block, (4u << 16) | 2u, 4, 0}, {9, 0});
    for (const std::uint32_t word : expected) EXPECT_EQ(stream.next_word(), word);
  }
}

// Mean and variance of 10^6 draws lie within 5 standard errors: a false alarm in 10^6 seeds; the seed is fixed.
TEST(RandomStream, UniformHasMeanAndVarianceOfTheUnitInterval) {
  constexpr std::uint64_t kSeed = 11;
  constexpr int kDraws = 1000000;
  RandomStream stream({.seed = kSeed});
  double sum = 0, squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double u = stream.uniform();
    ASSERT_GE(u, 0.0);
    ASSERT_LT(u, 1.0);
    sum += u - 0.5;
    squares += (u - 0.5) * (u - 0.5);
  }
  EXPECT_NEAR(sum / kDraws, 0, 5 * std::sqrt(1.0 / 12 / kDraws)) << "seed " << kSeed;
  EXPECT_NEAR(squares / kDraws, 1.0 / 12, 5 * std::sqrt(1.0 / 180 / kDraws)) << "seed " << kSeed;
}

TEST(RandomStream, BelowIsUniformAndStaysBelow) {
  constexpr std::uint64_t kSeed = 12;
  constexpr int kDraws = 60000;
  RandomStream stream({.seed = kSeed});
  std::map<std::uint64_t, int> counts;
  for (int i = 0; i < kDraws; ++i) ++counts[stream.below(6)];
  ASSERT_EQ(counts.size(), 6u);
  for (const auto& [value, count] : counts) {
    EXPECT_LT(value, 6u);
    EXPECT_NEAR(count, kDraws / 6, 5 * std::sqrt(kDraws * (1.0 / 6) * (5.0 / 6))) << "seed " << kSeed;
  }
}

TEST(RandomStream, BelowTakesOneAndTheLargestCounts) {
  RandomStream stream({.seed = 13});
  EXPECT_EQ(stream.below(1), 0u);
  for (int i = 0; i < 100; ++i) EXPECT_LT(stream.below(UINT64_MAX), UINT64_MAX);
  for (int i = 0; i < 100; ++i) EXPECT_LT(stream.below((std::uint64_t{1} << 63) + 1), (std::uint64_t{1} << 63) + 1);
}

}  // namespace
}  // namespace sterlet::base
