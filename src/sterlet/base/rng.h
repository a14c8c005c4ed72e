#pragma once

#include <array>
#include <cstdint>

namespace sterlet::base {

/// Who draws: each use of chance has a stream of its own, so that adding draws to one never shifts another.
enum class Stream : std::uint32_t {
  kSpace = 1,          ///< Points drawn over the whole space.
  kSobolScramble = 2,  ///< Owen scrambling; one for the whole study.
  kComplete = 3,       ///< Parameters left open by an enqueued point.
  kTrialSeed = 4,      ///< The seed handed to a trial's own program.
  kWitness = 5,        ///< Points that test whether constraints can be met.
  kTpe = 6,            ///< One for each sampler and each later part that draws.
  kGp = 7,
  kCmaes = 8,
  kNsga2 = 9,
  kRefine = 10,
  kAuto = 11,
  kPruner = 12,
  kPbt = 13,
  kBabysit = 14,
  kPractice = 15,
};

/// Names one sequence of random numbers: equal keys give equal numbers, on every machine.
struct StreamKey {
  std::uint64_t seed = 0;   ///< The study's seed.
  std::uint64_t trial = 0;  ///< The trial's number.
  Stream stream = Stream::kSpace;
  std::uint32_t attempt = 0;  ///< Grows when a point must be drawn again (a duplicate, a broken constraint). < 2^16.
};

/// Philox 4x32-10: ten rounds over a counter of four words with a key of two.
/// Source: Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3, SC 2011, section 4.3.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

/// Random numbers of one key, in order. Counter-based: a copy continues independently from the same place.
class RandomStream final {
 public:
  explicit RandomStream(const StreamKey& key);

  std::uint32_t next_word();
  std::uint64_t next_word64();
  /// Uniform in [0, 1), a multiple of 2^-53.
  double uniform();
  /// Standard normal: the quantile of one uniform number.
  double normal();
  /// Uniform integer in [0, count), exactly; count >= 1.
  std::uint64_t below(std::uint64_t count);

 private:
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 4> block_{};
  int used_ = 4;
};

}  // namespace sterlet::base
