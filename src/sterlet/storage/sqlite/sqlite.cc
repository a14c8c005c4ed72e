#include <sqlite3.h>

#include <functional>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/clock.h"
#include "sterlet/storage/sqlite/connection.h"
#include "sterlet/storage/sqlite/documents.h"
#include "sterlet/storage/sqlite/live.h"
#include "sterlet/storage/sqlite/open.h"
#include "sterlet/storage/sqlite/queries.h"
#include "sterlet/storage/sqlite/rows.h"
#include "sterlet/storage/sqlite/statement.h"
#include "sterlet/storage/storage.h"

namespace sterlet::storage {

namespace {

using base::Result;

class Sqlite final : public Storage {
 public:
  explicit Sqlite(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)),
        live_(make_sqlite_live(*connection_)),
        documents_(make_sqlite_documents(*connection_)) {}

  LiveStorage& live() override { return *live_; }
  Documents& documents() override { return *documents_; }
  std::int64_t now_ms() override { return base::system_clock().wall_ms(); }  // The file is on this machine.

  Result<void> begin() override { return connection_->begin(); }
  Result<void> commit() override { return connection_->commit(); }
  Result<void> sync() override { return connection_->sync(); }
  void rollback() override { connection_->rollback(); }
  void set_lock_patience(std::optional<std::int64_t> milliseconds) override {
    connection_->set_patience(milliseconds.value_or(OpenOptions{}.patience_ms));
  }

  Result<StudyRecord> create_study(const StudyRecord& study, std::span<const std::string> queue) override {
    STERLET_TRY(const auto existing, find_study(study.name));
    if (existing) return name_is_taken(study.name);
    Statement& insert = statement(
        "INSERT INTO studies (name, spec, seed, created_ms, identity) "
        "VALUES (?, ?, ?, ?, coalesce(nullif(?, ''), lower(hex(randomblob(8))))) RETURNING id, identity");
    insert.bind(study.name).bind(study.spec).bind(std::to_string(study.seed)).bind(study.created_ms);
    StudyRecord made = study;
    STERLET_PASS(each_row(insert.bind(study.identity), [&](Statement& row) {
      made.id = row.integer(0);
      made.identity = row.text(1);
    }));
    STERLET_PASS(insert_spec_version(made.id, {.version = 1, .spec = study.spec, .created_ms = study.created_ms}));
    for (const std::string& params : queue) STERLET_PASS(push_queue(made.id, params));
    return made;
  }

  Result<std::optional<StudyRecord>> find_study(const std::string& name) override {
    static const std::string sql = fmt::format("SELECT {} FROM studies WHERE name = ?", kStudyColumns);
    Statement& select = statement(sql);
    std::optional<StudyRecord> found;
    STERLET_PASS(each_row(select.bind(name), [&](Statement& row) { found = read_study(row); }));
    return found;
  }

  Result<std::vector<StudyRecord>> list_studies() override {
    static const std::string sql = fmt::format("SELECT {} FROM studies ORDER BY id", kStudyColumns);
    std::vector<StudyRecord> list;
    STERLET_PASS(each_row(statement(sql), [&](Statement& row) { list.push_back(read_study(row)); }));
    return list;
  }

  Result<void> rename_study(std::int64_t study, const std::string& name) override {
    STERLET_TRY(const auto existing, find_study(name));
    if (existing && existing->id != study) return name_is_taken(name);
    return finish(statement("UPDATE studies SET name = ? WHERE id = ?").bind(name).bind(study));
  }

  Result<void> remove_study(std::int64_t study) override {
    for (const std::string_view sql :
         {"DELETE FROM reports WHERE study_id = ?", "DELETE FROM models WHERE study_id = ?",
          "DELETE FROM branches WHERE study_id = ?", "DELETE FROM branch_reports WHERE study_id = ?",
          "DELETE FROM checkpoints WHERE study_id = ?", "DELETE FROM interventions WHERE study_id = ?",
          "DELETE FROM commands WHERE study_id = ?", "DELETE FROM turns WHERE study_id = ?",
          "DELETE FROM notes WHERE study_id = ?", "DELETE FROM tags WHERE study_id = ?",
          "DELETE FROM documents WHERE study_id = ?", "DELETE FROM document_links WHERE study_id = ?",
          "DELETE FROM queue WHERE study_id = ?", "DELETE FROM events WHERE study_id = ?",
          "DELETE FROM trials WHERE study_id = ?", "DELETE FROM sessions WHERE study_id = ?",
          "DELETE FROM spec_versions WHERE study_id = ?", "DELETE FROM studies WHERE id = ?"}) {
      STERLET_PASS(finish(statement(sql).bind(study)));
    }
    return {};
  }

