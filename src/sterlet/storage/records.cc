#include "sterlet/storage/records.h"

#include <array>

namespace sterlet::storage {

namespace {

constexpr std::array<std::string_view, 8> kStateNames{"WAITING", "RUNNING", "PAUSED", "COMPLETE",
                                                      "PRUNED",  "FAILED",  "LOST",   "CANCELLED"};
constexpr std::array<std::string_view, 3> kSuspensionNames{"", "put_aside", "not_promoted"};

}  // namespace

std::string_view text_of(State state) { return kStateNames[static_cast<std::size_t>(state)]; }

std::string_view text_of(Suspension suspension) { return kSuspensionNames[static_cast<std::size_t>(suspension)]; }

std::optional<Suspension> suspension_from_text(std::string_view text) {
  for (std::size_t i = 0; i < kSuspensionNames.size(); ++i) {
    if (kSuspensionNames[i] == text) return static_cast<Suspension>(i);
  }
  return std::nullopt;
}

std::optional<State> state_from_text(std::string_view text) {
  for (std::size_t i = 0; i < kStateNames.size(); ++i) {
    if (kStateNames[i] == text) return static_cast<State>(i);
  }
  return std::nullopt;
}

}  // namespace sterlet::storage
