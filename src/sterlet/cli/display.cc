#include "sterlet/cli/display.h"

#include "sterlet/cli/block.h"
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
    if (study_.records()[static_cast<std::size_t>(trial)].state == State::kFailed) {
      block_.say(finished_text(study_, trial));
      draw();
    }
    draw_soon();
  }
  void started(const Claim&) override { draw_soon(); }
  void tick() override { draw_soon(); }
  void said(const std::string& sentence) override {
    block_.say(sentence);
    draw();
  }
  void interrupted(int times) override {
    block_.say(interrupted_text(times));
    draw();
  }
  void ended() override { draw(); }

 private:
  void draw_soon() {
    if (block_.is_due()) draw();
  }
  void draw() { block_.draw(study_lines(study_, clock_, block_.columns(), {.workers = workers_})); }

  const Study& study_;
  const base::Clock& clock_;
  Block block_;
  int workers_;
};

class Plain final : public Display {
 public:
  Plain(const Context& context, const Study& study)
      : err_(context.err), study_(study), intervals_(settled_intervals(study)) {}

  void finished(std::int64_t trial) override {
    // A member of a population is paused after each interval: of that one line for all.
    const bool is_between =
        !study_.turns().empty() && study_.records()[static_cast<std::size_t>(trial)].state == State::kPaused;
    for (; intervals_ < settled_intervals(study_); ++intervals_) err_.line(settled_text(study_, intervals_));
    if (!is_between) err_.line(finished_text(study_, trial));
  }
  void said(const std::string& sentence) override { err_.line(sentence); }
  void interrupted(int times) override { err_.line(interrupted_text(times)); }

 private:
  Printer& err_;
  const Study& study_;
  std::int64_t intervals_;
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

std::unique_ptr<Display> make_display(Progress progress, const Context& context, const Study& study, int workers) {
  switch (progress) {
    case Progress::kRich:
      return std::make_unique<Rich>(context, study, workers);
    case Progress::kPlain:
      return std::make_unique<Plain>(context, study);
    case Progress::kJson:
      return std::make_unique<JsonLines>(context, study);
    case Progress::kNone:
      return std::make_unique<Display>();
  }
  return std::make_unique<Display>();
}

}  // namespace sterlet::cli
