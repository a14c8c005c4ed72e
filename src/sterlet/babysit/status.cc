#include "sterlet/babysit/status.h"

#include <algorithm>

#include <fmt/format.h>

#include "sterlet/babysit/record/change.h"
#include "sterlet/babysit/windows.h"

namespace sterlet::babysit {

using base::Json;

namespace {

// What is watched, tried or run as a control, and by whom it is thought of.
std::string watch_text(const Desk& desk) {
  const Model& model = desk.model;
  const Options& options = desk.options;
  const storage::InterventionRecord* watched = model.start() != nullptr ? model.start() : controlled(model.tree());
  const std::int64_t most = window_reports(options, model.reported(), watched != nullptr ? watched->step : model.step);
  const std::string window = fmt::format(
      "{} of {} reports", std::min(static_cast<std::int64_t>(model.reported().own_curve().size()), most), most);
  const storage::InterventionRecord* start = model.start();
  if (start != nullptr && start->state == storage::ChangeState::kWatching) {
    return fmt::format("{} {}, {}", start->kind == storage::ChangeKind::kTry ? "tries" : "watches", change_text(*start),
                       window);
  }
  if (controlled(model.tree()) != nullptr) return fmt::format("runs the unchanged branch as the control, {}", window);
  if (options.autopilot == Autopilot::kAuto) return "autopilot: watches the line";
  if (options.autopilot == Autopilot::kAdvise) return "gives advice";
  return {};
}

std::string doing_text(const Desk& desk, const InFlight& in_flight, const std::string& reading) {
  if (!reading.empty()) return reading;
  if (desk.model.is_paused()) return "paused";
  if (!in_flight.is_empty() && !in_flight.plan().is_own()) {
    return fmt::format("{}: the program is asked", in_flight.plan().command.kind);
  }
  std::string text = watch_text(desk);
  if (desk.options.autopilot == Autopilot::kAuto && desk.options.limits.steps) {
    text += fmt::format("; {} of {} steps spent", desk.model.reported().spent_steps(), *desk.options.limits.steps);
  }
  if (desk.options.guard) text += text.empty() ? "guarded" : "; guarded";
  return text;
}

}  // namespace

Status status_of(const Desk& desk, const InFlight& in_flight, const std::string& reading) {
  const Model& model = desk.model;
  Status status{.trial = model.trial(),
                .branch = branch_name(model.active()),
                .step = model.step,
                .value = model.value,
                .live = Json::object(),
                .doing = doing_text(desk, in_flight, reading)};
  const Json params = model.params();
  for (const space::Parameter& parameter : model.space().parameters()) {
    if (parameter.live && params.contains(parameter.name)) status.live[parameter.name] = params[parameter.name];
  }
  return status;
}

}  // namespace sterlet::babysit
