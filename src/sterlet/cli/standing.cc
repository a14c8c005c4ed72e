#include "sterlet/cli/standing.h"

#include <algorithm>

#include <fmt/format.h>

#include "sterlet/base/figure.h"
#include "sterlet/base/text.h"
#include "sterlet/cli/study_lines.h"
#include "sterlet/cli/words.h"
#include "sterlet/study/sessions.h"
#include "sterlet/study/strategies/registry.h"

namespace sterlet::cli {

namespace {

std::string ago_text(std::int64_t wall_ms, std::int64_t now_ms) {
  return brief_duration_text(static_cast<double>(now_ms - wall_ms) / 1000) + " ago";
}

std::string who_text(const storage::SessionRecord& session) {
  return fmt::format("process {} on {}", session.pid, session.host.substr(0, session.host.find('/')));
}

std::string ended_text(const study::Study& study) {
  if (const auto population = study.population_options()) {
    const std::int64_t intervals = (population->steps + population->interval - 1) / population->interval;
    if (settled_intervals(study) >= intervals) return std::string(study::text_of(study::Pause::kTrained));
  }
  const study::Pause limit = study.standing();
  return limit == study::Pause::kNone ? std::string() : std::string(study::text_of(limit));
}

}  // namespace

base::Result<Standing> standing_of(const Context& context, const OpenStudy& open) {
  Standing standing;
  study::SessionWatch watch(context.parts.clock);
  STERLET_TRY(const auto sessions, open.storage->load_sessions(open.study->storage_id()));
  for (const storage::SessionRecord& session : sessions) {
    switch (watch.look(session)) {
      case study::Liveness::kAlive:
        standing.running.push_back(session);
        break;
      case study::Liveness::kUnknown:
        standing.unseen.push_back(session);
        break;
      case study::Liveness::kGone:
        standing.last_ms = std::max(standing.last_ms, session.beat_ms);
        break;
    }
  }
  for (auto* list : {&standing.running, &standing.unseen}) {
    std::stable_sort(list->begin(), list->end(),
                     [](const auto& a, const auto& b) { return a.started_ms < b.started_ms; });
  }
  standing.ended = ended_text(*open.study);
  return standing;
}

std::vector<std::string> standing_lines(const Standing& standing, const study::Study& study, std::int64_t now_ms) {
  std::vector<std::string> lines;
  for (const storage::SessionRecord& session : standing.running)
    lines.push_back(fmt::format("since {}, by {}", ago_text(session.started_ms, now_ms), who_text(session)));
  for (const storage::SessionRecord& session : standing.unseen) {
    lines.push_back(fmt::format("perhaps, by {}, which cannot be seen from here; its last sign came {}",
                                who_text(session), ago_text(session.beat_ms, now_ms)));
  }
  const bool is_babysat = !study::strategy_of(study.spec()).is_tuned;
  if (lines.empty()) {
    std::string line = "no";
    if (standing.last_ms > 0) line += fmt::format("; the last one ended {}", ago_text(standing.last_ms, now_ms));
    const bool has_more = standing.ended.empty() || standing.last_ms == 0;
    const auto& records = study.records();
    const bool is_raised = is_babysat && !records.empty() &&
                           std::all_of(records.begin(), records.end(), [](const storage::TrialRecord& record) {
                             return study::is_final(record.state);
                           });
    if (is_raised) {
      line += fmt::format("; the model is trained, and sterlet babysit {} --new raises another", study.spec().name);
    } else if (has_more && !study.spec().command.empty()) {
      line += fmt::format("; sterlet {} {} goes on", is_babysat ? "babysit" : "resume", study.spec().name);
    }
    lines.push_back(line);
  }
  if (!standing.ended.empty() && (standing.last_ms > 0 || !standing.running.empty()))
    lines.push_back(fmt::format("no more trials begin: {}", standing.ended));
  return lines;
}

std::vector<std::string> budget_lines(const study::Study& study) {
  const studyfile::Budget& budget = study.spec().budget;
  std::vector<std::string> lines;
  if (budget.trials) {
    const auto used = std::count_if(study.records().begin(), study.records().end(), [](const auto& record) {
      const bool is_free = record.state == storage::State::kCancelled || record.state == storage::State::kRemoved;
      return !is_free && !study::is_unstarted(record);
    });
    lines.push_back(fmt::format("{} of {} left", std::max<std::int64_t>(0, *budget.trials - used),
                                base::count_text(static_cast<std::uint64_t>(*budget.trials), "trial")));
  }
  if (budget.seconds) {
    const double left = std::max(0.0, *budget.seconds - study.seconds_used());
    lines.push_back(fmt::format("{} of {} left",
                                base::duration_text(left < 10 ? left : static_cast<std::int64_t>(left)),
                                base::duration_text(*budget.seconds)));
  }
  if (budget.target) {
    const std::string& metric = study.spec().objectives.front().metric;
    const auto best = study.best_measured();
    lines.push_back(fmt::format(
        "until {} is {}{}", metric, base::figure_text(*budget.target),
        best.empty() ? std::string()
                     : fmt::format(" (best {})", base::figure_text(study.values_of(best.front()).front()))));
  }
  if (lines.empty()) lines.emplace_back("none");
  return lines;
}

}  // namespace sterlet::cli
