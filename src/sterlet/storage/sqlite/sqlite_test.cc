// What a SQLite file promises beside what every storage does (conformance_test.cc): who may have it open, what is refused
// and left as it is, what is noticed.
#include <gtest/gtest.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <tuple>
#include <vector>

#include "sterlet/base/text.h"
#include "sterlet/storage/open.h"
#include "sterlet/storage/sqlite/file_system.h"

namespace sterlet::storage {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;

base::Result<std::vector<TrialRecord>> trials_of(Storage& storage, std::int64_t study, std::int64_t since) {
  std::vector<TrialRecord> trials;
  STERLET_PASS(storage.visit_trials(study, since, [&](TrialRow& row) -> base::Result<void> {
    trials.push_back(row.record);
    return {};
  }));
  return trials;
}

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool is_readable(int fd) {
  pollfd poll_fd{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&poll_fd, 1, 0) == 1;
}

class SqliteFile : public testing::Test {
 protected:
  SqliteFile() {
    std::string pattern = (fs::temp_directory_path() / "sterlet-storage-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    path_ = folder_ + "/s.db";
  }
  ~SqliteFile() override { fs::remove_all(folder_); }

  /// SQL on the file by another program.
  void run(const std::string& sql) { run(path_, sql); }
  static void run(const std::string& path, const std::string& sql) {
    sqlite3* raw = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &raw), SQLITE_OK);
    char* message = nullptr;
    EXPECT_EQ(sqlite3_exec(raw, sql.c_str(), nullptr, nullptr, &message), SQLITE_OK)
        << (message == nullptr ? "" : message) << " in " << sql;
    sqlite3_free(message);
    sqlite3_close(raw);
  }
  /// A file of version 5, as the steps before the last leave it.
  void make_version_5() {
    for (int version = 1; version <= 5; ++version) {
      run(content_of(std::string(STERLET_SOURCE_DIR) + "/src/sterlet/storage/sqlite/schema/000" +
                     std::to_string(version) + ".sql"));
    }
    run("PRAGMA application_id=1398033492; PRAGMA user_version=5; PRAGMA journal_mode=WAL;");
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& file : fs::directory_iterator(folder_)) names.push_back(file.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }
  /// Carries `body` out in a process of its own without root's rights; what it returns is its exit code.
  static int as_nobody(const std::function<int()>& body) {
    const pid_t child = fork();
    if (child == 0) {
      if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) _exit(99);
      _exit(body());
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  std::string folder_, path_;
};

TEST_F(SqliteFile, ASymbolicLinkIsTheFileItNames) {
  fs::create_directory(folder_ + "/elsewhere");
  const std::string link = folder_ + "/link.db";
  fs::create_symlink(folder_ + "/elsewhere/s.db", link);
  auto storage = open_sqlite(link, {}).value();
  const auto study = storage->create_study({.name = "s", .spec = "{}"}, {}).value();
  LiveStorage& live = storage->live();
  ASSERT_GE(live.wake_fd(), 0);
  ASSERT_TRUE(live.changed_elsewhere().has_value());
  for (int i = 0; i < 2; ++i) {
    auto other = open_sqlite(i == 0 ? link : folder_ + "/elsewhere/s.db", {}).value();
    ASSERT_TRUE(other->begin().has_value());
    ASSERT_TRUE(other->put_trial(study.id, {.record = {.number = i}}, "x", 0, "").has_value());
    ASSERT_TRUE(other->commit().has_value());
    const auto synced = other->sync();
    EXPECT_TRUE(synced.has_value()) << synced.error().message();
    EXPECT_TRUE(is_readable(live.wake_fd()));
    EXPECT_TRUE(live.changed_elsewhere().value());
  }
  EXPECT_EQ(storage->count_trials(study.id).value(), 2);
}

TEST_F(SqliteFile, AnotherProcessWritingWakesTheReaderAndOwnWritesAreNotNews) {
  auto storage = open_sqlite(path_, {}).value();
  const auto study = storage->create_study({.name = "s", .spec = "{}"}, {}).value().id;
  LiveStorage& live = storage->live();
  ASSERT_GE(live.wake_fd(), 0);
  EXPECT_TRUE(live.changed_elsewhere().value());
  EXPECT_FALSE(is_readable(live.wake_fd()));
  ASSERT_TRUE(live.post_command(study, {.trial = 0, .kind = "set"}).has_value());
  EXPECT_FALSE(live.changed_elsewhere().value());
  auto other = open_sqlite(path_, {}).value();
  ASSERT_TRUE(other->live().post_command(study, {.trial = 0, .kind = "set"}).has_value());
  EXPECT_TRUE(is_readable(live.wake_fd()));
  EXPECT_TRUE(live.changed_elsewhere().value());
  EXPECT_FALSE(is_readable(live.wake_fd()));
  EXPECT_FALSE(live.changed_elsewhere().value());
}

// What happens to the file of an open storage, and whether another file then lies in its place.
TEST_F(SqliteFile, AFileThatIsDeletedMovedOrReplacedIsNoticedBeforeTheNextWrite) {
  open_sqlite(folder_ + "/other.db", {}).value()->create_study({.name = "other", .spec = "{}"}, {}).value();
  const std::vector<std::pair<std::string, std::function<void()>>> acts = {
      {"deleted", [&] { fs::remove(path_); }},
      {"moved", [&] { fs::rename(path_, folder_ + "/moved.db"); }},
      {"replaced", [&] {
         fs::copy_file(folder_ + "/other.db", folder_ + "/new.db");
         fs::rename(folder_ + "/new.db", path_);
       }}};
  for (const auto& [name, act] : acts) {
    for (const auto& file : files()) {
      if (file.starts_with("s.db")) fs::remove(folder_ + "/" + file);
    }
    auto storage = open_sqlite(path_, {}).value();
    const auto study = storage->create_study({.name = "s", .spec = "{}"}, {}).value().id;
    ASSERT_TRUE(storage->begin().has_value());
    ASSERT_TRUE(storage->put_trial(study, {.record = {.number = 0}}, "x", 0, "").has_value());
    ASSERT_TRUE(storage->commit().has_value());
    act();
    for (const auto& refused : {storage->sync(), storage->begin(), storage->push_queue(study, "q")}) {
      ASSERT_FALSE(refused.has_value()) << name;
      EXPECT_EQ(refused.error().code, ErrorCode::kDisk);
      EXPECT_EQ(refused.error().message(),
                path_ +
                    ": this file was deleted, moved or replaced while it was in use, so the last change was not "
                    "stored; put it back, with the -wal file beside it, then run sterlet resume");
    }
    storage->rollback();
    storage.reset();
    if (name == "deleted") {  // A new one is not damaged by the log that is left.
      storage = open_sqlite(path_, {}).value();
      EXPECT_TRUE(storage->list_studies().value().empty());
    }
    if (name == "moved") {  // Put back, it is whole.
      fs::rename(folder_ + "/moved.db", path_);
      storage = open_sqlite(path_, {.must_exist = true}).value();
      EXPECT_EQ(storage->count_trials(study).value(), 1);
    }
    if (name == "replaced") {  // What lies there now is not damaged by the log of what lay there.
      storage = open_sqlite(path_, {.must_exist = true}).value();
      EXPECT_TRUE(storage->find_study("other").value().has_value());
      EXPECT_FALSE(storage->find_study("s").value().has_value());
    }
  }
}

TEST_F(SqliteFile, AFileThatIsWrittenOverIsNoticedBeforeTheNextWrite) {
  open_sqlite(folder_ + "/other.db", {}).value()->create_study({.name = "other", .spec = "{}"}, {}).value();
  auto storage = open_sqlite(path_, {}).value();
  const auto study = storage->create_study({.name = "s", .spec = "{}"}, {}).value().id;
  // By another process, since closing a descriptor of ours would drop SQLite's locks.
  ASSERT_EQ(std::system(("cp '" + folder_ + "/other.db' '" + path_ + "'").c_str()), 0);
  for (const auto& refused : {storage->sync(), storage->begin(), storage->push_queue(study, "q")}) {
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::kDisk);
    EXPECT_EQ(refused.error().message(),
              path_ +
                  ": another program wrote over this file while it was in use, so the last change was not stored; "
                  "its log was kept as " +
                  path_ +
                  "-wal.replaced; put the right file in its place, then run sterlet resume; to copy over a storage, "
                  "stop sterlet first");
  }
  storage->rollback();
  storage.reset();
  EXPECT_TRUE(fs::exists(path_ + "-wal.replaced"));
  storage = open_sqlite(path_, {.must_exist = true}).value();  // What lies there now was not damaged.
  EXPECT_TRUE(storage->find_study("other").value().has_value());
  EXPECT_FALSE(storage->find_study("s").value().has_value());
}

