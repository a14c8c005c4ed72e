#include "sterlet/cli/usage_words.h"

#include <charconv>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/base/text.h"

namespace sterlet::cli {

namespace {

// The parts of "A<between>B"; nothing where `between` is not in it.
struct Parts {
  std::string_view before, after;
};
std::optional<Parts> parts_at(std::string_view text, std::string_view between) {
  const std::size_t at = text.find(between);
  if (at == std::string_view::npos) return std::nullopt;
  return Parts{.before = text.substr(0, at), .after = text.substr(at + between.size())};
}

std::string missing_text(const CLI::App& command, std::string_view what) {
  for (const CLI::Option* known : command.get_options()) {
    if (!what.starts_with(known->get_name() + " is required")) continue;
    const std::string& about = known->get_description();
    return fmt::format("{} needs {}: {}", command.get_name(), known->get_name(),
                       about.substr(0, about.find_first_of(";(")));
  }
  return std::string(what);
}

// CLI11's "NAME: Value 0 not in range 1 to 9" and "NAME: x not in {a,b}".
std::string value_text(std::string_view what) {
  const auto named = parts_at(what, ": ");
  if (!named) return std::string(what);
  if (const auto range = parts_at(named->after, " not in range "); range && range->before.starts_with("Value ")) {
    const std::string found = base::printable(range->before.substr(6));
    return fmt::format("{} is a number from {} (found {})", named->before, range->after, found);
  }
  if (const auto choice = parts_at(named->after, " not in {"); choice && choice->after.ends_with("}")) {
    std::vector<std::string> names(1);
    for (const char c : choice->after.substr(0, choice->after.size() - 1)) {
      if (c == ',') {
        names.emplace_back();
      } else {
        names.back() += c;
      }
    }
    return fmt::format("{} is one of {} (found '{}')", named->before, fmt::join(names, ", "),
                       base::printable(choice->before));
  }
  return std::string(what);
}

std::string extra_text(const CLI::App& command, std::string_view what) {
  const auto words = parts_at(what, " not expected: ");
  if (!words) return std::string(what);
  return fmt::format("{} takes no more words (found '{}')", command.get_name(), base::printable(words->after));
}

std::string conversion_text(std::string_view what) {
  const auto said = parts_at(what, "Could not convert: ");
  const auto value = said ? parts_at(said->after, " = ") : std::nullopt;
  if (!value) return std::string(what);
  return fmt::format("{} cannot be '{}'", value->before, base::printable(value->after));
}

}  // namespace

std::string usage_text(const CLI::App& command, const CLI::ParseError& error) {
  const std::string_view what = error.what();
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) return missing_text(command, what);
  if (dynamic_cast<const CLI::ValidationError*>(&error) != nullptr) return value_text(what);
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) return extra_text(command, what);
  if (dynamic_cast<const CLI::ConversionError*>(&error) != nullptr) return conversion_text(what);
  return std::string(what);
}

void add_seed_option(CLI::App& command, std::optional<std::uint64_t>& seed, const std::string& about) {
  const auto is_seed = [](const std::string& word) {
    std::uint64_t number = 0;
    const auto read = std::from_chars(word.data(), word.data() + word.size(), number);
    if (read.ec == std::errc() && read.ptr == word.data() + word.size()) return std::string();
    return fmt::format("a seed is a whole number of at least 0 (found {})", base::printable(word));
  };
  command.add_option("--seed", seed, about)->check(is_seed);
}

}  // namespace sterlet::cli
