#include "sterlet/run/trial_folder.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace sterlet::run {
namespace {

namespace fs = std::filesystem;

class TrialFolder : public testing::Test {
 protected:
  TrialFolder() : top_(fs::path(testing::TempDir()) / ("trial-folder-" + std::to_string(getpid()))) {
    fs::remove_all(top_);
    fs::create_directories(folder_);
    fs::create_directories(top_ / "victim/sub");
    write(top_ / "victim/precious");
    write(top_ / "study.db");
  }
  ~TrialFolder() override { fs::remove_all(top_); }

  static void write(const fs::path& path) { std::ofstream(path) << "bytes"; }

  const fs::path top_;
  const fs::path folder_ = checkpoints_folder((top_ / "trials").string(), 3);
};

TEST_F(TrialFolder, CarriesTheStudysIdentity) {
  const storage::StudyRecord study{.name = "s", .seed = 7, .created_ms = 1764000000000, .identity = "0123456789abcdef"};
  EXPECT_EQ(trials_folder("/data", study), "/data/sterlet-trials/s-01234567");
  EXPECT_EQ(trial_folder(trials_folder("/data", study), 17), "/data/sterlet-trials/s-01234567/17");
}

TEST_F(TrialFolder, OneOfAnOlderVersionIsFoundByItsOwnStudyAlone) {
  const storage::StudyRecord old{
      .name = "s", .seed = 4'000'051'615, .created_ms = 1764000000000, .identity = "19ab697e8000c99f"};
  EXPECT_EQ(trials_folder(top_, old), top_ / "sterlet-trials/s-19ab697e") << "it has none";
  fs::create_directories(top_ / "sterlet-trials/s/0");
  EXPECT_EQ(trials_folder(top_, old), top_ / "sterlet-trials/s");
  storage::StudyRecord other = old;
  other.identity = "0123456789abcdef";
  EXPECT_EQ(trials_folder(top_, other), top_ / "sterlet-trials/s-01234567");
}

TEST_F(TrialFolder, AFileOrAFolderInsideIsACheckpoint) {
  write(folder_ / "ck-1");
  fs::create_directories(folder_ / "ck-2");
  write(folder_ / "ck-2/weights");
  for (const char* name : {"ck-1", "ck-2", "ck-2/weights", "ck-2/../ck-1", "./ck-1"}) {
    EXPECT_TRUE(contained(folder_, folder_ / name).has_value()) << name;
  }
  EXPECT_EQ(*contained(folder_, folder_ / "ck-2/../ck-1"), fs::canonical(folder_) / "ck-1");
}

TEST_F(TrialFolder, NothingElseIsReadOrDeleted) {
  fs::create_symlink(top_ / "victim", folder_ / "link");
  fs::create_symlink(top_ / "study.db", folder_ / "file-link");
  fs::create_directories(folder_.parent_path() / "checkpoints-of-another");
  ASSERT_EQ(mkfifo((folder_ / "fifo").c_str(), 0600), 0);
  const fs::path others[] = {top_ / "victim/precious",
                             top_ / "victim",
                             top_ / "study.db",
                             folder_ / "../../../study.db",
                             folder_ / "link",
                             folder_ / "link/precious",
                             folder_ / "file-link",
                             folder_,
                             folder_ / ".",
                             folder_ / "..",
                             folder_.parent_path() / "checkpoints-of-another",
                             folder_ / "fifo",
                             "/dev/zero",
                             "/",
                             ""};
  for (const fs::path& path : others) {
    EXPECT_FALSE(contained(folder_, path).has_value()) << path;
    delete_checkpoint(folder_, path);
  }
  for (const char* kept : {"victim/precious", "victim/sub", "study.db"}) EXPECT_TRUE(fs::exists(top_ / kept)) << kept;
  EXPECT_TRUE(fs::exists(folder_ / "link/precious"));
}

TEST_F(TrialFolder, ADeletedFolderGoesWholeAndALinkGoesAlone) {
  fs::create_directories(folder_ / "ck-2/deep");
  write(folder_ / "ck-2/deep/weights");
  write(folder_ / "ck-3");
  fs::create_symlink(folder_ / "ck-3", folder_ / "latest");
  fs::create_symlink(top_ / "victim", folder_ / "ck-2/out");
  delete_checkpoint(folder_, folder_ / "ck-2");
  delete_checkpoint(folder_, folder_ / "latest");
  EXPECT_FALSE(fs::exists(folder_ / "ck-2"));
  EXPECT_FALSE(fs::exists(fs::symlink_status(folder_ / "latest")));
  EXPECT_TRUE(fs::exists(folder_ / "ck-3"));
  EXPECT_TRUE(fs::exists(top_ / "victim/precious"));
}

}  // namespace
}  // namespace sterlet::run
