// Priors as a study records them: what a failure, another process and a resumed study see of them.

#include "sterlet/study/priors.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "sterlet/storage/open.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/study/study.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::study {
namespace {

constexpr const char* kText =
    "study: s\nobjective: {metric: loss, direction: minimize}\nseed: 3\nsampler: random\n"
    "params: {x: {type: float, low: 0, high: 1}}\n";

class StoredPriors : public testing::Test {
 protected:
  StoredPriors() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sterlet-priors-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~StoredPriors() override { std::filesystem::remove_all(folder_); }

  struct Opened {
    std::unique_ptr<storage::Storage> storage;
    std::unique_ptr<Study> study;
  };
  Opened open() {
    Opened opened;
    opened.storage = std::move(*storage::open_sqlite(folder_ + "/s.db", {}));
    opened.study = opened_on(*opened.storage);
    return opened;
  }
  static std::unique_ptr<Study> opened_on(storage::Storage& storage) {
    auto file = studyfile::parse_study_text(strategies(), kText, "s.yaml", "/");
    EXPECT_TRUE(file.has_value());
    auto study = Study::open(std::move(*file), {.storage = &storage, .session = "one"});
    EXPECT_TRUE(study.has_value()) << study.error().message();
    return std::move(*study);
  }

  std::string folder_;
};

TEST_F(StoredPriors, AreSeenByAnotherProcessWithItsNextAsk) {
  Opened first = open(), second = open();
  ASSERT_TRUE(first.study->ask());
  ASSERT_TRUE(second.study->hint({{"x", {0.4, 0.42}}}, 5));
  EXPECT_TRUE(first.study->priors().list().empty());
  const auto claim = first.study->ask();
  ASSERT_TRUE(claim && *claim);
  ASSERT_EQ(first.study->priors().list().size(), 1U);
  EXPECT_EQ(first.study->priors().list().front().since, 1);
  EXPECT_NEAR((*claim)->point.values[0], 0.41, 0.2);
  ASSERT_TRUE(second.study->forget_prior(1));
  ASSERT_TRUE(first.study->ask());
  EXPECT_EQ(first.study->priors().list().front().end, PriorRecord::End::kForgotten);
}

TEST_F(StoredPriors, ThatWereTakenBackNeverWere) {
  Opened opened = open();
  {
    auto transaction = opened.study->begin();
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(opened.study->hint({{"x", 0.5}}, 1));
  }
  ASSERT_TRUE(opened.study->refresh());
  EXPECT_TRUE(opened.study->priors().list().empty());
  ASSERT_TRUE(opened.study->hint({{"x", 0.25}}, 1));
  ASSERT_EQ(opened.study->priors().list().size(), 1U);
  EXPECT_EQ(opened.study->priors().list().front().number, 1);
  EXPECT_EQ(opened.study->priors().list().front().text(), "the hint x=0.25");
}

TEST_F(StoredPriors, AreReadAsTheyWereWritten) {
  {
    Opened opened = open();
    ASSERT_TRUE(opened.study->hint({{"x", {0.25, 0.5}}}, 2));
    ASSERT_TRUE(opened.study->hint({{"x", 0.75}}, 1));
    ASSERT_TRUE(opened.study->forget_prior(1));
  }
  Opened again = open();
  const auto& list = again.study->priors().list();
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].text(), "the hint x=0.25..0.5");
  EXPECT_EQ(list[0].weight, 2);
  EXPECT_EQ(list[0].end, PriorRecord::End::kForgotten);
  EXPECT_EQ(list[1].end, PriorRecord::End::kNone);
  EXPECT_EQ(again.study->priors().active(0).size(), 1U);
  const auto twice = again.study->forget_prior(1);
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, base::ErrorCode::kConflict);
}

}  // namespace
}  // namespace sterlet::study
