#include <CLI/CLI.hpp>
#include <poll.h>
#include <unistd.h>
#include <algorithm>
#include <list>
#include <sstream>

#include "sterlet/api/documents.h"
#include "sterlet/base/text.h"
#include "sterlet/cli/abandoned.h"
#include "sterlet/cli/block.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/log_end.h"
#include "sterlet/cli/progress.h"
#include "sterlet/cli/session.h"
#include "sterlet/cli/study_lines.h"
#include "sterlet/cli/top_view.h"
#include "sterlet/cli/trial_card.h"
#include "sterlet/study/mail.h"

namespace sterlet::cli {

namespace {

using storage::State;

constexpr std::int64_t kRefreshMs = 500;

std::int64_t running_count(const study::Study& study) {
  return std::count_if(study.records().begin(), study.records().end(),
                       [](const storage::TrialRecord& record) { return record.state == State::kRunning; });
}

// The last lines of what a trial's program printed.
std::vector<std::string> log_lines(const OpenStudy& open, std::int64_t trial) {
  constexpr std::size_t kLinesMax = 10, kBytesMax = 8192;
  std::vector<std::string> lines;
  for (const std::string stream : {"stdout", "stderr"}) {
    std::istringstream end(log_end(open, trial, stream, kBytesMax));
    std::vector<std::string> all;
    for (std::string line; std::getline(end, line);) all.push_back(std::move(line));
    if (all.empty()) continue;
    lines.insert(lines.end(), {"", stream + ":"});
    const std::size_t first = all.size() > kLinesMax ? all.size() - kLinesMax : 0;
    lines.insert(lines.end(), all.begin() + static_cast<std::ptrdiff_t>(first), all.end());
  }
  return lines;
}

// A study as somebody watches it who does not run it.
class Watcher final {
 public:
  Watcher(const Context& context, const StudyOptions& options, const OpenStudy& open)
      : context_(context), options_(options), open_(open), clock_(context.parts.clock), watch_(clock_) {}

  base::Result<void> refresh() {
    STERLET_PASS(open_.study->refresh());
    STERLET_TRY(abandoned_, study::abandoned_trials(*open_.study, *open_.storage, watch_));
    return read_curves();
  }
  bool goes_on() const { return running_count(*open_.study) > static_cast<std::int64_t>(abandoned_.size()); }
  Crew crew() const { return {.abandoned = static_cast<std::int64_t>(abandoned_.size())}; }

  std::vector<Line> lines(const Room& room) const {
    auto lines = study_lines(*open_.study, clock_, room, crew(), curves_);
    if (!abandoned_.empty()) lines.emplace_back("  " + abandoned_text(*open_.study, abandoned_));
    return lines;
  }

  /// Until a key or a signal ends it, or nothing runs any more.
  base::Result<void> watch_with_keys(Block& block, int signals) {
    TopView view;
    while (goes_on() && context_.out.failure() == 0) {
      STERLET_PASS(draw(view, block));
      pollfd waits[] = {{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0},
                        {.fd = signals, .events = POLLIN, .revents = 0}};
      ::poll(waits, 2, static_cast<int>(kRefreshMs));
      if (waits[1].revents != 0) return {};
      const auto keys = FullScreen::read();
      if (keys.empty() && (waits[0].revents & (POLLHUP | POLLERR)) != 0) return {};  // The terminal was closed.
      for (const Key& key : keys) {
        const TopView::Wanted wanted = view.press(key, *open_.study);
        if (wanted == TopView::Wanted::kQuit) return {};
        ask(wanted, view);
      }
      hear(view);
      if (keys.empty()) STERLET_PASS(refresh());
    }
    return {};
  }

  /// The same where nobody can type.
  base::Result<void> watch_only(Block& block, int signals) {
    while (goes_on() && context_.out.failure() == 0) {
      block.draw(lines({.columns = block.columns(), .rows = block.rows()}));
      pollfd wait{.fd = signals, .events = POLLIN, .revents = 0};
      if (::poll(&wait, 1, static_cast<int>(kRefreshMs)) > 0) return {};
      STERLET_PASS(refresh());
    }
    return {};
  }

 private:
  base::Result<void> draw(TopView& view, Block& block) {
    std::vector<std::string> card;
    const Room room{.columns = block.columns(), .rows = block.rows()};
    if (view.is_open()) {
      STERLET_TRY(card, card_of(view.chosen(), static_cast<std::size_t>(room.columns)));
    }
    block.draw(view.lines(*open_.study, clock_, room, crew(), curves_, card));
    return {};
  }

  base::Result<std::vector<std::string>> card_of(std::int64_t trial, std::size_t columns) const {
    STERLET_TRY(const base::Json json, api::trial_json(*open_.study, open_.storage.get(), trial));
    const std::string remark = abandoned_.contains(trial) ? gone_text(*open_.study) : std::string();
    std::vector<std::string> lines;
    std::string table = table_text(trial_card(*open_.study, json, remark, clock_.wall_ms(), columns));
    for (std::size_t at = 0; at < table.size();) {
      const std::size_t end = table.find('\n', at);
      lines.push_back(table.substr(at, end - at));
      at = end + 1;
    }
    lines.emplace_back();
    for (std::string& line : curve_lines(*open_.study, json, columns)) lines.push_back(std::move(line));
    for (std::string& line : log_lines(open_, trial)) lines.push_back(std::move(line));
    return lines;
  }

