#include "sterlet/exec/local/telling_line.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace sterlet::exec {

namespace {

// Lines that begin so say nothing of their own.
constexpr std::array<std::string_view, 11> kBeginnings{
    "Execution halted",  // R, after its error
    "Calls: ",           // R
    "BEGIN failed--",    // Perl
    "Compilation failed in require",
    "Node.js v",
    "Stacktrace:",  // Julia
    "in expression starting at ",
    "make: *** [",  // After what the step itself wrote.
    "make[1]: *** [",
    "make[2]: *** [",
    "gmake: *** [",
};
// Lines that have it, too: of a launcher whose program has told why.
constexpr std::array<std::string_view, 4> kParts{
    "(See above for error)",    // conda run
    "Exited with exit code",    // srun
    "Primary job  terminated",  // mpirun
    "note: run with `RUST_BACKTRACE",
};

// "[1] error(s::String)"
bool is_frame_of_julia(std::string_view line) {
  const std::size_t end = line.find_first_not_of("0123456789", 1);
  return line.front() == '[' && end != std::string_view::npos && end > 1 && line.substr(end).starts_with("] ") &&
         line.ends_with(')');
}

// "at T.main(T.java:1)", "at file:///t.js:1:7", "@ Base ./error.jl:35".
bool is_frame(std::string_view line) {
  const bool is_place = line.ends_with(')') || (line.back() >= '0' && line.back() <= '9');
  return is_frame_of_julia(line) ||
         ((line.starts_with("at ") || line.starts_with("@ ")) && is_place && line.find(':') != std::string_view::npos);
}

// "Try 'tail --help' for more information."
bool is_hint_at_help(std::string_view line) {
  const bool is_hint = line.starts_with("Try '") || line.starts_with("Run '") || line.starts_with("See '");
  return is_hint && line.find("help'") != std::string_view::npos;
}

bool says_nothing(std::string_view line) {
  const bool has_letter = std::any_of(line.begin(), line.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
  });
  const bool is_counted_frames = line.starts_with("... ") && line.ends_with(" more");  // Java
  return !has_letter || is_counted_frames || is_frame(line) || is_hint_at_help(line) ||
         std::any_of(kBeginnings.begin(), kBeginnings.end(),
                     [&](std::string_view text) { return line.starts_with(text); }) ||
         std::any_of(kParts.begin(), kParts.end(),
                     [&](std::string_view text) { return line.find(text) != std::string_view::npos; });
}

// "ValueError: no data", "torch.cuda.OutOfMemoryError: ...", "KeyboardInterrupt"
bool names_an_error(std::string_view line) {
  const std::string_view name = line.substr(0, line.find(':'));
  return name.find(' ') == std::string_view::npos &&
         (name.ends_with("Error") || name.ends_with("Exception") || name.ends_with("Interrupt"));
}

using Lines = std::vector<std::string>;

// Of Python: what ended it, and not what is said after that, by handlers of its end and objects that go. A first line that
// ends with a colon has its rest in the next one.
std::string of_python(Lines lines) {
  const auto begins_with = [](std::string_view text) {
    return [text](const std::string& line) { return line.starts_with(text); };
  };
  const auto ignored = std::find_if(lines.begin(), lines.end(), begins_with("Exception ignored in"));
  if (std::any_of(lines.begin(), ignored, names_an_error)) lines.erase(ignored, lines.end());
  const auto header = std::find_if(lines.rbegin(), lines.rend(), begins_with("Traceback (most recent call last)"));
  if (header == lines.rend()) return {};
  const auto named = std::find_if(header.base(), lines.end(), names_an_error);
  if (named == lines.end()) return {};
  const bool goes_on = named->ends_with(':') && named + 1 != lines.end();
  return goes_on ? *named + " " + *(named + 1) : *named;
}

}  // namespace

std::string telling_line(const std::vector<std::string>& lines) {
  if (std::string error = of_python(lines); !error.empty()) return error;
  const auto found =
      std::find_if(lines.rbegin(), lines.rend(), [](const std::string& line) { return !says_nothing(line); });
  if (found == lines.rend()) return lines.empty() ? std::string() : lines.back();
  // JavaScript shows an error's fields, and the source, after it.
  if (lines.back().starts_with("Node.js v")) {
    const auto named =
        std::find_if(lines.rbegin(), lines.rend(), [](const std::string& line) { return names_an_error(line); });
    if (named != lines.rend()) return *named;
  }
  // R breaks an error's line where it is long.
  const auto before = found + 1;
  const bool is_second_half =
      before != lines.rend() && before->starts_with("Error in ") && (before->ends_with(":") || before->ends_with(": "));
  return is_second_half ? *before + " " + *found : *found;
}

}  // namespace sterlet::exec
