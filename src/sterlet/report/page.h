#pragma once

#include <string_view>

namespace sterlet::report {

// The page's parts, embedded at build time by embed.cmake.
extern const std::string_view kPageHtml;
extern const std::string_view kPageCss;
extern const std::string_view kPageScript;

}  // namespace sterlet::report
