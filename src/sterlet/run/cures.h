#pragma once

#include <string>
#include <string_view>

#include "sterlet/exec/executor.h"

namespace sterlet::run {

/// What to do about what a program's last words say, where newcomers often meet it: a module, a file or an option that is
/// not there, a question that nobody answers, ...; empty: nothing is known. folder: in which it ran; empty: not known.
std::string cure_of(std::string_view said, std::string_view folder = {});

/// The reason of a trial that failed, with what to do about what newcomers meet, or what its program said last. folder:
/// in which it ran.
std::string with_advice(std::string reason, const exec::Event::Exited& exited, const std::string& folder);

}  // namespace sterlet::run
