#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include <fmt/format.h>

#include "sterlet/context/context.h"
#include "sterlet/context/difference.h"
#include "sterlet/context/test_support.h"

namespace sterlet::context {
namespace {

using base::Json;

std::string no_environment(const char* name) { return std::string(name) == "PATH" ? "/usr/bin:/bin" : ""; }

// Looks at it as a user who may not read what is closed.
class ClosedFolder : public InFolder {
 protected:
  ClosedFolder() {
    chmod(folder_.c_str(), 0755);
    write("data/a.csv", "x,y\n1,2\n");
    write("data/x/b.csv", "x,y\n1,2\n");
  }
  Json look() {
    const uid_t own = geteuid();
    EXPECT_TRUE(own != 0 || seteuid(65534) == 0);
    Json context = Taker({.folder = folder_,
                          .command = {"sh"},
                          .wanted = {{"files", {"data"}}},
                          .version = "1.0",
                          .environment = no_environment,
                          .root = path("root")},
                         "")
                       .take(is_cancelled_);
    EXPECT_TRUE(own != 0 || seteuid(own) == 0);
    return context;
  }
  void close(const std::string& name, mode_t mode = 0) const { ASSERT_EQ(chmod(path(name).c_str(), mode), 0); }
};

TEST_F(ClosedFolder, AFolderThatCannotBeOpenedIsToldAndChangesTheHash) {
  const Json whole = look();
  EXPECT_FALSE(whole.contains("problems"));
  close("data/x");
  const Json shut = look();
  close("data/x", 0755);
  EXPECT_EQ(shut["problems"],
            Json({"data/x/: the folder cannot be opened (Permission denied); it is not part of the hash of data"}));
  EXPECT_EQ(shut["files"][0]["closed"], Json({"x/"}));
  EXPECT_EQ(shut["files"][0]["files"], 1);
  const auto changes = find_changes(whole, shut);
  ASSERT_EQ(changes.size(), 1U) << "its files are not told to be gone";
  EXPECT_EQ(changes[0].text, "data/x/: cannot be read");
  ASSERT_EQ(find_changes(shut, whole).size(), 1U);
  EXPECT_EQ(find_changes(shut, whole)[0].text, "data/x/: could not be read then");
  std::filesystem::remove_all(path("data/x"));
  EXPECT_NE(look()["files"][0]["hash"], shut["files"][0]["hash"]) << "a folder without it is another one";
}

TEST_F(ClosedFolder, AFileThatCannotBeReadIsToldAndTheRestIsStillCompared) {
  close("data/x/b.csv");
  const Json shut = look();
  EXPECT_EQ(shut["problems"],
            Json({"data/x/b.csv: the file cannot be opened (Permission denied); it is not part of the hash of data"}));
  write("data/a.csv", "x,y\n1,2\n3,4\n");
  const auto changes = find_changes(shut, look());
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].text, "data/a.csv: 100% more rows (1 -> 2)");
  std::filesystem::remove(path("data/x/b.csv"));
  EXPECT_EQ(find_changes(shut, look()).size(), 2U);
}

TEST_F(ClosedFolder, AFolderWhoseNamesAloneMayBeReadIsTold) {
  close("data/x", 0644);
  const Json shut = look();
  close("data/x", 0755);
  EXPECT_EQ(
      shut["problems"],
      Json({"data/x/b.csv: the file cannot be looked at (Permission denied); it is not part of the hash of data"}));
}

TEST_F(ClosedFolder, OfWhatIsClosedAsAWholeNothingIsKnown) {
  close("data");
  const Json shut = look();
  close("data", 0755);
  EXPECT_EQ(shut["files"][0]["unread"], true);
  EXPECT_EQ(shut["problems"],
            Json({"data: the folder cannot be opened (Permission denied); whether it has changed is not known"}));
  EXPECT_TRUE(find_changes(shut, look()).empty());
}

TEST_F(ClosedFolder, OfManyAFewAreTold) {
  for (int i = 0; i < 8; ++i) {
    write(fmt::format("data/x{}/c.csv", i), "1\n");
    close(fmt::format("data/x{}", i));
  }
  const Json shut = look();
  for (int i = 0; i < 8; ++i) close(fmt::format("data/x{}", i), 0755);
  ASSERT_EQ(shut["problems"].size(), 6U);
  EXPECT_EQ(shut["problems"][5], "data: 3 more in it could not be read, and are not part of its hash");
}

}  // namespace
}  // namespace sterlet::context
