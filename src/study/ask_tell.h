#pragma once

#include <string>
#include <string_view>

#include "sterlet/study/study.h"

namespace sterlet::study {

/// Answers one line of the ask/tell stream (docs/ask-tell.md) with one line, without the newline. An error is
/// {"error":"line 42: ..."} and changes nothing.
std::string answer_line(Study& study, std::string_view line, std::size_t line_number);

}  // namespace sterlet::study
