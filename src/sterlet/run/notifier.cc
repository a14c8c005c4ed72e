#include "sterlet/run/notifier.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/figure.h"
#include "sterlet/base/text.h"

namespace sterlet::run {

using base::Json;
using exec::Event;
using storage::State;
using studyfile::Occasion;

namespace {

Json values_json(const study::Study& study, std::int64_t trial) {
  const auto& values = study.records()[static_cast<std::size_t>(trial)].values;
  const auto& objectives = study.spec().objectives;
  Json json = Json::object();
  for (std::size_t i = 0; i < values.size() && i < objectives.size(); ++i)
    json[objectives[i].metric] = base::json_number(values[i]);
  return json;
}

std::string values_text(const study::Study& study, std::int64_t trial) {
  const auto& values = study.records()[static_cast<std::size_t>(trial)].values;
  const auto& objectives = study.spec().objectives;
  std::string text;
  for (std::size_t i = 0; i < values.size() && i < objectives.size(); ++i)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", objectives[i].metric, base::figure_text(values[i]));
  return text;
}

}  // namespace

Json trial_notice(const study::Study& study, Occasion occasion, std::int64_t trial) {
  const storage::TrialRecord& record = study.records()[static_cast<std::size_t>(trial)];
  Json json{{"version", 1},
            {"event", text_of(occasion)},
            {"study", study.spec().name},
            {"trial", trial},
            {"state", storage::text_of(record.state)},
            {"values", values_json(study, trial)},
            {"params", study.view(trial).params}};
  if (!record.reason.empty()) json["reason"] = record.reason;
  json["text"] =
      occasion == Occasion::kFailed
          ? fmt::format("{}: trial {} failed: {}", study.spec().name, trial, record.reason)
          : fmt::format("{}: trial {} is the best so far, {}", study.spec().name, trial, values_text(study, trial));
  return json;
}

Json end_notice(const study::Study& study, const std::string& reason) {
  const auto failed = std::count_if(study.records().begin(), study.records().end(),
                                    [](const auto& record) { return record.state == State::kFailed; });
  Json json{{"version", 1},     {"event", text_of(Occasion::kEnd)}, {"study", study.spec().name},
            {"reason", reason}, {"trials", study.records().size()}, {"failed", failed}};
  std::string text = fmt::format("{}: ended after {}, {}", study.spec().name,
                                 base::count_text(study.records().size(), "trial"), reason);
  if (const auto best = study.best(); !best.empty()) {
    json["best"] = {{"trial", best.front()},
                    {"values", values_json(study, best.front())},
                    {"params", study.view(best.front()).params}};
    text += fmt::format("; best: trial {} with {}", best.front(), values_text(study, best.front()));
  }
  json["text"] = text;
  return json;
}

Notifier::Notifier(const study::Study& study, exec::Executor& executor, std::string trials_folder)
    : study_(study), executor_(executor), folder_(std::move(trials_folder) + "/notify") {
  // What was the best before this run began is no news.
  if (const auto best = study.best_measured(); !best.empty()) best_ = best.front();
}

std::optional<std::string> Notifier::trial_ended(std::int64_t trial) {
  const studyfile::Notify& notify = study_.spec().notify;
  if (notify.command.empty()) return std::nullopt;
  if (study_.records()[static_cast<std::size_t>(trial)].state == State::kFailed) {
    if (!notify.is_wanted(Occasion::kFailed)) return std::nullopt;
    return tell(trial_notice(study_, Occasion::kFailed, trial));
  }
  const auto best = study_.best_measured();
  const bool is_news = std::count(best.begin(), best.end(), trial) > 0 && best_ != trial;
  if (!is_news) return std::nullopt;
  best_ = trial;
  if (!notify.is_wanted(Occasion::kBest)) return std::nullopt;
  return tell(trial_notice(study_, Occasion::kBest, trial));
}

std::optional<std::string> Notifier::failed(std::int64_t trial, const std::string& reason) {
  if (!study_.spec().notify.is_wanted(Occasion::kFailed)) return std::nullopt;
  Json notice = trial_notice(study_, Occasion::kFailed, trial);
  notice["reason"] = reason;
  notice["text"] = fmt::format("{}: trial {} failed: {}", study_.spec().name, trial, reason);
  return tell(std::move(notice));
}

std::optional<std::string> Notifier::improved(const Improvement& improvement) {
  if (!study_.spec().notify.is_wanted(Occasion::kBest)) return std::nullopt;
  const std::string& metric = study_.spec().objectives.front().metric;
  Json notice = trial_notice(study_, Occasion::kBest, improvement.trial);
  notice["values"] = {{metric, base::json_number(improvement.value)}};
  notice["params"] = improvement.params;
  notice["step"] = improvement.step;
  notice["text"] = fmt::format("{}: trial {} has its best {} so far, {} at step {}", study_.spec().name,
                               improvement.trial, metric, base::figure_text(improvement.value), improvement.step);
  return tell(std::move(notice));
}

std::optional<std::string> Notifier::run_ended(const std::string& reason) {
  if (!study_.spec().notify.is_wanted(Occasion::kEnd)) return std::nullopt;
  return tell(end_notice(study_, reason));
}

std::optional<std::string> Notifier::tell(Json document) {
  // The end is told in any case.
  const bool is_end = document["event"].get<std::string>() == text_of(Occasion::kEnd);
  if (running_ >= kAtOnceMax && !is_end) {
    ++skipped_;
    return std::nullopt;
  }
  if (skipped_ > 0) document["skipped"] = std::exchange(skipped_, 0);
  // A shell opens the document as stdin; the user's words are its arguments, and never its script.
  std::vector<std::string> argv = {"/bin/sh", "-c", "exec \"$@\" <\"$STERLET_PARAMS\"", "notify"};
  const auto& command = study_.spec().notify.command;
  argv.insert(argv.end(), command.begin(), command.end());
  const auto launched = executor_.launch({.id = {.trial = kTrial, .attempt = ++sent_},
                                          .argv = std::move(argv),
                                          .folder = study_.spec().folder,
                                          .params = std::move(document),
                                          .trial_folder = folder_,
                                          .limits = {.seconds = kSecondsMax}});
  if (!launched) return tell_of_fault(launched.error().message());
  ++running_;
  return std::nullopt;
}

std::optional<std::string> Notifier::take(const Event& event) {
  const auto* exited = std::get_if<Event::Exited>(&event.what);
  if (exited == nullptr) return std::nullopt;
  running_ -= std::min<std::size_t>(running_, 1);
  if (exited->cause != exec::Cause::kFinished) return tell_of_fault(exited->reason);
  std::error_code ignored;
  for (const char* name : {"params-{}.json", "stdout-{}.log", "stderr-{}.log"})
    std::filesystem::remove(std::filesystem::path(folder_) / fmt::format(fmt::runtime(name), event.id.attempt),
                            ignored);
  return std::nullopt;
}

std::optional<std::string> Notifier::tell_of_fault(const std::string& reason) {
  if (std::exchange(is_fault_told_, true)) return std::nullopt;
  return fmt::format("notify: {}; the run goes on, and no more is said of it (documents and output: {})", reason,
                     folder_);
}

}  // namespace sterlet::run
