#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sterlet::cli {

struct OpenStudy;

/// The last lines that a trial's program printed in its last attempt, stdout before stderr, of each stream at most so
/// many bytes. Empty where there are none: its folder may be gone, or on another machine.
std::string log_end(const OpenStudy& open, std::int64_t trial, std::size_t bytes_max);
/// The same of one stream: "stdout" or "stderr".
std::string log_end(const OpenStudy& open, std::int64_t trial, std::string_view stream, std::size_t bytes_max);

/// A log as it looked in the end: without colours and moves of the cursor, and of a line that was written over, such as a
/// progress bar, the last text.
std::string final_text(std::string_view log);

}  // namespace sterlet::cli
