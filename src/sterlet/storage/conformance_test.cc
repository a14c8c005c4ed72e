// What every storage promises, written once: each backend is put through all of it, bare and behind a FaultyStorage
// that has no fault. A new backend is one row in kBackends.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <climits>
#include <cmath>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sterlet/base/clock.h"
#include "sterlet/storage/faulty.h"
#include "sterlet/storage/memory/memory.h"
#include "sterlet/storage/open.h"

namespace sterlet::storage {
namespace {

/// Where one test's data is; each open() is one more user of it.
class Place {
 public:
  virtual ~Place() = default;
  virtual std::unique_ptr<Storage> open() = 0;
};

class SqlitePlace final : public Place {
 public:
  SqlitePlace() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sterlet-conformance-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~SqlitePlace() override { std::filesystem::remove_all(folder_); }
  std::unique_ptr<Storage> open() override { return open_sqlite(folder_ + "/s.db", {.patience_ms = 0}).value(); }

 private:
  std::string folder_;
};

class MemoryPlace final : public Place {
 public:
  std::unique_ptr<Storage> open() override { return connect_memory(database_, base::system_clock()); }

 private:
  std::shared_ptr<MemoryDatabase> database_ = make_memory_database();
};

template <typename Inner>
class FaultyPlace final : public Place {
 public:
  std::unique_ptr<Storage> open() override { return std::make_unique<FaultyStorage>(inner_.open()); }

 private:
  Inner inner_;
};

struct Backend {
  const char* name;
  std::function<std::unique_ptr<Place>()> make;
};

const std::vector<Backend>& backends() {
  static const std::vector<Backend> kBackends = {
      {"Sqlite", [] { return std::make_unique<SqlitePlace>(); }},
      {"Memory", [] { return std::make_unique<MemoryPlace>(); }},
      {"FaultySqlite", [] { return std::make_unique<FaultyPlace<SqlitePlace>>(); }},
      {"FaultyMemory", [] { return std::make_unique<FaultyPlace<MemoryPlace>>(); }},
  };
  return kBackends;
}

class Conformance : public testing::TestWithParam<std::size_t> {
 protected:
  Conformance()
      : place_(backends()[GetParam()].make()),
        storage_(place_->open()),
        study_(storage_->create_study({.name = "s", .spec = "{}"}, {}).value().id) {}

  void put(std::int64_t number, State state = State::kRunning) {
    ASSERT_TRUE(storage_->put_trial(study_, {.record = {.number = number, .state = state}}, "e", 0, "").has_value());
  }

  static std::vector<TrialRow> rows(Storage& storage, std::int64_t study, std::int64_t since = 0) {
    std::vector<TrialRow> rows;
    const auto visited = storage.visit_trials(study, since, [&](TrialRow& row) -> base::Result<void> {
      rows.push_back(row);
      return {};
    });
    EXPECT_TRUE(visited.has_value());
    return rows;
  }

  std::unique_ptr<Place> place_;
  std::unique_ptr<Storage> storage_;
  std::int64_t study_;
};

const double kNan = std::nan("");

bool same(double a, double b) { return std::isnan(a) ? std::isnan(b) : a == b; }

// Texts that have broken something somewhere: empty, a zero byte, quotes, what looks like a number, not of the basic
// plane, right to left, a long one.
std::vector<std::string> odd_texts() {
  return {
      "",       std::string("a\0b", 3), "'; DROP TABLE trials; --", "\"\\\n\t\x1b[31m",         "12", "1e400", "NULL",
      "日本語", "\xF0\x9F\x90\x9F",     "\xD7\xA9\xD7\x9C",         std::string(1'000'000, 'x')};
}

const std::vector<double> kOddNumbers = {
    kNan, HUGE_VAL, -HUGE_VAL, 0.0, 5e-324, 1.7976931348623157e308, 9007199254740993.0, 0.1, -1e-310};

TEST_P(Conformance, AStudyIsReadAsItWasWritten) {
  const StudyRecord written{
      .name = "日本語 'x'", .spec = R"({"a": "\u0000"})", .seed = UINT64_MAX, .created_ms = INT64_MAX};
  const StudyRecord made = storage_->create_study(written, {}).value();
  const auto found = storage_->find_study(written.name).value();
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->id, made.id);
  EXPECT_EQ(found->name, written.name);
  EXPECT_EQ(found->spec, written.spec);
  EXPECT_EQ(found->seed, UINT64_MAX);
  EXPECT_EQ(found->created_ms, INT64_MAX);
  EXPECT_FALSE(found->stop_requested);
  EXPECT_FALSE(found->identity.empty());
  EXPECT_EQ(found->identity, made.identity);
  EXPECT_NE(found->identity, storage_->find_study("s").value()->identity);
  EXPECT_FALSE(storage_->find_study("none").value().has_value());
  const auto list = storage_->list_studies().value();
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].name, "s");
  EXPECT_EQ(list[1].name, written.name);
}

TEST_P(Conformance, ANameIsTakenOnce) {
  const auto again = storage_->create_study({.name = "s", .spec = "other"}, {});
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code, base::ErrorCode::kConflict);
  EXPECT_EQ(storage_->find_study("s").value()->spec, "{}");
  EXPECT_TRUE(storage_->create_study({.name = "S", .spec = "{}"}, {}).has_value()) << "names have cases";
}

TEST_P(Conformance, AGivenIdentityIsKept) {
  EXPECT_EQ(storage_->create_study({.name = "c", .spec = "{}", .identity = "c0ffee"}, {}).value().identity, "c0ffee");
  EXPECT_EQ(storage_->find_study("c").value()->identity, "c0ffee");
}

TEST_P(Conformance, ASpecHasVersionsAndTheStudyShowsTheLatest) {
  const auto study = storage_->create_study({.name = "v", .spec = "one", .created_ms = 4}, {}).value();
  EXPECT_EQ(storage_->add_spec_version(study.id, {.first_trial = 7, .spec = "two", .created_ms = 5}).value(), 2);
  ASSERT_TRUE(storage_->set_spec(study.id, "two again").has_value());
  const std::vector<SpecVersion> expected = {{.version = 1, .first_trial = 0, .spec = "one", .created_ms = 4},
                                             {.version = 2,
                                              .first_trial = 7,
                                              .spec = "two again",
                                              .created_ms = 5,
                                              .seq = storage_->last_event(study.id).value()}};
  EXPECT_EQ(storage_->load_spec_versions(study.id).value(), expected);
  EXPECT_EQ(storage_->find_study("v").value()->spec, "two again");
  EXPECT_EQ(storage_->load_spec_versions(study_).value().size(), 1U);
}

