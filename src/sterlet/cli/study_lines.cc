#include "sterlet/cli/study_lines.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/api/documents.h"
#include "sterlet/base/figure.h"
#include "sterlet/base/text.h"
#include "sterlet/cli/sparkline.h"
#include "sterlet/cli/words.h"

namespace sterlet::cli {

namespace {

using storage::State;
using study::Study;

struct Counts {
  std::int64_t finished = 0, running = 0, failed = 0, pruned = 0, lost = 0;
  std::int64_t added = 0;  // Of those that have finished: their time is none of this study's.
};

// Whether a trial was evaluated elsewhere; what samplers take for such may be of an earlier version.
bool is_added(const Study& study, std::int64_t trial) {
  if (study.history().trials()[static_cast<std::size_t>(trial)].origin != space::Origin::kAdded) return false;
  return study.spec_versions().size() < 2 || study.view(trial).origin == space::Origin::kAdded;
}

Counts count(const Study& study) {
  Counts counts;
  for (const storage::TrialRecord& record : study.records()) {
    counts.running += record.state == State::kRunning ? 1 : 0;
    counts.failed += record.state == State::kFailed ? 1 : 0;
    counts.pruned += record.state == State::kPruned ? 1 : 0;
    counts.lost += record.state == State::kLost ? 1 : 0;
    const bool finished =
        record.state == State::kComplete || record.state == State::kFailed || record.state == State::kPruned;
    counts.finished += finished ? 1 : 0;
    counts.added += finished && is_added(study, record.number) ? 1 : 0;
  }
  return counts;
}

std::string bar_text(double share, int width) {
  const int filled = static_cast<int>(share * width + 0.5);
  std::string bar;
  for (int i = 0; i < width; ++i) bar += i < filled ? "━" : "─";
  return bar;
}

// Parameters with four digits, wrapped at blanks, on at most three lines.
std::vector<std::string> params_lines(const base::Json& params, int columns) {
  constexpr std::size_t kLinesMax = 3;
  std::vector<std::string> lines(1);
  for (const auto& [name, value] : params.items()) {
    const std::string word = name + "=" + short_value_text(value);
    if (!lines.back().empty() && static_cast<int>(lines.back().size() + 1 + word.size()) > columns) {
      if (lines.size() == kLinesMax) {
        lines.back() += " ...";
        break;
      }
      lines.emplace_back();
    }
    lines.back() += (lines.back().empty() ? "" : " ") + word;
  }
  return lines;
}

// Trials an hour, or where they are many, a second; empty before there is a rate.
std::string rate_text(std::int64_t finished, double seconds) {
  constexpr double kSecondsMin = 5;  // Before that a first short trial would promise a million an hour.
  if (finished == 0 || seconds < kSecondsMin) return {};
  const double per_second = static_cast<double>(finished) / seconds;
  return per_second >= 1           ? fmt::format("{:.3g} trials/s", per_second)
         : per_second * 3600 < 100 ? fmt::format("{:.3g} trials/h", per_second * 3600)
                                   : fmt::format("{:.0f} trials/h", per_second * 3600);
}

// What is the best so far, how old, how sure, and its parameters.
void add_best(const Study& study, const base::Clock& clock, int columns, std::vector<Line>& lines) {
  const auto best = study.best_measured();
  const std::int64_t settled = settled_intervals(study);
  if (best.empty() && settled > 0) {
    lines.emplace_back("  " + settled_text(study, settled - 1));
    return;
  }
  if (best.empty()) {
    lines.emplace_back("  best    none yet");
    return;
  }
  const storage::TrialRecord& record = study.records()[static_cast<std::size_t>(best.front())];
  const double age = static_cast<double>(clock.wall_ms() - record.ended_ms) / 1000;
  lines.push_back(Line(fmt::format("  best    {} ", study.spec().objectives.front().metric))
                      .add(short_values_text(study.values_of(best.front())), Style::kBest)
                      .add(fmt::format("  trial {}, {} ago", best.front(), base::duration_text(std::floor(age))))
                      .add(best.size() > 1 ? fmt::format("  (front of {})", best.size()) : std::string()));
  constexpr const char* kIndent = "          ";
  if (const std::string sure = api::assurance_text(study, best.front()); !sure.empty()) {
    lines.emplace_back(kIndent + sure);
  }
  for (const std::string& line : params_lines(study.view(best.front()).params, columns - 11)) {
    lines.emplace_back(kIndent + line);
  }
}

// How the best came to be, trial by trial.
void add_best_curve(const Study& study, int columns, std::vector<Line>& lines) {
  constexpr int kColumnsMax = 40, kOther = 36, kColumnsMin = 8;
  if (study.spec().objectives.size() != 1 || columns < kOther + kColumnsMin) return;
  const studyfile::Objective& objective = study.spec().objectives.front();
  std::vector<double> best;
  for (const storage::TrialRecord& record : study.records()) {
    if (record.state != State::kComplete || record.values.empty() || !study::is_feasible(record.constraints)) continue;
    const double value = record.values.front();
    const bool is_better = best.empty() || objective.minimised(value) < objective.minimised(best.back());
    best.push_back(is_better ? value : best.back());
  }
  if (best.size() < 2 || best.front() == best.back()) return;
  const auto [low, high] = sparkline_range(best);
  const auto width = static_cast<std::size_t>(std::min(kColumnsMax, columns - kOther));
  lines.push_back(
      Line("          ")
          .add(sparkline(best, width, low, high), Style::kBar)
          .add(fmt::format("  from {} to {}", base::figure_text(best.front()), base::figure_text(best.back()))));
}

}  // namespace

std::vector<Line> study_lines(const Study& study, const base::Clock& clock, const Room& room, const Crew& crew,
                              const Curves& curves) {
  constexpr std::size_t kFinishedMax = 10, kReserved = 4;  // Lines with the heading.
  std::vector<Line> lines = study_head_lines(study, clock, room.columns, crew);
  const auto columns = static_cast<std::size_t>(room.columns), rows = static_cast<std::size_t>(std::max(0, room.rows));
  const auto left = [&] { return rows - std::min(rows, lines.size()); };
  const auto append = [&](std::vector<Line> more) {
    if (more.empty()) return;
    lines.emplace_back();
    std::move(more.begin(), more.end(), std::back_inserter(lines));
  };
  // Each part takes an empty line before it.
  const std::size_t reserved = std::min(kReserved + 1, left() / 2);
  const auto finished = finished_lines(study, columns, kReserved);
  const std::size_t kept = finished.empty() ? 0 : std::min(reserved, finished.size() + 1);
  if (left() > kept + 1) append(running_lines(study, clock, curves, columns, left() - kept - 1));
  if (left() > 1) append(finished_lines(study, columns, std::min(kFinishedMax, left() - 1)));
  return lines;
}

std::vector<Line> study_head_lines(const Study& study, const base::Clock& clock, int columns, const Crew& crew) {
  const Counts counts = count(study);
  const studyfile::Budget& budget = study.spec().budget;
  const double seconds = std::floor(study.seconds_used());
  const std::int64_t timed = counts.finished - counts.added;
  const std::string rate = rate_text(timed, seconds);
  const double per_hour = rate.empty() ? 0 : static_cast<double>(timed) / seconds * 3600;
  double share = 0;
  std::string eta = "-";
  if (budget.trials) {
    share = static_cast<double>(counts.finished) / static_cast<double>(*budget.trials);
    const double left = static_cast<double>(*budget.trials - counts.finished);
    if (per_hour > 0 && left >= 0) eta = base::duration_text(std::ceil(left / per_hour * 3600));
  }
  if (budget.seconds) {
    share = std::max(share, seconds / *budget.seconds);
    const double left = std::max(0.0, *budget.seconds - seconds);
    if (!budget.trials || per_hour == 0 ||
        left < static_cast<double>(*budget.trials - counts.finished) / per_hour * 3600) {
      eta = base::duration_text(std::ceil(left));
    }
  }
  std::string done = base::count_text(static_cast<std::uint64_t>(counts.finished), "trial");
  if (budget.trials) {
    done = counts.finished > *budget.trials ? fmt::format("{}, budget {}", done, *budget.trials)
                                            : fmt::format("{}/{} trials", counts.finished, *budget.trials);
  }
  if (const auto& population = study.population_options()) {
    const std::int64_t intervals = (population->steps + population->interval - 1) / population->interval;
    std::int64_t over = 0;
    for (const storage::TurnRecord& turn : study.turns()) over += turn.is_over() ? 1 : 0;
    share = std::max(share, static_cast<double>(over) / static_cast<double>(intervals * population->population));
    if (share > 0 && !budget.seconds) eta = base::duration_text(std::ceil(seconds / share * (1 - share)));
    done = fmt::format("{} members, interval {}/{}", population->population,
                       std::min(settled_intervals(study) + 1, intervals), intervals);
  }
  share = std::clamp(share, 0.0, 1.0);
  if (share == 1) eta = base::duration_text(0);  // Whatever is left of the other budget.
  std::vector<Line> lines;
  lines.push_back(Line()
                      .add(study.spec().name, Style::kBold)
                      .add("  ")
                      .add(bar_text(share, std::max(10, (columns + 1) / 3)), Style::kBar)
                      .add(fmt::format(" {}  {}", done, base::duration_text(seconds))));
  add_best(study, clock, columns, lines);
  add_best_curve(study, columns, lines);
  lines.emplace_back(study.population_options() ? fmt::format("  ETA     {}", eta)
                                                : fmt::format("  rate    {}   ETA {}", rate.empty() ? "-" : rate, eta));
  lines.push_back(Line(crew.workers > 0 ? fmt::format("  workers {}/{} busy", counts.running, crew.workers)
                                        : fmt::format("  running {}", counts.running - crew.abandoned))
                      .add("   failed ")
                      .add(std::to_string(counts.failed), counts.failed > 0 ? Style::kBad : Style::kPlain)
                      .add(fmt::format("   pruned {}   lost {}", counts.pruned, counts.lost)));
  return lines;
}

std::string finished_text(const Study& study, std::int64_t trial, const std::set<std::int64_t>& untold) {
  const storage::TrialRecord& record = study.records()[static_cast<std::size_t>(trial)];
  const double seconds = static_cast<double>(record.ended_ms - record.started_ms) / 1000;
  std::string line = fmt::format("trial {} {}", trial, storage::text_of(record.state));
  if (!record.values.empty())
    line += " " + study.spec().objectives.front().metric + "=" + short_values_text(record.values);
  line += fmt::format(" in {}", base::duration_text(seconds));
  const auto best = study.best_measured();
  if (!best.empty() && study.spec().objectives.size() == 1 && !untold.contains(best.front())) {
    line += best.front() == trial ? " (best so far)"
                                  : fmt::format(" (best: trial {} with {})", best.front(),
                                                short_values_text(study.values_of(best.front())));
  }
  if (!record.reason.empty()) line += ": " + record.reason;
  return line;
}

std::int64_t settled_intervals(const Study& study) {
  std::int64_t settled = 0;
  for (const storage::TurnRecord& turn : study.turns()) {
    const bool is_over = turn.is_over();
    if (!is_over) return turn.turn;
    settled = turn.turn + 1;
  }
  return settled;
}

std::string settled_text(const Study& study, std::int64_t interval) {
  const double sign = study.spec().objectives.front().direction == studyfile::Direction::kMaximize ? -1 : 1;
  const storage::TurnRecord* best = nullptr;
  const storage::TurnRecord* any = nullptr;
  std::string failed, copies;
  for (const storage::TurnRecord& turn : study.turns()) {
    if (turn.turn == interval + 1 && turn.parent && *turn.parent != turn.trial)
      copies += fmt::format("{}{} from {}", copies.empty() ? "" : ", ", turn.trial, *turn.parent);
    if (turn.turn != interval) continue;
    any = &turn;
    if (turn.state == storage::TurnRecord::State::kFailed)
      failed += fmt::format("; trial {} failed: {}", turn.trial, turn.reason);
    if (turn.value && (best == nullptr || sign * *turn.value < sign * *best->value)) best = &turn;
  }
  if (any == nullptr) return {};
  std::string line = fmt::format("steps {} to {}: ", any->from_step, any->to_step);
  line += best == nullptr ? std::string("no member has a value")
                          : fmt::format("best trial {} with {}={}", best->trial, study.spec().objectives.front().metric,
                                        base::figure_text(*best->value));
  line += failed;
  if (!copies.empty()) line += "; continues from a copy: trial " + copies;
  return line;
}

}  // namespace sterlet::cli
