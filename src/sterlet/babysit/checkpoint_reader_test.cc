#include "sterlet/babysit/checkpoint_reader.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace sterlet::babysit {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;

class Reader : public testing::Test {
 protected:
  Reader() { fs::create_directories(folder_); }
  ~Reader() override { fs::remove_all(folder_); }

  // Until that many have been read.
  std::vector<CheckpointReader::Read> wait_for(CheckpointReader& reader, std::size_t count) {
    std::vector<CheckpointReader::Read> all;
    while (all.size() < count) {
      pollfd wake{.fd = reader.fd(), .events = POLLIN, .revents = 0};
      ::poll(&wake, 1, -1);
      for (auto& read : reader.take()) all.push_back(std::move(read));
    }
    return all;
  }

  const fs::path folder_ = fs::path(testing::TempDir()) / ("reader-" + std::to_string(getpid()));
};

TEST_F(Reader, ReadsInTheOrderAskedForWithTheSameChecksumAsAnybody) {
  std::ofstream(folder_ / "one") << "some weights";
  std::ofstream(folder_ / "two") << "other weights";
  CheckpointReader reader;
  EXPECT_EQ(reader.ask(folder_, folder_ / "two"), 1U);
  EXPECT_EQ(reader.ask(folder_, folder_ / "one"), 2U);
  const auto read = wait_for(reader, 2);
  EXPECT_EQ(read[0].ticket, 1U);
  EXPECT_EQ(read[0].checksum.value(), base::checksum_of(folder_ / "two").value());
  EXPECT_EQ(read[1].ticket, 2U);
  EXPECT_EQ(read[1].checksum.value(), base::checksum_of(folder_ / "one").value());
}

TEST_F(Reader, WhatCannotBeReadIsAnErrorAndNeverAWait) {
  ASSERT_EQ(mkfifo((folder_ / "fifo").c_str(), 0600), 0);
  CheckpointReader reader;
  reader.ask(folder_, folder_ / "fifo");
  reader.ask(folder_, "/dev/zero");
  reader.ask(folder_, folder_ / "nothing");
  const auto read = wait_for(reader, 3);
  EXPECT_EQ(read[0].checksum.error().code, ErrorCode::kDisk);
  EXPECT_EQ(read[1].checksum.error().code, ErrorCode::kConflict);
  EXPECT_EQ(read[2].checksum.error().code, ErrorCode::kNotFound);
}

TEST_F(Reader, ALargeFileIsLeftInTheMiddleWhenItIsCancelled) {
  std::ofstream(folder_ / "large").put('x');
  fs::resize_file(folder_ / "large", std::uintmax_t{1} << 42);  // Four TiB of holes: they would take an hour.
  CheckpointReader reader;
  reader.ask(folder_, folder_ / "large");
  reader.ask(folder_, folder_ / "large");
  reader.cancel();
  const auto read = wait_for(reader, 2);
  EXPECT_EQ(read[0].checksum.error().code, ErrorCode::kInterrupted);
  EXPECT_EQ(read[1].checksum.error().code, ErrorCode::kInterrupted);
}

TEST_F(Reader, GoesInTheMiddleOfALargeFile) {
  std::ofstream(folder_ / "large").put('x');
  fs::resize_file(folder_ / "large", std::uintmax_t{1} << 42);
  CheckpointReader reader;
  reader.ask(folder_, folder_ / "large");
}

}  // namespace
}  // namespace sterlet::babysit
