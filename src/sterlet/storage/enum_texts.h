#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace sterlet::storage {

/// The texts of an enumeration whose values count from 0, in their order, used both ways. They stand in databases, so
/// that none of them may ever change.
template <typename Enum, std::size_t count>
struct EnumTexts {
  std::array<std::string_view, count> texts;

  constexpr std::string_view text_of(Enum value) const { return texts[static_cast<std::size_t>(value)]; }
  /// Nothing where the text is none of them.
  constexpr std::optional<Enum> find(std::string_view text) const {
    for (std::size_t i = 0; i < count; ++i) {
      if (texts[i] == text) return static_cast<Enum>(i);
    }
    return std::nullopt;
  }
};

}  // namespace sterlet::storage
