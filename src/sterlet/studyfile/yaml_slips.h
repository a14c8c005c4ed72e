#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sterlet::studyfile {

/// What most often lies behind a line that is no YAML.
struct Slip {
  std::size_t at = 0;  ///< Byte of the line.
  std::string what, next;
};

/// The slip of a line that a parser has refused, or that stands above one that it has: a pattern or a ${name} without
/// quotes, no space after a colon, a '=' for a colon, a comment within a list, a fence of Markdown; nothing: none is
/// seen. is_near: it is the line that was refused, or the one above; others may have a comment within a list.
std::optional<Slip> find_slip_in(std::string_view line, bool is_near);

}  // namespace sterlet::studyfile
