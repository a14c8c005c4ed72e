#pragma once

#include <string>
#include <string_view>

#include "sterlet/space/parameter.h"

namespace sterlet::studyfile {

/// The parameter as one line of a study file: {type: float, low: 0.001, high: 1, scale: log}; `more` stands before the
/// closing brace.
std::string declaration_text(const space::Parameter& parameter, std::string_view more = "");

/// A word as YAML reads it back as the same text, quoted where it has to be.
std::string yaml_word(std::string_view word);

}  // namespace sterlet::studyfile
