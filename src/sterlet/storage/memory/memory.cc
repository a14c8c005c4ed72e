#include "sterlet/storage/memory/memory.h"

#include <algorithm>
#include <random>
#include <set>

#include <fmt/format.h>

#include "sterlet/storage/memory/database.h"

namespace sterlet::storage {

namespace {

using base::Result;

// Reports of an attempt stand together, by step.
template <typename Table>
auto first_of(Table& table, std::int64_t trial, int attempt) {
  return table.lower_bound({trial, attempt, INT64_MIN, std::string()});
}
template <typename Table, typename Place>
bool is_of(const Table& table, Place place, std::int64_t trial, int attempt) {
  return place != table.end() && std::get<0>(place->first) == trial && std::get<1>(place->first) == attempt;
}

class MemoryStorage final : public Storage {
 public:
  MemoryStorage(std::shared_ptr<MemoryDatabase> database, const base::Clock& clock)
      : access_(std::move(database)),
        live_(make_memory_live(access_)),
        documents_(make_memory_documents(access_)),
        clock_(clock) {}

  Result<void> begin() override { return access_.begin(); }
  Result<void> commit() override { return access_.commit(); }
  Result<void> sync() override { return {}; }
  void rollback() override { access_.rollback(); }

  Result<StudyRecord> create_study(const StudyRecord& study, std::span<const std::string> queue) override {
    STERLET_TRY(Tables * tables, access_.write());
    STERLET_TRY(const auto existing, find_study(study.name));
    if (existing) return name_is_taken(study.name);
    StudyTables made{.record = study};
    made.record.id = access_.next_id();
    if (made.record.identity.empty()) {
      std::random_device device;  // check: tells it from others; no suggestion depends on it
      made.record.identity = fmt::format("{:08x}{:08x}", device(), device());
    }
    made.versions[1] = {.version = 1, .spec = study.spec, .created_ms = study.created_ms};
    for (const std::string& params : queue) made.queue[access_.next_id()] = params;
    const StudyRecord record = made.record;
    access_.set(tables->studies, record.id, std::move(made));
    access_.finish();
    return record;
  }

  Result<std::optional<StudyRecord>> find_study(const std::string& name) override {
    for (const auto& [id, study] : access_.read().studies) {
      if (study.record.name == name) return study.record;
    }
    return std::nullopt;
  }

  Result<std::vector<StudyRecord>> list_studies() override {
    std::vector<StudyRecord> list;
    for (const auto& [id, study] : access_.read().studies) list.push_back(study.record);
    return list;
  }

  Result<void> rename_study(std::int64_t study, const std::string& name) override {
    STERLET_TRY(const auto existing, find_study(name));
    if (existing && existing->id != study) return name_is_taken(name);
    return change(study, [&](StudyTables& tables) { access_.assign(tables.record.name, name); });
  }

  Result<void> remove_study(std::int64_t study) override {
    STERLET_TRY(Tables * tables, access_.write());
    access_.remove(tables->studies, study);
    access_.finish();
    return {};
  }

  Result<void> set_spec(std::int64_t study, const std::string& spec) override {
    return change(study, [&](StudyTables& tables) {
      access_.assign(tables.record.spec, spec);
      SpecVersion latest = tables.versions.rbegin()->second;
      latest.spec = spec;
      access_.set(tables.versions, latest.version, latest);
    });
  }

  Result<int> add_spec_version(std::int64_t study, const SpecVersion& version) override {
    SpecVersion added = version;
    STERLET_PASS(change(study, [&](StudyTables& tables) {
      added.version = tables.versions.rbegin()->first + 1;
      added.seq = access_.next_sequence();
      access_.set(tables.events, added.seq,
                  EventRecord{.seq = added.seq, .wall_ms = version.created_ms, .kind = "amend"});
      access_.set(tables.versions, added.version, added);
      access_.assign(tables.record.spec, version.spec);
    }));
    return added.version;
  }

  Result<std::vector<SpecVersion>> load_spec_versions(std::int64_t study) override {
    return values_of(access_.read(study).versions);
  }

  Result<void> request_stop(std::int64_t study, bool requested) override {
    return change(study, [&](StudyTables& tables) { access_.assign(tables.record.stop_requested, requested); });
  }

  Result<bool> is_stop_requested(std::int64_t study) override { return access_.read(study).record.stop_requested; }

