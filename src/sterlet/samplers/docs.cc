#include "sterlet/samplers/docs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/base/options.h"
#include "sterlet/base/text.h"
#include "sterlet/samplers/auto/auto.h"
#include "sterlet/samplers/prior/practice_table.h"
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

std::string range_text(const UsualRange& row) {
  if (row.is_upper_third()) return "the upper third of the range";
  return fmt::format("{} to {}", base::short_number_text(row.low), base::short_number_text(row.high));
}

std::string practice_text() {
  std::string text =
      "\n## What auto expects of names\n\n"
      "Where a setting has twelve dimensions or more (less and less down to seven) and a parameter has these words in\n"
      "its name, `auto` looks more often where practice finds its good values: strongly in the first trials, with a\n"
      "quarter of that after ten, and less where the results speak against it. `_` and capitals set words apart; `=`: "
      "no\n"
      "other word. Nothing is ruled out, and a range that does not meet the usual one is left alone. The first row "
      "that\n"
      "fits counts. `sampler: {name: auto, practice: 0}` turns it off; the other samplers never do it. What it gains:\n"
      "docs/decisions/0010-practice.md.\n\n"
      "| words | of | good values mostly |\n| --- | --- | --- |\n";
  for (const UsualRange& row : usual_ranges()) {
    text += fmt::format("| {} | {} | {} |\n", row.words, text_of(row.model), range_text(row));
  }
  text += "\n| choice | times as often as another |\n| --- | --- |\n";
  for (const UsualChoice& row : usual_choices()) text += fmt::format("| {} | {} |\n", row.choice, row.times);
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
  return text + practice_text();
}

}  // namespace sterlet::samplers
