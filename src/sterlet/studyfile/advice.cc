#include "sterlet/studyfile/advice.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/studyfile/command.h"

namespace sterlet::studyfile {

namespace {

constexpr std::string_view kBuiltIn = "sterlet-train";  // Reads its parameters by itself.

bool is_searched(const space::Parameter& parameter) {
  return space::is_numeric(parameter) ? parameter.low < parameter.high : parameter.choices.size() > 1;
}

bool is_built_in(const std::string& program) { return program.substr(program.rfind('/') + 1) == kBuiltIn; }

void advise_on_reach(const StudySpec& spec, std::vector<base::Error>& advice) {
  if (spec.command.empty() || is_built_in(spec.command.front())) return;
  const std::vector<std::string> named = parameters_in(spec.command);
  std::vector<std::string> unnamed;
  bool is_any_named = false;
  for (const space::Parameter& parameter : spec.parameters) {
    const bool is_named = std::find(named.begin(), named.end(), parameter.name) != named.end();
    is_any_named = is_any_named || is_named;
    if (!is_named && is_searched(parameter)) unnamed.push_back(parameter.name);
  }
  if (unnamed.empty()) return;
  const std::string names = fmt::format("{}", fmt::join(unnamed, ", "));
  const std::string verb = unnamed.size() == 1 ? "is" : "are";
  const std::string example = fmt::format("\"--{0}=${{{0}}}\"", unnamed.front());
  if (!spec.metrics.pattern.empty()) {
    advice.push_back(
        {.what =
             fmt::format("{} {} searched, but the command does not pass {}, and a program whose metrics are read from "
                         "its stdout has no client to read {} with",
                         names, verb, unnamed.size() == 1 ? "it" : "them", unnamed.size() == 1 ? "it" : "them"),
         .next = fmt::format("write {} into the command, unless the program reads the file that STERLET_PARAMS names",
                             example)});
  } else if (is_any_named) {
    advice.push_back({.what = fmt::format("{} {} searched, but the command passes only other parameters", names, verb),
                      .next = fmt::format("write {} into the command, unless the program asks a client for {}", example,
                                          unnamed.size() == 1 ? "it" : "them")});
  }
}

}  // namespace

std::vector<base::Error> advise(const StudySpec& spec) {
  std::vector<base::Error> advice;
  advise_on_reach(spec, advice);
  return advice;
}

}  // namespace sterlet::studyfile
