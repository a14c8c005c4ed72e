#include "sterlet/storage/live.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>

#include <cmath>
#include <filesystem>

#include "sterlet/storage/storage.h"

namespace sterlet::storage {
namespace {

class Live : public testing::Test {
 protected:
  Live() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sterlet-live-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    path_ = folder_ + "/s.db";
    storage_ = open_sqlite(path_, {}).value();
    study_ = storage_->create_study({.name = "s", .spec = "{}"}, {}).value().id;
  }
  ~Live() override {
    storage_.reset();
    std::filesystem::remove_all(folder_);
  }
  std::string folder_, path_;
  std::unique_ptr<Storage> storage_;
  std::int64_t study_ = 0;
};

bool is_readable(int fd) {
  pollfd poll_fd{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&poll_fd, 1, 0) == 1;
}

TEST_F(Live, ReadsBackWhatWasWritten) {
  LiveStorage& live = storage_->live();
  const ModelRecord model{.trial = 3, .active = 1, .live = true, .restores = true, .paused = true};
  ASSERT_TRUE(live.put_model(study_, model).has_value());
  ASSERT_TRUE(live.add_branch(study_, 3, {.number = 0, .params = "{}"}).has_value());
  const std::int64_t checkpoint =
      live.add_checkpoint(study_, 3, {.branch = 0, .step = 40, .path = "/p", .bytes = 7, .checksum = "c"}).value();
  ASSERT_TRUE(
      live.add_branch(study_, 3, {.number = 1, .parent = 0, .from_step = 40, .checkpoint = checkpoint}).has_value());
  InterventionRecord made{.branch = 0, .started = 1, .step = 40, .set = "{}", .was = "{}", .note = "n"};
  made.id = live.put_intervention(study_, 3, made).value();
  made.state = "kept";
  made.helped = 0.75;
  made.decided_ms = 5;
  EXPECT_EQ(live.put_intervention(study_, 3, made).value(), made.id);
  const std::vector<BranchReport> reports = {{.step = 2, .metric = "m", .value = std::nan("")},
                                             {.step = 1, .metric = "m", .value = 0.5}};
  ASSERT_TRUE(live.put_branch_reports(study_, 3, 1, reports).has_value());

  storage_ = open_sqlite(path_, {}).value();
  LiveStorage& again = storage_->live();
  EXPECT_EQ(again.load_models(study_).value(), std::vector<ModelRecord>{model});
  const auto branches = again.load_branches(study_, 3).value();
  EXPECT_FALSE(branches[0].parent.has_value());
  EXPECT_EQ(branches[1].parent, 0);
  EXPECT_EQ(branches[1].checkpoint, checkpoint);
  const auto checkpoints = again.load_checkpoints(study_, 3).value();
  EXPECT_EQ(checkpoints.front().path, "/p");
  EXPECT_FALSE(checkpoints.front().value.has_value());
  const auto interventions = again.load_interventions(study_, 3).value();
  ASSERT_EQ(interventions.size(), 1U);
  EXPECT_EQ(interventions.front().helped, 0.75);
  EXPECT_EQ(interventions.front().note, "n");
  const auto told = again.load_branch_reports(study_, 3, 1).value();
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].step, 1);
  EXPECT_TRUE(std::isnan(told[1].value));
  ASSERT_TRUE(again.drop_branch_reports(study_, 3, 1, 1).has_value());
  EXPECT_EQ(again.load_branch_reports(study_, 3, 1).value().size(), 1U);
  EXPECT_EQ(storage_->load_events(study_, 0).value().size(), 2U);
}

TEST_F(Live, AMailboxIsEmptiedInTheOrderItWasFilled) {
  LiveStorage& live = storage_->live();
  const auto first = live.post_command(study_, {.trial = 0, .kind = "set", .who = "ada"}).value();
  const auto second = live.post_command(study_, {.trial = 0, .kind = "undo", .who = "bob"}).value();
  auto pending = live.pending_commands(study_).value();
  ASSERT_EQ(pending.size(), 2U);
  EXPECT_EQ(pending[0].id, first);
  ASSERT_TRUE(live.answer_command(first, "done", "{}", 9).has_value());
  pending = live.pending_commands(study_).value();
  ASSERT_EQ(pending.size(), 1U);
  EXPECT_EQ(pending[0].id, second);
  EXPECT_EQ(live.find_command(first).value()->state, "done");
}

TEST_F(Live, AnotherProcessWritingWakesTheReaderAndOwnWritesAreNotNews) {
  LiveStorage& live = storage_->live();
  ASSERT_GE(live.wake_fd(), 0);
  EXPECT_TRUE(live.changed_elsewhere().value());
  EXPECT_FALSE(is_readable(live.wake_fd()));
  ASSERT_TRUE(live.post_command(study_, {.trial = 0, .kind = "set"}).has_value());
  EXPECT_FALSE(live.changed_elsewhere().value());
  auto other = open_sqlite(path_, {}).value();
  ASSERT_TRUE(other->live().post_command(study_, {.trial = 0, .kind = "set"}).has_value());
  EXPECT_TRUE(is_readable(live.wake_fd()));
  EXPECT_TRUE(live.changed_elsewhere().value());
  EXPECT_FALSE(is_readable(live.wake_fd()));
  EXPECT_FALSE(live.changed_elsewhere().value());
}

}  // namespace
}  // namespace sterlet::storage
