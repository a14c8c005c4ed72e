#include "sterlet/storage/turns.h"

#include <array>

namespace sterlet::storage {

namespace {

constexpr std::array<std::string_view, 4> kNames{"waiting", "running", "done", "failed"};

}  // namespace

std::string_view text_of(TurnRecord::State state) { return kNames[static_cast<std::size_t>(state)]; }

std::optional<TurnRecord::State> turn_state_from_text(std::string_view text) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == text) return static_cast<TurnRecord::State>(i);
  }
  return std::nullopt;
}

}  // namespace sterlet::storage