TEST_P(Conformance, AVersionOfTheSpecIsAnEventAmongTheOthers) {
  put(0);
  const std::int64_t before = storage_->last_event(study_).value();
  EXPECT_EQ(storage_->add_spec_version(study_, {.first_trial = 1, .spec = "two", .created_ms = 5}).value(), 2);
  const auto events = place_->open()->load_events(study_, before).value();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].kind, "amend");
  EXPECT_EQ(events[0].wall_ms, 5);
  EXPECT_EQ(events[0].trial, std::nullopt);
  const auto versions = storage_->load_spec_versions(study_).value();
  ASSERT_EQ(versions.size(), 2U);
  EXPECT_EQ(versions[0].seq, 0);
  EXPECT_EQ(versions[1].seq, events[0].seq);
}

TEST_P(Conformance, AStudyIsRenamedUnlessTheNameIsTaken) {
  const auto other = storage_->create_study({.name = "other", .spec = "{}"}, {}).value();
  const auto taken = storage_->rename_study(study_, "other");
  ASSERT_FALSE(taken.has_value());
  EXPECT_EQ(taken.error().code, base::ErrorCode::kConflict);
  ASSERT_TRUE(storage_->rename_study(study_, "new").has_value());
  ASSERT_TRUE(storage_->rename_study(other.id, "other").has_value()) << "its own name is free";
  EXPECT_FALSE(storage_->find_study("s").value().has_value());
  EXPECT_EQ(storage_->find_study("new").value()->id, study_);
}

// All that is stored of one trial, in every table.
void fill(Storage& storage, std::int64_t study, std::int64_t trial) {
  const ReportRecord report{.trial = trial, .step = 1, .metric = "m", .value = 1, .is_sequenced = true};
  ASSERT_TRUE(storage.put_trial(study, {.record = {.number = trial}}, "e", 0, "").has_value());
  ASSERT_TRUE(storage.put_reports(study, {&report, 1}).has_value());
  ASSERT_TRUE(storage.models().put_model(study, {.trial = trial}).has_value());
  ASSERT_TRUE(storage.models().add_branch(study, trial, {}).has_value());
  const BranchReport on_branch{.step = 1, .metric = "m", .value = 1};
  ASSERT_TRUE(storage.models().put_branch_reports(study, trial, 0, {&on_branch, 1}).has_value());
  ASSERT_TRUE(storage.models().add_checkpoint(study, trial, {.path = "p"}).has_value());
  ASSERT_TRUE(storage.models().put_intervention(study, trial, {}).has_value());
  ASSERT_TRUE(storage.mailbox().post_command(study, {.trial = trial, .kind = "set"}).has_value());
  ASSERT_TRUE(storage.notes().add_note(study, {.trial = trial, .text = "n"}).has_value());
  ASSERT_TRUE(storage.notes().put_tag(study, {.trial = trial, .tag = "t"}).has_value());
  ASSERT_TRUE(storage.documents().add_document(study, {.kind = "k", .trial = trial}).has_value());
  ASSERT_TRUE(storage.documents().link_document(study, "k", {.trial = trial, .document = 1}).has_value());
}

std::size_t count_rows(Storage& storage, std::int64_t study, std::int64_t trial) {
  const auto count_of = [&](const auto& rows) {
    const auto is_one = [&](const auto& row) { return row.trial == trial; };
    return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), is_one));
  };
  std::size_t count = storage.load_reports(study, trial, 1).value().size();
  count += count_of(storage.load_sequenced_reports(study, 0).value());
  count += count_of(storage.models().load_models(study).value());
  count += storage.models().load_branches(study, trial).value().size();
  count += storage.models().load_branch_reports(study, trial, 0).value().size();
  count += storage.models().load_checkpoints(study, trial).value().size();
  count += storage.models().load_interventions(study, trial).value().size();
  count += storage.mailbox().commands_of(study, trial, "set").value().size();
  count += count_of(storage.notes().load_notes(study).value());
  count += count_of(storage.notes().load_tags(study).value());
  count += count_of(storage.documents().load_documents(study, "k").value());
  count += count_of(storage.documents().load_document_links(study, "k").value());
  return count;
}

constexpr std::size_t kRowsFilled = 12;

TEST_P(Conformance, AStudyIsRemovedWithAllThatIsStoredOfIt) {
  const auto other = storage_->create_study({.name = "other", .spec = "{}"}, {}).value().id;
  for (const std::int64_t study : {study_, other}) {
    fill(*storage_, study, 0);
    ASSERT_TRUE(storage_->push_queue(study, "{}").has_value());
    ASSERT_TRUE(storage_->put_session({.id = std::to_string(study), .study_id = study}).has_value());
    ASSERT_TRUE(storage_->live().put_turn(study, {.trial = 0}).has_value());
  }
  ASSERT_TRUE(storage_->begin().has_value());
  ASSERT_TRUE(storage_->push_queue(study_, "{}").has_value());
  ASSERT_TRUE(storage_->remove_study(study_).has_value());
  storage_->rollback();
  EXPECT_EQ(count_rows(*storage_, study_, 0), kRowsFilled) << "taken back";
  EXPECT_EQ(storage_->load_queue(study_).value().size(), 1U);
  ASSERT_TRUE(storage_->remove_study(study_).has_value());
  const auto reader = place_->open();
  EXPECT_FALSE(reader->find_study("s").value().has_value());
  EXPECT_EQ(reader->list_studies().value().size(), 1U);
  EXPECT_EQ(count_rows(*reader, study_, 0), 0U);
  EXPECT_EQ(reader->count_trials(study_).value(), 0);
  EXPECT_TRUE(reader->load_events(study_, 0).value().empty());
  EXPECT_TRUE(reader->load_queue(study_).value().empty());
  EXPECT_TRUE(reader->load_sessions(study_).value().empty());
  EXPECT_TRUE(reader->live().load_turns(study_).value().empty());
  EXPECT_TRUE(reader->load_spec_versions(study_).value().empty());
  EXPECT_EQ(count_rows(*reader, other, 0), kRowsFilled);
  EXPECT_EQ(reader->load_queue(other).value().size(), 1U);
  EXPECT_EQ(reader->live().load_turns(other).value().size(), 1U);
}

TEST_P(Conformance, OfAClearedTrialItsRowAndItsEventsStay) {
  for (const std::int64_t trial : {0, 1}) fill(*storage_, study_, trial);
  ASSERT_TRUE(storage_->notes().add_note(study_, {.text = "of the study"}).has_value());
  const std::size_t events = storage_->load_events(study_, 0).value().size();
  ASSERT_TRUE(storage_->begin().has_value());
  ASSERT_TRUE(storage_->clear_trial(study_, 0).has_value());
  EXPECT_EQ(count_rows(*storage_, study_, 0), 0U);
  storage_->rollback();
  EXPECT_EQ(count_rows(*storage_, study_, 0), kRowsFilled);
  ASSERT_TRUE(storage_->clear_trial(study_, 0).has_value());
  const auto reader = place_->open();
  EXPECT_EQ(count_rows(*reader, study_, 0), 0U);
  EXPECT_EQ(count_rows(*reader, study_, 1), kRowsFilled);
  EXPECT_EQ(reader->count_trials(study_).value(), 2);
  EXPECT_EQ(reader->load_events(study_, 0).value().size(), events);
  EXPECT_EQ(reader->notes().load_notes(study_).value().size(), 2U);
}

