#include "sterlet/cli/babysit_display.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sterlet/babysit/change.h"
#include "sterlet/base/text.h"
#include "sterlet/cli/sparkline.h"

namespace sterlet::cli {

namespace {

using babysit::Status;

constexpr std::int64_t kRedrawMs = 200;
constexpr std::int64_t kRateMs = 2000;  // The rate is that of at least so long.
constexpr std::size_t kCurveMax = 4000;
constexpr std::size_t kCurveColumns = 24;

class Rich final : public babysit::Observer {
 public:
  Rich(const studyfile::StudySpec& spec, const base::Clock& clock) : spec_(spec), clock_(clock) {
    const char* no_colour = std::getenv("NO_COLOR");
    colour_ = no_colour == nullptr || *no_colour == '\0';
  }
  ~Rich() override { draw(); }

  void said(const std::string& sentence) override {
    fmt::print(stderr, "{}{}\n", clear(), sentence);
    draw();
  }
  void stands(const Status& status) override {
    follow(status);
    status_ = status;
    draw_soon();
  }
  void tick() override { draw_soon(); }

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
    if (clock_.steady_ms() - drawn_ms_ >= kRedrawMs) draw();
  }

  std::string clear() { return std::exchange(lines_, 0) > 0 ? "\x1b[2A\x1b[J" : std::string(); }

  void draw() {
    drawn_ms_ = clock_.steady_ms();
    if (!status_) return;
    std::string first = fmt::format("{}trial {}  branch {}  step {}", bold(fmt::format("{}  ", spec_.name)),
                                    status_->trial, status_->branch, status_->step);
    if (rate_) first += fmt::format("  {:.3g} steps/s", *rate_);
    if (status_->value) {
      std::vector<double> values;
      for (const auto& [step, value] : curve_) values.push_back(value);
      const auto [low, high] = sparkline_range(values);
      first += fmt::format("  {} {}  {}", spec_.objectives.front().metric, bold(fmt::format("{:.5g}", *status_->value)),
                           sparkline(values, kCurveColumns, low, high));
    }
    const std::string second = fmt::format("  {}   {}", babysit::settings_words(status_->live), status_->doing);
    const int columns = terminal_columns() - 1;
    fmt::print(stderr, "{}{}\n{}\n", clear(), cut_to_columns(first, columns), cut_to_columns(second, columns));
    std::fflush(stderr);
    lines_ = 2;
  }

  std::string bold(const std::string& text) const { return colour_ ? fmt::format("\x1b[1m{}\x1b[0m", text) : text; }

  const studyfile::StudySpec& spec_;
  const base::Clock& clock_;
  bool colour_ = false;
  std::optional<Status> status_;
  std::vector<std::pair<std::int64_t, double>> curve_;
  std::optional<std::pair<std::int64_t, std::int64_t>> rate_from_;  // Time and step.
  std::optional<double> rate_;
  int lines_ = 0;
  std::int64_t drawn_ms_ = 0;
};

class Plain final : public babysit::Observer {
 public:
  void said(const std::string& sentence) override { fmt::print(stderr, "{}\n", sentence); }
};

class JsonLines final : public babysit::Observer {
 public:
  void said(const std::string& sentence) override { write({{"event", "said"}, {"sentence", sentence}}); }
  void stands(const Status& status) override {
    base::Json json{{"event", "stands"},   {"trial", status.trial}, {"branch", status.branch},
                    {"step", status.step}, {"live", status.live},   {"doing", status.doing}};
    json["value"] = status.value ? base::json_number(*status.value) : base::Json(nullptr);
    if (std::string line = base::json_line(json); line != last_) fmt::print(stderr, "{}\n", last_ = std::move(line));
  }

 private:
  static void write(const base::Json& json) { fmt::print(stderr, "{}\n", base::json_line(json)); }
  std::string last_;
};

}  // namespace

std::unique_ptr<babysit::Observer> make_babysit_display(Progress progress, const studyfile::StudySpec& spec,
                                                        const base::Clock& clock) {
  switch (progress) {
    case Progress::kRich:
      return std::make_unique<Rich>(spec, clock);
    case Progress::kPlain:
      return std::make_unique<Plain>();
    case Progress::kJson:
      return std::make_unique<JsonLines>();
    case Progress::kNone:
      return std::make_unique<babysit::Observer>();
  }
  return std::make_unique<babysit::Observer>();
}

}  // namespace sterlet::cli
