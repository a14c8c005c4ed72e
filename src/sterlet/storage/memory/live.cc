#include <climits>
#include <utility>

#include <fmt/format.h>

#include "sterlet/storage/memory/database.h"

namespace sterlet::storage {

namespace {

using base::Result;

class MemoryLive final : public LiveStorage {
 public:
  explicit MemoryLive(MemoryAccess& access) : access_(access) {}

  Result<void> put_model(std::int64_t study, const ModelRecord& model) override {
    return change(study, [&](StudyTables& tables) { access_.set(tables.models, model.trial, model); });
  }
  Result<std::vector<ModelRecord>> load_models(std::int64_t study) override {
    std::vector<ModelRecord> models;
    for (const auto& [trial, model] : access_.read(study).models) models.push_back(model);
    return models;
  }

  Result<void> add_branch(std::int64_t study, std::int64_t trial, const BranchRecord& branch) override {
    if (access_.read(study).branches.contains({trial, branch.number})) {
      return base::fail(base::ErrorCode::kDisk, fmt::format("trial {} has a branch {} already", trial, branch.number));
    }
    return change(study, [&](StudyTables& tables) { access_.set(tables.branches, {trial, branch.number}, branch); });
  }
  Result<std::vector<BranchRecord>> load_branches(std::int64_t study, std::int64_t trial) override {
    return of_trial(access_.read(study).branches, trial, INT_MIN);
  }
  Result<void> set_branch_start(std::int64_t study, std::int64_t trial, int branch, std::int64_t from_step) override {
    return change(study, [&](StudyTables& tables) {
      const auto found = tables.branches.find({trial, branch});
      if (found == tables.branches.end()) return;
      BranchRecord moved = found->second;
      moved.from_step = from_step;
      access_.set(tables.branches, {trial, branch}, moved);
    });
  }

  Result<void> put_branch_reports(std::int64_t study, std::int64_t trial, int branch,
                                  std::span<const BranchReport> reports) override {
    return change(study, [&](StudyTables& tables) {
      for (const BranchReport& report : reports) {
        access_.set(tables.branch_reports, {trial, branch, report.step, report.metric}, report.value);
      }
    });
  }
  Result<std::vector<BranchReport>> load_branch_reports(std::int64_t study, std::int64_t trial, int branch) override {
    const auto& table = access_.read(study).branch_reports;
    std::vector<BranchReport> reports;
    for (auto report = table.lower_bound({trial, branch, INT64_MIN, ""}); is_of(table, report, trial, branch);
         ++report) {
      reports.push_back(
          {.step = std::get<2>(report->first), .metric = std::get<3>(report->first), .value = report->second});
    }
    return reports;
  }
  Result<void> drop_branch_reports(std::int64_t study, std::int64_t trial, int branch,
                                   std::int64_t after_step) override {
    if (after_step == INT64_MAX) return {};
    return change(study, [&](StudyTables& tables) {
      auto report = tables.branch_reports.lower_bound({trial, branch, after_step + 1, ""});
      while (is_of(tables.branch_reports, report, trial, branch)) {
        const BranchReportKey key = (report++)->first;
        access_.set(tables.branch_reports, key, std::nullopt);
      }
    });
  }

  Result<std::int64_t> add_checkpoint(std::int64_t study, std::int64_t trial,
                                      const CheckpointRecord& checkpoint) override {
    CheckpointRecord stored = checkpoint;
    STERLET_PASS(change(study, [&](StudyTables& tables) {
      stored.id = access_.next_id();
      stored.value = without_nan(stored.value);
      access_.set(tables.checkpoints, {trial, stored.id}, stored);
    }));
    return stored.id;
  }
  Result<void> set_checkpoint_state(std::int64_t id, CheckpointState state) override {
    STERLET_TRY(Tables * all, access_.write());
    for (auto& [study, tables] : all->studies) {
      for (auto& [key, checkpoint] : tables.checkpoints) {
        if (key.second == id) access_.assign(checkpoint.state, state);
      }
    }
    access_.finish();
    return {};
  }
  Result<std::vector<CheckpointRecord>> load_checkpoints(std::int64_t study, std::int64_t trial) override {
    return of_trial(access_.read(study).checkpoints, trial, INT64_MIN);
  }

  Result<std::int64_t> put_intervention(std::int64_t study, std::int64_t trial,
                                        const InterventionRecord& intervention) override {
    InterventionRecord stored = intervention;
    STERLET_PASS(change(study, [&](StudyTables& tables) {
      if (stored.id == 0) stored.id = access_.next_id();
      stored.helped = without_nan(stored.helped);
      access_.set(tables.interventions, {trial, stored.id}, stored);
      const bool is_new = stored.decided_ms == 0;
      const std::int64_t seq = access_.next_sequence();
      access_.set(tables.events, seq,
                  EventRecord{.seq = seq,
                              .wall_ms = is_new ? stored.created_ms : stored.decided_ms,
                              .kind = "intervention",
                              .trial = trial,
                              .detail = fmt::format("{} {}", stored.id, text_of(stored.state))});
    }));
    return stored.id;
  }
  Result<std::vector<InterventionRecord>> load_interventions(std::int64_t study, std::int64_t trial) override {
    return of_trial(access_.read(study).interventions, trial, INT64_MIN);
  }

