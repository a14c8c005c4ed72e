#include "sterlet/studyfile/guess.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "sterlet/base/text.h"

namespace sterlet::studyfile {

namespace {

using space::Kind;
using space::Parameter;
using space::Scale;

// What the words of the field usually stand for, and in which tier such a parameter is searched.
enum class Meaning { kRate, kAverage, kDropped, kShare, kPenalty, kBatch, kDepth, kWidth, kTiny, kUnknown };

struct Word {
  std::string_view word;  // The name is this, or ends with it after a '_'.
  Meaning meaning;
  int tier;
};

constexpr auto kWords = std::to_array<Word>({
    {"lr", Meaning::kRate, 1},
    {"learning_rate", Meaning::kRate, 1},
    {"eta", Meaning::kRate, 1},
    {"momentum", Meaning::kAverage, 2},
    {"beta", Meaning::kAverage, 4},
    {"beta1", Meaning::kAverage, 4},
    {"beta2", Meaning::kAverage, 4},
    {"beta_1", Meaning::kAverage, 4},
    {"beta_2", Meaning::kAverage, 4},
    {"gamma", Meaning::kAverage, 3},
    {"discount", Meaning::kAverage, 2},
    {"ema", Meaning::kAverage, 3},
    {"ema_decay", Meaning::kAverage, 3},
    {"dropout", Meaning::kDropped, 3},
    {"drop", Meaning::kDropped, 3},
    {"drop_out", Meaning::kDropped, 3},
    {"drop_rate", Meaning::kDropped, 3},
    {"drop_prob", Meaning::kDropped, 3},
    {"dropout_rate", Meaning::kDropped, 3},
    {"smoothing", Meaning::kDropped, 3},
    {"mixup", Meaning::kDropped, 3},
    {"subsample", Meaning::kShare, 2},
    {"colsample", Meaning::kShare, 2},
    {"colsample_bytree", Meaning::kShare, 2},
    {"colsample_bylevel", Meaning::kShare, 3},
    {"max_features", Meaning::kShare, 2},
    {"feature_fraction", Meaning::kShare, 2},
    {"bagging_fraction", Meaning::kShare, 2},
    {"weight_decay", Meaning::kPenalty, 3},
    {"wd", Meaning::kPenalty, 3},
    {"l1", Meaning::kPenalty, 3},
    {"l2", Meaning::kPenalty, 3},
    {"reg_alpha", Meaning::kPenalty, 3},
    {"reg_lambda", Meaning::kPenalty, 3},
    {"alpha", Meaning::kPenalty, 2},
    {"lambda", Meaning::kPenalty, 2},
    {"penalty", Meaning::kPenalty, 3},
    {"batch", Meaning::kBatch, 2},
    {"batch_size", Meaning::kBatch, 2},
    {"bs", Meaning::kBatch, 2},
    {"layers", Meaning::kDepth, 3},
    {"depth", Meaning::kDepth, 2},
    {"blocks", Meaning::kDepth, 3},
    {"units", Meaning::kWidth, 2},
    {"hidden", Meaning::kWidth, 2},
    {"hidden_size", Meaning::kWidth, 2},
    {"width", Meaning::kWidth, 2},
    {"dim", Meaning::kWidth, 2},
    {"channels", Meaning::kWidth, 2},
    {"filters", Meaning::kWidth, 2},
    {"leaves", Meaning::kWidth, 2},
    {"estimators", Meaning::kWidth, 3},
    {"trees", Meaning::kWidth, 3},
    {"eps", Meaning::kTiny, 4},
    {"epsilon", Meaning::kTiny, 4},
});

constexpr auto kLeftAlone = std::to_array<std::string_view>(
    {"seed",     "random_state", "epoch",  "epochs",  "step",      "steps",   "iter",    "iters",      "iterations",
     "max_iter", "workers",      "jobs",   "threads", "processes", "gpu",     "gpus",    "device",     "devices",
     "rank",     "port",         "nodes",  "verbose", "verbosity", "debug",   "quiet",   "interval",   "every",
     "freq",     "frequency",    "fold",   "folds",   "patience",  "timeout", "version", "world_size", "data",
     "dataset",  "data_dir",     "output", "out",     "log_level", "mode",    "task",    "host",       "config",
     "resume",   "checkpoint",   "name",   "save",    "train",     "eval",    "test",    "help"});

// Lower case, with '_' for what is neither letter nor digit: LearningRate stays one word.
std::string normalized(std::string_view name) {
  std::string text;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    text += std::isalnum(byte) != 0 ? static_cast<char>(std::tolower(byte)) : '_';
  }
  return text;
}

// Of optimizer.lr: lr.
std::string_view last_part(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

bool ends_with_word(std::string_view name, std::string_view word) {
  if (!name.ends_with(word)) return false;
  return name.size() == word.size() || name[name.size() - word.size() - 1] == '_';
}

// The longest word that the name ends with.
Word word_of(std::string_view name) {
  Word found{.word = "", .meaning = Meaning::kUnknown, .tier = 2};
  for (const Word& row : kWords) {
    if (row.word.size() > found.word.size() && ends_with_word(name, row.word)) found = row;
  }
  return found;
}

// Two significant digits: a range is a proposal to a person.
double rounded(double value) { return base::parse_number(fmt::format("{:.2g}", value)).value_or(value); }

void set_range(Parameter& parameter, double low, double high, Scale scale) {
  const bool is_int = parameter.kind == Kind::kInt;
  parameter.low = is_int ? std::floor(low) : rounded(low);
  parameter.high = is_int ? std::ceil(high) : rounded(high);
  parameter.scale = scale;
}

// A whole number whose name says nothing, or that is none of what its name says.
void guess_integer(Parameter& parameter, double value) {
  if (value >= 8) return set_range(parameter, std::max(1.0, value / 4), value * 4, Scale::kLog);
  if (value >= 1) return set_range(parameter, 1, std::max(2 * value, value + 3), Scale::kLinear);
  if (value == 0) return set_range(parameter, 0, 10, Scale::kLinear);
  set_range(parameter, 2 * value, 0, Scale::kLinear);
}

void guess_number(Parameter& parameter, double value) {
  if (value <= 0) return set_range(parameter, 2 * value, value == 0 ? 1 : 0, Scale::kLinear);
  if (value < 0.05) return set_range(parameter, value / 100, std::min(1.0, value * 100), Scale::kLog);
  if (value < 1) return set_range(parameter, 0, 1, Scale::kLinear);
  set_range(parameter, value / 10, value * 10, Scale::kLog);
}

// By the name, where the value is one that such a parameter has.
bool guess_by_meaning(Parameter& parameter, Meaning meaning, double value) {
  const bool is_share = value >= 0 && value <= 1;
  const bool is_int = parameter.kind == Kind::kInt;
  switch (meaning) {
    case Meaning::kRate:
      if (value <= 0) return false;
      parameter.kind = Kind::kFloat;  // `--lr 1` means a number as any other.
      set_range(parameter, value / 100, value < 1 ? std::min(1.0, value * 100) : value * 10, Scale::kLog);
      return true;
    case Meaning::kAverage:
      if (is_int || value < 0.5 || value >= 1) return false;
      // A decade on either side in 1 - value, two where it is far from 1.
      parameter.low = 1 - rounded(std::min(0.5, 10 * (1 - value)));
      parameter.high = 1 - rounded(std::max(1e-5, (1 - value) / (value < 0.99 ? 100 : 10)));
      parameter.scale = Scale::kReverseLog;
      return true;
    case Meaning::kDropped:
      if (!is_share || is_int) return false;
      set_range(parameter, 0, value <= 0.5 ? 0.5 : 0.9, Scale::kLinear);
      return value <= 0.9;
    case Meaning::kShare:
      if (!is_share || is_int || value <= 0) return false;
      set_range(parameter, std::min(0.3, value / 2), 1, Scale::kLinear);
      return true;
    case Meaning::kPenalty:
      if (value < 0) return false;
      parameter.kind = Kind::kFloat;
      if (value > 0) {
        set_range(parameter, value / 100, value * 100, Scale::kLog);
      } else {
        set_range(parameter, 1e-6, 1e-2, Scale::kLog);
        parameter.zero = 0.1;
      }
      return true;
    case Meaning::kBatch:
      if (!is_int || value < 1) return false;
      set_range(parameter, std::max(1.0, value / 8), value * 8, Scale::kLog);
      return true;
    case Meaning::kDepth:
      if (!is_int || value < 1) return false;
      set_range(parameter, 1, std::max(2 * value, value + 2), Scale::kLinear);
      return true;
    case Meaning::kWidth:
      if (!is_int || value < 1) return false;
      set_range(parameter, std::max(1.0, value / 4), value * 4, Scale::kLog);
      return true;
    case Meaning::kTiny:
      if (is_int || value <= 0) return false;
      set_range(parameter, value / 100, value * 100, Scale::kLog);
      return true;
    case Meaning::kUnknown:
      return false;
  }
  return false;
}

}  // namespace

std::string parameter_name(std::string_view name) {
  std::string text;
  for (const char c : last_part(name).substr(0, 100))
    text += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text.front())) != 0) text.insert(0, "x");
  // These are words of a command already: ${trial}.
  constexpr std::array<std::string_view, 3> kTaken = {"trial", "seed", "checkpoint_dir"};
  if (std::find(kTaken.begin(), kTaken.end(), text) != kTaken.end()) text += "_";
  return text;
}

