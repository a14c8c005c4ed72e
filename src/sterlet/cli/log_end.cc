#include "sterlet/cli/log_end.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/cli/context.h"
#include "sterlet/run/trial_folder.h"

namespace sterlet::cli {

namespace fs = std::filesystem;

namespace {

// The end of a file from the beginning of a line on.
std::string file_end(const fs::path& path, std::size_t bytes_max) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  std::ifstream file(path, std::ios::binary);
  if (error || !file) return {};
  const std::uintmax_t from = size > bytes_max ? size - bytes_max : 0;
  file.seekg(static_cast<std::streamoff>(from));
  std::string text(static_cast<std::size_t>(size - from), '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  const std::size_t line = from == 0 ? std::string::npos : text.find('\n');
  // One long line is shown from somewhere inside it.
  return line == std::string::npos || line + 1 == text.size() ? text : text.substr(line + 1);
}

// The length of the escape sequence that begins the text: ESC [ ... letter, or ESC and one character.
std::size_t escape_length(std::string_view text) {
  if (text.size() < 2 || text[1] != '[') return std::min<std::size_t>(2, text.size());
  std::size_t end = 2;
  while (end < text.size() && (text[end] < '@' || text[end] > '~')) ++end;
  return std::min(end + 1, text.size());
}

}  // namespace

std::string final_text(std::string_view log) {
  std::string text, line;
  bool is_written_over = false;
  for (std::size_t i = 0; i < log.size(); ++i) {
    const char c = log[i];
    if (c == '\x1b') {
      i += escape_length(log.substr(i)) - 1;
    } else if (c == '\n') {
      text += std::exchange(line, {}) + "\n";
      is_written_over = false;
    } else if (c == '\r') {
      is_written_over = true;
    } else {
      if (std::exchange(is_written_over, false)) line.clear();
      line += c;
    }
  }
  text += line;
  while (text.ends_with('\n')) text.pop_back();
  return base::printable_lines(text);
}

std::string log_end(const OpenStudy& open, std::int64_t trial, std::string_view stream, std::size_t bytes_max) {
  const int attempt = open.study->records()[static_cast<std::size_t>(trial)].attempt;
  const fs::path folder = run::trial_folder(run::trials_folder(open.trials_home, open.study->stored()), trial);
  return final_text(file_end(folder / fmt::format("{}-{}.log", stream, attempt), bytes_max));
}

std::string log_end(const OpenStudy& open, std::int64_t trial, std::size_t bytes_max) {
  std::string text;
  for (const char* stream : {"stdout", "stderr"}) {
    const std::string end = log_end(open, trial, stream, bytes_max);
    text += (text.empty() || end.empty() ? "" : "\n") + end;
  }
  return text;
}

}  // namespace sterlet::cli
