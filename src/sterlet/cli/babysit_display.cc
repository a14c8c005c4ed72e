#include "sterlet/cli/babysit_display.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sterlet/babysit/record/change.h"
#include "sterlet/cli/block.h"
#include "sterlet/cli/sparkline.h"

namespace sterlet::cli {

namespace {

using babysit::Status;

constexpr std::int64_t kRateMs = 2000;  // The rate is that of at least so long.
constexpr std::size_t kCurveMax = 4000;
constexpr std::size_t kCurveColumns = 24;

class Rich final : public BabysitDisplay {
 public:
  Rich(const Context& context, const studyfile::StudySpec& spec)
      : spec_(spec), clock_(context.parts.clock), block_(context.err, context.parts.clock, wants_colour(context)) {}

  void said(const std::string& sentence) override {
    block_.say(sentence);
    draw();
  }
  void stands(const Status& status) override {
    follow(status);
    status_ = status;
    draw_soon();
  }
  void tick() override { draw_soon(); }
  void ended() override { draw(); }

 private:
  // The curve of the line that is trained: what was left by going back is no part of it.
  void follow(const Status& status) {
    const bool went_on = status_ && status.step > status_->step;
    if (status_ && status.step < status_->step) {
      std::erase_if(curve_, [&](const auto& point) { return point.first > status.step; });
      rate_from_.reset();
    }
    if (went_on && status.value && (curve_.empty() || curve_.back().first < status.step)) {
      curve_.emplace_back(status.step, *status.value);
      if (curve_.size() > kCurveMax) curve_.erase(curve_.begin(), curve_.begin() + kCurveMax / 2);
    }
    const std::int64_t now = clock_.steady_ms();
    if (!rate_from_) rate_from_ = {now, status.step};
    if (now - rate_from_->first < kRateMs || status.step == rate_from_->second) return;
    rate_ = static_cast<double>(status.step - rate_from_->second) * 1000 / static_cast<double>(now - rate_from_->first);
    rate_from_ = {now, status.step};
  }

  void draw_soon() {
    if (block_.is_due()) draw();
  }

  void draw() {
    if (!status_) return;
    Line first;
    first.add(spec_.name, Style::kBold)
        .add(fmt::format("  trial {}  branch {}  step {}", status_->trial, status_->branch, status_->step));
    if (rate_) first.add(fmt::format("  {:.3g} steps/s", *rate_));
    if (status_->value) {
      std::vector<double> values;
      for (const auto& [step, value] : curve_) values.push_back(value);
      const auto [low, high] = sparkline_range(values);
      first.add(fmt::format("  {} ", spec_.objectives.front().metric))
          .add(fmt::format("{:.5g}", *status_->value), Style::kBold)
          .add("  " + sparkline(values, kCurveColumns, low, high));
    }
    block_.draw({first, Line(fmt::format("  {}   {}", babysit::settings_words(status_->live), status_->doing))});
  }

  const studyfile::StudySpec& spec_;
  const base::Clock& clock_;
  Block block_;
  std::optional<Status> status_;
  std::vector<std::pair<std::int64_t, double>> curve_;
  std::optional<std::pair<std::int64_t, std::int64_t>> rate_from_;  // Time and step.
  std::optional<double> rate_;
};

class Plain final : public BabysitDisplay {
 public:
  explicit Plain(const Context& context) : err_(context.err) {}
  void said(const std::string& sentence) override { err_.line(sentence); }

 private:
  Printer& err_;
};

class JsonLines final : public BabysitDisplay {
 public:
  explicit JsonLines(const Context& context) : err_(context.err) {}
  void said(const std::string& sentence) override { err_.json({{"event", "said"}, {"sentence", sentence}}); }
  void stands(const Status& status) override {
    base::Json json{{"event", "stands"},   {"trial", status.trial}, {"branch", status.branch},
                    {"step", status.step}, {"live", status.live},   {"doing", status.doing}};
    json["value"] = status.value ? base::json_number(*status.value) : base::Json(nullptr);
    if (json == last_) return;
    err_.json(json);
    last_ = std::move(json);
  }

 private:
  Printer& err_;
  base::Json last_;
};

}  // namespace

std::unique_ptr<BabysitDisplay> make_babysit_display(Progress progress, const Context& context,
                                                     const studyfile::StudySpec& spec) {
  switch (progress) {
    case Progress::kRich:
      return std::make_unique<Rich>(context, spec);
    case Progress::kPlain:
      return std::make_unique<Plain>(context);
    case Progress::kJson:
      return std::make_unique<JsonLines>(context);
    case Progress::kNone:
      return std::make_unique<BabysitDisplay>();
  }
  return std::make_unique<BabysitDisplay>();
}

}  // namespace sterlet::cli
