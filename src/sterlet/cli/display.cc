#include "sterlet/cli/display.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <deque>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/api/export.h"
#include "sterlet/cli/context.h"

namespace sterlet::cli {

namespace {

using storage::State;
using study::Claim;
using study::Study;

constexpr std::int64_t kRedrawMs = 200;

struct Counts {
  std::int64_t finished = 0, running = 0, failed = 0, pruned = 0, lost = 0;
};

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
  }
  return counts;
}

std::string bar_text(double share, int width) {
  const int filled = static_cast<int>(share * width + 0.5);
  std::string bar;
  for (int i = 0; i < width; ++i) bar += i < filled ? "━" : "─";
  return bar;
}

std::string paint(const std::string& text, const char* code, bool colour) {
  return colour ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : text;
}

std::string values_text(const std::vector<double>& values) {
  std::string text;
  for (const double value : values) text += fmt::format("{}{:.5g}", text.empty() ? "" : ", ", value);
  return text;
}

std::string short_value(const base::Json& value) {
  if (value.is_number_float()) return fmt::format("{:.4g}", value.get<double>());
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump();
  std::string list;
  for (const base::Json& element : value) list += (list.empty() ? "" : ",") + short_value(element);
  return "[" + list + "]";
}

// Parameters with four digits, wrapped at blanks, on at most three lines.
std::vector<std::string> params_lines(const base::Json& params, int width) {
  constexpr std::size_t kLinesMax = 3;
  std::vector<std::string> lines(1);
  for (const auto& [name, value] : params.items()) {
    const std::string word = name + "=" + short_value(value);
    if (!lines.back().empty() && static_cast<int>(lines.back().size() + 1 + word.size()) > width) {
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

std::string finished_line(const Study& study, std::int64_t trial) {
  const storage::TrialRecord& record = study.records()[static_cast<std::size_t>(trial)];
  const double seconds = static_cast<double>(record.ended_ms - record.started_ms) / 1000;
  std::string line = fmt::format("trial {} {}", trial, storage::text_of(record.state));
  if (!record.values.empty()) line += " " + study.spec().objectives.front().metric + "=" + values_text(record.values);
  line += fmt::format(" in {}", base::duration_text(seconds));
  const auto best = study.best();
  if (!best.empty() && study.spec().objectives.size() == 1) {
    line += best.front() == trial
                ? " (best so far)"
                : fmt::format(" (best: trial {} with {})", best.front(), values_text(study.values_of(best.front())));
  }
  if (!record.reason.empty()) line += ": " + record.reason;
  return line;
}

// Intervals of a population that all members have ended.
std::int64_t settled_intervals(const Study& study) {
  std::int64_t settled = 0;
  for (const storage::TurnRecord& turn : study.turns()) {
    const bool is_over = turn.state == "done" || turn.state == "failed";
    if (!is_over) return turn.turn;
    settled = turn.turn + 1;
  }
  return settled;
}

// How an interval ended: who leads, who failed, and who goes on from whom.
std::string interval_line(const Study& study, std::int64_t interval) {
  const double sign = study.spec().objectives.front().direction == studyfile::Direction::kMaximize ? -1 : 1;
  const storage::TurnRecord* best = nullptr;
  const storage::TurnRecord* any = nullptr;
  std::string failed, copies;
  for (const storage::TurnRecord& turn : study.turns()) {
    if (turn.turn == interval + 1 && turn.parent && *turn.parent != turn.trial)
      copies += fmt::format("{}{} from {}", copies.empty() ? "" : ", ", turn.trial, *turn.parent);
    if (turn.turn != interval) continue;
    any = &turn;
    if (turn.state == "failed") failed += fmt::format("; trial {} failed: {}", turn.trial, turn.reason);
    if (turn.value && (best == nullptr || sign * *turn.value < sign * *best->value)) best = &turn;
  }
  if (any == nullptr) return {};
  std::string line = fmt::format("steps {} to {}: ", any->from_step, any->to_step);
  line += best == nullptr ? std::string("no member has a value")
                          : fmt::format("best trial {} with {}={:.5g}", best->trial,
                                        study.spec().objectives.front().metric, *best->value);
  line += failed;
  if (!copies.empty()) line += "; goes on from a copy: trial " + copies;
  return line;
}

class Rich final : public run::Observer {
 public:
  Rich(const Study& study, const base::Clock& clock, int workers) : study_(study), clock_(clock) {
    frame_.workers = workers;
    const char* no_colour = std::getenv("NO_COLOR");
    frame_.colour = no_colour == nullptr || *no_colour == '\0';
    draw();
  }
  ~Rich() override { draw(); }

  void finished(std::int64_t trial) override {
    const auto state = study_.records()[static_cast<std::size_t>(trial)].state;
    if (state == State::kFailed) say(finished_line(study_, trial));
    draw_soon();
  }
  void started(const Claim&) override { draw_soon(); }
  void tick() override { draw_soon(); }
  void interrupted(int times) override {
    say(times == 1 ? "interrupted: no new trials; the running ones are finished (again to end them)"
                   : "interrupted again: ending the running trials; sterlet resume runs them again");
    draw();
  }

 private:
  void say(const std::string& line) {
    clear();
    fmt::print(stderr, "{}\n", line);
  }

  void draw_soon() {
    if (clock_.steady_ms() - drawn_ms_ >= kRedrawMs) draw();
  }

  void clear() {
    if (lines_ > 0) fmt::print(stderr, "\x1b[{}A\x1b[J", lines_);
    lines_ = 0;
  }

  void draw() {
    drawn_ms_ = clock_.steady_ms();
    frame_.width = terminal_columns();
    const std::string block = live_block(study_, clock_, frame_);
    std::string out = lines_ > 0 ? fmt::format("\x1b[{}A\x1b[J", lines_) : std::string();
    out += block;
    lines_ = static_cast<int>(std::count(block.begin(), block.end(), '\n'));
    fmt::print(stderr, "{}", out);
    std::fflush(stderr);
  }

  const Study& study_;
  const base::Clock& clock_;
  Frame frame_;
  int lines_ = 0;
  std::int64_t drawn_ms_ = 0;
};

class Plain final : public run::Observer {
 public:
  explicit Plain(const Study& study) : study_(study), intervals_(settled_intervals(study)) {}
  void finished(std::int64_t trial) override {
    // A member of a population is paused after each interval: of that one line for all.
    const bool is_between =
        !study_.turns().empty() && study_.records()[static_cast<std::size_t>(trial)].state == State::kPaused;
    for (; intervals_ < settled_intervals(study_); ++intervals_)
      fmt::print(stderr, "{}\n", interval_line(study_, intervals_));
    if (!is_between) fmt::print(stderr, "{}\n", finished_line(study_, trial));
  }
  void interrupted(int times) override {
    fmt::print(stderr, "{}\n",
               times == 1 ? "interrupted: no new trials; the running ones are finished (again to end them)"
                          : "interrupted again: ending the running trials; sterlet resume runs them again");
  }

 private:
  const Study& study_;
  std::int64_t intervals_;
};

class JsonLines final : public run::Observer {
 public:
  explicit JsonLines(const Study& study) : study_(study) {}
  void started(const Claim& claim) override {
    write({{"event", "started"},
           {"trial", claim.number},
           {"attempt", claim.attempt},
           {"params", study_.space().to_json(claim.point)}});
  }
  void finished(std::int64_t trial) override {
    const storage::TrialRecord& record = study_.records()[static_cast<std::size_t>(trial)];
    base::Json values = base::Json::array();
    for (const double value : record.values) values.push_back(base::json_number(value));
    write({{"event", "finished"},
           {"trial", trial},
           {"state", storage::text_of(record.state)},
           {"values", values},
           {"reason", record.reason}});
  }
  void interrupted(int times) override { write({{"event", "interrupted"}, {"times", times}}); }

 private:
  static void write(const base::Json& json) { fmt::print(stderr, "{}\n", base::json_line(json)); }
  const Study& study_;
};

}  // namespace

base::Result<Progress> choose_progress(const std::string& text, bool quiet) {
  if (text == "rich") return Progress::kRich;
  if (text == "plain") return Progress::kPlain;
  if (text == "json") return Progress::kJson;
  if (text == "none") return Progress::kNone;
  if (!text.empty()) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("--progress cannot be '{}'", base::printable(text)),
                      "it is rich, plain, json or none");
  }
  if (quiet) return Progress::kNone;
  const char* term = std::getenv("TERM");
  const bool dumb = term == nullptr || std::string_view(term) == "dumb";
  return isatty(STDERR_FILENO) != 0 && !dumb ? Progress::kRich : Progress::kPlain;
}

