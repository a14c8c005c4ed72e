#include "sterlet/samplers/page.h"

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/samplers/auto/auto.h"
#include "sterlet/samplers/registry.h"

namespace sterlet::samplers {

namespace {

std::string shares_text(const PolicyRow& row) {
  std::string text;
  for (const PolicyRow::Share& share : row.shares) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {}%", share.sampler, share.twentieths * 5);
  }
  return text;
}

std::string row_section(const Row& row) {
  std::string text = fmt::format("## {}\n\n{}.\n", row.name, row.summary);
  if (!row.source.empty()) text += fmt::format("Source: {}.\n", row.source);
  if (!row.options.empty()) text += "\n| option | default | range | what it does |\n| --- | --- | --- | --- |\n";
  for (const base::Option& option : row.options) {
    text += fmt::format("| `{}` | {} | {} to {} | {} |\n", option.name, base::json_line(option.default_value),
                        base::number_text(option.low), base::number_text(option.high), option.summary);
  }
  return text + "\n";
}

}  // namespace

std::string samplers_page() {
  std::string text =
      "# Samplers\n\n"
      "Printed from the tables in `src/samplers`; `scripts/test --update-golden` prints it again.\n"
      "In a study file: `sampler: NAME`, or with options `sampler: {name: NAME, option: value}`.\n\n";
  for (const Row& row : registry()) text += row_section(row);
  text +=
      "## What auto does\n\nThe first row that holds; its shares of the trials are spread evenly by trial number.\n\n"
      "| row | when | who is asked | why |\n| --- | --- | --- | --- |\n";
  for (const PolicyRow& row : auto_policy()) {
    text += fmt::format("| {} | {} | {} | {} |\n", row.name, row.when, shares_text(row), row.measured);
  }
  return text;
}

}  // namespace sterlet::samplers
