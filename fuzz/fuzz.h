#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// What each target defines: one input, as libFuzzer or fuzz/replay.cc gives it. Whatever it holds, nothing may crash,
/// leak, hang or be undefined; what an answer must be besides is checked with STERLET_CHECK.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace sterlet::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace sterlet::fuzz