  Result<std::int64_t> put_trial(std::int64_t study, const TrialRow& row, const std::string& event,
                                 std::int64_t wall_ms, const std::string& detail) override {
    std::int64_t seq = 0;
    STERLET_PASS(change(study, [&](StudyTables& tables) {
      const TrialRecord& trial = row.record;
      seq = add_event(
          tables,
          {.wall_ms = wall_ms, .kind = event, .trial = trial.number, .attempt = trial.attempt, .detail = detail});
      const auto known = tables.trials.find(trial.number);
      if (known != tables.trials.end()) {
        access_.set(tables.trial_by_change, known->second.record.changed_seq, std::nullopt);
      }
      TrialRow stored = row;
      stored.record.changed_seq = seq;
      access_.set(tables.trials, trial.number, std::move(stored));
      access_.set(tables.trial_by_change, seq, trial.number);
    }));
    return seq;
  }

  Result<std::int64_t> put_event(std::int64_t study, const EventRecord& event) override {
    std::int64_t seq = 0;
    STERLET_PASS(change(study, [&](StudyTables& tables) { seq = add_event(tables, event); }));
    return seq;
  }

  Result<std::int64_t> put_reports(std::int64_t study, std::span<const ReportRecord> reports) override {
    std::int64_t last = 0;
    STERLET_PASS(change(study, [&](StudyTables& tables) {
      for (const ReportRecord& report : reports) {
        std::int64_t seq = 0;
        if (report.is_sequenced) last = seq = access_.next_sequence();
        const ReportKey key{report.trial, report.attempt, report.step, report.metric};
        const auto known = tables.reports.find(key);
        StoredReport stored{.value = report.value, .seq = seq};
        if (known != tables.reports.end()) {
          stored.seq = known->second.seq;
          stored.first_value = known->second.first_value.value_or(known->second.value);
        } else if (seq > 0) {
          access_.set(tables.report_by_seq, seq, key);
        }
        access_.set(tables.reports, key, stored);
      }
    }));
    return last;
  }

  Result<void> drop_reports(std::int64_t study, std::int64_t trial, int attempt) override {
    return change(study, [&](StudyTables& tables) {
      for (auto report = first_of(tables.reports, trial, attempt); is_of(tables.reports, report, trial, attempt);) {
        const auto [key, stored] = *report++;
        if (stored.seq > 0) access_.set(tables.report_by_seq, stored.seq, std::nullopt);
        access_.set(tables.reports, key, std::nullopt);
      }
    });
  }

  Result<void> clear_trial(std::int64_t study, std::int64_t trial) override {
    return change(study, [&](StudyTables& tables) {
      const auto is_first = [&](const auto& key) { return std::get<0>(key) == trial; };
      for (const auto& [key, stored] : tables.reports) {
        if (is_first(key) && stored.seq > 0) access_.remove(tables.report_by_seq, stored.seq);
      }
      access_.remove_where(tables.reports, is_first);
      access_.remove(tables.models, trial);
      access_.remove_where(tables.branches, is_first);
      access_.remove_where(tables.branch_reports, is_first);
      access_.remove_where(tables.checkpoints, is_first);
      access_.remove_where(tables.interventions, is_first);
      access_.remove_where(tables.commands, [&](auto id) { return tables.commands.at(id).trial == trial; });
      access_.remove_where(tables.notes, [&](auto id) { return tables.notes.at(id).trial == trial; });
      access_.remove_where(tables.tags, [&](const TagRecord& tag) { return tag.trial == trial; });
      access_.remove_where(tables.documents, [&](auto id) { return tables.documents.at(id).trial == trial; });
      access_.remove_where(tables.document_links, [&](const auto& key) { return key.second == trial; });
    });
  }

  Result<std::int64_t> count_trials(std::int64_t study) override {
    return static_cast<std::int64_t>(access_.read(study).trials.size());
  }

  Result<void> visit_trials(std::int64_t study, std::int64_t since,
                            const std::function<Result<void>(TrialRow&)>& visit) override {
    const StudyTables& tables = access_.read(study);
    std::set<std::int64_t> changed;
    if (since > 0) {
      for (auto change = tables.trial_by_change.upper_bound(since); change != tables.trial_by_change.end(); ++change) {
        changed.insert(change->second);
      }
    }
    for (const auto& [number, stored] : tables.trials) {
      if (since > 0 && !changed.contains(number)) continue;
      TrialRow row = stored;
      STERLET_PASS(visit(row));
    }
    return {};
  }

