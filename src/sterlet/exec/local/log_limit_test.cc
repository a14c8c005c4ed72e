#include "sterlet/exec/local/log_limit.h"

#include <fstream>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sterlet/exec/test_support.h"

namespace sterlet::exec {
namespace {

class LogLimitTest : public testing::Test {
 protected:
  void append(const std::string& text) { std::ofstream(path_, std::ios::app | std::ios::binary) << text; }
  std::string lines(int first, int last) const {
    std::string text;
    for (int i = first; i < last; ++i) text += fmt::format("line {}\n", i);
    return text;
  }

  TestFolder folder_;
  std::string path_ = folder_.file("log");
  LogLimit limit_{path_, 4096};
};

TEST_F(LogLimitTest, WhatIsShorterStaysAsItIs) {
  limit_.apply();  // Of no file at all.
  append(std::string(4096, 'x'));
  limit_.apply();
  EXPECT_EQ(read_whole(path_), std::string(4096, 'x'));
}

TEST_F(LogLimitTest, TheHeadAndTheTailStayInWholeLinesHoweverOftenItIsCut) {
  int written = 0;
  for (int round = 0; round < 50; ++round) {
    append(lines(written, written + 100));
    written += 100;
    limit_.apply();
    ASSERT_LE(read_whole(path_).size(), 4096U);
  }
  const std::string log = read_whole(path_);
  const std::size_t mark = log.find("\n[sterlet: ");
  ASSERT_NE(mark, std::string::npos) << log;
  EXPECT_EQ(log.find("[sterlet: ", mark + 2), std::string::npos) << "one mark, however often it is cut";
  const std::string head = log.substr(0, mark);
  EXPECT_TRUE(head.starts_with("line 0\nline 1\n"));
  EXPECT_TRUE(head.ends_with("\n"));
  const std::string tail = log.substr(log.find("]\n", mark) + 2);
  EXPECT_TRUE(tail.starts_with("line ")) << tail.substr(0, 20);
  EXPECT_TRUE(tail.ends_with("line 4999\n"));
  const std::string said = fmt::format("[sterlet: {} bytes", lines(0, written).size() - head.size() - tail.size());
  EXPECT_EQ(log.substr(mark + 1, said.size()), said);
}

TEST_F(LogLimitTest, ALinkIsNotFollowed) {
  append(std::string(5000, 'x'));
  std::filesystem::create_symlink(path_, folder_.file("link"));
  LogLimit(folder_.file("link"), 4096).apply();
  EXPECT_EQ(read_whole(path_).size(), 5000U);
}

}  // namespace
}  // namespace sterlet::exec
