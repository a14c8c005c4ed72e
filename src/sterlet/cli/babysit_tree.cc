// show --tree: the branches of a model.
#include "sterlet/cli/babysit_tree.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include <fmt/format.h>

#include "sterlet/babysit/record/change.h"
#include "sterlet/babysit/mailbox.h"
#include "sterlet/babysit/record/tree.h"
#include "sterlet/base/text.h"
#include "sterlet/base/utf8.h"
#include "sterlet/cli/sparkline.h"

namespace sterlet::cli {

namespace {

using babysit::Tree;
using storage::InterventionRecord;

constexpr std::size_t kSparkColumns = 40;

std::string verdict_text(const InterventionRecord& made) {
  std::string text(storage::text_of(made.state));
  if (made.helped) text += ", helped with " + babysit::probability_text(*made.helped);
  if (!made.outcome.empty()) text += ": " + made.outcome;
  return text;
}

}  // namespace

base::Result<void> show_tree(const Context& context, OpenStudy& open, std::optional<std::int64_t> trial) {
  const study::Study& study = *open.study;
  const std::string& metric = study.spec().objectives.front().metric;
  STERLET_TRY(const auto found, babysit::find_model(study, *open.storage, context.parts.clock, trial));
  if (!found) {
    return base::fail(base::ErrorCode::kNotFound, "no model has been babysat in this study",
                      "start one with sterlet babysit", study.spec().name);
  }
  STERLET_TRY(const Tree tree, babysit::load_tree(*open.storage, study.storage_id(), found->model));
  if (context.json) {
    STERLET_TRY(const base::Json json, babysit::tree_json(*open.storage, study.storage_id(), study.spec().name, tree));
    context.out.json(json);
    return {};
  }
  std::vector<std::vector<double>> curves;
  std::vector<double> all;
  for (const storage::BranchRecord& branch : tree.branches) {
    STERLET_TRY(const auto reports,
                open.storage->live().load_branch_reports(study.storage_id(), found->model.trial, branch.number));
    std::vector<double> values;
    for (const auto& [step, value] : babysit::curve_of(reports, metric)) {
      values.push_back(value);
    }
    all.insert(all.end(), values.begin(), values.end());
    curves.push_back(std::move(values));
  }
  const auto [low, high] = sparkline_range(std::move(all));
  context.out.line(fmt::format("{}, trial {}: {}{}, {} of each branch", study.spec().name, found->model.trial,
                               found->is_running ? "training" : std::string(storage::text_of(found->state)),
                               found->model.paused ? " (paused)" : "", metric));
  const std::function<void(int, const std::string&)> draw = [&, low = low, high = high](int number,
                                                                                        const std::string& indent) {
    const storage::BranchRecord& branch = tree.branches[static_cast<std::size_t>(number)];
    const auto& values = curves[static_cast<std::size_t>(number)];
    std::string line = fmt::format("{}{}{} from step {}", indent, babysit::branch_name(number),
                                   number == tree.model.active ? "*" : " ", branch.from_step);
    line += std::string(line.size() < 24 ? 24 - line.size() : 1, ' ');
    const std::string spark = sparkline(values, kSparkColumns, low, high);
    line += spark + std::string(kSparkColumns + 2 - base::columns_of(spark), ' ');
    if (!values.empty()) {
      line += fmt::format("{:.5g} to {:.5g}", values.front(), values.back());
    } else {
      line += "no report yet";
    }
    context.out.line(line);
    const InterventionRecord* made = babysit::start_of(tree, number);
    if (made == nullptr) {
      context.out.line(fmt::format("{}    {}", indent, babysit::settings_text(babysit::params_of(tree, number))));
    } else {
      const std::string change = babysit::change_text(*made);
      context.out.line(fmt::format("{}    {}{} by {} ({}){}", indent,
                                   made->kind == storage::ChangeKind::kRollBack ? "rolled back; " : "",
                                   change.empty() ? "nothing changed" : change, babysit::author_text(*made),
                                   verdict_text(*made), made->note.empty() ? "" : ": " + made->note));
    }
    for (const storage::BranchRecord& child : tree.branches) {
      if (child.parent == number) draw(child.number, indent + "  ");
    }
  };
  draw(0, "");
  return {};
}

}  // namespace sterlet::cli
