#include "sterlet/storage/sqlite/live.h"

#include <utility>

#include <fmt/format.h>

#include "sterlet/base/json.h"
#include "sterlet/storage/sqlite/connection.h"
#include "sterlet/storage/sqlite/log_watch.h"

namespace sterlet::storage {

namespace {

using base::Result;

constexpr std::string_view kInterventionColumns =
    "kind, branch, started, came_from, step, set_values, was_values, made_by, who, note, state, helped, outcome, "
    "checkpoint, created_ms, decided_ms";

// As a tag's trial; a key has no NULL.
constexpr std::int64_t kStudyItself = -1;

// Whoever reads it relies on it.
bool is_object(const std::string& text) {
  const auto json = base::parse_json(text);
  return json && json->is_object();
}

class SqliteLive final : public LiveStorage {
 public:
  explicit SqliteLive(Connection& connection) : connection_(connection) {}

  Result<void> put_model(std::int64_t study, const ModelRecord& model) override {
    Statement& put = statement(
        "INSERT OR REPLACE INTO models (study_id, trial, active, live, restores, paused) VALUES (?, ?, ?, ?, ?, ?)");
    put.bind(study).bind(model.trial).bind(model.active).bind(model.live ? 1 : 0).bind(model.restores ? 1 : 0);
    return finish(put.bind(model.paused ? 1 : 0));
  }

  Result<std::vector<ModelRecord>> load_models(std::int64_t study) override {
    std::vector<ModelRecord> models;
    Statement& select =
        statement("SELECT trial, active, live, restores, paused FROM models WHERE study_id = ? ORDER BY trial");
    STERLET_PASS(each_row(select.bind(study), [&](Statement& row) {
      models.push_back({.trial = row.integer(0),
                        .active = row.small(1),
                        .live = row.flag(2),
                        .restores = row.flag(3),
                        .paused = row.flag(4)});
    }));
    return models;
  }