  Result<void> set_spec(std::int64_t study, const std::string& spec) override {
    STERLET_PASS(finish(statement("UPDATE studies SET spec = ? WHERE id = ?").bind(spec).bind(study)));
    Statement& latest = statement(
        "UPDATE spec_versions SET spec = ?1 WHERE study_id = ?2 AND version = (SELECT max(version) FROM spec_versions "
        "WHERE study_id = ?2)");
    return finish(latest.bind(spec).bind(study));
  }

  Result<int> add_spec_version(std::int64_t study, const SpecVersion& version) override {
    SpecVersion added = version;
    Statement& select = statement("SELECT coalesce(max(version), 0) + 1 FROM spec_versions WHERE study_id = ?");
    STERLET_PASS(each_row(select.bind(study), [&](Statement& row) { added.version = row.small(0); }));
    Statement& log = statement("INSERT INTO events (study_id, wall_ms, kind) VALUES (?, ?, 'amend')");
    STERLET_PASS(finish(log.bind(study).bind(version.created_ms)));
    added.seq = sqlite3_last_insert_rowid(connection_->raw());
    STERLET_PASS(insert_spec_version(study, added));
    STERLET_PASS(finish(statement("UPDATE studies SET spec = ? WHERE id = ?").bind(version.spec).bind(study)));
    return added.version;
  }

  Result<std::vector<SpecVersion>> load_spec_versions(std::int64_t study) override {
    std::vector<SpecVersion> versions;
    Statement& select = statement(
        "SELECT version, first_trial, spec, created_ms, seq FROM spec_versions WHERE study_id = ? ORDER BY version");
    STERLET_PASS(each_row(select.bind(study), [&](Statement& row) {
      versions.push_back({.version = row.small(0),
                          .first_trial = row.integer(1),
                          .spec = row.text(2),
                          .created_ms = row.integer(3),
                          .seq = row.integer(4)});
    }));
    return versions;
  }

  Result<void> request_stop(std::int64_t study, bool requested) override {
    return finish(statement("UPDATE studies SET stop_requested = ? WHERE id = ?").bind(requested ? 1 : 0).bind(study));
  }

  Result<bool> is_stop_requested(std::int64_t study) override {
    bool requested = false;
    STERLET_PASS(each_row(statement("SELECT stop_requested FROM studies WHERE id = ?").bind(study),
                          [&](Statement& row) { requested = row.flag(0); }));
    return requested;
  }

