#include "sterlet/cli/top_view.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/base/figure.h"
#include "sterlet/base/text.h"
#include "sterlet/base/utf8.h"
#include "sterlet/cli/printer.h"
#include "sterlet/cli/sparkline.h"
#include "sterlet/cli/words.h"

namespace sterlet::cli {

namespace {

using storage::State;
using storage::TrialRecord;
using study::Study;

const TrialRecord& record_of(const Study& study, std::int64_t trial) {
  return study.records()[static_cast<std::size_t>(trial)];
}

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

// What a filter is looked for in.
std::string words_of(const Study& study, std::int64_t trial) {
  const TrialRecord& record = record_of(study, trial);
  return lower(fmt::format("{} {} {} {}", trial, storage::text_of(record.state), params_text(study.view(trial).params),
                           record.reason));
}

double merit(const Study& study, std::int64_t trial) {
  const TrialRecord& record = record_of(study, trial);
  if (record.state != State::kComplete || record.values.empty()) return HUGE_VAL;
  return study.spec().objectives.front().minimised(record.values.front());
}

std::int64_t took_ms(const TrialRecord& record) {
  if (record.state == State::kRunning) return INT64_MAX - record.started_ms;  // Still growing: the longest first.
  return record.ended_ms - record.started_ms;
}

std::string fitted(const std::string& text, std::size_t columns) {
  const std::string cut = clipped(text, columns);
  return std::string(columns - std::min(columns, base::columns_of(cut)), ' ') + cut;
}

}  // namespace

// Words are made once for each state of a trial: a screen is drawn twice a second.
bool TopView::passes(const Study& study, std::int64_t trial, const std::string& wanted) const {
  Words& words = words_[trial];
  const State state = record_of(study, trial).state;
  if (words.text.empty() || words.state != state) words = {.state = state, .text = words_of(study, trial)};
  return words.text.find(wanted) != std::string::npos;
}

std::vector<std::int64_t> TopView::listed(const Study& study) const {
  std::vector<std::int64_t> trials;
  const std::string wanted = lower(filter_);
  for (const std::int64_t trial : study.shown_trials()) {
    if (wanted.empty() || passes(study, trial, wanted)) trials.push_back(trial);
  }
  std::reverse(trials.begin(), trials.end());
  std::stable_sort(trials.begin(), trials.end(), [&](std::int64_t a, std::int64_t b) {
    switch (order_) {
      case Order::kNumber:
        return record_of(study, a).state == State::kRunning && record_of(study, b).state != State::kRunning;
      case Order::kValue:
        return merit(study, a) < merit(study, b);
      case Order::kTime:
        return took_ms(record_of(study, a)) > took_ms(record_of(study, b));
    }
    return false;
  });
  return trials;
}

TopView::Wanted TopView::press(const Key& key, const Study& study) {
  said_.clear();
  if (is_filtering_) return press_while_filtering(key);
  if (unconfirmed_ != Wanted::kNothing) return press_to_confirm(key);
  const auto page = static_cast<std::int64_t>(page_);
  switch (key.name) {
    case Key::Name::kUp:
      move(-1, study);
      return Wanted::kNothing;
    case Key::Name::kDown:
      move(1, study);
      return Wanted::kNothing;
    case Key::Name::kPageUp:
      move(-page, study);
      return Wanted::kNothing;
    case Key::Name::kPageDown:
      move(page, study);
      return Wanted::kNothing;
    case Key::Name::kHome:
      move(INT32_MIN, study);
      return Wanted::kNothing;
    case Key::Name::kEnd:
      move(INT32_MAX, study);
      return Wanted::kNothing;
    case Key::Name::kEnter:
      if (is_open_ || chosen_ < 0) return Wanted::kNothing;
      is_open_ = true;
      first_ = 0;
      return Wanted::kOpen;
    case Key::Name::kEscape:
    case Key::Name::kBackspace:
      if (!is_open_) filter_.clear();
      is_open_ = false;
      first_ = 0;
      return Wanted::kNothing;
    case Key::Name::kText:
      break;
  }
  if (key.text == "k") move(-1, study);
  if (key.text == "j") move(1, study);
  if (key.text == "q") {
    if (!is_open_) return Wanted::kQuit;
    is_open_ = false;
    first_ = 0;
  }
  if (key.text == "s" && !is_open_) {
    order_ = order_ == Order::kNumber ? Order::kValue : order_ == Order::kValue ? Order::kTime : Order::kNumber;
    first_ = 0;
  }
  if (key.text == "/" && !is_open_) is_filtering_ = true;
  if (chosen_ < 0) return Wanted::kNothing;
  if (key.text == "x") unconfirmed_ = Wanted::kStop;
  if (key.text == "p") unconfirmed_ = Wanted::kPrune;
  return key.text == " " ? Wanted::kHold : Wanted::kNothing;
}

TopView::Wanted TopView::press_while_filtering(const Key& key) {
  if (key.name == Key::Name::kEnter) is_filtering_ = false;
  if (key.name == Key::Name::kEscape) {
    is_filtering_ = false;
    filter_.clear();
  }
  if (key.name == Key::Name::kText) filter_ += key.text;
  if (key.name == Key::Name::kBackspace && !filter_.empty()) {
    while (filter_.size() > 1 && (static_cast<unsigned char>(filter_.back()) & 0xC0) == 0x80) filter_.pop_back();
    filter_.pop_back();
  }
  first_ = 0;
  return Wanted::kNothing;
}

TopView::Wanted TopView::press_to_confirm(const Key& key) {
  const Wanted wanted = std::exchange(unconfirmed_, Wanted::kNothing);
  return key.text == "y" ? wanted : Wanted::kNothing;
}

void TopView::move(std::int64_t by, const Study& study) {
  if (is_open_) {
    first_ = static_cast<std::size_t>(std::clamp<std::int64_t>(static_cast<std::int64_t>(first_) + by, 0, 100'000));
    return;
  }
  const auto trials = listed(study);
  if (trials.empty()) return;
  const auto here = std::find(trials.begin(), trials.end(), chosen_);
  const std::int64_t at = here == trials.end() ? 0 : here - trials.begin();
  const auto last = static_cast<std::int64_t>(trials.size()) - 1;
  chosen_ = trials[static_cast<std::size_t>(std::clamp<std::int64_t>(at + by, 0, last))];
}

std::string TopView::keys_text() const {
  if (is_filtering_) return fmt::format("filter: {}_   (Enter keeps it, Esc clears it)", filter_);
  if (unconfirmed_ == Wanted::kStop) return fmt::format("stop trial {}? It ends as CANCELLED. y: yes", chosen_);
  if (unconfirmed_ == Wanted::kPrune)
    return fmt::format("prune trial {}? It keeps what it has come to. y: yes", chosen_);
  if (is_open_) return "Esc back   arrows scroll   x stop   p prune   space hold";
  const char* order = order_ == Order::kNumber ? "number" : order_ == Order::kValue ? "value" : "time";
  return fmt::format("Enter open  s sort ({})  / filter{}  x stop  p prune  space hold  q quit", order,
                     filter_.empty() ? "" : " (" + filter_ + ")");
}

Line TopView::row(const Study& study, const base::Clock& clock, const Curves& curves, std::int64_t trial,
                  std::size_t columns) const {
  constexpr std::size_t kNumbers = 5, kStates = 9, kTimes = 6, kSteps = 8, kValues = 10, kSpark = 10;
  const TrialRecord& record = record_of(study, trial);
  const bool is_running = record.state == State::kRunning;
  const auto found = curves.find(trial);
  const std::int64_t step = found == curves.end() ? record.last_step : found->second.step();
  const auto steps = is_running ? steps_of(study, trial, step) : std::nullopt;
  std::optional<double> value;
  if (!record.values.empty()) value = record.values.front();
  if (is_running && found != curves.end()) value = found->second.last();
  const std::int64_t end_ms = is_running ? clock.wall_ms() : record.ended_ms;
  const double seconds = static_cast<double>(std::max<std::int64_t>(0, end_ms - record.started_ms) / 1000);
  std::string state(storage::text_of(record.state));
  state.resize(kStates, ' ');
  std::string text = fmt::format("{} {} {} {} {}", fitted(std::to_string(trial), kNumbers), state,
                                 fitted(record.started_ms == 0 ? "-" : base::duration_text(seconds), kTimes),
                                 fitted(step == 0 ? "-"
                                        : steps   ? fmt::format("{}/{}", step, *steps)
                                                  : std::to_string(step),
                                        kSteps),
                                 fitted(value ? base::figure_text(*value) : "-", kValues));
  std::size_t used = base::columns_of(text);
  if (found != curves.end() && used + 2 + kSpark < columns) {
    const auto [low, high] = sparkline_range(found->second.values());
    const std::string spark = sparkline(found->second.values(), kSpark, low, high);
    text += "  " + spark + std::string(kSpark - std::min(kSpark, base::columns_of(spark)), ' ');
    used += 2 + kSpark;
  }
  if (used + 3 < columns) {
    const bool has_reason = record.state == State::kFailed || record.state == State::kLost;
    const std::size_t room = columns - used - 2;
    text += "  " + (has_reason ? gist_text(record.reason, room) : main_params_text(study, trial, room));
  }
  text += std::string(columns - std::min(columns, base::columns_of(text)), ' ');
  const Style style = trial == chosen_ ? Style::kChosen : record.state == State::kFailed ? Style::kBad : Style::kPlain;
  return Line().add(text, style);
}

std::vector<Line> TopView::lines(const Study& study, const base::Clock& clock, const Room& room, const Crew& crew,
                                 const Curves& curves, const std::vector<std::string>& card) {
  const auto rows = static_cast<std::size_t>(std::max(3, room.rows)), columns = static_cast<std::size_t>(room.columns);
  std::vector<Line> lines;
  if (is_open_) {
    page_ = rows - 2;
    first_ = std::min(first_, card.size() > page_ ? card.size() - page_ : 0);
    for (std::size_t i = first_; i < card.size() && lines.size() < page_; ++i) lines.emplace_back(card[i]);
  } else {
    lines = study_head_lines(study, clock, room.columns, crew);
    if (lines.size() + 6 > rows) lines.resize(1);  // A low screen is for the list.
    lines.emplace_back();
    lines.push_back(Line().add(fmt::format("{} {:9} {:>6} {:>8} {}", fitted("trial", 5), "state", "time", "step",
                                           fitted(study.spec().objectives.front().metric, 10)),
                               Style::kFaint));
    const auto trials = listed(study);
    if (std::find(trials.begin(), trials.end(), chosen_) == trials.end())
      chosen_ = trials.empty() ? -1 : trials.front();
    page_ = std::max<std::size_t>(1, rows - std::min(rows - 1, lines.size() + 2));
    const auto at = static_cast<std::size_t>(std::find(trials.begin(), trials.end(), chosen_) - trials.begin());
    if (at < first_) first_ = at;
    if (at >= first_ + page_) first_ = at - page_ + 1;
    first_ = std::min(first_, trials.size() > page_ ? trials.size() - page_ : 0);
    for (std::size_t i = first_; i < trials.size() && i < first_ + page_; ++i)
      lines.push_back(row(study, clock, curves, trials[i], columns));
    if (trials.empty())
      lines.emplace_back(filter_.empty() ? "  no trial yet" : "  no trial passes the filter (Esc clears it)");
  }
  while (lines.size() + 2 < rows) lines.emplace_back();
  lines.push_back(Line().add(said_, Style::kBold));
  lines.push_back(Line().add(keys_text(), Style::kFaint));
  return lines;
}

}  // namespace sterlet::cli