  Result<void> put_turn(std::int64_t study, const TurnRecord& turn) override {
    return change(study, [&](StudyTables& tables) {
      TurnRecord stored = turn;
      stored.value = without_nan(stored.value);
      access_.set(tables.turns, {turn.turn, turn.trial}, std::move(stored));
    });
  }
  Result<std::vector<TurnRecord>> load_turns(std::int64_t study) override {
    std::vector<TurnRecord> turns;
    for (const auto& [key, turn] : access_.read(study).turns) turns.push_back(turn);
    return turns;
  }

  Result<std::int64_t> add_note(std::int64_t study, const NoteRecord& note) override {
    NoteRecord stored = note;
    STERLET_PASS(change(study, [&](StudyTables& tables) {
      stored.id = access_.next_id();
      access_.set(tables.notes, stored.id, stored);
    }));
    return stored.id;
  }
  Result<std::vector<NoteRecord>> load_notes(std::int64_t study) override {
    std::vector<NoteRecord> notes;
    for (const auto& [id, note] : access_.read(study).notes) notes.push_back(note);
    return notes;
  }
  Result<void> put_tag(std::int64_t study, const TagRecord& tag) override {
    return change(study, [&](StudyTables& tables) { access_.set(tables.tags, tag, true); });
  }
  Result<void> drop_tag(std::int64_t study, const TagRecord& tag) override {
    return change(study, [&](StudyTables& tables) { access_.set(tables.tags, tag, std::nullopt); });
  }
  Result<std::vector<TagRecord>> load_tags(std::int64_t study) override {
    std::vector<TagRecord> tags;
    for (const auto& [tag, ignored] : access_.read(study).tags) tags.push_back(tag);
    return tags;
  }

  Result<std::int64_t> post_command(std::int64_t study, const CommandRecord& command) override {
    CommandRecord stored = command;
    STERLET_PASS(change(study, [&](StudyTables& tables) {
      stored.id = access_.next_id();
      stored.answer.clear();
      stored.done_ms = 0;
      access_.set(tables.commands, stored.id, stored);
    }));
    return stored.id;
  }
  Result<std::vector<CommandRecord>> pending_commands(std::int64_t study) override {
    return commands_where(study, [](const CommandRecord& command) { return command.state == CommandState::kPending; });
  }
  Result<std::optional<CommandRecord>> find_command(std::int64_t id) override {
    for (const auto& [study, tables] : access_.read().studies) {
      if (const auto found = tables.commands.find(id); found != tables.commands.end()) return found->second;
    }
    return std::nullopt;
  }
  Result<std::vector<CommandRecord>> commands_of(std::int64_t study, std::int64_t trial,
                                                 const std::string& kind) override {
    return commands_where(study,
                          [&](const CommandRecord& command) { return command.trial == trial && command.kind == kind; });
  }
  Result<void> answer_command(std::int64_t id, CommandState state, const std::string& answer,
                              std::int64_t wall_ms) override {
    STERLET_TRY(Tables * all, access_.write());
    for (auto& [study, tables] : all->studies) {
      const auto found = tables.commands.find(id);
      if (found == tables.commands.end()) continue;
      CommandRecord answered = found->second;
      answered.state = state;
      answered.answer = answer;
      answered.done_ms = wall_ms;
      access_.set(tables.commands, id, std::move(answered));
    }
    access_.finish();
    return {};
  }

  int wake_fd() override { return -1; }
  Result<bool> changed_elsewhere() override {
    const std::int64_t commits = access_.foreign_commits();
    return std::exchange(seen_commits_, commits) != commits;
  }

 private:
  template <typename Body>
  Result<void> change(std::int64_t study, Body body) {
    STERLET_TRY(StudyTables * tables, access_.write(study));
    body(*tables);
    access_.finish();
    return {};
  }

  // Of a table whose key is the trial and a number, from `first` on.
  template <typename Table, typename Number>
  static std::vector<typename Table::mapped_type> of_trial(const Table& table, std::int64_t trial, Number first) {
    std::vector<typename Table::mapped_type> values;
    for (auto row = table.lower_bound({trial, first}); row != table.end() && row->first.first == trial; ++row) {
      values.push_back(row->second);
    }
    return values;
  }

  template <typename Table, typename Place>
  static bool is_of(const Table& table, Place place, std::int64_t trial, int branch) {
    return place != table.end() && std::get<0>(place->first) == trial && std::get<1>(place->first) == branch;
  }

  template <typename Condition>
  std::vector<CommandRecord> commands_where(std::int64_t study, Condition condition) {
    std::vector<CommandRecord> commands;
    for (const auto& [id, command] : access_.read(study).commands) {
      if (condition(command)) commands.push_back(command);
    }
    return commands;
  }

  MemoryAccess& access_;
  std::int64_t seen_commits_ = -1;
};

}  // namespace

std::unique_ptr<LiveStorage> make_memory_live(MemoryAccess& access) { return std::make_unique<MemoryLive>(access); }

}  // namespace sterlet::storage
