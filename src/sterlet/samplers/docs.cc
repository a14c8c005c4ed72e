#include "sterlet/samplers/docs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/base/options.h"
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

std::string measurement_text(const PolicyMeasurement& table) {
  const auto line = [](const std::vector<std::string_view>& cells) {
    return fmt::format("| {} |\n", fmt::join(cells, " | "));
  };
  std::string text = fmt::format("\n{}: {}.\n\n", table.row, table.what) + line(table.columns);
  text += line(std::vector<std::string_view>(table.columns.size(), "---"));
  for (const auto& row : table.rows) text += line(row);
  return text;
}

}  // namespace

std::string docs_page() {
  std::string text =
      "# Samplers\n\n"
      "Printed from the tables in `src/sterlet/samplers`; `scripts/test --update-golden` prints it again.\n"
      "In a study file: `sampler: NAME`, or with options `sampler: {name: NAME, option: value}`.\n\n";
  for (const Row& row : registry()) text += base::row_section(row.name, row.summary, row.source, row.options);
  text +=
      "## What auto does\n\nThe first row that holds; its shares of the trials are spread evenly by trial number.\n\n"
      "| row | when | who is asked | why |\n| --- | --- | --- | --- |\n";
  for (const PolicyRow& row : auto_policy()) {
    text += fmt::format("| {} | {} | {} | {} |\n", row.name, row.when, shares_text(row), row.measured);
  }
  for (const PolicyMeasurement& table : auto_measurements()) text += measurement_text(table);
  return text;
}

}  // namespace sterlet::samplers
