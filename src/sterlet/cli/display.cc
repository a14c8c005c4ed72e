#include "sterlet/cli/display.h"

#include <map>
#include <set>

#include <fmt/format.h>

#include "sterlet/base/figure.h"
#include "sterlet/base/text.h"
#include "sterlet/cli/block.h"
#include "sterlet/cli/likewise.h"
#include "sterlet/cli/study_lines.h"

namespace sterlet::cli {

namespace {

using storage::State;
using study::Claim;
using study::Study;

const char* interrupted_text(int times) {
  return times == 1 ? "interrupted: no new trials; the running ones are finished (again to end them)"
                    : "interrupted again: ending the running trials; sterlet resume runs them again";
}

class Rich final : public Display {
 public:
  Rich(const Context& context, const Study& study, int workers)
      : study_(study),
        clock_(context.parts.clock),
        block_(context.err, context.parts.clock, wants_colour(context)),
        workers_(workers) {
    draw();
  }

  void finished(std::int64_t trial) override {
    curves_.erase(trial);
    const storage::TrialRecord& record = study_.records()[static_cast<std::size_t>(trial)];
    if (record.state == State::kFailed)
      say(likewise_.take(trial, record.reason, finished_text(study_, trial), clock_.steady_ms()));
    draw_soon();
  }
  void started(const Claim& claim) override {
    curves_[claim.number];
    draw_soon();
  }
  void reported(std::int64_t trial, std::int64_t step, std::optional<double> value) override {
    if (value) curves_[trial].add(step, *value);
  }
  void tick() override {
    say(likewise_.release_due(clock_.steady_ms()));
    draw_soon();
  }
  void said(const std::string& sentence) override {
    say(likewise_.release());
    say({sentence});
  }
  void interrupted(int times) override { said(interrupted_text(times)); }
  void ended() override {
    say(likewise_.release());
    draw();
  }

 private:
  void say(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) block_.say(line);
    if (!lines.empty()) draw();
  }
  void draw_soon() {
    if (block_.is_due()) draw();
  }
  void draw() {
    const Room room{.columns = block_.columns(), .rows = block_.rows()};
    block_.draw(study_lines(study_, clock_, room, {.workers = workers_}, curves_));
  }

  const Study& study_;
  const base::Clock& clock_;
  Block block_;
  int workers_;
  Likewise likewise_;
  Curves curves_;  // Of the trials that run here.
};

// "minimize loss", or of several objectives "minimize loss, maximize accuracy".
std::string aim_text(const studyfile::StudySpec& spec) {
  std::string text;
  for (const studyfile::Objective& objective : spec.objectives)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", text_of(objective.direction), objective.metric);
  return text;
}

std::string budget_text(const studyfile::Budget& budget) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (budget.trials) add(base::count_text(static_cast<std::uint64_t>(*budget.trials), "trial"));
  if (budget.seconds) add(base::duration_text(*budget.seconds));
  if (budget.target) add("until " + base::figure_text(*budget.target));
  return text.empty() ? std::string("no budget: it runs until Ctrl-C") : "budget " + text;
}

class Plain final : public Display {
 public:
  Plain(const Context& context, const Study& study, const RunFacts& facts)
      : err_(context.err),
        study_(study),
        clock_(context.parts.clock),
        intervals_(settled_intervals(study)),
        said_ms_(clock_.steady_ms()) {
    const studyfile::StudySpec& spec = study.spec();
    say(fmt::format("{}: {}; sampler {}, pruner {}, {}, {}", spec.name, aim_text(spec), spec.sampler.name,
                    spec.pruner.name, base::count_text(static_cast<std::uint64_t>(facts.workers), "worker"),
                    budget_text(spec.budget)));
    if (!study.records().empty())
      say(fmt::format("it goes on: {} there", base::count_text(study.records().size(), "trial")));
    if (facts.storage.empty()) return;
    say(fmt::format("storage {}; output of the trials: sterlet logs {} N, or {}", facts.storage, spec.name,
                    facts.trials_folder));
  }

