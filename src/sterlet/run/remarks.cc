#include "sterlet/run/remarks.h"

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/run/explain.h"
#include "sterlet/study/sessions.h"

namespace sterlet::run {

namespace {

// 0: nothing is stored.
int last_version(const study::Study& study) {
  return study.spec_versions().empty() ? 0 : study.spec_versions().back().version;
}

}  // namespace

Remarks::Remarks(const study::Study& study) : study_(study), version_(last_version(study)) {}

std::optional<std::string> Remarks::on_output(std::int64_t trial, const exec::Event::Noted& noted) {
  if (!topics_.insert(noted.topic).second) return std::nullopt;
  return fmt::format("trial {}: {}", trial, noted.sentence);
}

std::optional<std::string> Remarks::on_ended(const study::Claim& claim, const Course& course) {
  const storage::TrialRecord& record = study_.records()[static_cast<std::size_t>(claim.number)];
  if (!course.read() || record.state != storage::State::kComplete || !topics_.insert("read").second)
    return std::nullopt;
  const std::string unread = explain_unread(study_.space().to_json(claim.point), study_.spec().command, *course.read());
  if (unread.empty()) return std::nullopt;
  return fmt::format("trial {}: {}", claim.number, unread);
}

std::optional<std::string> Remarks::on_grace(std::size_t running) {
  if (running == 0 || !topics_.insert("grace").second) return std::nullopt;
  const studyfile::Budget& budget = study_.spec().budget;
  return fmt::format("the budget of time ({}) is used up; running trials have {} more",
                     base::duration_text(*budget.seconds), base::duration_text(*budget.grace));
}

std::optional<std::string> Remarks::on_grace_over(std::size_t running) {
  if (running == 0 || !topics_.insert("grace over").second) return std::nullopt;
  return fmt::format(
      "the grace is over: {} stopped; with a larger budget {} on from the last checkpoint, else from the "
      "beginning",
      running == 1 ? "a trial is" : fmt::format("{} trials are", running), running == 1 ? "it goes" : "they go");
}

std::optional<std::string> Remarks::on_changed(std::size_t running) {
  if (last_version(study_) == version_ || !topics_.insert("changed").second) return std::nullopt;
  return running == 0
             ? std::string("another process has changed the study")
             : fmt::format("another process has changed the study; {} to the end as {} begun",
                           running == 1 ? "the running trial goes" : fmt::format("{} running trials go", running),
                           running == 1 ? "it was" : "they were");
}

std::optional<std::string> Remarks::on_others() {
  if (!topics_.insert("others").second) return std::nullopt;
  return fmt::format(
      "other trials are run by a process that cannot be seen from here (another container, machine or "
      "user); waiting up to {} s for a sign of life, without which they are run again here",
      study::SessionWatch::kGraceMs / 1000);
}

std::string Remarks::on_locked(const std::string& storage) {
  return fmt::format(
      "{}: another program holds it locked; the trials run on, and what they report is stored once it is free",
      storage);
}

}  // namespace sterlet::run
