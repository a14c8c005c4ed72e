#include "sterlet/storage/storage.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <stdlib.h>

#include <cmath>
#include <filesystem>
#include <fstream>

namespace sterlet::storage {
namespace {

base::Result<std::vector<TrialRecord>> trials_of(Storage& storage, std::int64_t study, std::int64_t since) {
  std::vector<TrialRecord> trials;
  STERLET_PASS(storage.visit_trials(study, since, [&](TrialRow& row) -> base::Result<void> {
    trials.push_back(row.record);
    return {};
  }));
  return trials;
}

class SqliteFile : public testing::Test {
 protected:
  SqliteFile() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sterlet-storage-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    path_ = folder_ + "/s.db";
  }
  ~SqliteFile() override { std::filesystem::remove_all(folder_); }
  std::string folder_, path_;
};

TEST_F(SqliteFile, KeepsNumbersAsTheyAre) {
  auto storage = open_sqlite(path_, {}).value();
  const auto study = storage->create_study({.name = "s", .spec = "{}", .seed = UINT64_MAX}, {}).value();
  const std::vector<double> values = {std::nan(""), HUGE_VAL, -HUGE_VAL, -0.0, 1e-310, 9007199254740993.0, 0.1};
  std::vector<ReportRecord> reports;
  for (std::size_t i = 0; i < values.size(); ++i) {
    reports.push_back(
        {.trial = 0, .attempt = 1, .step = static_cast<std::int64_t>(i), .metric = "m", .value = values[i]});
  }
  ASSERT_TRUE(storage->put_trial(study.id, {.record = {.number = 0, .values = values, .suspension = Suspension::kPutAside}, .point = "1,,2"}, "claim", 0, "")
                  .has_value());
  ASSERT_TRUE(storage->put_reports(study.id, reports).has_value());
  storage = open_sqlite(path_, {}).value();
  EXPECT_EQ(storage->find_study("s").value()->seed, UINT64_MAX);
  const auto read = storage->load_reports(study.id, 0, 1).value();
  const auto trial = trials_of(*storage, study.id, 0).value().front();
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (const double back : {read[i].value, trial.values[i]}) {
      EXPECT_TRUE(std::isnan(values[i]) ? std::isnan(back) : back == values[i]) << i;
    }
  }
}

TEST_F(SqliteFile, NothingOfARolledBackTransactionIsThere) {
  auto storage = open_sqlite(path_, {}).value();
  const auto study = storage->create_study({.name = "s", .spec = "{}"}, {}).value();
  ASSERT_TRUE(storage->begin().has_value());
  ASSERT_TRUE(storage->put_trial(study.id, {.record = {.number = 0}}, "claim", 0, "").has_value());
  storage->rollback();
  EXPECT_TRUE(trials_of(*storage, study.id, 0).value().empty());
  EXPECT_EQ(storage->last_event(study.id).value(), 0);
}

TEST_F(SqliteFile, OthersSeeACommitBeforeItsSync) {
  auto writer = open_sqlite(path_, {}).value();
  auto other = open_sqlite(path_, {}).value();
  const auto study = writer->create_study({.name = "s", .spec = "{}"}, {}).value();
  EXPECT_TRUE(writer->sync().has_value()) << "nothing to be done";
  ASSERT_TRUE(writer->begin().has_value());
  ASSERT_TRUE(writer->put_trial(study.id, {.record = {.number = 0}}, "claim", 0, "").has_value());
  ASSERT_TRUE(writer->commit().has_value());
  EXPECT_EQ(trials_of(*other, study.id, 0).value().size(), 1U);
  // The lock is free: the other writes, and its sync has the log to itself.
  ASSERT_TRUE(other->begin().has_value());
  ASSERT_TRUE(other->put_trial(study.id, {.record = {.number = 1}}, "claim", 0, "").has_value());
  ASSERT_TRUE(other->commit().has_value());
  EXPECT_TRUE(other->sync().has_value());
  EXPECT_TRUE(writer->sync().has_value());
  EXPECT_EQ(trials_of(*writer, study.id, 0).value().size(), 2U);
}

