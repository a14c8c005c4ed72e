#pragma once

#include <array>
#include <string_view>

namespace sterlet::storage {

/// Step i brings a file from version i to i + 1; the texts are schema/0001.sql and so on, put in by the build.
inline constexpr auto kSchemaSteps = std::to_array<std::string_view>({
#include "schema_steps.inc"
});

}  // namespace sterlet::storage