  Result<void> add_branch(std::int64_t study, std::int64_t trial, const BranchRecord& branch) override {
    Statement& put = statement(
        "INSERT INTO branches (study_id, trial, number, parent, from_step, params, checkpoint, skip_steps, created_ms) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    put.bind(study).bind(trial).bind(branch.number);
    put.bind(std::optional<std::int64_t>(branch.parent)).bind(branch.from_step).bind(branch.params);
    return finish(put.bind(branch.checkpoint).bind(branch.skip_steps).bind(branch.created_ms));
  }

  Result<std::vector<BranchRecord>> load_branches(std::int64_t study, std::int64_t trial) override {
    std::vector<BranchRecord> branches;
    Statement& select = statement(
        "SELECT number, parent, from_step, params, checkpoint, skip_steps, created_ms FROM branches WHERE study_id = ? "
        "AND trial = ? ORDER BY number");
    STERLET_PASS(each_row(select.bind(study).bind(trial), [&](Statement& row) {
      branches.push_back({.number = row.small(0),
                          .parent = row.small_or_none(1),
                          .from_step = row.integer(2),
                          .params = row.text(3),
                          .checkpoint = row.integer_or_none(4),
                          .skip_steps = row.integer(5),
                          .created_ms = row.integer(6)});
      const BranchRecord& branch = branches.back();
      row.expect(branch.number == static_cast<int>(branches.size()) - 1 && is_object(branch.params));
      row.expect(!branch.parent || (*branch.parent >= 0 && *branch.parent < branch.number));
    }));
    return branches;
  }

  Result<void> set_branch_start(std::int64_t study, std::int64_t trial, int branch, std::int64_t from_step) override {
    return finish(statement("UPDATE branches SET from_step = ? WHERE study_id = ? AND trial = ? AND number = ?")
                      .bind(from_step)
                      .bind(study)
                      .bind(trial)
                      .bind(branch));
  }

  Result<void> put_branch_reports(std::int64_t study, std::int64_t trial, int branch,
                                  std::span<const BranchReport> reports) override {
    for (const BranchReport& report : reports) {
      Statement& put = statement(
          "INSERT OR REPLACE INTO branch_reports (study_id, trial, branch, step, metric, value) VALUES (?, ?, ?, ?, ?, "
          "?)");
      put.bind(study).bind(trial).bind(branch).bind(report.step).bind(report.metric);
      STERLET_PASS(finish(put.bind_number(report.value)));
    }
    return {};
  }

  Result<std::vector<BranchReport>> load_branch_reports(std::int64_t study, std::int64_t trial, int branch) override {
    std::vector<BranchReport> reports;
    Statement& select = statement(
        "SELECT step, metric, value FROM branch_reports WHERE study_id = ? AND trial = ? AND branch = ? ORDER BY step, "
        "metric");
    STERLET_PASS(each_row(select.bind(study).bind(trial).bind(branch), [&](Statement& row) {
      reports.push_back({.step = row.integer(0), .metric = row.text(1), .value = row.number(2)});
    }));
    return reports;
  }

  Result<void> drop_branch_reports(std::int64_t study, std::int64_t trial, int branch,
                                   std::int64_t after_step) override {
    return finish(statement("DELETE FROM branch_reports WHERE study_id = ? AND trial = ? AND branch = ? AND step > ?")
                      .bind(study)
                      .bind(trial)
                      .bind(branch)
                      .bind(after_step));
  }

  Result<std::int64_t> add_checkpoint(std::int64_t study, std::int64_t trial,
                                      const CheckpointRecord& checkpoint) override {
    Statement& put = statement(
        "INSERT INTO checkpoints (study_id, trial, branch, step, path, bytes, checksum, value, state, created_ms) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    put.bind(study).bind(trial).bind(checkpoint.branch).bind(checkpoint.step).bind(checkpoint.path);
    put.bind(checkpoint.bytes).bind(checkpoint.checksum).bind_number(checkpoint.value);
    STERLET_PASS(finish(put.bind(text_of(checkpoint.state)).bind(checkpoint.created_ms)));
    return sqlite3_last_insert_rowid(connection_.raw());
  }

  Result<void> set_checkpoint_state(std::int64_t id, CheckpointState state) override {
    return finish(statement("UPDATE checkpoints SET state = ? WHERE id = ?").bind(text_of(state)).bind(id));
  }

  Result<std::vector<CheckpointRecord>> load_checkpoints(std::int64_t study, std::int64_t trial) override {
    std::vector<CheckpointRecord> checkpoints;
    Statement& select = statement(
        "SELECT id, branch, step, path, bytes, checksum, value, state, created_ms FROM checkpoints WHERE study_id = ? "
        "AND trial = ? ORDER BY id");
    STERLET_PASS(each_row(select.bind(study).bind(trial), [&](Statement& row) {
      const auto state = checkpoint_state_from_text(row.view(7));
      row.expect(state.has_value());
      checkpoints.push_back({.id = row.integer(0),
                             .branch = row.small(1),
                             .step = row.integer(2),
                             .path = row.text(3),
                             .bytes = row.integer(4),
                             .checksum = row.text(5),
                             .value = row.number_or_none(6),
                             .state = state.value_or(CheckpointState::kDamaged),
                             .created_ms = row.integer(8)});
    }));
    return checkpoints;
  }

  Result<std::int64_t> put_intervention(std::int64_t study, std::int64_t trial,
                                        const InterventionRecord& intervention) override {
    static const std::string sql = fmt::format(
        "INSERT OR REPLACE INTO interventions (id, study_id, trial, {}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "?, ?, ?, ?, ?, ?)",
        kInterventionColumns);
    Statement& put = statement(sql);
    put.bind(intervention.id == 0 ? std::nullopt : std::optional<std::int64_t>(intervention.id));
    put.bind(study).bind(trial).bind(text_of(intervention.kind)).bind(intervention.branch).bind(intervention.started);
    put.bind(intervention.came_from).bind(intervention.step).bind(intervention.set).bind(intervention.was);
    put.bind(text_of(intervention.by)).bind(intervention.who).bind(intervention.note);
    put.bind(text_of(intervention.state));
    put.bind_number(intervention.helped).bind(intervention.outcome).bind(intervention.checkpoint);
    STERLET_PASS(finish(put.bind(intervention.created_ms).bind(intervention.decided_ms)));
    const std::int64_t id = intervention.id != 0 ? intervention.id : sqlite3_last_insert_rowid(connection_.raw());
    Statement& log =
        statement("INSERT INTO events (study_id, wall_ms, kind, trial, attempt, detail) VALUES (?, ?, ?, ?, NULL, ?)");
    const bool is_new = intervention.decided_ms == 0;
    log.bind(study).bind(is_new ? intervention.created_ms : intervention.decided_ms);
    log.bind(std::string_view("intervention")).bind(trial);
    STERLET_PASS(finish(log.bind(fmt::format("{} {}", id, text_of(intervention.state)))));
    return id;
  }

  Result<std::vector<InterventionRecord>> load_interventions(std::int64_t study, std::int64_t trial) override {
    std::vector<InterventionRecord> interventions;
    static const std::string sql = fmt::format(
        "SELECT id, {} FROM interventions WHERE study_id = ? AND trial = ? ORDER BY id", kInterventionColumns);
    STERLET_PASS(each_row(statement(sql).bind(study).bind(trial), [&](Statement& row) {
      const auto kind = change_kind_from_text(row.view(1));
      const auto by = change_author_from_text(row.view(8));
      const auto state = change_state_from_text(row.view(11));
      row.expect(kind && by && state);
      interventions.push_back({.id = row.integer(0),
                               .kind = kind.value_or(ChangeKind::kSet),
                               .branch = row.small(2),
                               .started = row.small(3),
                               .came_from = row.small(4),
                               .step = row.integer(5),
                               .set = row.text(6),
                               .was = row.text(7),
                               .by = by.value_or(ChangeAuthor::kPerson),
                               .who = row.text(9),
                               .note = row.text(10),
                               .state = state.value_or(ChangeState::kUndone),
                               .helped = row.number_or_none(12),
                               .outcome = row.text(13),
                               .checkpoint = row.integer_or_none(14),
                               .created_ms = row.integer(15),
                               .decided_ms = row.integer(16)});
      row.expect(is_object(interventions.back().set) && is_object(interventions.back().was));
    }));
    return interventions;
  }

  Result<std::int64_t> add_note(std::int64_t study, const NoteRecord& note) override {
    Statement& put =
        statement("INSERT INTO notes (study_id, trial, text, who, created_ms) VALUES (?, ?, ?, ?, ?) RETURNING id");
    put.bind(study).bind(note.trial).bind(note.text).bind(note.who).bind(note.created_ms);
    std::int64_t id = 0;
    STERLET_PASS(each_row(put, [&](Statement& row) { id = row.integer(0); }));
    return id;
  }

  Result<std::vector<NoteRecord>> load_notes(std::int64_t study) override {
    std::vector<NoteRecord> notes;
    Statement& select = statement("SELECT id, trial, text, who, created_ms FROM notes WHERE study_id = ? ORDER BY id");
    STERLET_PASS(each_row(select.bind(study), [&](Statement& row) {
      notes.push_back({.id = row.integer(0),
                       .trial = row.integer_or_none(1),
                       .text = row.text(2),
                       .who = row.text(3),
                       .created_ms = row.integer(4)});
    }));
    return notes;
  }

  Result<void> put_tag(std::int64_t study, const TagRecord& tag) override {
    Statement& put = statement("INSERT OR IGNORE INTO tags (study_id, trial, tag) VALUES (?, ?, ?)");
    return finish(put.bind(study).bind(tag.trial.value_or(kStudyItself)).bind(tag.tag));
  }

  Result<void> drop_tag(std::int64_t study, const TagRecord& tag) override {
    Statement& drop = statement("DELETE FROM tags WHERE study_id = ? AND trial = ? AND tag = ?");
    return finish(drop.bind(study).bind(tag.trial.value_or(kStudyItself)).bind(tag.tag));
  }

  Result<std::vector<TagRecord>> load_tags(std::int64_t study) override {
    std::vector<TagRecord> tags;
    Statement& select = statement("SELECT trial, tag FROM tags WHERE study_id = ? ORDER BY trial, tag");
    STERLET_PASS(each_row(select.bind(study), [&](Statement& row) {
      const std::int64_t trial = row.integer(0);
      tags.push_back({.trial = trial == kStudyItself ? std::nullopt : std::optional(trial), .tag = row.text(1)});
    }));
    return tags;
  }

  Result<std::int64_t> post_command(std::int64_t study, const CommandRecord& command) override {
    Statement& put = statement(
        "INSERT INTO commands (study_id, trial, kind, body, who, created_ms, state) VALUES (?, ?, ?, ?, ?, ?, ?)");
    put.bind(study).bind(command.trial).bind(command.kind).bind(command.body).bind(command.who);
    STERLET_PASS(finish(put.bind(command.created_ms).bind(text_of(command.state))));
    return sqlite3_last_insert_rowid(connection_.raw());
  }

  Result<std::vector<CommandRecord>> pending_commands(std::int64_t study) override {
    std::vector<CommandRecord> commands;
    Statement& select = statement(
        "SELECT id, trial, kind, body, who, created_ms, state, answer, done_ms FROM commands WHERE study_id = ? AND "
        "state = 'pending' ORDER BY id");
    STERLET_PASS(each_row(select.bind(study), [&](Statement& row) { commands.push_back(command_of(row)); }));
    return commands;
  }

  Result<std::optional<CommandRecord>> find_command(std::int64_t id) override {
    std::optional<CommandRecord> found;
    Statement& select =
        statement("SELECT id, trial, kind, body, who, created_ms, state, answer, done_ms FROM commands WHERE id = ?");
    STERLET_PASS(each_row(select.bind(id), [&](Statement& row) { found = command_of(row); }));
    return found;
  }

  Result<std::vector<CommandRecord>> commands_of(std::int64_t study, std::int64_t trial,
                                                 const std::string& kind) override {
    std::vector<CommandRecord> commands;
    Statement& select = statement(
        "SELECT id, trial, kind, body, who, created_ms, state, answer, done_ms FROM commands WHERE study_id = ? AND "
        "trial = ? AND kind = ? ORDER BY id");
    STERLET_PASS(each_row(select.bind(study).bind(trial).bind(kind),
                          [&](Statement& row) { commands.push_back(command_of(row)); }));
    return commands;
  }

  Result<void> answer_command(std::int64_t id, CommandState state, const std::string& answer,
                              std::int64_t wall_ms) override {
    Statement& put = statement("UPDATE commands SET state = ?, answer = ?, done_ms = ? WHERE id = ?");
    return finish(put.bind(text_of(state)).bind(answer).bind(wall_ms).bind(id));
  }

  Result<void> put_turn(std::int64_t study, const TurnRecord& turn) override {
    Statement& put = statement(
        "INSERT OR REPLACE INTO turns (study_id, turn, trial, from_step, to_step, parent, point, first_attempt, "
        "attempt, start, checkpoint, state, value, reason, created_ms) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    put.bind(study).bind(turn.turn).bind(turn.trial).bind(turn.from_step).bind(turn.to_step);
    put.bind(turn.parent).bind(turn.point).bind(turn.first_attempt).bind(turn.attempt).bind(turn.start);
    put.bind(turn.end).bind(text_of(turn.state)).bind_number(turn.value);
    return finish(put.bind(turn.reason).bind(turn.created_ms));
  }

  Result<std::vector<TurnRecord>> load_turns(std::int64_t study) override {
    std::vector<TurnRecord> turns;
    Statement& select = statement(
        "SELECT turn, trial, from_step, to_step, parent, point, first_attempt, attempt, start, checkpoint, state, "
        "value, reason, created_ms FROM turns WHERE study_id = ? ORDER BY turn, trial");
    STERLET_PASS(each_row(select.bind(study), [&](Statement& row) {
      const auto state = turn_state_from_text(row.view(10));
      row.expect(state.has_value());
      turns.push_back({.trial = row.integer(1),
                       .turn = row.small(0),
                       .from_step = row.integer(2),
                       .to_step = row.integer(3),
                       .parent = row.integer_or_none(4),
                       .point = row.text(5),
                       .first_attempt = row.small(6),
                       .attempt = row.small(7),
                       .start = row.text(8),
                       .end = row.text(9),
                       .state = state.value_or(TurnRecord::State::kWaiting),
                       .value = row.number_or_none(11),
                       .reason = row.text(12),
                       .created_ms = row.integer(13)});
    }));
    return turns;
  }

  int wake_fd() override { return watch_.fd(connection_.log_path()); }

  Result<bool> changed_elsewhere() override {
    watch_.drain();
    std::int64_t version = 0;
    STERLET_PASS(each_row(statement("PRAGMA data_version"), [&](Statement& row) { version = row.integer(0); }));
    return std::exchange(data_version_, version) != version;
  }

 private:
  static CommandRecord command_of(Statement& row) {
    const auto state = command_state_from_text(row.view(6));
    row.expect(state.has_value());
    return {.id = row.integer(0),
            .trial = row.integer(1),
            .kind = row.text(2),
            .body = row.text(3),
            .who = row.text(4),
            .created_ms = row.integer(5),
            .state = state.value_or(CommandState::kRefused),
            .answer = row.text(7),
            .done_ms = row.integer(8)};
  }

  Statement& statement(std::string_view sql) { return connection_.statement(sql); }
  Result<void> finish(Statement& statement) { return connection_.write(statement); }
  template <typename Visit>
  Result<void> each_row(Statement& statement, Visit visit) {
    return connection_.each_row(statement, visit);
  }

  Connection& connection_;
  LogWatch watch_;
  std::int64_t data_version_ = -1;
};

}  // namespace

std::unique_ptr<LiveStorage> make_sqlite_live(Connection& connection) {
  return std::make_unique<SqliteLive>(connection);
}

}  // namespace sterlet::storage
