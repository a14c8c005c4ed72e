#include "sterlet/cli/report_in_trial.h"

#include <fstream>

#include <fmt/format.h>

#include "sterlet/cli/settings.h"
#include "sterlet/exec/channel/sender.h"

namespace sterlet::cli {

namespace {

constexpr int kShouldStop = 10;

// Whether the trial's agenda has it end at this step, or had before.
bool is_stop_due(const Context& context, const std::optional<std::int64_t>& step) {
  const std::string path = context.parts.environment("STERLET_AGENDA");
  if (path.empty() || !step) return false;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const auto message = base::parse_json(line);
    if (message && message->is_object() && message->contains("stop") && message->value("at", std::int64_t{0}) <= *step)
      return true;
  }
  return false;
}

base::Result<base::Json> parse_metrics(const std::vector<std::string>& words) {
  STERLET_TRY(base::Json metrics, parse_settings(words));
  for (const auto& [name, value] : metrics.items()) {
    if (base::number_from_json(value)) continue;
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("{} must be a number (found {})", name, value.dump()), "report numbers only");
  }
  return metrics;
}

}  // namespace

base::Result<void> report_in_trial(Context& context, const TrialReport& report) {
  STERLET_TRY(const base::Json metrics, parse_metrics(report.metrics));
  const std::string channel = context.parts.environment("STERLET_CHANNEL");
  if (channel.empty()) return {};
  base::Json answer;
  if (!metrics.empty()) {
    base::Json body{{"metrics", metrics}};
    if (report.step) body["step"] = *report.step;
    STERLET_TRY(answer, exec::send_to_channel(channel, {{"report", body}, {"ack", true}}, true));
    if (answer.contains("error"))
      return base::fail(base::ErrorCode::kInvalidArgument, answer["error"].get<std::string>());
  }
  if (!report.checkpoint.empty()) {
    const base::Json made{{"step", *report.step}, {"path", report.checkpoint}};
    STERLET_TRY(const base::Json ignored, exec::send_to_channel(channel, {{"checkpoint", made}}, true));
  }
  if (!report.values.empty()) {
    base::Json values = base::Json::array();
    for (const double value : report.values) values.push_back(base::json_number(value));
    STERLET_TRY(const base::Json ignored, exec::send_to_channel(channel, {{"values", values}}, false));
  }
  const bool is_pruned = answer.contains("ack") && answer["ack"].value("prune", false);
  if (is_pruned || answer.contains("stop") || answer.contains("prune") || is_stop_due(context, report.step))
    context.exit_code = kShouldStop;
  return {};
}

}  // namespace sterlet::cli
