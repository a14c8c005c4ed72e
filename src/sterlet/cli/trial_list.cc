#include "sterlet/cli/trial_list.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/base/text.h"
#include "sterlet/base/utf8.h"
#include "sterlet/cli/printer.h"
#include "sterlet/cli/words.h"

namespace sterlet::cli {

namespace {

using base::Result;
using storage::State;
using storage::TrialRecord;

constexpr std::size_t kReasonMin = 20;  // Columns that a reason is given where there is one.
constexpr std::size_t kGap = 2;         // Blanks between columns.

const ListColumn* find_column(const std::vector<ListColumn>& columns, const std::string& name) {
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const ListColumn& column) {
    return column.name == name || (!column.sort_name.empty() && column.sort_name == name);
  });
  return found == columns.end() ? nullptr : &*found;
}

Result<const ListColumn*> need_column(const std::vector<ListColumn>& columns, const std::string& name,
                                      const char* option) {
  if (const ListColumn* found = find_column(columns, name)) return found;
  std::vector<std::string> names;
  for (const ListColumn& column : columns) {
    names.push_back(column.name);
    if (!column.sort_name.empty() && column.sort_name != column.name) names.push_back(column.sort_name);
  }
  constexpr std::size_t kListedMax = 12;
  std::string next = base::suggest_name(name, names);
  if (next.empty()) {
    names.resize(std::min(names.size(), kListedMax));
    next = fmt::format("some are {}", base::printable(fmt::format("{}", fmt::join(names, ", "))));
  }
  return base::fail(base::ErrorCode::kInvalidArgument,
                    fmt::format("{}: there is no column '{}'", option, base::printable(name)), next);
}

Result<State> parse_state(const std::string& word) {
  std::string upper = word;
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  if (const auto state = storage::state_from_text(upper)) return *state;
  std::vector<std::string> names;
  for (const State state : {State::kWaiting, State::kRunning, State::kPaused, State::kComplete, State::kPruned,
                            State::kFailed, State::kLost, State::kCancelled}) {
    names.emplace_back(storage::text_of(state));
  }
  return base::fail(base::ErrorCode::kInvalidArgument,
                    fmt::format("--state: there is no state '{}'", base::printable(word)),
                    base::suggest_name(upper, names));
}

void sort_by(const ListColumn& column, std::vector<std::int64_t>& trials) {
  if (!column.order) {
    std::map<std::int64_t, std::string> texts;
    for (const std::int64_t trial : trials) texts[trial] = column.text(trial);
    std::stable_sort(trials.begin(), trials.end(), [&](auto a, auto b) { return texts[a] < texts[b]; });
    return;
  }
  std::map<std::int64_t, double> order;
  for (const std::int64_t trial : trials) order[trial] = column.order(trial);
  std::stable_sort(trials.begin(), trials.end(), [&](auto a, auto b) {
    const double x = order[a], y = order[b];
    return std::isnan(x) || std::isnan(y) ? !std::isnan(x) && std::isnan(y) : x < y;
  });
}

// The columns of a list whose options name none, those that may be left out for want of room last: by tier.
struct Layout {
  std::vector<const ListColumn*> always, maybe, after;
};

Layout layout_of(const study::Study& study, const std::vector<ListColumn>& columns) {
  Layout layout;
  layout.always = {find_column(columns, "number"), find_column(columns, "state")};
  for (const studyfile::Objective& objective : study.spec().objectives)
    layout.always.push_back(find_column(columns, objective.metric));
  if (study.spec().repeats.is_on()) {
    layout.always.push_back(find_column(columns, "runs"));
    layout.always.push_back(find_column(columns, "mean"));
  }
  std::vector<std::size_t> dimensions;
  const auto parameter_of = [&](std::size_t dimension) -> const space::Parameter& {
    return study.space().parameters()[study.space().dimensions()[dimension].parameter];
  };
  for (std::size_t i = 0; i < study.space().dimensions().size(); ++i) {
    const space::Parameter& parameter = parameter_of(i);
    const bool is_constant = parameter.choices.empty() ? parameter.low == parameter.high : parameter.choices.size() < 2;
    if (!is_constant) dimensions.push_back(i);
  }
  std::stable_sort(dimensions.begin(), dimensions.end(),
                   [&](std::size_t a, std::size_t b) { return parameter_of(a).tier < parameter_of(b).tier; });
  for (const std::size_t i : dimensions) layout.maybe.push_back(find_column(columns, study.space().dimension_name(i)));
  layout.after = {find_column(columns, "took"), find_column(columns, "when")};
  return layout;
}

using Rows = std::vector<std::vector<std::string>>;

std::size_t width_of(const ListColumn& column, const std::vector<std::int64_t>& trials) {
  std::size_t width = base::columns_of(base::printable(column.name));
  for (const std::int64_t trial : trials)
    width = std::max(width, base::columns_of(base::printable(column.text(trial))));
  return width;
}