TEST_P(Conformance, NotesComeInTheirOrderAndTagsByTrial) {
  Notes& notes = storage_->notes();
  for (const std::string& text : odd_texts()) {
    ASSERT_TRUE(notes.add_note(study_, {.trial = 3, .text = text, .who = text, .created_ms = INT64_MAX}).has_value());
  }
  ASSERT_TRUE(notes.add_note(study_, {.text = "of the study"}).has_value());
  const auto read = place_->open()->notes().load_notes(study_).value();
  ASSERT_EQ(read.size(), odd_texts().size() + 1);
  for (std::size_t i = 0; i < odd_texts().size(); ++i) {
    EXPECT_EQ(
        read[i],
        (NoteRecord{
            .id = read[i].id, .trial = 3, .text = odd_texts()[i], .who = odd_texts()[i], .created_ms = INT64_MAX}));
  }
  EXPECT_EQ(read.back().trial, std::nullopt);
  for (const TagRecord& tag :
       {TagRecord{.trial = 10, .tag = "b"}, TagRecord{.trial = 2, .tag = "b"}, TagRecord{.trial = 10, .tag = "a"},
        TagRecord{.trial = 10, .tag = "a"}, TagRecord{.trial = {}, .tag = "z"}, TagRecord{.trial = 0, .tag = "日本"}}) {
    ASSERT_TRUE(notes.put_tag(study_, tag).has_value());
  }
  ASSERT_TRUE(notes.drop_tag(study_, {.trial = 2, .tag = "b"}).has_value());
  ASSERT_TRUE(notes.drop_tag(study_, {.trial = 2, .tag = "never"}).has_value());
  const std::vector<TagRecord> expected = {
      {.trial = {}, .tag = "z"}, {.trial = 0, .tag = "日本"}, {.trial = 10, .tag = "a"}, {.trial = 10, .tag = "b"}};
  EXPECT_EQ(place_->open()->notes().load_tags(study_).value(), expected);
}

TEST_P(Conformance, DocumentsComeInTheirOrderByKind) {
  Documents& documents = storage_->documents();
  EXPECT_EQ(documents.last_document(study_, "plan").value(), std::nullopt);
  for (const std::string& text : odd_texts()) {
    ASSERT_TRUE(documents.add_document(study_, {.kind = "plan", .trial = 3, .body = text, .created_ms = INT64_MAX})
                    .has_value());
    ASSERT_TRUE(documents.add_document(study_, {.kind = text + "!", .body = text}).has_value());
  }
  ASSERT_TRUE(documents.add_document(study_, {.kind = "plan", .body = "last"}).has_value());
  const auto other_user = place_->open();
  Documents& reader = other_user->documents();
  const auto read = reader.load_documents(study_, "plan").value();
  ASSERT_EQ(read.size(), odd_texts().size() + 1);
  for (std::size_t i = 0; i < odd_texts().size(); ++i) {
    EXPECT_EQ(read[i],
              (DocumentRecord{
                  .id = read[i].id, .kind = "plan", .trial = 3, .body = odd_texts()[i], .created_ms = INT64_MAX}));
    EXPECT_LT(read[i].id, read[i + 1].id);
    EXPECT_EQ(reader.load_documents(study_, odd_texts()[i] + "!").value().size(), 1U);
  }
  EXPECT_EQ(read.back().trial, std::nullopt);
  EXPECT_EQ(reader.last_document(study_, "plan").value(), read.back());
  EXPECT_TRUE(reader.load_documents(study_, "").value().empty());
  const auto kinds = reader.load_document_kinds(study_).value();
  EXPECT_EQ(kinds.size(), odd_texts().size() + 1);
  EXPECT_TRUE(std::is_sorted(kinds.begin(), kinds.end()));
  EXPECT_TRUE(reader.load_document_kinds(study_ + 1).value().empty());
}

TEST_P(Conformance, AnEqualDocumentIsSharedAndTrialsPointToIt) {
  Documents& documents = storage_->documents();
  const auto share = [&](const DocumentRecord& document) { return documents.share_document(study_, document).value(); };
  const std::int64_t first = share({.kind = "context", .body = "a", .created_ms = 1});
  EXPECT_EQ(share({.kind = "context", .body = "a", .created_ms = 2}), first);
  const std::int64_t second = share({.kind = "context", .body = "b"});
  EXPECT_NE(second, first);
  EXPECT_NE(share({.kind = "context", .trial = 0, .body = "a"}), first) << "of a trial alone";
  EXPECT_NE(share({.kind = "other", .body = "a"}), first);
  EXPECT_EQ(share({.kind = "context", .body = "a"}), first) << "also where another came between";
  EXPECT_EQ(documents.load_documents(study_, "context").value().front().created_ms, 1);
  const auto other = storage_->create_study({.name = "other", .spec = "{}"}, {}).value().id;
  EXPECT_NE(documents.share_document(other, {.kind = "context", .body = "a"}).value(), first);

  for (const DocumentLink& link : {DocumentLink{10, first}, DocumentLink{2, first}, DocumentLink{10, second}}) {
    ASSERT_TRUE(documents.link_document(study_, "context", link).has_value());
  }
  ASSERT_TRUE(documents.link_document(study_, "other", {2, second}).has_value());
  const auto reader = place_->open();
  EXPECT_EQ(reader->documents().load_document_links(study_, "context").value(),
            (std::vector<DocumentLink>{{2, first}, {10, second}}));
  EXPECT_TRUE(reader->documents().load_document_links(other, "context").value().empty());
}

TEST_P(Conformance, ADocumentIsTakenBackWithItsTransaction) {
  ASSERT_TRUE(storage_->begin().has_value());
  ASSERT_TRUE(storage_->documents().share_document(study_, {.kind = "k"}).has_value());
  ASSERT_TRUE(storage_->documents().link_document(study_, "k", {.trial = 1, .document = 1}).has_value());
  storage_->rollback();
  EXPECT_TRUE(storage_->documents().load_documents(study_, "k").value().empty());
  EXPECT_TRUE(storage_->documents().load_document_links(study_, "k").value().empty());
}

