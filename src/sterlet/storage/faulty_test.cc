#include "sterlet/storage/faulty.h"

#include <gtest/gtest.h>

#include "sterlet/base/clock.h"
#include "sterlet/storage/memory/memory.h"

namespace sterlet::storage {
namespace {

class Faulty : public testing::Test {
 protected:
  Faulty() : study_(storage_.create_study({.name = "s", .spec = "{}"}, {}).value().id) {}
  base::Result<std::int64_t> put(std::int64_t number) {
    return storage_.put_trial(study_, {.record = {.number = number}}, "e", 0, "");
  }
  FaultyStorage storage_{make_memory_storage(base::system_clock())};
  std::int64_t study_;
};

TEST_F(Faulty, FailsTheNthCallOnceAndDoesNotDoIt) {
  storage_.set_fault({.call = 2});
  EXPECT_TRUE(put(0).has_value());
  EXPECT_FALSE(storage_.has_failed());
  const auto failed = put(1);
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code, base::ErrorCode::kDisk);
  EXPECT_TRUE(storage_.has_failed());
  EXPECT_EQ(storage_.count_trials(study_).value(), 1);
  EXPECT_TRUE(put(1).has_value());
}

TEST_F(Faulty, CountsCallsOfTheLivePart) {
  const std::int64_t before = storage_.calls();
  storage_.set_fault({.call = 1});
  EXPECT_FALSE(storage_.live().put_model(study_, {.trial = 0}).has_value());
  EXPECT_TRUE(storage_.live().put_model(study_, {.trial = 0}).has_value());
  EXPECT_EQ(storage_.calls(), before + 2);
}

TEST_F(Faulty, AFailedCommitIsOpenUntilItIsTakenBack) {
  ASSERT_TRUE(storage_.begin().has_value());
  ASSERT_TRUE(put(0).has_value());
  storage_.set_fault({.call = 1});
  EXPECT_FALSE(storage_.commit().has_value());
  storage_.rollback();
  EXPECT_EQ(storage_.count_trials(study_).value(), 0);
  ASSERT_TRUE(storage_.begin().has_value());
  ASSERT_TRUE(put(0).has_value());
  ASSERT_TRUE(storage_.commit().has_value());
  EXPECT_EQ(storage_.count_trials(study_).value(), 1);
}

TEST_F(Faulty, ATransactionThatIsTakenBackRefusesAllUntilItsOwnerNotices) {
  ASSERT_TRUE(storage_.begin().has_value());
  ASSERT_TRUE(put(0).has_value());
  storage_.set_fault({.call = 1, .takes_back = true});
  EXPECT_FALSE(put(1).has_value());
  EXPECT_FALSE(put(1).has_value()) << "this would be stored by itself";
  EXPECT_FALSE(storage_.commit().has_value());
  storage_.rollback();
  EXPECT_EQ(storage_.count_trials(study_).value(), 0);
}

TEST_F(Faulty, AFaultThatStaysEndsWhenItIsCleared) {
  storage_.set_fault({.call = 2, .stays = true});
  EXPECT_TRUE(put(0).has_value());
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(put(1).has_value());
  storage_.clear_fault();
  EXPECT_TRUE(put(1).has_value());
}

}  // namespace
}  // namespace sterlet::storage