TEST_F(SqliteFile, ALogThatIsCutIsNoticedAndDamagesNothing) {
  auto storage = open_sqlite(path_, {}).value();
  const auto study = storage->create_study({.name = "s", .spec = "{}"}, {}).value().id;
  run("PRAGMA wal_checkpoint(FULL)");
  ASSERT_TRUE(storage->push_queue(study, "q").has_value());
  fs::resize_file(path_ + "-wal", 40);
  const auto refused = storage->push_queue(study, "r");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kDisk);
  EXPECT_EQ(refused.error().message(),
            path_ + ": its log " + path_ +
                "-wal was cut while it was in use, so what was written last may be lost; run sterlet resume; to copy a "
                "storage take both files, or stop sterlet first");
  storage.reset();
  storage = open_sqlite(path_, {.must_exist = true}).value();
  EXPECT_TRUE(storage->find_study("s").value().has_value());
}

TEST_F(SqliteFile, WhatSqliteWritesItselfIsNotTakenForAnothersWriting) {
  auto storage = open_sqlite(path_, {}).value();
  const auto study = storage->create_study({.name = "s", .spec = "{}"}, {}).value().id;
  const std::string large(1 << 20, 'p');
  for (int i = 0; i < 12; ++i) {  // The log passes the size at which it is copied into the file, again and again.
    ASSERT_TRUE(storage->push_queue(study, large).has_value()) << i;
    if (i % 3 == 0) run("PRAGMA wal_checkpoint(TRUNCATE)");
    if (i % 3 == 1) run("VACUUM");
    if (i % 3 == 2) {
      ASSERT_EQ(std::system(("touch '" + path_ + "'").c_str()), 0);
    }
  }
  EXPECT_GT(fs::file_size(path_), 8U << 20U);
  EXPECT_TRUE(storage->sync().has_value());
}

