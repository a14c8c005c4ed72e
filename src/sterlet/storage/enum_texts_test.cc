#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "sterlet/storage/mailbox.h"
#include "sterlet/storage/models.h"
#include "sterlet/storage/records.h"
#include "sterlet/storage/turns.h"

namespace sterlet::storage {
namespace {

/// The texts stand in databases: they are said here once more, so that none is changed by mistake.
template <typename Enum, typename FromText>
void expect_texts(const std::vector<std::string>& texts, FromText from_text) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(text_of(static_cast<Enum>(i)), texts[i]);
    EXPECT_EQ(from_text(texts[i]), static_cast<Enum>(i));
  }
  for (const std::string_view other : {"Kept", "kept ", "none", "0"}) EXPECT_FALSE(from_text(other)) << other;
}

TEST(EnumTexts, AreThoseOfTheDatabasesBothWays) {
  expect_texts<State>({"WAITING", "RUNNING", "PAUSED", "COMPLETE", "PRUNED", "FAILED", "LOST", "CANCELLED"},
                      state_from_text);
  expect_texts<Suspension>({"", "put_aside", "not_promoted"}, suspension_from_text);
  expect_texts<TurnRecord::State>({"waiting", "running", "done", "failed"}, turn_state_from_text);
  expect_texts<CheckpointState>({"kept", "deleted", "damaged"}, checkpoint_state_from_text);
  expect_texts<ChangeKind>({"set", "branch", "rollback", "try"}, change_kind_from_text);
  expect_texts<ChangeAuthor>({"person", "autopilot", "guard"}, change_author_from_text);
  expect_texts<ChangeState>({"watching", "kept", "undone"}, change_state_from_text);
  expect_texts<CommandState>({"pending", "done", "refused"}, command_state_from_text);
}

}  // namespace
}  // namespace sterlet::storage
