#pragma once

#include <string>
#include <string_view>

namespace sterlet::studyfile {

/// `text` with the parameter `name` replaced by `literal`, outside quotes: how a fixed choice enters an expression.
std::string substitute(std::string_view text, std::string_view name, std::string_view literal);

/// A text as an expression quotes it.
std::string text_literal(std::string_view text);

}  // namespace sterlet::studyfile
