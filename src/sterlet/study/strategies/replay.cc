#include "sterlet/study/strategies/replay.h"

#include <algorithm>

#include "sterlet/studyfile/schedule.h"

namespace sterlet::study {

namespace {

using base::Json;
using base::Result;

class Replay final : public Strategy {
 public:
  Replay(const Parts& parts, studyfile::Schedule schedule)
      : ledger_(parts.ledger), claims_(parts.claims), schedule_(std::move(schedule)) {}

  Result<std::optional<Claim>> next(Pause& pause) override {
    STERLET_TRY(auto claim, claims_.next(pause, [this](std::int64_t) { return start(); }));
    if (claim) STERLET_PASS(plan(*claim));
    return claim;
  }

  std::optional<studyfile::Schedule> schedule_of(std::int64_t) const override { return schedule_; }
  Result<void> checkpointed(std::int64_t trial, const std::string& path, std::optional<std::int64_t> step) override {
    if (!step) return {};  // What of the schedule it has seen follows from its step.
    const storage::CheckpointRecord checkpoint{.step = *step, .path = path, .created_ms = ledger_.clock().wall_ms()};
    return ledger_.store([&](storage::Storage& storage) {
      return storage.live().add_checkpoint(ledger_.study().id, trial, checkpoint);
    });
  }

 private:
  Result<std::optional<samplers::Suggestion>> start() const {
    STERLET_TRY(auto point, ledger_.space().from_json(schedule_.entries.front().set));
    return samplers::Suggestion{.point = std::move(point), .origin = space::Origin::kEnqueued};
  }

  // From where a trial begins, and what changes after that.
  Result<void> plan(Claim& claim) const {
    std::int64_t from_step = 0;
    if (!claim.checkpoint.empty() && ledger_.is_stored()) {
      STERLET_TRY(const auto checkpoints, ledger_.storage()->live().load_checkpoints(ledger_.study().id, claim.number));
      const auto known = std::find_if(checkpoints.rbegin(), checkpoints.rend(),
                                      [&](const auto& checkpoint) { return checkpoint.path == claim.checkpoint; });
      if (known == checkpoints.rend()) {
        claim.checkpoint.clear();
      } else {
        from_step = known->step;
        STERLET_TRY(claim.point, ledger_.space().from_json(schedule_.values_at(from_step, Json::object())));
        claim.is_exact = true;
      }
    }
    for (const studyfile::Schedule::Entry& entry : schedule_.entries) {
      if (entry.step > from_step) claim.agenda.push_back({{"set", entry.set}, {"at", entry.step}});
    }
    return {};
  }

  Ledger& ledger_;
  Claims& claims_;
  const studyfile::Schedule schedule_;
};

}  // namespace

Result<std::unique_ptr<Strategy>> make_replay(const Parts& parts) {
  STERLET_TRY(auto schedule, studyfile::replay_schedule(parts.ledger.spec()));
  return std::make_unique<Replay>(parts, std::move(schedule));
}

std::vector<base::Error> check_replay(const studyfile::StudySpec& spec, const space::Space& space) {
  const auto schedule = studyfile::replay_schedule(spec);
  if (!schedule) return {schedule.error()};
  if (const auto fits = studyfile::check_schedule(*schedule, space); !fits) return {fits.error()};
  return {};
}

Json replay_schema() {
  Json entry{{"type", "object"}, {"required", {"step", "set"}}};
  entry["properties"] = {{"step", {{"type", "integer"}}}, {"set", {{"type", "object"}}}};
  Json schema{{"type", "object"}, {"required", {"name", "schedule"}}, {"additionalProperties", false}};
  schema["properties"] = {{"name", {{"const", "replay"}}}, {"schedule", {{"type", "array"}, {"items", entry}}}};
  return schema;
}

}  // namespace sterlet::study
