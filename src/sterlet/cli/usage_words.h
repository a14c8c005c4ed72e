#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace sterlet::cli {

/// What is wrong with the words that a command was given, in one sentence that says what it takes.
std::string usage_text(const CLI::App& command, const CLI::ParseError& error);

/// --seed, a whole number of at least 0; CLI11 by itself takes -1 for the largest one.
void add_seed_option(CLI::App& command, std::optional<std::uint64_t>& seed, const std::string& about);

}  // namespace sterlet::cli