  Result<std::int64_t> put_trial(std::int64_t study, const TrialRow& row, const std::string& event,
                                 std::int64_t wall_ms, const std::string& detail) override {
    const TrialRecord& trial = row.record;
    STERLET_TRY(
        const std::int64_t seq,
        put_event(
            study,
            {.wall_ms = wall_ms, .kind = event, .trial = trial.number, .attempt = trial.attempt, .detail = detail}));
    static const std::string sql = fmt::format(
        "INSERT OR REPLACE INTO trials (study_id, {}, changed_seq) VALUES "
        "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        kTrialColumns);
    const std::string values = text_of_numbers(trial.values), constraints = text_of_numbers(trial.constraints);
    Statement& put = statement(sql);
    put.bind(study).bind(trial.number).bind_borrowed(text_of(trial.state)).bind_borrowed(row.origin);
    put.bind_borrowed(row.point).bind_borrowed(values).bind_borrowed(constraints).bind(trial.last_step);
    put.bind(trial.attempt).bind_borrowed(row.session).bind(trial.history_seq).bind_borrowed(trial.predicted);
    put.bind_borrowed(trial.checkpoint).bind_borrowed(trial.reason).bind(trial.created_ms).bind(trial.started_ms);
    put.bind(trial.ended_ms).bind_borrowed(text_of(trial.suspension)).bind(row.spec_version);
    put.bind(trial.is_unstarted ? 1 : 0);
    STERLET_PASS(finish(put.bind(seq)));
    return seq;
  }

  Result<std::int64_t> put_event(std::int64_t study, const EventRecord& event) override {
    Statement& log =
        statement("INSERT INTO events (study_id, wall_ms, kind, trial, attempt, detail) VALUES (?, ?, ?, ?, ?, ?)");
    log.bind(study).bind(event.wall_ms).bind_borrowed(event.kind).bind(event.trial).bind(event.attempt);
    log.bind_borrowed(event.detail);
    STERLET_PASS(finish(log));
    return sqlite3_last_insert_rowid(connection_->raw());
  }

  Result<std::int64_t> put_reports(std::int64_t study, std::span<const ReportRecord> reports) override {
    std::int64_t last = 0;
    for (const ReportRecord& report : reports) {
      std::int64_t seq = 0;
      if (report.is_sequenced) {
        // From the counter of the events, so that reports and events stand in one order.
        STERLET_PASS(each_row(statement("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'events' RETURNING seq"),
                              [&](Statement& row) { last = seq = row.integer(0); }));
      }
      Statement& put = statement(
          "INSERT INTO reports (study_id, trial, attempt, step, metric, value, seq) VALUES (?, ?, ?, ?, ?, ?, ?) "
          "ON CONFLICT DO UPDATE SET first_value = CASE WHEN is_repeated THEN first_value ELSE value END, "
          "is_repeated = 1, value = excluded.value");
      put.bind(study).bind(report.trial).bind(report.attempt).bind(report.step).bind_borrowed(report.metric);
      STERLET_PASS(finish(put.bind_number(report.value).bind(seq)));
    }
    return last;
  }

  Result<void> drop_reports(std::int64_t study, std::int64_t trial, int attempt) override {
    return finish(statement("DELETE FROM reports WHERE study_id = ? AND trial = ? AND attempt = ?")
                      .bind(study)
                      .bind(trial)
                      .bind(attempt));
  }

  Result<void> clear_trial(std::int64_t study, std::int64_t trial) override {
    for (const std::string_view sql :
         {"DELETE FROM reports WHERE study_id = ? AND trial = ?", "DELETE FROM models WHERE study_id = ? AND trial = ?",
          "DELETE FROM branches WHERE study_id = ? AND trial = ?",
          "DELETE FROM branch_reports WHERE study_id = ? AND trial = ?",
          "DELETE FROM checkpoints WHERE study_id = ? AND trial = ?",
          "DELETE FROM interventions WHERE study_id = ? AND trial = ?",
          "DELETE FROM commands WHERE study_id = ? AND trial = ?", "DELETE FROM notes WHERE study_id = ? AND trial = ?",
          "DELETE FROM tags WHERE study_id = ? AND trial = ?", "DELETE FROM documents WHERE study_id = ? AND trial = ?",
          "DELETE FROM document_links WHERE study_id = ? AND trial = ?"}) {
      STERLET_PASS(finish(statement(sql).bind(study).bind(trial)));
    }
    return {};
  }

  Result<std::int64_t> count_trials(std::int64_t study) override {
    std::int64_t count = 0;
    STERLET_PASS(each_row(statement("SELECT coalesce(max(number), -1) + 1 FROM trials WHERE study_id = ?").bind(study),
                          [&](Statement& row) { count = row.integer(0); }));
    return count;
  }

  Result<void> visit_trials(std::int64_t study, std::int64_t since,
                            const std::function<Result<void>(TrialRow&)>& visit) override {
    // All of them: in the order of the table; the index would fetch each row by itself.
    static const std::string all =
        fmt::format("SELECT {}, changed_seq FROM trials WHERE study_id = ? ORDER BY number", kTrialColumns);
    static const std::string changed = fmt::format(
        "SELECT {}, changed_seq FROM trials WHERE study_id = ? AND changed_seq > ? ORDER BY number", kTrialColumns);
    Statement& select = since == 0 ? statement(all).bind(study) : statement(changed).bind(study).bind(since);
    TrialRow trial;
    return each_row(select, [&](Statement& row) {
      read_trial(row, trial);
      return row.fits() ? visit(trial) : Result<void>();
    });
  }

  Result<std::vector<ReportRecord>> load_reports(std::int64_t study, std::int64_t trial, int attempt) override {
    Statement& select = statement(
        "SELECT step, metric, value FROM reports WHERE study_id = ? AND trial = ? AND attempt = ? ORDER BY step, "
        "metric");
    std::vector<ReportRecord> reports;
    STERLET_PASS(each_row(select.bind(study).bind(trial).bind(attempt), [&](Statement& row) {
      reports.push_back(
          {.trial = trial, .attempt = attempt, .step = row.integer(0), .metric = row.text(1), .value = row.number(2)});
    }));
    return reports;
  }

  Result<std::vector<SequencedReport>> load_sequenced_reports(std::int64_t study, std::int64_t since) override {
    Statement& select = statement(kSequencedReports);
    std::vector<SequencedReport> reports;
    STERLET_PASS(each_row(select.bind(study).bind(since), [&](Statement& row) {
      reports.push_back(
          {.seq = row.integer(0), .trial = row.integer(1), .step = row.integer(2), .value = row.number(3)});
    }));
    return reports;
  }

  Result<std::int64_t> last_event(std::int64_t study) override {
    std::int64_t seq = 0;
    STERLET_PASS(each_row(statement("SELECT coalesce(max(seq), 0) FROM events WHERE study_id = ?").bind(study),
                          [&](Statement& row) { seq = row.integer(0); }));
    return seq;
  }

  Result<std::vector<EventRecord>> load_events(std::int64_t study, std::int64_t since) override {
    Statement& select = statement(
        "SELECT seq, wall_ms, kind, trial, attempt, detail FROM events WHERE study_id = ? AND seq > ? ORDER BY seq");
    std::vector<EventRecord> events;
    STERLET_PASS(each_row(select.bind(study).bind(since), [&](Statement& row) {
      events.push_back({.seq = row.integer(0),
                        .wall_ms = row.integer(1),
                        .kind = row.text(2),
                        .trial = row.integer_or_none(3),
                        .attempt = row.small_or_none(4),
                        .detail = row.text(5)});
    }));
    return events;
  }

  Result<std::vector<std::string>> load_queue(std::int64_t study) override {
    std::vector<std::string> queue;
    STERLET_PASS(each_row(statement("SELECT params FROM queue WHERE study_id = ? ORDER BY id").bind(study),
                          [&](Statement& row) { queue.push_back(row.text(0)); }));
    return queue;
  }

  Result<void> push_queue(std::int64_t study, const std::string& params) override {
    return finish(statement("INSERT INTO queue (study_id, params) VALUES (?, ?)").bind(study).bind(params));
  }

  Result<std::optional<std::string>> pop_queue(std::int64_t study) override {
    std::optional<std::string> params;
    std::int64_t id = 0;
    STERLET_PASS(each_row(statement("SELECT id, params FROM queue WHERE study_id = ? ORDER BY id LIMIT 1").bind(study),
                          [&](Statement& row) {
                            id = row.integer(0);
                            params = row.text(1);
                          }));
    if (params) STERLET_PASS(finish(statement("DELETE FROM queue WHERE id = ?").bind(id)));
    return params;
  }

  Result<void> put_session(const SessionRecord& session) override {
    Statement& put = statement(
        "INSERT INTO sessions (id, study_id, host, pid, pid_start, started_ms, beat_ms, ended, used_ms, beat) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT (id) DO UPDATE SET study_id = excluded.study_id, "
        "host = excluded.host, pid = excluded.pid, pid_start = excluded.pid_start, started_ms = excluded.started_ms, "
        "beat_ms = excluded.beat_ms, ended = excluded.ended, used_ms = excluded.used_ms, beat = beat + 1");
    put.bind(session.id).bind(session.study_id).bind(session.host).bind(session.pid).bind(session.pid_start);
    put.bind(session.started_ms).bind(session.beat_ms).bind(session.ended ? 1 : 0);
    return finish(put.bind(session.used_ms));
  }

  Result<std::vector<SessionRecord>> load_sessions(std::int64_t study) override {
    Statement& select = statement(
        "SELECT id, host, pid, pid_start, started_ms, beat_ms, ended, used_ms, beat FROM sessions WHERE study_id = ? "
        "ORDER BY started_ms, id");
    std::vector<SessionRecord> sessions;
    STERLET_PASS(each_row(select.bind(study), [&](Statement& row) {
      sessions.push_back({.id = row.text(0),
                          .study_id = study,
                          .host = row.text(1),
                          .pid = row.integer(2),
                          .pid_start = row.text(3),
                          .started_ms = row.integer(4),
                          .beat_ms = row.integer(5),
                          .ended = row.flag(6),
                          .used_ms = row.integer(7),
                          .beat = row.integer(8)});
    }));
    return sessions;
  }

 private:
  base::Failure name_is_taken(const std::string& name) const {
    return base::fail(base::ErrorCode::kConflict, fmt::format("there is a study '{}' already", name),
                      "choose another name", connection_->path());
  }

  Result<void> insert_spec_version(std::int64_t study, const SpecVersion& version) {
    Statement& insert = statement(
        "INSERT INTO spec_versions (study_id, version, first_trial, spec, created_ms, seq) VALUES (?, ?, ?, ?, ?, ?)");
    insert.bind(study).bind(version.version).bind(version.first_trial).bind(version.spec);
    return finish(insert.bind(version.created_ms).bind(version.seq));
  }

  Statement& statement(std::string_view sql) { return connection_->statement(sql); }
  Result<void> finish(Statement& statement) { return connection_->write(statement); }
  template <typename Visit>
  Result<void> each_row(Statement& statement, Visit visit) {
    return connection_->each_row(statement, visit);
  }

  std::unique_ptr<Connection> connection_;
  std::unique_ptr<LiveStorage> live_;  // Borrows the connection, and so do the documents.
  std::unique_ptr<Documents> documents_;
};

}  // namespace

Result<std::unique_ptr<Storage>> open_sqlite(const std::string& path, const OpenOptions& options) {
  STERLET_TRY(auto connection, open_connection(path, options));
  return std::make_unique<Sqlite>(std::move(connection));
}

}  // namespace sterlet::storage
