#include "sterlet/pruners/docs.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace sterlet::pruners {
namespace {

TEST(PrunersDocs, AreWhatDocsPrunersSays) {
  const std::string path = std::string(STERLET_SOURCE_DIR) + "/docs/pruners.md";
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path) << docs_page();
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_EQ(text.str(), docs_page()) << "print it again: scripts/test --update-golden";
}

}  // namespace
}  // namespace sterlet::pruners