  void started(const Claim& claim) override {
    untold_.insert(claim.number);
    started_ms_[claim.number] = clock_.steady_ms();
  }
  void finished(std::int64_t trial) override {
    untold_.erase(trial);
    started_ms_.erase(trial);
    curves_.erase(trial);
    // A member of a population is paused after each interval: of that one line for all.
    const bool is_between =
        !study_.turns().empty() && study_.records()[static_cast<std::size_t>(trial)].state == State::kPaused;
    for (; intervals_ < settled_intervals(study_); ++intervals_) say(settled_text(study_, intervals_));
    if (is_between) return;
    const storage::TrialRecord& record = study_.records()[static_cast<std::size_t>(trial)];
    const std::string line = finished_text(study_, trial, untold_);
    if (record.state != State::kFailed) return say(line);
    say_all(likewise_.take(trial, record.reason, line, clock_.steady_ms()));
  }
  void reported(std::int64_t trial, std::int64_t step, std::optional<double> value) override {
    if (value) curves_[trial].add(step, *value);
  }
  // Where nothing ends for long, one wants to see that it runs.
  void tick() override {
    say_all(likewise_.release_due(clock_.steady_ms()));
    if (!started_ms_.empty() && clock_.steady_ms() - said_ms_ >= kQuietMs) say(running_text());
  }
  void said(const std::string& sentence) override { say(sentence); }
  void interrupted(int times) override { say(interrupted_text(times)); }
  void ended() override { say_all(likewise_.release()); }

 private:
  static constexpr std::int64_t kQuietMs = 60'000;

  void say(const std::string& line) {
    say_all(likewise_.release());
    say_all({line});
  }
  void say_all(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) err_.line(line);
    if (!lines.empty()) said_ms_ = clock_.steady_ms();
  }

  std::string running_text() const {
    constexpr std::size_t kListedMax = 3;
    std::string text = base::count_text(started_ms_.size(), "trial") + (started_ms_.size() == 1 ? " runs: " : " run: ");
    std::size_t listed = 0;
    for (const auto& [trial, started_ms] : started_ms_) {
      if (listed == kListedMax) return text + fmt::format("; and {} more", started_ms_.size() - listed);
      const auto curve = curves_.find(trial);
      const std::int64_t step = curve == curves_.end() ? 0 : curve->second.step();
      const auto minutes = static_cast<double>((clock_.steady_ms() - started_ms) / 1000);
      text += fmt::format("{}trial {} for {}", listed++ == 0 ? "" : "; ", trial, base::duration_text(minutes));
      if (step > 0) {
        const auto steps = steps_of(study_, trial, step);
        text += steps ? fmt::format(", step {} of {}", step, *steps) : fmt::format(", step {}", step);
      }
      if (curve != curves_.end() && curve->second.last())
        text +=
            fmt::format(", {} {}", study_.spec().objectives.front().metric, base::figure_text(*curve->second.last()));
    }
    return text;
  }

  Printer& err_;
  const Study& study_;
  const base::Clock& clock_;
  std::int64_t intervals_;
  std::int64_t said_ms_;
  Likewise likewise_;
  std::set<std::int64_t> untold_;                    // Trials of this run whose end was not told yet.
  std::map<std::int64_t, std::int64_t> started_ms_;  // Of those that run.
  Curves curves_;
};

class JsonLines final : public Display {
 public:
  JsonLines(const Context& context, const Study& study) : err_(context.err), study_(study) {}

  void started(const Claim& claim) override {
    err_.json({{"event", "started"},
               {"trial", claim.number},
               {"attempt", claim.attempt},
               {"params", study_.space().to_json(claim.point)}});
  }
  void finished(std::int64_t trial) override {
    const storage::TrialRecord& record = study_.records()[static_cast<std::size_t>(trial)];
    base::Json values = base::Json::array();
    for (const double value : record.values) values.push_back(base::json_number(value));
    err_.json({{"event", "finished"},
               {"trial", trial},
               {"state", storage::text_of(record.state)},
               {"values", values},
               {"reason", record.reason}});
  }
  void said(const std::string& sentence) override { err_.json({{"event", "said"}, {"sentence", sentence}}); }
  void interrupted(int times) override { err_.json({{"event", "interrupted"}, {"times", times}}); }

 private:
  Printer& err_;
  const Study& study_;
};

}  // namespace

std::unique_ptr<Display> make_display(Progress progress, const Context& context, const Study& study, RunFacts facts) {
  switch (progress) {
    case Progress::kRich:
      return std::make_unique<Rich>(context, study, facts.workers);
    case Progress::kPlain:
      return std::make_unique<Plain>(context, study, facts);
    case Progress::kJson:
      return std::make_unique<JsonLines>(context, study);
    case Progress::kNone:
      return std::make_unique<Display>();
  }
  return std::make_unique<Display>();
}

}  // namespace sterlet::cli