TEST_P(Conformance, AStopIsAskedForAndTakenBack) {
  EXPECT_FALSE(storage_->is_stop_requested(study_).value());
  ASSERT_TRUE(storage_->request_stop(study_, true).has_value());
  EXPECT_TRUE(place_->open()->is_stop_requested(study_).value());
  EXPECT_TRUE(storage_->find_study("s").value()->stop_requested);
  ASSERT_TRUE(storage_->request_stop(study_, false).has_value());
  EXPECT_FALSE(storage_->is_stop_requested(study_).value());
}

TEST_P(Conformance, ATrialIsReadAsItWasWritten) {
  const TrialRow written{.record = {.number = 0,
                                    .state = State::kPaused,
                                    .values = kOddNumbers,
                                    .constraints = {kNan, -1},
                                    .last_step = INT64_MAX,
                                    .attempt = INT_MAX,
                                    .history_seq = 3,
                                    .predicted = R"({"value":1})",
                                    .checkpoint = "/a b/c",
                                    .reason = "why",
                                    .suspension = Suspension::kNotPromoted,
                                    .is_unstarted = true,
                                    .created_ms = 1,
                                    .started_ms = 2,
                                    .ended_ms = INT64_MAX},
                         .origin = "random",
                         .point = "1,,2",
                         .session = "abc",
                         .spec_version = 3};
  const std::int64_t seq = storage_->put_trial(study_, written, "PAUSED", 9, "why").value();
  const TrialRow read = rows(*place_->open(), study_).at(0);
  EXPECT_EQ(read.origin, written.origin);
  EXPECT_EQ(read.point, written.point);
  EXPECT_EQ(read.session, written.session);
  EXPECT_EQ(read.spec_version, 3);
  EXPECT_TRUE(read.record.is_unstarted);
  EXPECT_EQ(read.record.state, State::kPaused);
  ASSERT_EQ(read.record.values.size(), kOddNumbers.size());
  for (std::size_t i = 0; i < kOddNumbers.size(); ++i) EXPECT_TRUE(same(read.record.values[i], kOddNumbers[i])) << i;
  ASSERT_EQ(read.record.constraints.size(), 2U);
  EXPECT_TRUE(std::isnan(read.record.constraints[0]));
  EXPECT_EQ(read.record.last_step, INT64_MAX);
  EXPECT_EQ(read.record.attempt, INT_MAX);
  EXPECT_EQ(read.record.history_seq, 3);
  EXPECT_EQ(read.record.predicted, written.record.predicted);
  EXPECT_EQ(read.record.checkpoint, "/a b/c");
  EXPECT_EQ(read.record.reason, "why");
  EXPECT_EQ(read.record.suspension, Suspension::kNotPromoted);
  EXPECT_EQ(read.record.created_ms, 1);
  EXPECT_EQ(read.record.started_ms, 2);
  EXPECT_EQ(read.record.ended_ms, INT64_MAX);
  EXPECT_EQ(read.record.changed_seq, seq);
}

TEST_P(Conformance, EveryStateAndSuspensionIsKept) {
  std::int64_t number = 0;
  for (const State state : {State::kWaiting, State::kRunning, State::kPaused, State::kComplete, State::kPruned,
                            State::kFailed, State::kLost, State::kCancelled, State::kRemoved}) {
    for (const Suspension suspension : {Suspension::kNone, Suspension::kPutAside, Suspension::kNotPromoted}) {
      const TrialRow row{.record = {.number = number, .state = state, .suspension = suspension}};
      ASSERT_TRUE(storage_->put_trial(study_, row, "e", 0, "").has_value());
      const TrialRow read = rows(*storage_, study_).back();
      EXPECT_EQ(read.record.number, number++);
      EXPECT_EQ(read.record.state, state);
      EXPECT_EQ(read.record.suspension, suspension);
    }
  }
}

TEST_P(Conformance, TextsAreKeptToTheLastByte) {
  const auto texts = odd_texts();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const TrialRow row{.record = {.number = static_cast<std::int64_t>(i), .reason = texts[i]}, .point = texts[i]};
    ASSERT_TRUE(storage_->put_trial(study_, row, texts[i], 0, texts[i]).has_value());
    ASSERT_TRUE(storage_->push_queue(study_, texts[i]).has_value());
  }
  const auto read = rows(*storage_, study_);
  const auto events = storage_->load_events(study_, 0).value();
  ASSERT_EQ(read.size(), texts.size());
  ASSERT_EQ(events.size(), texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(read[i].record.reason, texts[i]) << i;
    EXPECT_EQ(read[i].point, texts[i]) << i;
    EXPECT_EQ(events[i].kind, texts[i]) << i;
    EXPECT_EQ(events[i].detail, texts[i]) << i;
    EXPECT_EQ(storage_->pop_queue(study_).value(), texts[i]) << i;
  }
}

TEST_P(Conformance, TrialsComeByNumberAndReadersFollowByEvent) {
  for (const std::int64_t number : {2, 0, 1}) put(number);
  const auto all = rows(*storage_, study_);
  ASSERT_EQ(all.size(), 3U);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].record.number, static_cast<std::int64_t>(i));
  const auto reader = place_->open();
  const std::int64_t seen = reader->last_event(study_).value();
  EXPECT_TRUE(rows(*reader, study_, seen).empty());
  put(2, State::kComplete);
  put(0, State::kFailed);
  put(2, State::kPruned);
  const auto changed = rows(*reader, study_, seen);
  ASSERT_EQ(changed.size(), 2U);
  EXPECT_EQ(changed[0].record.number, 0);
  EXPECT_EQ(changed[1].record.number, 2);
  EXPECT_EQ(changed[1].record.state, State::kPruned);
  EXPECT_EQ(reader->count_trials(study_).value(), 3);
  EXPECT_EQ(reader->count_trials(study_ + 1000).value(), 0);
  EXPECT_EQ(reader->last_event(study_ + 1000).value(), 0);
}

TEST_P(Conformance, TheVisitorsErrorEndsTheVisit) {
  for (const std::int64_t number : {0, 1, 2}) put(number);
  int seen = 0;
  const auto visited = storage_->visit_trials(study_, 0, [&](TrialRow&) -> base::Result<void> {
    if (++seen < 2) return {};
    return base::fail(base::ErrorCode::kConflict, "enough");
  });
  ASSERT_FALSE(visited.has_value());
  EXPECT_EQ(visited.error().what, "enough");
  EXPECT_EQ(seen, 2);
  EXPECT_EQ(rows(*storage_, study_).size(), 3U) << "it can be read again";
}

