#include "sterlet/api/curve.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "sterlet/api/documents.h"
#include "sterlet/storage/open.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::api {
namespace {

using Curve = std::vector<std::pair<std::int64_t, double>>;

// One trial whose process goes away again and again.
class CurveOfAttempts : public testing::Test {
 protected:
  CurveOfAttempts() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sterlet-curve-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    storage_ = storage::open_sqlite(folder_ + "/s.db", {}).value();
  }
  ~CurveOfAttempts() override { std::filesystem::remove_all(folder_); }

  void begin() {
    auto file = studyfile::parse_study_text(
        study::strategies(),
        "study: s\nobjective: loss\nparams: {x: {type: float, low: 0, high: 1}}\nsampler: random\nseed: 3\n", "s.yaml",
        "/");
    study_ = study::Study::open(std::move(*file),
                                {.storage = storage_.get(), .session = "session" + std::to_string(++attempt_)})
                 .value();
    ASSERT_TRUE(study_->sessions().collect_lost([](const storage::SessionRecord&) { return false; }).has_value());
    ASSERT_EQ(study_->ask().value()->attempt, attempt_);
  }
  void report(std::int64_t first, std::int64_t last) {
    for (std::int64_t step = first; step <= last; ++step) {
      ASSERT_TRUE(study_->report(0, attempt_, step, {{"loss", 10 * attempt_ + static_cast<double>(step)}}).has_value());
    }
  }
  void checkpoint() { ASSERT_TRUE(study_->checkpoint(0, attempt_, "ck").has_value()); }
  Curve curve() {
    Curve curve;
    const auto reports = curve_of(*study_, *storage_, 0).value();
    for (const auto& report : reports) curve.emplace_back(report.step, report.value);
    return curve;
  }

  std::string folder_;
  std::unique_ptr<storage::Storage> storage_;
  std::unique_ptr<study::Study> study_;
  int attempt_ = 0;
};

TEST_F(CurveOfAttempts, IsWholeAfterACheckpoint) {
  begin();
  report(1, 2);
  checkpoint();
  report(3, 4);
  begin();  // From step 2; nothing is reported yet.
  EXPECT_EQ(curve(), (Curve{{1, 11}, {2, 12}, {3, 13}, {4, 14}}));
  report(3, 3);
  EXPECT_EQ(curve(), (Curve{{1, 11}, {2, 12}, {3, 23}})) << "step 4 was of the weights that are gone";
  report(4, 5);
  checkpoint();
  begin();
  report(6, 6);
  EXPECT_EQ(curve(), (Curve{{1, 11}, {2, 12}, {3, 23}, {4, 24}, {5, 25}, {6, 36}}));
  begin();  // From a checkpoint at step 3.
  report(4, 4);
  EXPECT_EQ(curve(), (Curve{{1, 11}, {2, 12}, {3, 23}, {4, 44}}));
}

TEST_F(CurveOfAttempts, IsWrittenAsTheDocumentHasIt) {
  const auto expect_equal = [&] {
    std::string text;
    const auto write = [&](std::string_view piece) {
      text += piece;
      return true;
    };
    ASSERT_TRUE(write_trial(*study_, *storage_, 0, write).has_value());
    EXPECT_EQ(text, base::json_line(trial_json(*study_, storage_.get(), 0).value()));
  };
  begin();
  expect_equal();
  report(1, 2);
  ASSERT_TRUE(study_->report(0, 1, 2, {{"a \"name\"", std::nan("")}, {"z", 1}}).has_value());
  ASSERT_TRUE(study_->report(0, 1, 3, {{"z", 0.1}}).has_value());
  expect_equal();
  ASSERT_TRUE(study_->tell(0, 1, {.state = storage::State::kFailed, .reason = "\"reports\":[]"}).has_value());
  expect_equal();
}

TEST_F(CurveOfAttempts, AnAttemptWithoutACheckpointReplacesAll) {
  begin();
  report(1, 4);
  begin();
  EXPECT_EQ(curve(), (Curve{{1, 11}, {2, 12}, {3, 13}, {4, 14}}));
  report(2, 3);
  EXPECT_EQ(curve(), (Curve{{2, 22}, {3, 23}}));
}

TEST_F(CurveOfAttempts, OneThatReportsNothingKeepsWhatWasThere) {
  begin();
  report(1, 2);
  checkpoint();
  begin();
  ASSERT_TRUE(study_->tell(0, 2, {}).has_value());
  EXPECT_EQ(curve(), (Curve{{1, 11}, {2, 12}}));
}

}  // namespace
}  // namespace sterlet::api
