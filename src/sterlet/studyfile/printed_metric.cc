#include "sterlet/studyfile/printed_metric.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include <fmt/format.h>

namespace sterlet::studyfile {

namespace {

constexpr std::size_t kLineMax = 400;  // A longer line is data, or was made by a machine.

// Words that a line which prints has, in the languages that people train in.
constexpr auto kPrinting = std::to_array<std::string_view>(
    {"print", "echo", "printf", "puts", "cout", "cerr", "log", "cat(", "message", "write", "format", "fmt", "say "});

// The last word of a name that a training is judged by, in lower case.
constexpr auto kMetrics = std::to_array<std::string_view>(
    {"loss",   "error",     "err",    "acc",   "accuracy", "auc",        "auroc",  "f1",   "r2",   "score",
     "rmse",   "mae",       "mse",    "mape",  "logloss",  "map",        "bleu",   "ppl",  "dice", "iou",
     "reward", "precision", "recall", "kappa", "mcc",      "perplexity", "return", "rouge"});
constexpr auto kHeldBack = std::to_array<std::string_view>({"val", "valid", "validation", "test", "dev", "eval", "cv"});

// What makes a line of JSON of an object, in the same languages.
constexpr auto kToJson = std::to_array<std::string_view>({"JSON.stringify(", "json.dumps(", "toJSON(", "json_encode("});
constexpr auto kSteps = std::to_array<std::string_view>({"epoch", "step", "iteration", "iter", "round"});

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-'; }

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

template <typename Words>
bool is_one_of(std::string_view word, const Words& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// val_acc as val, acc.
std::vector<std::string> parts_of(std::string_view name) {
  std::vector<std::string> parts(1);
  for (const char c : lower(name)) {
    if (c == '_' || c == '-') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

bool is_metric(std::string_view name) { return is_one_of(parts_of(name).back(), kMetrics); }

int rank_of(std::string_view name) {
  const auto parts = parts_of(name);
  const bool is_held_back =
      std::any_of(parts.begin(), parts.end(), [](const auto& part) { return is_one_of(part, kHeldBack); });
  const bool is_training =
      std::any_of(parts.begin(), parts.end(), [](const auto& part) { return part == "train" || part == "training"; });
  return (is_held_back ? 4 : is_training ? 0 : 2) + (parts.back() == "loss" ? 0 : 1);
}

std::string plain(std::string_view name) {
  std::string text(name);
  for (char& c : text) c = c == '-' || c == ' ' ? '_' : c;
  return text;
}

// Where a name begins whose last word stands there: at the word before in `test acc`, which tells it from `train acc`.
std::size_t begin_of_name(std::string_view line, std::size_t last_word) {
  if (last_word < 2 || line[last_word - 1] != ' ' || !is_word(line[last_word - 2])) return last_word;
  std::size_t begin = last_word - 1;
  while (begin > 0 && is_word(line[begin - 1])) --begin;
  const std::string word = lower(line.substr(begin, last_word - 1 - begin));
  return is_one_of(word, kHeldBack) || word == "train" || word == "training" ? begin : last_word;
}

// Whether a value follows: acc={, acc: %f, "acc", acc, "acc=" << acc, acc=$acc.
bool has_value_after(std::string_view rest) {
  const std::size_t sign = rest.find_first_not_of(" =:");
  if (sign == std::string_view::npos) return false;
  const bool is_told = sign > 0;  // A sign or a blank.
  if (std::string_view("{%$#").find(rest[sign]) != std::string_view::npos) return is_told;
  const bool is_digit = std::isdigit(static_cast<unsigned char>(rest[sign])) != 0;
  if (is_digit) return rest.find_first_of("=:") < sign;  // acc=0.$digits
  if (rest[sign] != '"' && rest[sign] != '\'') return false;
  const std::size_t next = rest.find_first_not_of(' ', sign + 1);
  if (next == std::string_view::npos) return false;
  return rest[next] == ',' || rest[next] == '+' || rest[next] == '.' || rest.substr(next, 2) == "<<";
}

// epoch or the like before the name, with a value: what makes a curve of the printed lines.
std::string step_pattern(std::string_view before) {
  const std::string text = lower(before);
  for (const std::string_view word : kSteps) {
    // `for (int step = 1; ...)` may stand before what is printed.
    for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += word.size()) {
      if (at > 0 && is_word(text[at - 1])) continue;
      const std::string_view rest = before.substr(at + word.size());
      const std::size_t sign = rest.find_first_not_of(" =:[#(");
      if (sign == std::string_view::npos || std::string_view("{%$\"").find(rest[sign]) == std::string_view::npos)
        continue;
      return fmt::format("{}\\D{{0,4}}(?<step>\\d+).*?", before.substr(at, word.size()));
    }
  }
  return {};
}

struct Found {
  int rank = -1;
  PrintedMetric metric;
};

// Whether a word is a key of an object that is written down: loss: x, "loss": x, 'loss' => x, loss = x.
bool is_key_before(std::string_view rest) {
  if (rest.starts_with('"') || rest.starts_with('\'')) rest.remove_prefix(1);
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  return rest.starts_with("=>") || (rest.starts_with('=') && !rest.starts_with("==")) ||
         (rest.starts_with(':') && !rest.starts_with("::"));
}

// The keys of an object that is printed as JSON: "epoch":3,"val_loss":0.21.
void look_at_json(std::string_view object, std::string_view line, Found& best) {
  std::string step;
  for (std::size_t at = 0; at < object.size();) {
    std::size_t end = at;
    while (end < object.size() && is_word(object[end])) ++end;
    const std::string_view name = object.substr(at, end - at);
    at = std::max(end, at + 1);
    if (name.empty() || !is_key_before(object.substr(end))) continue;
    if (is_one_of(lower(name), kSteps)) step = fmt::format("\"{}\": *(?<step>\\d+).*?", name);
    if (!is_metric(name) || rank_of(name) < best.rank) continue;
    best.rank = rank_of(name);
    best.metric = {.name = plain(name),
                   .pattern = fmt::format("{}\"{}\": *(?<{}>[-+.\\w]+)", step, name, plain(name)),
                   .line = std::string(line)};
  }
}

void look_at_line(std::string_view line, Found& best) {
  const std::size_t quote = line.find_first_of("\"'");
  const bool prints = std::any_of(kPrinting.begin(), kPrinting.end(),
                                  [&](std::string_view word) { return line.find(word) != std::string_view::npos; });
  for (const std::string_view call : kToJson) {
    const std::size_t at = line.find(call);
    if (prints && at != std::string_view::npos) return look_at_json(line.substr(at + call.size()), line, best);
  }
  const std::size_t echo = line.find("echo");
  if (!prints || (quote == std::string_view::npos && echo == std::string_view::npos)) return;
  for (std::size_t at = std::min(quote, echo); at < line.size();) {
    if (!is_word(line[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < line.size() && is_word(line[end])) ++end;
    const std::string_view name = line.substr(at, end - at);
    const bool begins_well = std::isalpha(static_cast<unsigned char>(name.front())) != 0;
    if (begins_well && is_metric(name) && has_value_after(line.substr(end))) {
      const std::size_t begin = begin_of_name(line, at);
      const std::string_view printed = line.substr(begin, end - begin);
      const std::string metric = plain(printed);
      if (const int rank = rank_of(metric); rank >= best.rank) {
        best.rank = rank;
        best.metric = {
            .name = metric,
            .pattern = fmt::format("{}{}[=: ]+(?<{}>[-+.\\w]+)", step_pattern(line.substr(0, begin)), printed, metric),
            .line = std::string(line)};
      }
    }
    at = end;
  }
}

void look_at_report(std::string_view line, Found& best) {
  const std::size_t call = line.find("report");
  if (call == std::string_view::npos) return;
  for (std::size_t at = call + 6; at < line.size();) {
    if (!is_word(line[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < line.size() && is_word(line[end])) ++end;
    const std::string_view name = line.substr(at, end - at), rest = line.substr(end);
    const bool is_named = rest.starts_with("=") && !rest.starts_with("==");
    // C++ and maps: {"val_error", value}, {"val_error": value}.
    const bool is_listed = at > 0 && line[at - 1] == '"' && rest.starts_with("\"");
    const bool begins_well = std::isalpha(static_cast<unsigned char>(name.front())) != 0 && name != "step";
    if (begins_well && (is_named || (is_listed && is_metric(name))) && rank_of(name) > best.rank) {
      best.rank = rank_of(name);
      best.metric = {.name = plain(name), .pattern = {}, .line = std::string(line)};
    }
    at = end;
  }
}

template <typename Look>
std::optional<PrintedMetric> find_in(std::string_view source, Look look) {
  Found best;
  while (!source.empty()) {
    const std::size_t end = std::min(source.find('\n'), source.size());
    std::string_view line = source.substr(0, end);
    source.remove_prefix(std::min(end + 1, source.size()));
    const std::size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos || line.size() > kLineMax || line[begin] == '#') continue;
    line = line.substr(begin, line.find_last_not_of(" \t\r") + 1 - begin);
    look(line, best);
  }
  return best.rank < 0 ? std::nullopt : std::optional(std::move(best.metric));
}

}  // namespace

std::optional<PrintedMetric> find_printed_metric(std::string_view source) { return find_in(source, &look_at_line); }

std::optional<PrintedMetric> find_reported_metric(std::string_view source) { return find_in(source, &look_at_report); }

}  // namespace sterlet::studyfile