TEST_P(Conformance, EventsGrowAndBelongToTheirStudy) {
  const auto other = storage_->create_study({.name = "other", .spec = "{}"}, {}).value().id;
  const std::int64_t first = storage_->put_trial(study_, {.record = {.number = 0, .attempt = 4}}, "a", 11, "d").value();
  const std::int64_t second = storage_->put_trial(other, {.record = {.number = 0}}, "b", 12, "").value();
  const std::int64_t third = storage_->put_trial(study_, {.record = {.number = 0}}, "c", 13, "").value();
  EXPECT_GT(first, 0);
  EXPECT_GT(second, first);
  EXPECT_GT(third, second);
  const auto events = storage_->load_events(study_, 0).value();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].seq, first);
  EXPECT_EQ(events[0].wall_ms, 11);
  EXPECT_EQ(events[0].kind, "a");
  EXPECT_EQ(events[0].trial, 0);
  EXPECT_EQ(events[0].attempt, 4);
  EXPECT_EQ(events[0].detail, "d");
  EXPECT_EQ(storage_->load_events(study_, first).value().size(), 1U);
  EXPECT_EQ(storage_->last_event(study_).value(), third);
  EXPECT_EQ(storage_->last_event(other).value(), second);
}

TEST_P(Conformance, AnEventThatChangesNoTrialHasItsPlaceAmongTheOthers) {
  put(0);
  const std::int64_t before = storage_->last_event(study_).value();
  const std::int64_t seq = storage_->put_event(study_, {.seq = 99, .wall_ms = 12, .kind = "k", .detail = "d"}).value();
  EXPECT_GT(seq, before);
  EXPECT_EQ(storage_->last_event(study_).value(), seq);
  const auto events = place_->open()->load_events(study_, before).value();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].seq, seq);
  EXPECT_EQ(events[0].wall_ms, 12);
  EXPECT_EQ(events[0].kind, "k");
  EXPECT_EQ(events[0].detail, "d");
  EXPECT_FALSE(events[0].trial.has_value() || events[0].attempt.has_value());
  EXPECT_TRUE(rows(*storage_, study_, before).empty());
}

TEST_P(Conformance, ReportsComeByStepThenMetricAndKeepTheLaterValue) {
  put(0);
  const std::vector<ReportRecord> reports = {{.trial = 0, .attempt = 1, .step = 5, .metric = "b", .value = kNan},
                                             {.trial = 0, .attempt = 1, .step = -3, .metric = "z", .value = HUGE_VAL},
                                             {.trial = 0, .attempt = 1, .step = 5, .metric = "a", .value = 1},
                                             {.trial = 0, .attempt = 1, .step = INT64_MAX, .metric = "a", .value = 7},
                                             {.trial = 0, .attempt = 2, .step = 5, .metric = "a", .value = 9},
                                             {.trial = 0, .attempt = 1, .step = 5, .metric = "a", .value = 2}};
  EXPECT_EQ(storage_->put_reports(study_, reports).value(), 0) << "none is sequenced";
  const auto read = place_->open()->load_reports(study_, 0, 1).value();
  ASSERT_EQ(read.size(), 4U);
  EXPECT_EQ(read[0].step, -3);
  EXPECT_EQ(read[0].value, HUGE_VAL);
  EXPECT_EQ(read[1].metric, "a");
  EXPECT_EQ(read[1].value, 2);
  EXPECT_EQ(read[2].metric, "b");
  EXPECT_TRUE(std::isnan(read[2].value));
  EXPECT_EQ(read[3].step, INT64_MAX);
  ASSERT_TRUE(storage_->drop_reports(study_, 0, 1).has_value());
  EXPECT_TRUE(storage_->load_reports(study_, 0, 1).value().empty());
  EXPECT_EQ(storage_->load_reports(study_, 0, 2).value().size(), 1U);
}

TEST_P(Conformance, SequencedReportsStandInOneOrderWithEventsAndKeepTheFirstValue) {
  const auto report = [&](std::int64_t step, double value) {
    const ReportRecord one{.trial = 0, .attempt = 1, .step = step, .metric = "m", .value = value, .is_sequenced = true};
    return storage_->put_reports(study_, {&one, 1}).value();
  };
  const std::int64_t before_any_event = report(1, 0.5);
  EXPECT_GT(before_any_event, 0);
  put(0);
  const std::int64_t event = storage_->last_event(study_).value();
  EXPECT_GT(event, before_any_event);
  const std::int64_t second = report(2, kNan);
  EXPECT_GT(second, event);
  report(1, 99);
  report(1, 100);
  const auto all = storage_->load_sequenced_reports(study_, 0).value();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].seq, before_any_event);
  EXPECT_EQ(all[0].value, 0.5);
  EXPECT_EQ(all[0].step, 1);
  EXPECT_EQ(all[1].seq, second);
  EXPECT_TRUE(std::isnan(all[1].value));
  EXPECT_EQ(storage_->load_reports(study_, 0, 1).value()[0].value, 100);
  EXPECT_EQ(storage_->load_sequenced_reports(study_, before_any_event).value().size(), 1U);
  ASSERT_TRUE(storage_->drop_reports(study_, 0, 1).has_value());
  EXPECT_TRUE(storage_->load_sequenced_reports(study_, 0).value().empty());
}

TEST_P(Conformance, AQueueGivesEachPointOnceInItsOrder) {
  const std::vector<std::string> queue = {"a", "b"};
  const auto study = storage_->create_study({.name = "q", .spec = "{}"}, queue).value().id;
  ASSERT_TRUE(storage_->push_queue(study_, "elsewhere").has_value());
  ASSERT_TRUE(storage_->push_queue(study, "c").has_value());
  const auto other = place_->open();
  EXPECT_EQ(storage_->pop_queue(study).value(), "a");
  EXPECT_EQ(other->pop_queue(study).value(), "b");
  EXPECT_EQ(storage_->pop_queue(study).value(), "c");
  EXPECT_FALSE(storage_->pop_queue(study).value().has_value());
}

TEST_P(Conformance, ABeatGrowsWithEachWriteOfItsSession) {
  SessionRecord session{.id = "b",
                        .study_id = study_,
                        .host = "h/1",
                        .pid = INT_MAX,
                        .pid_start = "12",
                        .started_ms = 1000,
                        .beat_ms = 1001,
                        .used_ms = 5,
                        .beat = 77};
  ASSERT_TRUE(storage_->put_session(session).has_value());
  ASSERT_TRUE(storage_->put_session({.id = "a", .study_id = study_, .started_ms = 500}).has_value());
  const auto first = storage_->load_sessions(study_).value().at(1);
  EXPECT_EQ(first.id, "b");
  EXPECT_EQ(first.host, "h/1");
  EXPECT_EQ(first.pid, INT_MAX);
  EXPECT_EQ(first.pid_start, "12");
  EXPECT_EQ(first.beat_ms, 1001);
  EXPECT_EQ(first.used_ms, 5);
  EXPECT_FALSE(first.ended);
  session.used_ms = 70;
  session.ended = true;
  ASSERT_TRUE(storage_->put_session(session).has_value());
  const auto later = place_->open()->load_sessions(study_).value();
  ASSERT_EQ(later.size(), 2U);
  EXPECT_EQ(later[0].id, "a") << "by when they started";
  EXPECT_EQ(later[1].beat, first.beat + 1) << "whatever the record said";
  EXPECT_EQ(later[1].used_ms, 70);
  EXPECT_TRUE(later[1].ended);
}