TEST_F(SqliteFile, ReadersFollowByEventNumber) {
  auto writer = open_sqlite(path_, {}).value();
  auto reader = open_sqlite(path_, {}).value();
  const auto study = writer->create_study({.name = "s", .spec = "{}"}, {}).value();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(writer->put_trial(study.id, {.record = {.number = i}}, "claim", 0, "").has_value());
  }
  const auto seen = reader->last_event(study.id).value();
  ASSERT_TRUE(
      writer->put_trial(study.id, {.record = {.number = 1, .state = State::kComplete}}, "COMPLETE", 0, "").has_value());
  const auto changed = trials_of(*reader, study.id, seen).value();
  ASSERT_EQ(changed.size(), 1U);
  EXPECT_EQ(changed.front().number, 1);
  EXPECT_EQ(reader->load_events(study.id, seen).value().front().kind, "COMPLETE");
  EXPECT_EQ(reader->count_trials(study.id).value(), 3);
  EXPECT_EQ(reader->count_trials(study.id + 1).value(), 0);
}

TEST_F(SqliteFile, TheVisitorsErrorEndsTheVisit) {
  auto storage = open_sqlite(path_, {}).value();
  const auto study = storage->create_study({.name = "s", .spec = "{}"}, {}).value();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(storage->put_trial(study.id, {.record = {.number = i}}, "claim", 0, "").has_value());
  }
  int seen = 0;
  const auto result = storage->visit_trials(study.id, 0, [&](TrialRow&) -> base::Result<void> {
    return ++seen == 2 ? base::fail(base::ErrorCode::kConflict, "enough") : base::Result<void>();
  });
  EXPECT_EQ(result.error().what, "enough");
  EXPECT_EQ(seen, 2);
  EXPECT_EQ(trials_of(*storage, study.id, 0).value().size(), 3U);
}

TEST_F(SqliteFile, QueueGivesEachPointOnce) {
  auto storage = open_sqlite(path_, {}).value();
  const std::vector<std::string> queue = {"a", "b"};
  const auto study = storage->create_study({.name = "s", .spec = "{}"}, queue).value();
  EXPECT_EQ(storage->pop_queue(study.id).value(), "a");
  EXPECT_EQ(storage->pop_queue(study.id).value(), "b");
  EXPECT_FALSE(storage->pop_queue(study.id).value().has_value());
}

TEST_F(SqliteFile, ABeatGrowsWithEachWriteOfItsSession) {
  auto storage = open_sqlite(path_, {}).value();
  const auto study = storage->create_study({.name = "s", .spec = "{}"}, {}).value();
  SessionRecord session{.id = "a", .study_id = study.id, .host = "h", .started_ms = 1000, .used_ms = 5};
  ASSERT_TRUE(storage->put_session(session).has_value());
  const auto first = storage->load_sessions(study.id).value().front();
  session.used_ms = 70;
  ASSERT_TRUE(storage->put_session(session).has_value());
  const auto later = storage->load_sessions(study.id).value();
  ASSERT_EQ(later.size(), 1U);
  EXPECT_EQ(later.front().beat, first.beat + 1);
  EXPECT_EQ(later.front().used_ms, 70);
}

TEST_F(SqliteFile, AStudyHasAnIdentityOfItsOwnUnlessItIsGiven) {
  auto storage = open_sqlite(path_, {}).value();
  const auto a = storage->create_study({.name = "a", .spec = "{}"}, {}).value();
  const auto b = storage->create_study({.name = "b", .spec = "{}"}, {}).value();
  const auto c = storage->create_study({.name = "c", .spec = "{}", .identity = "c0ffee"}, {}).value();
  EXPECT_EQ(a.identity.size(), 16U);
  EXPECT_NE(a.identity, b.identity);
  EXPECT_EQ(c.identity, "c0ffee");
  EXPECT_EQ(storage->find_study("a").value()->identity, a.identity);
}

TEST_F(SqliteFile, ASpecHasVersionsAndTheStudyShowsTheLatest) {
  auto storage = open_sqlite(path_, {}).value();
  const auto study = storage->create_study({.name = "s", .spec = "one", .created_ms = 4}, {}).value();
  EXPECT_EQ(storage->add_spec_version(study.id, {.first_trial = 7, .spec = "two", .created_ms = 5}).value(), 2);
  ASSERT_TRUE(storage->set_spec(study.id, "two again").has_value());
  const std::vector<SpecVersion> expected = {
      {.version = 1, .first_trial = 0, .spec = "one", .created_ms = 4},
      {.version = 2, .first_trial = 7, .spec = "two again", .created_ms = 5}};
  EXPECT_EQ(storage->load_spec_versions(study.id).value(), expected);
  EXPECT_EQ(storage->find_study("s").value()->spec, "two again");
}

