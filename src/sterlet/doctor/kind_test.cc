#include "sterlet/doctor/kind.h"

#include <gtest/gtest.h>

namespace sterlet::doctor {
namespace {

TEST(Kind, IsTheProgramThatAStudyStarts) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(kind_of({}, Words{"python3", "-u", "src/train_cnn.py", "--epochs", "3"}), "train_cnn.py");
  EXPECT_EQ(kind_of({}, Words{"/usr/bin/sterlet-train", "mlp", "--data", "x.csv"}), "sterlet-train mlp");
  EXPECT_EQ(kind_of({}, Words{"./train", "--lr", "${lr}"}), "train");
  EXPECT_EQ(kind_of({}, Words{"python3", "-m", "project.train"}), "project.train");
  EXPECT_EQ(kind_of({}, {}), "");
}

TEST(Kind, IsWhatATagOfTheStudySays) {
  const std::vector<std::string> command{"python3", "train.py"};
  EXPECT_EQ(kind_of({"baseline", "kind:cnn"}, command), "cnn");
  EXPECT_EQ(kind_of({"kind:"}, command), "train.py");
}

}  // namespace
}  // namespace sterlet::doctor