TEST_F(SqliteFile, ALockThatLastsIsToldWithTheTimeThatWasWaited) {
  auto storage = open_sqlite(path_, {}).value();
  storage->set_lock_patience(300);
  auto other = open_sqlite(path_, {}).value();
  ASSERT_TRUE(other->begin().has_value());
  const auto start = std::chrono::steady_clock::now();
  const auto refused = storage->begin();
  const double waited = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kLocked);
  const std::string message = refused.error().message(), words = "still locked by another program after ";
  const auto at = message.find(words);
  ASSERT_NE(at, std::string::npos) << message;
  const std::string rest = message.substr(at + words.size());
  const double told = base::parse_number(rest.substr(0, rest.find(' '))).value_or(-1);
  EXPECT_GE(told, 0.25) << message;
  EXPECT_LE(told, waited + 0.06) << message;
  storage->set_lock_patience(0);
  EXPECT_NE(storage->begin().error().message().find("it is locked by another program, so nothing was changed"),
            std::string::npos);
}

TEST_F(SqliteFile, ALogThatIsDeletedIsNoticed) {
  auto storage = open_sqlite(path_, {}).value();
  const auto study = storage->create_study({.name = "s", .spec = "{}"}, {}).value().id;
  fs::remove(path_ + "-wal");
  const auto refused = storage->push_queue(study, "q");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kDisk);
}

