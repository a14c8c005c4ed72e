#pragma once

#include <string_view>

namespace sterlet::cli {

/// The files of client/, as they are in the sources: clients.cmake writes them into the program.
extern const std::string_view kPythonClient;  ///< sterlet.py
extern const std::string_view kCppClient;     ///< sterlet.hpp

}  // namespace sterlet::cli
