#include "sterlet/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include <gtest/gtest.h>

namespace sterlet::base {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class WriteWhole : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "sterlet-file-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string at(const std::string& name) const { return (folder_ / name).string(); }
  std::size_t file_count() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }
  fs::path folder_;
};

TEST_F(WriteWhole, MakesAndReplacesAFile) {
  ASSERT_TRUE(write_whole(at("a"), "one"));
  EXPECT_EQ(read(at("a")), "one");
  ASSERT_EQ(chmod(at("a").c_str(), 0640), 0);
  ASSERT_TRUE(write_whole(at("a"), std::string(100000, 'x')));
  EXPECT_EQ(read(at("a")), std::string(100000, 'x'));
  struct stat info {};
  ASSERT_EQ(stat(at("a").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0640U) << "its permissions are kept";
  EXPECT_EQ(file_count(), 1U) << "nothing is left beside it";
}

TEST_F(WriteWhole, KeepsALinkAndReplacesWhatItNames) {
  fs::create_directory(at("other"));
  ASSERT_TRUE(write_whole(at("other/target"), "old"));
  fs::create_symlink("other/target", at("link"));
  fs::create_symlink("link", at("twice"));
  ASSERT_TRUE(write_whole(at("twice"), "new"));
  EXPECT_TRUE(fs::is_symlink(at("twice")));
  EXPECT_TRUE(fs::is_symlink(at("link")));
  EXPECT_EQ(read(at("other/target")), "new");
  fs::create_symlink("other/not yet", at("dangling"));
  ASSERT_TRUE(write_whole(at("dangling"), "made"));
  EXPECT_TRUE(fs::is_symlink(at("dangling")));
  EXPECT_EQ(read(at("other/not yet")), "made");
}

TEST_F(WriteWhole, FollowsNoLinkThatSomebodyPutBeside) {
  ASSERT_TRUE(write_whole(at("victim"), "precious"));
  fs::create_symlink("victim", at("out.part"));
  fs::create_symlink("victim", folder_ / (".sterlet-" + std::to_string(getpid()) + "-0.part"));
  ASSERT_TRUE(write_whole(at("out"), "mine"));
  EXPECT_EQ(read(at("victim")), "precious");
  EXPECT_EQ(read(at("out")), "mine");
}

TEST_F(WriteWhole, WritesToADeviceAndNeverReplacesIt) {
  if (mknod(at("null").c_str(), S_IFCHR | 0666, makedev(1, 3)) != 0) GTEST_SKIP() << "only root makes devices";
  const auto written = write_whole(at("null"), "text");
  struct stat info {};
  ASSERT_EQ(stat(at("null").c_str(), &info), 0);
  EXPECT_TRUE(S_ISCHR(info.st_mode));
  // Some containers mount folders without devices: then it is refused, and still a device.
  if (!written) {
    EXPECT_EQ(written.error().code, ErrorCode::kDisk);
  }
}

TEST_F(WriteWhole, ToldOfAFullDiskByADevice) {
  const auto written = write_whole("/dev/full", "text");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message(),
            "/dev/full: the file could not be written (No space left on device); look at its folder and the disk's "
            "space");
}

TEST_F(WriteWhole, WritesToAFifo) {
  ASSERT_EQ(mkfifo(at("fifo").c_str(), 0600), 0);
  std::string got;
  std::thread reader([&] { got = read(at("fifo")); });
  EXPECT_TRUE(write_whole(at("fifo"), "text"));
  reader.join();
  EXPECT_EQ(got, "text");
  EXPECT_TRUE(fs::is_fifo(at("fifo")));
}

TEST_F(WriteWhole, WritesToAnOpenFileThatHasNoNameAnyMore) {
  const int file = open(at("gone").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_GE(file, 0);
  fs::remove(at("gone"));
  ASSERT_TRUE(write_whole("/proc/self/fd/" + std::to_string(file), "text"));
  std::string got(4, ' ');
  EXPECT_EQ(pread(file, got.data(), got.size(), 0), 4);
  EXPECT_EQ(got, "text");
  EXPECT_EQ(file_count(), 0U);
  close(file);
}

TEST_F(WriteWhole, WhatIsWrittenIsReadWhole) {
  const std::string text = std::string(200'000, 'x') + '\0' + "end";
  ASSERT_TRUE(write_whole(at("file"), text));
  EXPECT_EQ(read_whole(at("file")).value(), text);
  const auto folder = read_whole(at(""));
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().message(), at("") + ": this is a folder; name a file in it");
  const auto missing = read_whole(at("none"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message(), at("none") + ": there is no such file; check the path");
}

TEST_F(WriteWhole, RefusesAFolderAndAMissingOne) {
  const auto folder = write_whole(at(""), "text");
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().message(), at("") + ": this is a folder; name a file in it");
  const auto missing = write_whole(at("no/such/file"), "text");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kDisk);
  EXPECT_NE(missing.error().what.find("No such file or directory"), std::string::npos);
}

TEST_F(WriteWhole, RefusesToReplaceWhereItIsToldTo) {
  ASSERT_TRUE(write_whole(at("a"), "one", Existing::kRefuse));
  const auto again = write_whole(at("a"), "two", Existing::kRefuse);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kConflict);
  EXPECT_EQ(read(at("a")), "one");
  EXPECT_EQ(file_count(), 1U);
}

}  // namespace
}  // namespace sterlet::base
