#include "sterlet/run/explain.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/base/pattern.h"
#include "sterlet/base/text.h"
#include "sterlet/run/cures.h"
#include "sterlet/studyfile/command.h"

namespace sterlet::run {

namespace {

constexpr std::size_t kShownMax = 100;
constexpr std::size_t kNamesShownMax = 6;

std::string quoted(const std::string& line) {
  return fmt::format("\"{}\"", line.size() <= kShownMax ? line : line.substr(0, kShownMax) + "...");
}

std::string names_text(const std::vector<std::string>& names) {
  const auto count = static_cast<std::ptrdiff_t>(std::min(names.size(), kNamesShownMax));
  std::string text = fmt::format("{}", fmt::join(names.begin(), names.begin() + count, ", "));
  if (names.size() > kNamesShownMax) text += ", ...";
  return base::printable(text);
}

// "; the last line on stderr was ...", with what cures it.
std::string last_on_stderr(const exec::Traces& traces) {
  if (traces.stderr_last.empty()) return {};
  const std::string& line = traces.stderr_last.back();
  const std::string cure = cure_of(line);
  return fmt::format("; the last line on stderr was {}{}", quoted(line), cure.empty() ? "" : " (" + cure + ")");
}

// A name that means the same: acc and accuracy, val_loss and loss, or a slip of the finger.
std::optional<std::string> similar_name(const std::string& metric, const std::vector<std::string>& told) {
  if (auto near = base::nearest_name(metric, told)) return near;
  const auto found = std::find_if(told.begin(), told.end(), [&](const std::string& name) {
    return name.find(metric) != std::string::npos || metric.find(name) != std::string::npos;
  });
  return found == told.end() ? std::nullopt : std::optional(*found);
}

std::string other_names(const std::string& metric, const std::vector<std::string>& told) {
  if (const auto near = similar_name(metric, told)) {
    return fmt::format("it reported {}; if {} is meant, write it in objective, or report it as {}", names_text(told),
                       base::printable(*near), metric);
  }
  return fmt::format("it reported {}; report {} as well, or name one of these in objective", names_text(told), metric);
}

bool is_word_part(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The pattern that finds the metric in a line that names it and gives a number after it: acc=0.93, "acc": 0.93}.
std::string pattern_for(const std::string& metric, const std::string& line) {
  const std::size_t at = line.find(metric);
  if (at == std::string::npos || (at > 0 && is_word_part(line[at - 1]))) return {};
  const std::size_t end = at + metric.size();
  const std::size_t number = line.find_first_not_of(" =:\"'", end);
  if (number == std::string::npos || number == end ||
      std::string_view("+-.0123456789").find(line[number]) == std::string_view::npos || line.find('\'', end) < number) {
    return {};
  }
  const std::size_t after = line.find_first_not_of("+-.0123456789eE", number);
  const bool is_open =
      after == std::string::npos || std::string_view(" %,").find(line[after]) != std::string_view::npos;
  return fmt::format("{}{}(?<{}>{})", metric, line.substr(end, number - end), metric, is_open ? "\\S+" : "[-+.0-9eE]+");
}

// Of a program that ended at once because what trains was begun elsewhere; empty: nothing speaks for that.
std::string trained_elsewhere(const exec::Traces& traces) {
  if (traces.left_running > 0) {
    return fmt::format(
        "it ended while {} of it went on in the background, which {} ended with it; run it in the foreground, without "
        "&, nohup or a daemon, or let it wait for them, as by wait",
        base::count_text(static_cast<std::uint64_t>(traces.left_running), "process"),
        traces.left_running == 1 ? "was" : "were");
  }
  for (const std::string& line : traces.stdout_last) {
    const bool is_queue = line.find("Submitted batch job") != std::string::npos ||
                          line.find("has been submitted") != std::string::npos ||
                          line.find("is submitted to") != std::string::npos;
    if (!is_queue) continue;
    return fmt::format(
        "it printed {}: a queue has taken the training, and nobody waited for it; run it by what waits and hands on "
        "what is printed, as srun in the place of sbatch",
        quoted(line));
  }
  return {};
}

std::string from_stdout(const base::MetricPattern& pattern, const std::string& metric,
                        const std::vector<std::string>& told, const exec::Traces& traces) {
  if (const auto odd = traces.no_numbers.find(metric); odd != traces.no_numbers.end()) {
    return fmt::format("its pattern found '{}' there, which is no number; print a plain one, as in 0.93",
                       base::printable(odd->second.substr(0, kShownMax)));
  }
  if (!told.empty()) return other_names(metric, told);
  for (const std::string& line : traces.stderr_last) {
    if (!pattern.find(line)) continue;
    return fmt::format(
        "it printed {} to stderr, and the pattern reads stdout; print it to stdout, or join the two by a shell, as in "
        "command: [sh, -c, 'exec python3 train.py 2>&1']",
        quoted(line));
  }
  if (const std::string elsewhere = trained_elsewhere(traces); !elsewhere.empty()) return elsewhere;
  if (traces.stdout_last.empty()) {
    return fmt::format(
        "it printed nothing on stdout, which the pattern reads{}; print {} there, and flush what is printed where a "
        "program ends itself",
        last_on_stderr(traces), metric);
  }
  const std::string& last = traces.stdout_last.back();
  if (traces.long_lines > 0) {
    return fmt::format(
        "no line of its stdout matched the pattern, which is not tried on lines of more than 4 KiB, as {} of its lines "
        "{}; print {} on a line of its own",
        traces.long_lines, traces.long_lines == 1 ? "is" : "are", metric);
  }
  if (last.find("\\x00") != std::string::npos) {
    return fmt::format(
        "no line of its stdout matched the pattern; the last one was {}, and its NUL bytes are those of text in "
        "UTF-16; "
        "print UTF-8",
        quoted(last));
  }
  for (const std::string& line : traces.stdout_last) {
    const std::string better = pattern_for(metric, line);
    if (better.empty()) continue;
    return fmt::format("no line of its stdout matched the pattern, but {} has it; write pattern: '{}'", quoted(line),
                       better);
  }
  return fmt::format(
      "no line of its stdout matched the pattern; the last one was {}{}; change the pattern in metrics, "
      "or what is printed",
      quoted(last), last_on_stderr(traces));
}

std::string from_channel(const std::string& metric, const std::vector<std::string>& told, const exec::Traces& traces) {
  if (!told.empty()) return other_names(metric, told);
  if (!traces.refused.empty()) return fmt::format("what it sent was refused ({})", traces.refused);
  if (const std::string elsewhere = trained_elsewhere(traces); !elsewhere.empty()) return elsewhere;
  if (traces.has_spoken) {
    return fmt::format("its client reported no metric at all; call trial.report(step, {}=...)", metric);
  }
  for (const std::vector<std::string>* lines : {&traces.stdout_last, &traces.stderr_last}) {
    for (const std::string& line : *lines) {
      const std::string pattern = pattern_for(metric, line);
      if (pattern.empty()) continue;
      if (lines == &traces.stderr_last) {
        return fmt::format(
            "it printed {} to stderr, and metrics come from the trial channel unless the file says "
            "otherwise; print it to stdout and add metrics: {{from: stdout, pattern: '{}'}}",
            quoted(line), pattern);
      }
      return fmt::format(
          "it printed {}, but metrics come from the trial channel unless the file says otherwise; add "
          "metrics: {{from: stdout, pattern: '{}'}}",
          quoted(line), pattern);
    }
  }
  const std::string last = traces.stdout_last.empty()
                               ? std::string("it printed nothing on stdout")
                               : fmt::format("its last line on stdout was {}", quoted(traces.stdout_last.back()));
  return fmt::format(
      "no client of it spoke on the trial channel, from which metrics come unless the file says otherwise ({}{}); "
      "report "
      "by a client (docs/channel.md), or add metrics: {{from: stdout, pattern: '{}=(?<{}>\\S+)'}}",
      last, last_on_stderr(traces), metric, metric);
}

}  // namespace

std::string explain_missing(const studyfile::MetricsSource& source, const std::string& metric,
                            const std::vector<std::string>& told, const exec::Traces& traces) {
  if (source.pattern.empty()) return from_channel(metric, told, traces);
  const auto pattern = base::MetricPattern::make(source.pattern);
  return pattern ? from_stdout(*pattern, metric, told, traces) : std::string();
}

std::string explain_unread(const base::Json& params, const std::vector<std::string>& command,
                           const std::set<std::string>& read) {
  const std::vector<std::string> named = studyfile::parameters_in(command);
  std::vector<std::string> unread;
  bool is_any_named = false;
  for (const auto& [name, value] : params.items()) {
    const bool is_named = std::find(named.begin(), named.end(), name) != named.end();
    is_any_named = is_any_named || is_named;
    if (!is_named && !read.contains(name)) unread.push_back(name);
  }
  if (unread.empty()) return {};
  const std::string names = names_text(unread);
  if (read.empty() && !is_any_named) {
    return fmt::format(
        "its program asked its client for no parameter ({}), and the command names none; ask for them, as "
        "by trial.get(\"{}\", ...), unless it reads the file that STERLET_PARAMS names",
        names, unread.front());
  }
  return fmt::format(
      "its program never asked its client for {}, and the command does not name {}: what is searched there "
      "changes nothing; ask by trial.get(\"{}\", ...), or take it out of params",
      names, unread.size() == 1 ? "it" : "them", unread.front());
}

}  // namespace sterlet::run
