#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/base/file.h"
#include "sterlet/base/text.h"
#include "sterlet/base/utf8.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/doctor/importance.h"
#include "sterlet/doctor/importance_svg.h"

namespace sterlet::cli {

namespace {

using doctor::Importance;
using doctor::ImportanceRow;

constexpr std::size_t kBarColumns = 15;
constexpr std::size_t kNameColumns = 18;
constexpr std::size_t kRowsShown = 30;
constexpr std::size_t kPairsShown = 3, kSurprisesShown = 2;

struct Options {
  StudyOptions study;
  std::string metric;
  std::string svg;
};

std::string bar(double share) {
  static constexpr std::array kEighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto eighths = static_cast<std::size_t>(std::lround(std::clamp(share, 0.0, 1.0) * 8 * kBarColumns));
  std::string text;
  for (std::size_t i = 0; i < eighths / 8; ++i) text += "█";
  return text + kEighths[eighths % 8];
}

std::string clipped(const std::string& name) {
  const std::string text = base::printable(name);
  if (base::columns_of(text) <= kNameColumns) return text;
  return std::string(base::first_columns(text, kNameColumns - 2)) + "..";
}

std::string share_text(const analysis::Estimate& share) {
  return fmt::format("{:.2f} ({:.2f}-{:.2f})", share.value, share.low, share.high);
}

void print(Context& context, const Importance& importance) {
  if (!importance.is_enough) {
    return context.out.line(fmt::format("{}: not enough data: {}", importance.metric, importance.why));
  }
  context.out.line(fmt::format("{}: what {} say, which explain {:.0f}% of results they have not seen",
                               importance.metric, base::count_text(importance.trials, "trial"),
                               100 * importance.explained));
  std::vector<std::vector<std::string>> table = {{"parameter", "tier", "of the variance", "", "top 10%"}};
  if (importance.path) table.front().emplace_back("to best");
  for (const ImportanceRow& row : importance.rows) {
    if (table.size() > kRowsShown) break;
    table.push_back({clipped(row.name), std::to_string(row.tier), bar(row.fanova->value), share_text(*row.fanova),
                     fmt::format("{:.2f}", row.pedanova->value)});
    if (row.shapley) table.back().push_back(fmt::format("{:+.3g}", row.shapley->value));
  }
  context.out.table(table);
  if (context.quiet) return;
  if (importance.rows.size() > kRowsShown) {
    context.out.line(
        fmt::format("and {} more, each of which matters less (--json has all)", importance.rows.size() - kRowsShown));
  }
  std::size_t shown = 0;
  for (const doctor::ImportancePair& pair : importance.pairs) {
    if (shown++ == kPairsShown || pair.share.value < 0.01) break;
    context.out.line(fmt::format("together: {} and {} {}", pair.first, pair.second, share_text(pair.share)));
  }
  if (importance.path) {
    const doctor::ImportancePath& path = *importance.path;
    context.out.line(fmt::format("to best: parts of {} -> {}, from {} to the best trial{}",
                                 base::short_number_text(path.from_value), base::short_number_text(path.to_value),
                                 path.from_default ? "the defaults" : "mid-range",
                                 path.is_measured ? "" : ", as predicted"));
  }
  shown = 0;
  for (const std::string& sentence : doctor::tier_surprises(importance)) {
    if (shown++ == kSurprisesShown) break;
    context.out.line(sentence);
  }
}

base::Result<std::vector<Importance>> measure(const study::Study& study, const std::string& metric) {
  std::vector<Importance> measured;
  std::vector<std::string> metrics;
  for (std::size_t i = 0; i < study.spec().objectives.size(); ++i) {
    metrics.push_back(study.spec().objectives[i].metric);
    if (metric.empty() || metrics.back() == metric) measured.push_back(doctor::importance_of(study, i));
  }
  if (measured.empty()) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("'{}' is no objective of the study", base::printable(metric)),
                      base::suggest_name(metric, metrics), study.spec().name);
  }
  return measured;
}

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<Options>();
  add_study_options(command, options->study);
  command.add_option("--metric", options->metric, "the objective to look at (default: all)");
  command.add_option("--svg", options->svg, "also write the bars of the first objective as a picture to this file");
  command.footer(
      "Shares of the variance are of the results over the whole space, with intervals that hold the true\n"
      "share in 9 of 10 cases; docs/importance.md says how they come about.");
  command.callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(const OpenStudy open, open_to_look(context, options->study));
      STERLET_TRY(const auto measured, measure(*open.study, options->metric));
      if (!options->svg.empty()) {
        STERLET_PASS(base::write_whole(options->svg, doctor::importance_svg(measured.front())));
      }
      if (context.json) {
        context.out.json(doctor::importance_json(measured));
        return {};
      }
      for (const Importance& importance : measured) print(context, importance);
      if (!options->svg.empty() && !context.quiet) context.err.line(fmt::format("{} written", options->svg));
      return {};
    });
  });
}

}  // namespace

const Command importance_command{"importance", "which hyperparameters matter, with intervals, beside their tiers",
                                 "sterlet importance mlp --svg importance.svg", add};

}  // namespace sterlet::cli
