#include "sterlet/storage/records.h"

#include <array>

namespace sterlet::storage {

namespace {

constexpr std::array<std::string_view, 8> kStateNames{"WAITING", "RUNNING", "PAUSED", "COMPLETE",
                                                      "PRUNED",  "FAILED",  "LOST",   "CANCELLED"};

}  // namespace

std::string_view text_of(State state) { return kStateNames[static_cast<std::size_t>(state)]; }

std::optional<State> state_from_text(std::string_view text) {
  for (std::size_t i = 0; i < kStateNames.size(); ++i) {
    if (kStateNames[i] == text) return static_cast<State>(i);
  }
  return std::nullopt;
}

}  // namespace sterlet::storage
