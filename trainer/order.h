#pragma once

#include <cstdint>
#include <vector>

namespace sterlet::trainer {

/// Word `index` of stream `stream` under `key`: chance as a pure function, with no state to keep. Two rounds of the
/// SplitMix64 finaliser (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014).
std::uint64_t random_word(std::uint64_t key, std::uint64_t stream, std::uint64_t index);

/// The order in which an epoch visits `count` rows: a Fisher-Yates shuffle that depends on seed and epoch only, so that
/// a checkpoint needs to keep no more than the position in it.
std::vector<std::uint32_t> epoch_order(std::uint64_t seed, std::uint64_t epoch, std::size_t count);

/// `picks` of `count` rows, with repetition, drawn by seed and place only.
std::vector<std::uint32_t> random_rows(std::uint64_t seed, std::uint64_t place, std::size_t picks, std::size_t count);

}  // namespace sterlet::trainer