TEST_P(Conformance, TheClockIsThatOfToday) { EXPECT_GT(storage_->now_ms(), 1'700'000'000'000); }

TEST_P(Conformance, ModelsBranchesAndCheckpointsAreReadAsTheyWereWritten) {
  LiveStorage& live = storage_->live();
  const ModelRecord model{.trial = 3, .active = 1, .live = true, .restores = true, .paused = true};
  ASSERT_TRUE(live.put_model(study_, {.trial = 9}).has_value());
  ASSERT_TRUE(live.put_model(study_, {.trial = 3}).has_value());
  ASSERT_TRUE(live.put_model(study_, model).has_value());
  EXPECT_EQ(live.load_models(study_).value(), (std::vector<ModelRecord>{model, {.trial = 9}}));

  const std::int64_t checkpoint =
      live.add_checkpoint(study_, 3, {.branch = 1, .step = 40, .path = "/p q", .bytes = INT64_MAX, .checksum = "c"})
          .value();
  const std::int64_t valued = live.add_checkpoint(study_, 3, {.step = 50, .value = -HUGE_VAL}).value();
  ASSERT_TRUE(live.set_checkpoint_state(checkpoint, CheckpointState::kDeleted).has_value());
  const auto checkpoints = place_->open()->live().load_checkpoints(study_, 3).value();
  ASSERT_EQ(checkpoints.size(), 2U);
  EXPECT_EQ(checkpoints[0].id, checkpoint);
  EXPECT_EQ(checkpoints[0].branch, 1);
  EXPECT_EQ(checkpoints[0].step, 40);
  EXPECT_EQ(checkpoints[0].path, "/p q");
  EXPECT_EQ(checkpoints[0].bytes, INT64_MAX);
  EXPECT_EQ(checkpoints[0].checksum, "c");
  EXPECT_EQ(checkpoints[0].state, CheckpointState::kDeleted);
  EXPECT_FALSE(checkpoints[0].value.has_value());
  EXPECT_EQ(checkpoints[1].id, valued);
  EXPECT_EQ(checkpoints[1].value, -HUGE_VAL);
  EXPECT_EQ(checkpoints[1].state, CheckpointState::kKept);
  EXPECT_TRUE(live.load_checkpoints(study_, 4).value().empty());

  ASSERT_TRUE(live.add_branch(study_, 3,
                              {.number = 1,
                               .parent = 0,
                               .from_step = 40,
                               .params = "{}",
                               .checkpoint = checkpoint,
                               .skip_steps = 2,
                               .created_ms = 7})
                  .has_value());
  ASSERT_TRUE(live.add_branch(study_, 3, {.number = 0}).has_value());
  EXPECT_FALSE(live.add_branch(study_, 3, {.number = 0}).has_value()) << "a branch is made once";
  const auto branches = live.load_branches(study_, 3).value();
  ASSERT_EQ(branches.size(), 2U);
  EXPECT_FALSE(branches[0].parent.has_value());
  EXPECT_FALSE(branches[0].checkpoint.has_value());
  EXPECT_EQ(branches[1].parent, 0);
  EXPECT_EQ(branches[1].from_step, 40);
  EXPECT_EQ(branches[1].checkpoint, checkpoint);
  EXPECT_EQ(branches[1].skip_steps, 2);
  EXPECT_EQ(branches[1].created_ms, 7);
}

TEST_P(Conformance, ReportsOfABranchComeByStepAndAreDroppedAfterOne) {
  LiveStorage& live = storage_->live();
  const std::vector<BranchReport> reports = {{.step = 3, .metric = "m", .value = kNan},
                                             {.step = 1, .metric = "n", .value = 0.5},
                                             {.step = 1, .metric = "m", .value = 0.25},
                                             {.step = 1, .metric = "m", .value = 0.75}};
  ASSERT_TRUE(live.put_branch_reports(study_, 3, 1, reports).has_value());
  ASSERT_TRUE(live.put_branch_reports(study_, 3, 2, reports).has_value());
  const auto told = live.load_branch_reports(study_, 3, 1).value();
  ASSERT_EQ(told.size(), 3U);
  EXPECT_EQ(told[0].metric, "m");
  EXPECT_EQ(told[0].value, 0.75);
  EXPECT_EQ(told[1].metric, "n");
  EXPECT_TRUE(std::isnan(told[2].value));
  ASSERT_TRUE(live.drop_branch_reports(study_, 3, 1, 1).has_value());
  EXPECT_EQ(live.load_branch_reports(study_, 3, 1).value().size(), 2U);
  EXPECT_EQ(live.load_branch_reports(study_, 3, 2).value().size(), 3U);
}

TEST_P(Conformance, AnInterventionIsWrittenAgainUnderItsIdWithAnEventEach) {
  LiveStorage& live = storage_->live();
  InterventionRecord made{.kind = ChangeKind::kTry,
                          .branch = 1,
                          .started = 2,
                          .came_from = 1,
                          .step = 40,
                          .set = "{\"a\":1}",
                          .was = "{\"a\":2}",
                          .by = ChangeAuthor::kAutopilot,
                          .who = "ada",
                          .note = "n",
                          .checkpoint = 8,
                          .created_ms = 4};
  made.id = live.put_intervention(study_, 3, made).value();
  made.state = ChangeState::kKept;
  made.helped = 0.75;
  made.outcome = "o";
  made.decided_ms = 5;
  EXPECT_EQ(live.put_intervention(study_, 3, made).value(), made.id);
  const auto read = place_->open()->live().load_interventions(study_, 3).value();
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(read[0].kind, ChangeKind::kTry);
  EXPECT_EQ(read[0].branch, 1);
  EXPECT_EQ(read[0].started, 2);
  EXPECT_EQ(read[0].came_from, 1);
  EXPECT_EQ(read[0].step, 40);
  EXPECT_EQ(read[0].set, made.set);
  EXPECT_EQ(read[0].was, made.was);
  EXPECT_EQ(read[0].by, ChangeAuthor::kAutopilot);
  EXPECT_EQ(read[0].who, "ada");
  EXPECT_EQ(read[0].note, "n");
  EXPECT_EQ(read[0].state, ChangeState::kKept);
  EXPECT_EQ(read[0].helped, 0.75);
  EXPECT_EQ(read[0].outcome, "o");
  EXPECT_EQ(read[0].checkpoint, 8);
  EXPECT_EQ(read[0].created_ms, 4);
  EXPECT_EQ(read[0].decided_ms, 5);
  const auto events = storage_->load_events(study_, 0).value();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].kind, "intervention");
  EXPECT_EQ(events[0].wall_ms, 4);
  EXPECT_EQ(events[1].wall_ms, 5);
  EXPECT_FALSE(events[1].attempt.has_value());
}