bool is_left_alone(std::string_view name) {
  const std::string text = normalized(last_part(name));
  if (word_of(text).meaning != Meaning::kUnknown) return false;
  return std::any_of(kLeftAlone.begin(), kLeftAlone.end(),
                     [&](std::string_view word) { return ends_with_word(text, word); });
}

std::optional<space::Parameter> guess_parameter(std::string_view name, std::string_view value) {
  if (is_left_alone(name)) return std::nullopt;
  Parameter parameter;
  parameter.name = parameter_name(name);
  const Word word = word_of(normalized(parameter.name));
  parameter.tier = word.tier;
  if (const std::string text = normalized(value); text == "true" || text == "false") {
    parameter.kind = Kind::kCategorical;
    // As the program writes them: True of Python is not true of a shell.
    const bool is_python = value.front() == 'T' || value.front() == 'F';
    const std::string yes = is_python ? "True" : "true", no = is_python ? "False" : "false";
    parameter.choices = {text == "true" ? yes : no, text == "true" ? no : yes};
    parameter.defaults = {parameter.choices.front()};
    return parameter;
  }
  const std::optional<double> number = base::parse_number(value);
  constexpr double kLargest = 1e9;  // Beyond it a number is an address, a date or a size, not a setting.
  if (!number || !std::isfinite(*number) || std::abs(*number) > kLargest) return std::nullopt;
  const auto integer = base::parse_integer(value);
  parameter.kind = integer ? Kind::kInt : Kind::kFloat;
  if (!guess_by_meaning(parameter, word.meaning, *number)) {
    parameter.kind = integer ? Kind::kInt : Kind::kFloat;
    if (integer) {
      guess_integer(parameter, *number);
    } else {
      guess_number(parameter, *number);
    }
  }
  // Rounding must not leave it outside.
  if (parameter.zero == 0) parameter.low = std::min(parameter.low, *number);
  parameter.high = std::max(parameter.high, *number);
  if (parameter.kind == Kind::kInt) {
    parameter.defaults = {*integer};
  } else {
    parameter.defaults = {*number};
  }
  return parameter;
}

}  // namespace sterlet::studyfile
