#pragma once

#include <string>

namespace sterlet::exec {

/// A new session's mark: 32 hexadecimal digits from the system's generator.
std::string new_session();

}  // namespace sterlet::exec