Rows rows_of(const std::vector<const ListColumn*>& columns, const std::vector<std::int64_t>& trials) {
  Rows rows(1);
  for (const ListColumn* column : columns) rows.front().push_back(column->name);
  for (const std::int64_t trial : trials) {
    std::vector<std::string> row;
    for (const ListColumn* column : columns) row.push_back(column->text(trial));
    rows.push_back(std::move(row));
  }
  return rows;
}

// Puts the reasons behind the table's lines where they fit. One of a trial that failed is never cut: it goes on below.
std::string with_reasons(const study::Study& study, const std::string& table, const ListColumn& reason,
                         const std::vector<std::int64_t>& trials, std::size_t used, std::size_t width) {
  const bool has_reasons =
      std::any_of(trials.begin(), trials.end(), [&](std::int64_t trial) { return !reason.text(trial).empty(); });
  constexpr std::size_t kIndent = 8;
  const std::size_t room = width > used + kGap ? width - used - kGap : 0;
  std::string text;
  std::size_t at = 0, row = 0;
  for (; at < table.size(); ++row) {
    const std::size_t end = table.find('\n', at);
    std::string line = table.substr(at, end - at);
    at = end + 1;
    const std::string said = row > 0                             ? base::printable(reason.text(trials[row - 1]))
                             : room >= kReasonMin && has_reasons ? reason.name
                                                                 : "";
    std::vector<std::string> below;
    if (!said.empty()) {
      const bool is_failed = row > 0 && record_of(study, trials[row - 1]).state == State::kFailed;
      if (is_failed && base::columns_of(said) > room) {
        below = wrapped(said, width > 2 * kIndent ? width - kIndent : width);
      } else if (room >= kReasonMin) {
        line += std::string(used + kGap - std::min(used + kGap, base::columns_of(line)), ' ') + clipped(said, room);
      }
    }
    text += line + "\n";
    for (const std::string& more : below) text += std::string(kIndent, ' ') + more + "\n";
  }
  return text;
}

}  // namespace

Result<std::vector<std::int64_t>> listed_trials(const study::Study& study, const ListOptions& options,
                                                const std::vector<ListColumn>& columns) {
  std::vector<State> states;
  for (const std::string& word : options.states) {
    STERLET_TRY(const State state, parse_state(word));
    states.push_back(state);
  }
  std::vector<std::int64_t> trials;
  for (const std::int64_t trial : study.shown_trials(options.tag)) {
    const bool is_wanted =
        states.empty() || std::count(states.begin(), states.end(), record_of(study, trial).state) > 0;
    // Of the repeats of a setting the first stands for all.
    if (is_wanted && (!options.top || (counts(study, trial) && !study.is_repeat(trial)))) trials.push_back(trial);
  }
  if (options.top) {
    STERLET_TRY(const ListColumn* value, need_column(columns, "value", "--top"));
    sort_by(*value, trials);
    trials.resize(std::min(trials.size(), static_cast<std::size_t>(*options.top)));
  }
  if (!options.sort.empty()) {
    STERLET_TRY(const ListColumn* column, need_column(columns, options.sort, "--sort"));
    std::sort(trials.begin(), trials.end());
    sort_by(*column, trials);
  }
  return trials;
}

Result<TrialList> list_trials(const study::Study& study, const std::vector<std::int64_t>& trials,
                              const ListOptions& options, const std::vector<ListColumn>& columns, std::size_t width) {
  std::vector<const ListColumn*> shown;
  for (const std::string& name : options.columns) {
    STERLET_TRY(const ListColumn* column, need_column(columns, name, "--columns"));
    shown.push_back(column);
  }
  if (!shown.empty()) return TrialList{.text = table_text(rows_of(shown, trials))};
  const Layout layout = layout_of(study, columns);
  const ListColumn& reason = *find_column(columns, "reason");
  // Those of failed trials have room below.
  const bool has_reasons = std::any_of(trials.begin(), trials.end(), [&](std::int64_t trial) {
    return record_of(study, trial).state != State::kFailed && !reason.text(trial).empty();
  });
  std::size_t used = 0;
  for (const auto* part : {&layout.always, &layout.after}) {
    for (const ListColumn* column : *part) used += width_of(*column, trials) + kGap;
  }
  const std::size_t limit = width - std::min(width, has_reasons ? kReasonMin + kGap : 0);
  TrialList list;
  shown = layout.always;
  for (const ListColumn* column : layout.maybe) {
    const std::size_t needed = width_of(*column, trials) + kGap;
    if (!list.left_out.empty() || used + needed > limit + kGap) {
      list.left_out.push_back(column->name);
      continue;
    }
    used += needed;
    shown.push_back(column);
  }
  shown.insert(shown.end(), layout.after.begin(), layout.after.end());
  list.text = table_text(rows_of(shown, trials));
  list.text = with_reasons(study, list.text, reason, trials, used - kGap, width);
  return list;
}

}  // namespace sterlet::cli