std::string cut_to_columns(const std::string& line, int columns) {
  std::string out;
  int column = 0;
  for (std::size_t i = 0; i < line.size();) {
    if (line[i] == '\x1b') {
      const std::size_t end = std::min(line.find('m', i), line.size() - 1);
      out += line.substr(i, end - i + 1);
      i = end + 1;
      continue;
    }
    std::size_t next = i + 1;
    while (next < line.size() && (static_cast<unsigned char>(line[next]) & 0xC0) == 0x80) ++next;
    if (++column > columns) {
      i = next;
      continue;
    }
    out += line.substr(i, next - i);
    i = next;
  }
  return out;
}

int terminal_columns() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20 ? size.ws_col : 80;
}

std::string live_block(const Study& study, const base::Clock& clock, const Frame& frame) {
  const Counts counts = count(study);
  const studyfile::Budget& budget = study.spec().budget;
  const double seconds = study.seconds_used();
  const double per_hour = seconds > 0 ? static_cast<double>(counts.finished) / seconds * 3600 : 0;
  double share = 0;
  std::string eta = "-";
  if (budget.trials) {
    share = static_cast<double>(counts.finished) / static_cast<double>(*budget.trials);
    const double left = static_cast<double>(*budget.trials - counts.finished);
    if (per_hour > 0) eta = base::duration_text(left / per_hour * 3600);
  }
  if (budget.seconds) {
    share = std::max(share, seconds / *budget.seconds);
    const double left = std::max(0.0, *budget.seconds - seconds);
    if (!budget.trials || per_hour == 0 ||
        left < static_cast<double>(*budget.trials - counts.finished) / per_hour * 3600) {
      eta = base::duration_text(left);
    }
  }
  std::string done = budget.trials ? fmt::format("{}/{} trials", counts.finished, *budget.trials)
                                   : fmt::format("{} trials", counts.finished);
  if (const auto& population = study.population_options()) {
    const std::int64_t intervals = (population->steps + population->interval - 1) / population->interval;
    std::int64_t over = 0;
    for (const storage::TurnRecord& turn : study.turns())
      over += turn.state == "done" || turn.state == "failed" ? 1 : 0;
    share = std::max(share, static_cast<double>(over) / static_cast<double>(intervals * population->population));
    if (share > 0 && !budget.seconds) eta = base::duration_text(seconds / share * (1 - share));
    done = fmt::format("{} members, interval {}/{}", population->population,
                       std::min(settled_intervals(study) + 1, intervals), intervals);
  }
  share = std::clamp(share, 0.0, 1.0);
  std::vector<std::string> lines;
  lines.push_back(fmt::format("{}  {} {}  {}", paint(study.spec().name, "1", frame.colour),
                              paint(bar_text(share, std::max(10, frame.width / 3)), "36", frame.colour), done,
                              base::duration_text(seconds)));
  const auto best = study.best();
  const std::int64_t settled = settled_intervals(study);
  if (best.empty() && settled > 0) {
    lines.push_back("  " + interval_line(study, settled - 1));
  } else if (best.empty()) {
    lines.emplace_back("  best    none yet");
  } else {
    const storage::TrialRecord& record = study.records()[static_cast<std::size_t>(best.front())];
    const double age = static_cast<double>(clock.wall_ms() - record.ended_ms) / 1000;
    lines.push_back(fmt::format("  best    {} {}  trial {}, {} ago{}", study.spec().objectives.front().metric,
                                paint(values_text(study.values_of(best.front())), "1;32", frame.colour), best.front(),
                                base::duration_text(std::floor(age)),
                                best.size() > 1 ? fmt::format("  (front of {})", best.size()) : std::string()));
    if (const std::string sure = api::assurance_text(study, best.front()); !sure.empty()) {
      lines.push_back("          " + sure);
    }
    for (std::string& line : params_lines(study.view(best.front()).params, frame.width - 12)) {
      lines.push_back("          " + std::move(line));
    }
  }
  lines.push_back(study.population_options() ? fmt::format("  ETA     {}", eta)
                                             : fmt::format("  rate    {:.0f} trials/h   ETA {}", per_hour, eta));
  std::string workers = fmt::format("  workers {}/{} busy", counts.running, frame.workers);
  if (frame.workers == 0) workers = fmt::format("  running {}", counts.running);
  lines.push_back(fmt::format("{}   failed {}   pruned {}   lost {}", workers,
                              paint(std::to_string(counts.failed), counts.failed > 0 ? "31" : "0", frame.colour),
                              counts.pruned, counts.lost));
  std::string block;
  for (const std::string& line : lines) block += cut_to_columns(line, frame.width - 1) + "\n";
  return block;
}

std::unique_ptr<run::Observer> make_display(Progress progress, const Study& study, const base::Clock& clock,
                                            int workers) {
  switch (progress) {
    case Progress::kRich:
      return std::make_unique<Rich>(study, clock, workers);
    case Progress::kPlain:
      return std::make_unique<Plain>(study);
    case Progress::kJson:
      return std::make_unique<JsonLines>(study);
    case Progress::kNone:
      return std::make_unique<run::Observer>();
  }
  return std::make_unique<run::Observer>();
}

}  // namespace sterlet::cli
