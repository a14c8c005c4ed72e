#include "csv.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <map>
#include <optional>

#include "order.h"

namespace sterlet::trainer {
namespace {

constexpr std::size_t kClassValuesMax = 20;
constexpr std::uint64_t kSplitKey = 0x5744'5301;

/// The fields of one line; nullopt where a quote is left open.
std::optional<std::vector<std::string>> split(const std::string& line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (quoted && line[i] == '"' && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back() += line[++i];
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (line[i] == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += line[i];
    }
  }
  return quoted ? std::nullopt : std::optional(std::move(fields));
}

std::optional<double> to_number(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || !std::isfinite(number))
    return std::nullopt;
  return number;
}

struct Table {
  std::vector<std::string> names;
  std::vector<std::vector<double>> features;  ///< By row, without the target.
  std::vector<std::string> targets;
  std::size_t target_index = 0;
};

Result<Table> read_table(const std::string& path, const CsvOptions& options) {
  std::ifstream file(path);
  if (!file)
    return Error{fmt::format("{}: cannot be opened ({}); check the name after --data", path, std::strerror(errno))};
  Table table;
  std::string line;
  for (std::size_t line_number = 1; std::getline(file, line); ++line_number) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) continue;
    const auto fields = split(line);
    if (!fields)
      return Error{fmt::format("{}:{}: a quote is opened and not closed on this line; close it", path, line_number)};
    if (table.names.empty()) {
      table.names = *fields;
      if (table.names.size() < 2)
        return Error{
            fmt::format("{}:{}: the header names only one column ({}); give at least one feature and a target, "
                        "separated by commas",
                        path, line_number, line)};
      const auto found = std::find(table.names.begin(), table.names.end(), options.target);
      if (!options.target.empty() && found == table.names.end())
        return Error{fmt::format("{}: there is no column '{}' (found {}); name one of these with --target", path,
                                 options.target, fmt::join(table.names, ", "))};
      table.target_index =
          options.target.empty() ? table.names.size() - 1 : static_cast<std::size_t>(found - table.names.begin());
      continue;
    }
    if (fields->size() != table.names.size())
      return Error{fmt::format("{}:{}: {} values for {} columns; give each row one value a column", path, line_number,
                               fields->size(), table.names.size())};
    std::vector<double>& row = table.features.emplace_back();
    for (std::size_t i = 0; i < fields->size(); ++i) {
      if (i == table.target_index) continue;
      const auto number = to_number((*fields)[i]);
      if (!number)
        return Error{
            fmt::format("{}:{}: column '{}' is not a finite number (found '{}'); features must be numbers, so "
                        "encode or remove this column",
                        path, line_number, table.names[i], (*fields)[i])};
      row.push_back(*number);
    }
    table.targets.push_back((*fields)[table.target_index]);
  }
  if (table.features.empty())
    return Error{
        fmt::format("{}: no rows after the header; give at least one row to train on and one to validate on", path)};
  return table;
}

struct Standard {
  double mean = 0;
  double deviation = 1;
};

template <typename At>
Standard standard_of(const std::vector<std::size_t>& rows, const At& at) {
  Standard standard;
  for (const std::size_t row : rows) standard.mean += at(row) / static_cast<double>(rows.size());
  double variance = 0;
  for (const std::size_t row : rows)
    variance += (at(row) - standard.mean) * (at(row) - standard.mean) / static_cast<double>(rows.size());
  // A column that never changes stays at 0 rather than being divided by nothing.
  standard.deviation = variance > 0 ? std::sqrt(variance) : 1;
  return standard;
}

}  // namespace

Result<Dataset> load_csv(const std::string& path, const CsvOptions& options) {
  auto table = read_table(path, options);
  if (!table) return table.error();

  std::map<std::string, std::int64_t> classes;
  std::vector<double> numbers;
  for (const std::string& target : table->targets) {
    classes.emplace(target, 0);
    if (const auto number = to_number(target)) numbers.push_back(*number);
  }
  const bool all_numbers = numbers.size() == table->targets.size();
  const bool regression =
      options.task == "regression" || (options.task == "auto" && all_numbers && classes.size() > kClassValuesMax);
  const std::string& name = table->names[table->target_index];
  if (regression && !all_numbers)
    return Error{
        fmt::format("{}: the target '{}' holds texts, which regression cannot predict; use --task "
                    "classification, or name a numeric column with --target",
                    path, name)};
  if (!regression && classes.size() < 2)
    return Error{
        fmt::format("{}: the target '{}' is the same in every row ('{}'), so there is nothing to learn; name "
                    "another column with --target",
                    path, name, table->targets[0])};
  std::int64_t next = 0;
  for (auto& [text, index] : classes) index = next++;

  std::vector<std::size_t> train, validation;
  for (std::size_t row = 0; row < table->features.size(); ++row)
    (random_word(kSplitKey, 0, row) % 5 == 0 ? validation : train).push_back(row);
  if (options.train_rows > 0 && train.size() > static_cast<std::size_t>(options.train_rows))
    train.resize(static_cast<std::size_t>(options.train_rows));
  if (train.empty() || validation.empty())
    return Error{fmt::format("{}: too few rows ({}) to train on some and validate on others; give at least 20", path,
                             table->features.size())};

  Dataset dataset;
  dataset.columns = table->names.size() - 1;
  dataset.class_count = regression ? 0 : static_cast<int>(classes.size());
  std::vector<Standard> standards;
  for (std::size_t column = 0; column < dataset.columns; ++column)
    standards.push_back(standard_of(train, [&](std::size_t row) { return table->features[row][column]; }));
  const Standard target_standard =
      regression ? standard_of(train, [&](std::size_t row) { return numbers[row]; }) : Standard();
  dataset.target_scale = target_standard.deviation;
  const auto fill = [&](const std::vector<std::size_t>& from, Rows& rows) {
    rows.count = from.size();
    for (const std::size_t row : from) {
      for (std::size_t column = 0; column < dataset.columns; ++column)
        rows.features.push_back(
            static_cast<float>((table->features[row][column] - standards[column].mean) / standards[column].deviation));
      if (regression)
        rows.targets.push_back(static_cast<float>((numbers[row] - target_standard.mean) / target_standard.deviation));
      else
        rows.classes.push_back(classes[table->targets[row]]);
    }
  };
  fill(train, dataset.train);
  fill(validation, dataset.validation);
  return dataset;
}

}  // namespace sterlet::trainer