  Result<std::vector<ReportRecord>> load_reports(std::int64_t study, std::int64_t trial, int attempt) override {
    const auto& table = access_.read(study).reports;
    std::vector<ReportRecord> reports;
    for (auto report = first_of(table, trial, attempt); is_of(table, report, trial, attempt); ++report) {
      reports.push_back({.trial = trial,
                         .attempt = attempt,
                         .step = std::get<2>(report->first),
                         .metric = std::get<3>(report->first),
                         .value = report->second.value});
    }
    return reports;
  }

  Result<std::vector<SequencedReport>> load_sequenced_reports(std::int64_t study, std::int64_t since) override {
    const StudyTables& tables = access_.read(study);
    std::vector<SequencedReport> reports;
    for (auto found = tables.report_by_seq.upper_bound(since); found != tables.report_by_seq.end(); ++found) {
      const StoredReport& stored = tables.reports.at(found->second);
      reports.push_back({.seq = found->first,
                         .trial = std::get<0>(found->second),
                         .step = std::get<2>(found->second),
                         .value = stored.first_value.value_or(stored.value)});
    }
    return reports;
  }

  Result<std::int64_t> last_event(std::int64_t study) override {
    const auto& events = access_.read(study).events;
    return events.empty() ? 0 : events.rbegin()->first;
  }

  Result<std::vector<EventRecord>> load_events(std::int64_t study, std::int64_t since) override {
    const auto& table = access_.read(study).events;
    std::vector<EventRecord> events;
    for (auto event = table.upper_bound(since); event != table.end(); ++event) events.push_back(event->second);
    return events;
  }

  Result<std::vector<std::string>> load_queue(std::int64_t study) override {
    return values_of(access_.read(study).queue);
  }

  Result<void> push_queue(std::int64_t study, const std::string& params) override {
    return change(study, [&](StudyTables& tables) { access_.set(tables.queue, access_.next_id(), params); });
  }

  Result<std::optional<std::string>> pop_queue(std::int64_t study) override {
    std::optional<std::string> params;
    STERLET_PASS(change(study, [&](StudyTables& tables) {
      if (tables.queue.empty()) return;
      params = tables.queue.begin()->second;
      access_.set(tables.queue, tables.queue.begin()->first, std::nullopt);
    }));
    return params;
  }

  Result<void> put_session(const SessionRecord& session) override {
    return change(session.study_id, [&](StudyTables& tables) {
      SessionRecord stored = session;
      const auto known = tables.sessions.find(session.id);
      stored.beat = known == tables.sessions.end() ? 1 : known->second.beat + 1;
      access_.set(tables.sessions, session.id, std::move(stored));
    });
  }

  Result<std::vector<SessionRecord>> load_sessions(std::int64_t study) override {
    std::vector<SessionRecord> sessions = values_of(access_.read(study).sessions);
    std::stable_sort(sessions.begin(), sessions.end(),
                     [](const auto& a, const auto& b) { return a.started_ms < b.started_ms; });
    return sessions;
  }

  std::int64_t now_ms() override { return clock_.wall_ms(); }
  LiveStorage& live() override { return *live_; }
  Documents& documents() override { return *documents_; }

 private:
  static base::Failure name_is_taken(const std::string& name) {
    return base::fail(base::ErrorCode::kConflict, fmt::format("there is a study '{}' already", name),
                      "choose another name");
  }

  template <typename Body>
  Result<void> change(std::int64_t study, Body body) {
    STERLET_TRY(StudyTables * tables, access_.write(study));
    body(*tables);
    access_.finish();
    return {};
  }

  template <typename Table>
  static std::vector<typename Table::mapped_type> values_of(const Table& table) {
    std::vector<typename Table::mapped_type> values;
    for (const auto& [key, value] : table) values.push_back(value);
    return values;
  }

  std::int64_t add_event(StudyTables& tables, EventRecord event) {
    event.seq = access_.next_sequence();
    access_.set(tables.events, event.seq, event);
    return event.seq;
  }

  MemoryAccess access_;
  std::unique_ptr<LiveStorage> live_;  // Borrows the access, and so do the documents.
  std::unique_ptr<Documents> documents_;
  const base::Clock& clock_;
};

}  // namespace

std::shared_ptr<MemoryDatabase> make_memory_database() { return std::make_shared<MemoryDatabase>(); }

std::unique_ptr<Storage> connect_memory(std::shared_ptr<MemoryDatabase> database, const base::Clock& clock) {
  return std::make_unique<MemoryStorage>(std::move(database), clock);
}

std::unique_ptr<Storage> make_memory_storage(const base::Clock& clock) {
  return connect_memory(make_memory_database(), clock);
}

}  // namespace sterlet::storage