TEST_P(Conformance, ATurnIsWrittenWholeAndReadByTurnThenTrial) {
  LiveStorage& live = storage_->live();
  const TurnRecord turn{.trial = 2,
                        .turn = 1,
                        .from_step = 3,
                        .to_step = 6,
                        .parent = 0,
                        .point = "0.5,7",
                        .first_attempt = 2,
                        .attempt = 3,
                        .start = "/a",
                        .end = "/b",
                        .state = TurnRecord::State::kDone,
                        .value = -HUGE_VAL,
                        .reason = "r",
                        .created_ms = 9};
  ASSERT_TRUE(live.put_turn(study_, {.trial = 2, .turn = 1}).has_value());
  ASSERT_TRUE(live.put_turn(study_, {.trial = 5, .turn = 0}).has_value());
  ASSERT_TRUE(live.put_turn(study_, turn).has_value());
  EXPECT_EQ(place_->open()->live().load_turns(study_).value(), (std::vector<TurnRecord>{{.trial = 5}, turn}));
}

TEST_P(Conformance, AMailboxIsEmptiedInTheOrderItWasFilled) {
  LiveStorage& live = storage_->live();
  const auto writer = place_->open();
  const auto first = writer->live().post_command(study_, {.trial = 0, .kind = "set", .body = "{1}", .who = "ada"});
  const auto second = live.post_command(study_, {.trial = 0, .kind = "undo", .who = "bob", .created_ms = 6});
  auto pending = live.pending_commands(study_).value();
  ASSERT_EQ(pending.size(), 2U);
  EXPECT_EQ(pending[0].id, first.value());
  EXPECT_EQ(pending[0].body, "{1}");
  EXPECT_EQ(pending[0].who, "ada");
  EXPECT_EQ(pending[1].created_ms, 6);
  ASSERT_TRUE(live.answer_command(*first, CommandState::kDone, "{2}", 9).has_value());
  pending = live.pending_commands(study_).value();
  ASSERT_EQ(pending.size(), 1U);
  EXPECT_EQ(pending[0].id, second.value());
  const auto answered = writer->live().find_command(*first).value();
  ASSERT_TRUE(answered.has_value());
  EXPECT_EQ(answered->state, CommandState::kDone);
  EXPECT_EQ(answered->answer, "{2}");
  EXPECT_EQ(answered->done_ms, 9);
  EXPECT_EQ(live.commands_of(study_, 0, "set").value().size(), 1U);
  EXPECT_TRUE(live.commands_of(study_, 1, "set").value().empty());
  EXPECT_FALSE(live.find_command(12345).value().has_value());
}

TEST_P(Conformance, WhatOthersCommitIsNewsOnceAndOwnWritesAreNone) {
  LiveStorage& live = storage_->live();
  EXPECT_TRUE(live.changed_elsewhere().value()) << "the first look is news";
  ASSERT_TRUE(live.post_command(study_, {.trial = 0, .kind = "set"}).has_value());
  EXPECT_FALSE(live.changed_elsewhere().value());
  const auto other = place_->open();
  ASSERT_TRUE(other->live().post_command(study_, {.trial = 0, .kind = "set"}).has_value());
  EXPECT_TRUE(live.changed_elsewhere().value());
  EXPECT_FALSE(live.changed_elsewhere().value());
}

/// One call of each kind that writes.
void write_everything(Storage& storage, std::int64_t study, std::int64_t checkpoint, std::int64_t command) {
  const ReportRecord report{.trial = 0, .attempt = 1, .step = 1, .metric = "m", .value = 2, .is_sequenced = true};
  const BranchReport branch_report{.step = 8, .metric = "m", .value = 9};
  LiveStorage& live = storage.live();
  EXPECT_TRUE(storage.create_study({.name = "new", .spec = "{}"}, std::vector<std::string>{"q"}).has_value());
  EXPECT_TRUE(storage.set_spec(study, "changed").has_value());
  EXPECT_TRUE(storage.add_spec_version(study, {.first_trial = 1, .spec = "more"}).has_value());
  EXPECT_TRUE(storage.request_stop(study, true).has_value());
  EXPECT_TRUE(storage.put_trial(study, {.record = {.number = 0, .state = State::kFailed}}, "x", 0, "").has_value());
  EXPECT_TRUE(storage.put_trial(study, {.record = {.number = 1}}, "x", 0, "").has_value());
  EXPECT_TRUE(storage.put_reports(study, {&report, 1}).has_value());
  EXPECT_TRUE(storage.drop_reports(study, 0, 2).has_value());
  EXPECT_EQ(storage.pop_queue(study).value(), "queued");
  EXPECT_TRUE(storage.push_queue(study, "later").has_value());
  EXPECT_TRUE(storage.put_session({.id = "a", .study_id = study, .used_ms = 99}).has_value());
  EXPECT_TRUE(live.put_model(study, {.trial = 0, .active = 4}).has_value());
  EXPECT_TRUE(live.add_branch(study, 0, {.number = 0}).has_value());
  EXPECT_TRUE(live.put_branch_reports(study, 0, 0, {&branch_report, 1}).has_value());
  EXPECT_TRUE(live.drop_branch_reports(study, 0, 0, 0).has_value());
  EXPECT_TRUE(live.add_checkpoint(study, 0, {.path = "/new"}).has_value());
  EXPECT_TRUE(live.set_checkpoint_state(checkpoint, CheckpointState::kDeleted).has_value());
  EXPECT_TRUE(live.put_intervention(study, 0, {.kind = ChangeKind::kSet}).has_value());
  EXPECT_TRUE(live.put_turn(study, {.trial = 0, .turn = 0, .state = TurnRecord::State::kFailed}).has_value());
  EXPECT_TRUE(live.post_command(study, {.trial = 0, .kind = "undo"}).has_value());
  EXPECT_TRUE(live.answer_command(command, CommandState::kDone, "{}", 1).has_value());
}