// SQLite takes a transaction back by itself where the disk is full; what its owner writes then must not be stored alone.
TEST_F(SqliteFile, NothingOfATransactionIsStoredWhereTheDiskIsFullInIt) {
  auto storage = open_sqlite(path_, {}).value();
  const auto study = storage->create_study({.name = "s", .spec = "{}"}, {}).value().id;
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_TRUE(storage->begin().has_value());
  rlimit small = before;
  small.rlim_cur = fs::file_size(path_ + "-wal");
  setrlimit(RLIMIT_FSIZE, &small);
  bool has_failed = false;
  for (int i = 0; i < 100; ++i) {
    const TrialRow row{.record = {.number = i}, .point = std::string(100'000, 'p')};
    if (!storage->put_trial(study, row, "x", 0, "").has_value()) has_failed = true;
  }
  const auto committed = storage->commit();
  storage->rollback();
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_TRUE(has_failed);
  ASSERT_FALSE(committed.has_value());
  EXPECT_EQ(committed.error().code, ErrorCode::kDisk);
  EXPECT_EQ(storage->count_trials(study).value(), 0);
  ASSERT_TRUE(storage->begin().has_value());
  ASSERT_TRUE(storage->put_trial(study, {.record = {.number = 0}}, "x", 0, "").has_value());
  ASSERT_TRUE(storage->commit().has_value());
  EXPECT_TRUE(storage->sync().has_value());
}

TEST_F(SqliteFile, TheStepToVersion6ReadsTheOldWordsOnce) {
  make_version_5();
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

TEST_F(SqliteFile, AnOlderFileIsCopiedBeforeItIsBroughtUpToDate) {
  make_version_5();
  run("INSERT INTO studies VALUES (1, 's', 'spec', '7', 1764000000000, 0)");
  testing::internal::CaptureStderr();
  ASSERT_TRUE(open_sqlite(path_, {}).has_value());
  ASSERT_TRUE(open_sqlite(path_, {}).has_value());
  const std::string told = testing::internal::GetCapturedStderr();
  EXPECT_EQ(told, "sterlet: warning: " + path_ + " was brought from schema 5 to " + std::to_string(schema_version()) +
                      "; as it was before, it is in " + path_ + ".schema-5.bak\n");
  EXPECT_EQ(files(), (std::vector<std::string>{"s.db", "s.db.schema-5.bak"}));
  sqlite3* raw = nullptr;
  ASSERT_EQ(sqlite3_open((path_ + ".schema-5.bak").c_str(), &raw), SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  ASSERT_EQ(sqlite3_prepare_v2(raw, "SELECT user_version, (SELECT spec FROM studies) FROM pragma_user_version", -1,
                               &statement, nullptr),
            SQLITE_OK);
  ASSERT_EQ(sqlite3_step(statement), SQLITE_ROW);
  EXPECT_EQ(sqlite3_column_int(statement, 0), 5);
  EXPECT_STREQ(reinterpret_cast<const char*>(sqlite3_column_text(statement, 1)), "spec");
  sqlite3_finalize(statement);
  sqlite3_close(raw);
}

TEST_F(SqliteFile, AReaderOfAnOlderFileChangesNothing) {
  make_version_5();
  run("INSERT INTO studies VALUES (1, 's', 'spec', '7', 1764000000000, 0); PRAGMA wal_checkpoint(TRUNCATE);");
  const std::string before = content_of(path_);
  {
    auto reader = open_sqlite(path_, {.only_read = true}).value();
    EXPECT_EQ(reader->find_study("s").value()->identity, "19ab697e80000007");
    EXPECT_EQ(reader->load_spec_versions(1).value().size(), 1U);
    EXPECT_FALSE(reader->push_queue(1, "q").has_value());
  }
  EXPECT_EQ(content_of(path_), before);
  EXPECT_EQ(files(), std::vector<std::string>{"s.db"});
}

TEST_F(SqliteFile, AReaderFollowsAWriter) {
  EXPECT_EQ(open_sqlite(path_, {.only_read = true}).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(fs::exists(path_));
  auto writer = open_sqlite(path_, {}).value();
  auto reader = open_sqlite(path_, {.only_read = true}).value();
  const auto study = writer->create_study({.name = "s", .spec = "{}"}, {}).value().id;
  EXPECT_TRUE(reader->find_study("s").value().has_value());
  EXPECT_FALSE(reader->request_stop(study, true).has_value());
  EXPECT_FALSE(writer->is_stop_requested(study).value());
}

TEST_F(SqliteFile, WhoMayNotWriteMayLookAndLeavesNothingBehind) {
  {
    auto storage = open_sqlite(path_, {}).value();
    ASSERT_TRUE(storage->create_study({.name = "s", .spec = "{}"}, {}).has_value());
  }
  const auto look = [&] {
    const auto reader = open_sqlite(path_, {.only_read = true});
    return reader && (*reader)->find_study("s").value().has_value() ? 0 : 1;
  };
  const auto write = [&] { return open_sqlite(path_, {}).has_value() ? 0 : 1; };
  ::chmod(path_.c_str(), 0444);
  for (const ::mode_t mode : {0555U, 0777U}) {  // A folder that may not be written to, and one that may.
    ::chmod(folder_.c_str(), mode);
    EXPECT_EQ(as_nobody(look), 0) << mode;
    EXPECT_EQ(as_nobody(write), 1) << mode;
    EXPECT_EQ(files(), std::vector<std::string>{"s.db"}) << mode;
  }
  // While its owner has it open.
  ::chmod(path_.c_str(), 0644);
  auto owner = open_sqlite(path_, {}).value();
  ASSERT_TRUE(owner->create_study({.name = "t", .spec = "{}"}, {}).has_value());
  ::chmod(folder_.c_str(), 0555);
  EXPECT_EQ(as_nobody([&] {
              const auto reader = open_sqlite(path_, {.only_read = true});
              return reader && (*reader)->find_study("t").value().has_value() ? 0 : 1;
            }),
            0);
  ::chmod(folder_.c_str(), 0700);
}

// As after a machine that stopped: a log with what was written last, and nobody who has it open.
TEST_F(SqliteFile, WhoMayNotWriteSeesWhatIsStillInTheLog) {
  const std::string left = folder_ + "/left";
  fs::create_directory(left);
  {
    auto storage = open_sqlite(path_, {}).value();
    ASSERT_TRUE(storage->create_study({.name = "s", .spec = "{}"}, {}).has_value());
    fs::copy_file(path_, left + "/s.db");
    fs::copy_file(path_ + "-wal", left + "/s.db-wal");
  }
  ::chmod(folder_.c_str(), 0755);
  ::chmod(left.c_str(), 0555);
  EXPECT_EQ(as_nobody([&] {
              const auto reader = open_sqlite(left + "/s.db", {.only_read = true});
              return reader && (*reader)->find_study("s").value().has_value() ? 0 : 1;
            }),
            0);
  ::chmod(left.c_str(), 0755);
  EXPECT_FALSE(fs::exists(left + "/s.db-shm"));
}

TEST_F(SqliteFile, WhatIsNotOursIsRefusedAndStaysByteForByte) {
  EXPECT_EQ(open_sqlite(path_, {.must_exist = true}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(open_sqlite(folder_ + "/none/s.db", {}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(open_sqlite(folder_, {}).error().code, ErrorCode::kDisk);
  const std::vector<std::tuple<std::string, std::string, ErrorCode>> files = {
      {"foreign", "CREATE TABLE t (x); INSERT INTO t VALUES (1)", ErrorCode::kDisk},
      {"foreign with a version", "CREATE TABLE t (x); PRAGMA user_version=3", ErrorCode::kDisk},
      {"newer", "CREATE TABLE t (x); PRAGMA application_id=1398033492; PRAGMA user_version=99", ErrorCode::kConflict},
      {"below zero", "CREATE TABLE t (x); PRAGMA application_id=1398033492; PRAGMA user_version=-1", ErrorCode::kDisk},
      {"far below zero", "CREATE TABLE t (x); PRAGMA application_id=1398033492; PRAGMA user_version=-2147483648",
       ErrorCode::kDisk},
      {"no version", "CREATE TABLE t (x); PRAGMA application_id=1398033492", ErrorCode::kDisk}};
  for (const std::string mode : {"DELETE", "WAL"}) {
    for (const auto& [name, sql, code] : files) {
      fs::remove(path_);
      run("PRAGMA journal_mode=" + mode + ";" + sql);
      const std::string before = content_of(path_);
      for (const bool only_read : {false, true}) {
        const auto refused = open_sqlite(path_, {.only_read = only_read});
        ASSERT_FALSE(refused.has_value()) << name << mode;
        EXPECT_EQ(refused.error().code, code) << name << mode;
        EXPECT_EQ(content_of(path_), before) << name << mode;
        EXPECT_EQ(this->files(), std::vector<std::string>{"s.db"}) << name << mode;
      }
    }
  }
  for (const auto& words :
       {std::string("words"), std::string("SQLite format 3"), std::string("SQLite format 3\0and no more", 28)}) {
    std::ofstream(path_, std::ios::trunc) << words;
    EXPECT_EQ(open_sqlite(path_, {}).error().code, ErrorCode::kDisk);
    EXPECT_EQ(content_of(path_), words);
  }
}

// What a disk that was full left of the making of a storage.
TEST_F(SqliteFile, AFileThatWasBegunAndHasNoTablesYetIsEmptyAndBecomesOurs) {
  run("PRAGMA journal_mode=WAL");
  const std::string before = content_of(path_);
  ASSERT_EQ(before.size(), 4096U);
  {
    auto reader = open_sqlite(path_, {.only_read = true});
    ASSERT_TRUE(reader.has_value()) << reader.error().message();
    EXPECT_TRUE((*reader)->list_studies().value().empty());
  }
  EXPECT_EQ(content_of(path_), before);
  auto writer = open_sqlite(path_, {});
  ASSERT_TRUE(writer.has_value()) << writer.error().message();
  EXPECT_TRUE((*writer)->list_studies().value().empty());
}

TEST_F(SqliteFile, APathThatIsTooLongIsSaidToBe) {
  std::string folder = folder_;
  while (folder.size() < 520) {
    folder += "/" + std::string(60, 'd');
    fs::create_directory(folder);
  }
  const auto refused = open_sqlite(folder + "/s.db", {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(refused.error().what.find("SQLite opens none above 504"), std::string::npos) << refused.error().message();
}

TEST_F(SqliteFile, DamagedPagesAreFoundBeforeItIsWrittenToAndStayAsTheyAre) {
  {
    auto storage = open_sqlite(path_, {}).value();
    const auto study = storage->create_study({.name = "s", .spec = "{}"}, {}).value();
    ASSERT_TRUE(storage->begin().has_value());
    for (int i = 0; i < 200; ++i) {
      ASSERT_TRUE(
          storage->put_trial(study.id, {.record = {.number = i}, .point = std::string(200, '1')}, "claim", 0, "")
              .has_value());
    }
    ASSERT_TRUE(storage->commit().has_value());
  }
  const std::string whole = content_of(path_);
  const std::size_t pages = whole.size() / 4096;
  ASSERT_GT(pages, 10U);
  for (std::size_t page = 1; page < pages; ++page) {
    std::string damaged = whole;
    damaged.replace(page * 4096, 4096, std::string(4096, '\xA5'));
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << damaged;
    const auto opened = open_sqlite(path_, {});
    const auto begun = opened ? (*opened)->begin() : base::Result<void>(base::fail(opened.error()));
    ASSERT_FALSE(begun.has_value()) << page;
    EXPECT_EQ(begun.error().code, ErrorCode::kDisk);
    if (opened) {
      EXPECT_FALSE((*opened)->begin().has_value()) << page;
      EXPECT_FALSE((*opened)->request_stop(1, true).has_value()) << page;
    }
    EXPECT_EQ(content_of(path_), damaged) << page;
  }
}

// Each cell of each table, made into what it cannot be: to read the study is one sentence then, or works.
TEST_F(SqliteFile, ARowThatDoesNotFitIsOneSentence) {
  {
    auto storage = open_sqlite(path_, {}).value();
    const auto study = storage->create_study({.name = "s", .spec = "{}"}, std::vector<std::string>{"q"}).value().id;
    const ReportRecord report{.trial = 0, .attempt = 1, .step = 1, .metric = "m", .value = 2, .is_sequenced = true};
    const BranchReport branch_report{.step = 1, .metric = "m", .value = 2};
    LiveStorage& live = storage->live();
    ASSERT_TRUE(storage->put_trial(study, {.record = {.number = 0, .values = {1, 2}}}, "e", 0, "").has_value());
    ASSERT_TRUE(storage->put_reports(study, {&report, 1}).has_value());
    ASSERT_TRUE(storage->put_session({.id = "a", .study_id = study}).has_value());
    ASSERT_TRUE(live.put_model(study, {.trial = 0}).has_value());
    ASSERT_TRUE(live.add_branch(study, 0, {.checkpoint = 1}).has_value());
    ASSERT_TRUE(live.put_branch_reports(study, 0, 0, {&branch_report, 1}).has_value());
    ASSERT_TRUE(live.add_checkpoint(study, 0, {.value = 1}).has_value());
    ASSERT_TRUE(live.put_intervention(study, 0, {.helped = 1, .checkpoint = 1}).has_value());
    ASSERT_TRUE(live.put_turn(study, {.trial = 0, .parent = 0, .value = 1}).has_value());
    ASSERT_TRUE(live.post_command(study, {.trial = 0, .kind = "set"}).has_value());
  }
  const std::string whole = content_of(path_);
  std::vector<std::pair<std::string, std::string>> cells;
  {
    sqlite3* raw = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &raw), SQLITE_OK);
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(raw,
                       "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' "
                       "AND m.name NOT LIKE 'sqlite%'",
                       -1, &statement, nullptr);
    const auto text = [&](int column) {
      return std::string(reinterpret_cast<const char*>(sqlite3_column_text(statement, column)));
    };
    while (sqlite3_step(statement) == SQLITE_ROW) cells.emplace_back(text(0), text(1));
    sqlite3_finalize(statement);
    sqlite3_close(raw);
  }
  ASSERT_GT(cells.size(), 100U);
  int refusals = 0;
  for (const auto& [table, column] : cells) {
    for (const std::string value : {"x'ff00'", "'x'", "-1", "9223372036854775807", "1.5"}) {
      std::ofstream(path_, std::ios::binary | std::ios::trunc) << whole;
      sqlite3* raw = nullptr;
      ASSERT_EQ(sqlite3_open(path_.c_str(), &raw), SQLITE_OK);
      sqlite3_exec(raw, ("UPDATE " + table + " SET " + column + " = " + value).c_str(), nullptr, nullptr, nullptr);
      sqlite3_close(raw);
      auto storage = open_sqlite(path_, {.only_read = true});
      const auto check = [&](const auto& result) {
        if (result) return;
        ++refusals;
        EXPECT_EQ(result.error().code, ErrorCode::kDisk) << table << column << value;
        EXPECT_NE(result.error().what.find("it was left as it is"), std::string::npos) << result.error().message();
      };
      check(storage);
      if (!storage) continue;
      LiveStorage& live = (*storage)->live();
      check((*storage)->find_study("s"));
      check((*storage)->list_studies());
      check((*storage)->is_stop_requested(1));
      check((*storage)->load_spec_versions(1));
      check((*storage)->count_trials(1));
      check(trials_of(**storage, 1, 0));
      check((*storage)->load_reports(1, 0, 1));
      check((*storage)->load_sequenced_reports(1, 0));
      check((*storage)->last_event(1));
      check((*storage)->load_events(1, 0));
      check((*storage)->load_sessions(1));
      check(live.load_models(1));
      check(live.load_branches(1, 0));
      check(live.load_branch_reports(1, 0, 0));
      check(live.load_checkpoints(1, 0));
      check(live.load_interventions(1, 0));
      check(live.load_turns(1));
      check(live.pending_commands(1));
      check(live.find_command(1));
    }
  }
  EXPECT_GT(refusals, 100);
}

// A state that this version does not know is never taken for another one.
TEST_F(SqliteFile, ATextThatIsNoStateIsOneSentence) {
  {
    auto storage = open_sqlite(path_, {}).value();
    const auto study = storage->create_study({.name = "s", .spec = "{}"}, std::vector<std::string>{"q"}).value().id;
    LiveStorage& live = storage->live();
    ASSERT_TRUE(live.add_checkpoint(study, 0, {}).has_value());
    ASSERT_TRUE(live.put_intervention(study, 0, {}).has_value());
    ASSERT_TRUE(live.post_command(study, {.trial = 0, .kind = "set"}).has_value());
  }
  const std::string whole = content_of(path_);
  const auto error_after = [&](const std::string& change, auto read) {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << whole;
    run(change);
    auto storage = open_sqlite(path_, {.only_read = true}).value();
    const auto result = read(storage->live());
    return result ? std::string("read") : result.error().message();
  };
  const auto checkpoints = [](LiveStorage& live) { return live.load_checkpoints(1, 0); };
  const auto changes = [](LiveStorage& live) { return live.load_interventions(1, 0); };
  const auto command = [](LiveStorage& live) { return live.find_command(1); };
  for (const std::string& error : {error_after("UPDATE checkpoints SET state = 'lost'", checkpoints),
                                   error_after("UPDATE interventions SET kind = 'dance'", changes),
                                   error_after("UPDATE interventions SET made_by = 'nobody'", changes),
                                   error_after("UPDATE interventions SET state = 'KEPT'", changes),
                                   error_after("UPDATE commands SET state = ''", command)}) {
    EXPECT_NE(error.find("it was left as it is"), std::string::npos) << error;
  }
  EXPECT_EQ(error_after("UPDATE interventions SET made_by = 'guard'", changes), "read");
}

TEST(FileSystem, NetworksAreToldFromDisks) {
  EXPECT_EQ(network_file_system(0xEF53, "ext4"), "");
  EXPECT_EQ(network_file_system(0x6969, "nfs4"), "NFS");
  EXPECT_EQ(network_file_system(0x01021997, "9p"), "9P");
  EXPECT_EQ(network_file_system(0x0BD00BD0, "lustre"), "Lustre");
  EXPECT_EQ(network_file_system(0x19830326, "beegfs"), "BeeGFS");
  EXPECT_EQ(network_file_system(0x00C36400, "ceph"), "Ceph");
  EXPECT_EQ(network_file_system(0x65735546, "fuse.sshfs"), "FUSE (sshfs)");
  EXPECT_EQ(network_file_system(0x65735546, "virtiofs"), "FUSE (virtiofs)");
  EXPECT_EQ(network_file_system(0x65735546, ""), "FUSE");
  EXPECT_EQ(network_file_system(0x65735546, "fuseblk"), "");
  EXPECT_EQ(network_file_system(0x65735546, "fuse.fuse-overlayfs"), "");
}

}  // namespace
}  // namespace sterlet::storage
