#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sterlet/base/clock.h"
#include "sterlet/storage/faulty.h"
#include "sterlet/storage/memory/memory.h"
#include "sterlet/storage/open.h"

/// What every storage promises, written once: each backend is put through all of it, bare and behind a FaultyStorage that
/// has no fault. A new backend is one row in backends(). What is promised of trials and events, of models and messages,
/// and of writers has a file each: conformance_*_test.cc.
namespace sterlet::storage {

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

inline const std::vector<Backend>& backends() {
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

inline const double kNan = std::nan("");

inline bool same(double a, double b) { return std::isnan(a) ? std::isnan(b) : a == b; }

// Texts that have broken something somewhere: empty, a zero byte, quotes, what looks like a number, not of the basic
// plane, right to left, a long one.
inline std::vector<std::string> odd_texts() {
  return {
      "",       std::string("a\0b", 3), "'; DROP TABLE trials; --", "\"\\\n\t\x1b[31m",         "12", "1e400", "NULL",
      "日本語", "\xF0\x9F\x90\x9F",     "\xD7\xA9\xD7\x9C",         std::string(1'000'000, 'x')};
}

inline const std::vector<double> kOddNumbers = {
    kNan, HUGE_VAL, -HUGE_VAL, 0.0, 5e-324, 1.7976931348623157e308, 9007199254740993.0, 0.1, -1e-310};

}  // namespace sterlet::storage