/// All that a study holds, as text.
std::string shown(Storage& storage, std::int64_t study) {
  std::string text;
  const auto add = [&](const auto&... parts) {
    const auto one = [&](const auto& part) {
      if constexpr (std::is_arithmetic_v<std::decay_t<decltype(part)>>) {
        text += std::to_string(part) + " ";
      } else if constexpr (std::is_enum_v<std::decay_t<decltype(part)>>) {
        text += std::string(text_of(part)) + " ";
      } else {
        text += part + " ";
      }
    };
    (one(parts), ...);
    text += "\n";
  };
  for (const auto list = storage.list_studies().value(); const auto& s : list)
    add(s.id, s.name, s.spec, s.stop_requested);
  for (const auto list = storage.load_spec_versions(study).value(); const auto& v : list) add(v.version, v.spec);
  EXPECT_TRUE(storage
                  .visit_trials(study, 0,
                                [&](TrialRow& row) -> base::Result<void> {
                                  add(row.record.number, std::string(text_of(row.record.state)),
                                      row.record.changed_seq);
                                  return {};
                                })
                  .has_value());
  for (const int attempt : {1, 2}) {
    for (const auto list = storage.load_reports(study, 0, attempt).value(); const auto& r : list)
      add(r.attempt, r.step, r.metric, r.value);
  }
  for (const auto list = storage.load_sequenced_reports(study, 0).value(); const auto& r : list)
    add(r.seq, r.step, r.value);
  for (const auto list = storage.load_events(study, 0).value(); const auto& e : list) add(e.seq, e.kind, e.detail);
  for (const auto list = storage.load_sessions(study).value(); const auto& s : list) add(s.id, s.used_ms, s.beat);
  LiveStorage& live = storage.live();
  for (const auto list = live.load_models(study).value(); const auto& m : list) add(m.trial, m.active);
  for (const auto list = live.load_branches(study, 0).value(); const auto& b : list) add(b.number);
  for (const auto list = live.load_branch_reports(study, 0, 0).value(); const auto& r : list) add(r.step, r.value);
  for (const auto list = live.load_checkpoints(study, 0).value(); const auto& c : list) add(c.id, c.path, c.state);
  for (const auto list = live.load_interventions(study, 0).value(); const auto& i : list) add(i.id, i.kind);
  for (const auto list = live.load_turns(study).value(); const auto& t : list)
    add(t.turn, std::string(text_of(t.state)));
  for (const auto list = live.pending_commands(study).value(); const auto& c : list) add(c.id, c.kind);
  return text;
}

TEST_P(Conformance, ATransactionIsThereWholeOrNotAtAll) {
  put(0);
  LiveStorage& live = storage_->live();
  const std::vector<ReportRecord> reports = {
      {.trial = 0, .attempt = 1, .step = 1, .metric = "m", .value = 1, .is_sequenced = true},
      {.trial = 0, .attempt = 2, .step = 1, .metric = "m", .value = 1, .is_sequenced = true}};
  const BranchReport branch_report{.step = 5, .metric = "m", .value = 9};
  ASSERT_TRUE(storage_->put_reports(study_, reports).has_value());
  ASSERT_TRUE(storage_->push_queue(study_, "queued").has_value());
  ASSERT_TRUE(storage_->put_session({.id = "a", .study_id = study_, .used_ms = 1}).has_value());
  ASSERT_TRUE(live.put_model(study_, {.trial = 0}).has_value());
  ASSERT_TRUE(live.put_branch_reports(study_, 0, 0, {&branch_report, 1}).has_value());
  ASSERT_TRUE(live.put_turn(study_, {.trial = 0, .turn = 0, .state = TurnRecord::State::kDone}).has_value());
  const std::int64_t checkpoint = live.add_checkpoint(study_, 0, {.path = "/old"}).value();
  const std::int64_t command = live.post_command(study_, {.trial = 0, .kind = "set"}).value();
  const std::string before = shown(*storage_, study_);
  const auto other = place_->open();

  ASSERT_TRUE(storage_->begin().has_value());
  write_everything(*storage_, study_, checkpoint, command);
  const std::string changed = shown(*storage_, study_);
  EXPECT_NE(changed, before) << "its owner reads what it wrote";
  EXPECT_EQ(shown(*other, study_), before) << "others do not, before it is committed";
  storage_->rollback();
  EXPECT_EQ(shown(*storage_, study_), before);
  EXPECT_EQ(shown(*other, study_), before);
  EXPECT_EQ(storage_->pop_queue(study_).value(), "queued");
  ASSERT_TRUE(storage_->push_queue(study_, "queued").has_value());

  ASSERT_TRUE(storage_->begin().has_value());
  write_everything(*storage_, study_, checkpoint, command);
  const std::string committed = shown(*storage_, study_);
  ASSERT_TRUE(storage_->commit().has_value());
  EXPECT_TRUE(storage_->sync().has_value());
  EXPECT_EQ(shown(*storage_, study_), committed);
  EXPECT_EQ(shown(*other, study_), committed);
  storage_->rollback();
  EXPECT_EQ(shown(*storage_, study_), committed) << "nothing is open: nothing to take back";
}

TEST_P(Conformance, ATransactionOfWhoGoesAwayIsTakenBack) {
  put(0);
  auto other = place_->open();
  ASSERT_TRUE(other->begin().has_value());
  ASSERT_TRUE(other->put_trial(study_, {.record = {.number = 1}}, "x", 0, "").has_value());
  other.reset();
  EXPECT_EQ(rows(*storage_, study_).size(), 1U);
  EXPECT_TRUE(storage_->begin().has_value()) << "and its lock is free";
  storage_->rollback();
}

TEST_P(Conformance, TwoWritersTakeTurns) {
  const auto other = place_->open();
  ASSERT_TRUE(storage_->begin().has_value());
  const auto refused = other->begin();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, base::ErrorCode::kLocked);
  EXPECT_FALSE(other->put_trial(study_, {.record = {.number = 7}}, "x", 0, "").has_value());
  put(0);
  ASSERT_TRUE(storage_->commit().has_value());
  ASSERT_TRUE(other->begin().has_value());
  EXPECT_EQ(other->count_trials(study_).value(), 1);
  ASSERT_TRUE(other->put_trial(study_, {.record = {.number = 1}}, "x", 0, "").has_value());
  ASSERT_TRUE(other->commit().has_value());
  ASSERT_TRUE(other->sync().has_value());
  ASSERT_TRUE(storage_->sync().has_value());
  EXPECT_EQ(rows(*storage_, study_).size(), 2U);
}

TEST_P(Conformance, AFailureInsideATransactionLeavesItToItsOwner) {
  put(0);
  ASSERT_TRUE(storage_->begin().has_value());
  put(1);
  EXPECT_FALSE(storage_->create_study({.name = "s", .spec = "{}"}, {}).has_value());
  put(2);
  ASSERT_TRUE(storage_->commit().has_value());
  EXPECT_EQ(rows(*storage_, study_).size(), 3U);
}

INSTANTIATE_TEST_SUITE_P(Storages, Conformance, testing::Range<std::size_t>(0, 4),
                         [](const auto& test) { return backends()[test.param].name; });

}  // namespace
}  // namespace sterlet::storage