// A file of version 5, as the steps before the last leave it.
TEST_F(SqliteFile, TheStepToVersion6ReadsTheOldWordsOnce) {
  sqlite3* raw = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &raw), SQLITE_OK);
  const auto run = [&](const std::string& sql) {
    ASSERT_EQ(sqlite3_exec(raw, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(raw) << sql;
  };
  for (int version = 1; version <= 5; ++version) {
    std::ifstream step(std::string(STERLET_SOURCE_DIR) + "/src/sterlet/storage/sqlite/schema/000" +
                       std::to_string(version) + ".sql");
    run({std::istreambuf_iterator<char>(step), {}});
  }
  run("INSERT INTO studies VALUES (1, 's', 'spec', '18446744073709551615', 1764000000000, 0);"
      "INSERT INTO sessions VALUES ('a', 1, 'h', 7, '', 1000, 61000, 0)");
  const std::vector<std::tuple<std::string, std::string, Suspension>> rows = {
      {"PAUSED", "paused: worst of its rung", Suspension::kPutAside},
      {"RUNNING", "paused: worst of its rung", Suspension::kPutAside},
      {"PRUNED", "not promoted before the study ended (asha): worst", Suspension::kNotPromoted},
      {"PRUNED", "paused: worst of its rung", Suspension::kNone},
      {"PAUSED", "by hand", Suspension::kNone},
      {"COMPLETE", "", Suspension::kNone}};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    run("INSERT INTO trials (study_id, number, state, origin, point, reason, created_ms, changed_seq) VALUES (1, " +
        std::to_string(i) + ", '" + std::get<0>(rows[i]) + "', 'random', '', '" + std::get<1>(rows[i]) + "', 0, 1)");
  }
  run("PRAGMA application_id=1398033492; PRAGMA user_version=5");
  sqlite3_close(raw);

  auto storage = open_sqlite(path_, {.must_exist = true}).value();
  const auto trials = trials_of(*storage, 1, 0).value();
  ASSERT_EQ(trials.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(trials[i].suspension, std::get<2>(rows[i])) << i;
    EXPECT_EQ(trials[i].reason, std::get<1>(rows[i])) << "a sentence for people, left as it was";
  }
  const auto study = storage->find_study("s").value().value();
  EXPECT_EQ(study.identity, "19ab697e8000c99f") << "1764000000000, 51615";
  EXPECT_EQ(storage->load_sessions(1).value().front().used_ms, 60000);
  const std::vector<SpecVersion> expected = {{.version = 1, .spec = "spec", .created_ms = 1764000000000}};
  EXPECT_EQ(storage->load_spec_versions(1).value(), expected);
}

TEST_F(SqliteFile, RefusesWhatIsNotOurs) {
  EXPECT_EQ(open_sqlite(path_, {.must_exist = true}).error().code, base::ErrorCode::kNotFound);
  EXPECT_EQ(open_sqlite(folder_ + "/none/s.db", {}).error().code, base::ErrorCode::kNotFound);
  EXPECT_EQ(open_sqlite(folder_, {}).error().code, base::ErrorCode::kDisk);
  std::ofstream(path_) << "words";
  EXPECT_EQ(open_sqlite(path_, {}).error().code, base::ErrorCode::kDisk);
  std::string text;
  std::ifstream(path_) >> text;
  EXPECT_EQ(text, "words");
}

TEST_F(SqliteFile, DamagedPagesAreAnErrorAndStayAsTheyAre) {
  {
    auto storage = open_sqlite(path_, {}).value();
    const auto study = storage->create_study({.name = "s", .spec = "{}"}, {}).value();
    for (int i = 0; i < 200; ++i) {
      ASSERT_TRUE(
          storage->put_trial(study.id, {.record = {.number = i}, .point = std::string(200, '1')}, "claim", 0, "")
              .has_value());
    }
  }
  const auto size = std::filesystem::file_size(path_);
  std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(4096);
  const std::string noise(size - 4096, '\xA5');
  file.write(noise.data(), static_cast<std::streamsize>(noise.size()));
  file.close();
  auto storage = open_sqlite(path_, {});
  const auto read = storage ? trials_of(**storage, 1, 0) : base::fail(storage.error());
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, base::ErrorCode::kDisk);
  EXPECT_EQ(std::filesystem::file_size(path_), size);
}

}  // namespace
}  // namespace sterlet::storage
