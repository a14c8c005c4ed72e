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
  ASSERT_TRUE(storage->put_trial(study.id, {.record = {.number = 0, .values = values}, .point = "1,,2"}, "claim", 0, "")
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
