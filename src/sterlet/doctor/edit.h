#pragma once

#include <optional>
#include <string>

#include "sterlet/doctor/finding.h"

namespace sterlet::doctor {

/// The text of a study file, YAML or JSON, with one key set. All else stays byte for byte: comments, order, quotes,
/// line ends. A key that is there gets another value in its place; one that is not is added after the others, in the
/// style (flow or block, quoted or not) that they have. A parameter that is a preset's alone gets a line under params.
///
/// Edges     nothing where the text has no room for it: what holds the key is an alias, a text of several lines, or not
///           there. What comes back was read again and holds exactly the change.
std::optional<std::string> apply_edit(const std::string& text, const Edit& edit);

}  // namespace sterlet::doctor
