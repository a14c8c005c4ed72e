#include "sterlet/storage/sqlite/queries.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <string>

#include "sterlet/storage/open.h"

namespace sterlet::storage {
namespace {

// Steps of SQLite's machine, which count the work whatever the machine does beside.
TEST(Queries, TheNewestReportsAreFoundWithoutReadingAllOthers) {
  std::string path = (std::filesystem::temp_directory_path() / "sterlet-queries-XXXXXX").string();
  ASSERT_NE(mkdtemp(path.data()), nullptr);
  const std::string file = path + "/s.db";
  ASSERT_TRUE(open_sqlite(file, {}).has_value());
  sqlite3* raw = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &raw), SQLITE_OK);
  const std::unique_ptr<sqlite3, int (*)(sqlite3*)> connection(raw, &sqlite3_close);
  ASSERT_EQ(sqlite3_exec(raw,
                         "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
                         "INSERT INTO reports (study_id, trial, attempt, step, metric, value, seq) "
                         "SELECT 1, 0, 1, i, 'loss', 0.5, i FROM n",
                         nullptr, nullptr, nullptr),
            SQLITE_OK)
      << sqlite3_errmsg(raw);
  sqlite3_stmt* statement = nullptr;
  ASSERT_EQ(sqlite3_prepare_v2(raw, kSequencedReports.data(), static_cast<int>(kSequencedReports.size()), &statement,
                               nullptr),
            SQLITE_OK);
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> owner(statement, &sqlite3_finalize);
  sqlite3_bind_int(statement, 1, 1);
  sqlite3_bind_int(statement, 2, 19997);
  int rows = 0;
  while (sqlite3_step(statement) == SQLITE_ROW) ++rows;
  EXPECT_EQ(rows, 3);
  EXPECT_LT(sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 0), 200);
  std::filesystem::remove_all(path);
}

}  // namespace
}  // namespace sterlet::storage