  // Curves of the trials that run, read from the storage: seldom where that takes long.
  base::Result<void> read_curves() {
    constexpr std::int64_t kReadMs = 2000, kShare = 50;
    constexpr std::size_t kReadMax = 64;
    const std::int64_t start_ms = clock_.steady_ms();
    std::erase_if(curves_, [&](const auto& each) {
      return open_.study->records()[static_cast<std::size_t>(each.first)].state != State::kRunning;
    });
    if (start_ms < read_next_ms_) return {};
    const std::string& metric = open_.study->spec().objectives.front().metric;
    std::size_t read = 0;
    for (const storage::TrialRecord& record : open_.study->records()) {
      if (record.state != State::kRunning || read++ == kReadMax) continue;
      STERLET_TRY(const auto reports,
                  open_.storage->load_reports(open_.study->storage_id(), record.number, record.attempt));
      Curve curve;
      for (const storage::ReportRecord& report : reports) {
        if (report.metric == metric) curve.add(report.step, report.value);
      }
      curves_[record.number] = std::move(curve);
    }
    read_next_ms_ = start_ms + std::max(kReadMs, kShare * (clock_.steady_ms() - start_ms));
    return {};
  }

  // What is wanted of a trial is asked of the tuner that runs it; its answer is shown when it comes.
  void ask(TopView::Wanted wanted, TopView& view) {
    std::string_view kind;
    switch (wanted) {
      case TopView::Wanted::kNothing:
      case TopView::Wanted::kQuit:
      case TopView::Wanted::kOpen:
        return;
      case TopView::Wanted::kStop:
        kind = study::kStopKind;
        break;
      case TopView::Wanted::kPrune:
        kind = study::kPruneKind;
        break;
      case TopView::Wanted::kHold:
        kind = study::kHoldKind;
        break;
    }
    auto wish = post(view.chosen(), kind);
    if (!wish) return view.say(wish.error().message());
    wishes_.push_back(std::move(*wish));
    view.say("trial " + std::to_string(view.chosen()) + ": asked; its tuner answers in a moment");
  }

  base::Result<study::Wish> post(std::int64_t trial, std::string_view kind) {
    if (writer_.study == nullptr) {
      STERLET_TRY(writer_, open_study(context_, options_));
    }
    return study::Wish::post(*writer_.study, *writer_.storage, clock_, trial, kind);
  }

  void hear(TopView& view) {
    for (auto wish = wishes_.begin(); wish != wishes_.end();) {
      const auto answer = wish->answer();
      if (answer && !*answer) {
        ++wish;
        continue;
      }
      view.say(answer ? **answer : answer.error().message());
      wish = wishes_.erase(wish);
    }
  }

  const Context& context_;
  const StudyOptions& options_;
  const OpenStudy& open_;
  const base::Clock& clock_;
  study::SessionWatch watch_;
  Abandoned abandoned_;
  Curves curves_;
  std::int64_t read_next_ms_ = 0;
  OpenStudy writer_;  // Opened when something is wanted of a trial.
  std::list<study::Wish> wishes_;
};

base::Result<void> watch_study(const Context& context, const StudyOptions& options, bool once) {
  STERLET_TRY(const OpenStudy open, open_to_look(context, options));
  Watcher watcher(context, options, open);
  STERLET_PASS(watcher.refresh());
  if (!context.out.is_terminal()) {
    for (const Line& line : watcher.lines({.columns = context.out.columns() - 1})) {
      context.out.line(line.text(context.out.columns() - 1, false));
    }
    return {};
  }
  const bool colour = wants_colour(context);
  if (!once && watcher.goes_on()) {
    const int signals = block_signals();
    base::Result<void> watched;
    Block block(context.out, context.parts.clock, colour);
    if (auto screen = FullScreen::open(context.out)) {
      watched = watcher.watch_with_keys(block, signals);
    } else {
      watched = watcher.watch_only(block, signals);
    }
    close(signals);
    STERLET_PASS(watched);
    STERLET_PASS(watcher.refresh());
  }
  Block block(context.out, context.parts.clock, colour);
  block.draw(watcher.lines({.columns = block.columns(), .rows = block.rows()}));
  return {};
}

void add(CLI::App& command, Context& context) {
  struct Options {
    StudyOptions study;
    bool once = false;
  };
  auto options = std::make_shared<Options>();
  add_study_options(command, options->study);
  command.add_flag("--once", options->once, "print it once");
  command.footer(
      "Keys: arrows choose a trial, Enter opens it, s sorts, / filters, x stops it, p prunes it, space holds it or "
      "lets\n"
      "it go on, q ends. It ends by itself when nothing runs any more.");
  command.callback(
      [&context, options] { attempt(context, [&] { return watch_study(context, options->study, options->once); }); });
}

}  // namespace

const Command top_command{"top", "watch a study live from any terminal; stop, prune or hold a trial", "sterlet top mlp",
                          add};

}  // namespace sterlet::cli
