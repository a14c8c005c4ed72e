#include "sterlet/babysit/mailbox_error.h"

#include <gtest/gtest.h>

namespace sterlet::babysit {
namespace {

using base::ErrorCode;
using base::Json;

TEST(MailboxError, EveryCodeComesBack) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::kExhausted); ++code) {
    const base::Error error{.code = static_cast<ErrorCode>(code), .where = "here", .what = "this", .next = "that"};
    const Json json = json_from_error(error);
    EXPECT_TRUE(json["error"].is_string()) << code;
    EXPECT_EQ(error_from_json(json), error);
  }
}

TEST(MailboxError, AnAnswerOfAnOlderVersionIsRead) {
  const Json json{{"code", 5}, {"where", ""}, {"what", "the disk is full"}, {"next", ""}};
  EXPECT_EQ(error_from_json(json).code, ErrorCode::kDisk);
}

TEST(MailboxError, WhatIsUnknownOrDamagedIsAConflict) {
  EXPECT_EQ(error_from_json({{"error", "of_tomorrow"}, {"what", "x"}}).code, ErrorCode::kConflict);
  EXPECT_EQ(error_from_json({{"code", 99}, {"what", 7}}).what, "");
  EXPECT_EQ(error_from_json(Json::object()).code, ErrorCode::kConflict);
}

}  // namespace
}  // namespace sterlet::babysit
