#include "sterlet/base/checksum.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace sterlet::base {
namespace {

std::string of(std::string_view text) {
  Checksum checksum;
  checksum.add(text);
  return checksum.text();
}

TEST(Checksum, AgreesWithPublishedValuesOfXxh64) {  // Oracle: xxhsum 0.8.1, seed 0.
  EXPECT_EQ(of(""), "ef46db3751d8e999");
  EXPECT_EQ(of("a"), "d24ec4f1a98c6e5b");
  EXPECT_EQ(of("abc"), "44bc2cf5ad770999");
}

TEST(Checksum, DoesNotDependOnHowTheBytesAreCut) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += static_cast<char>(i * 7);
  EXPECT_EQ(of(text), "240b95edf72f18e0");
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    Checksum checksum;
    checksum.add(std::string_view(text).substr(0, cut));
    checksum.add(std::string_view(text).substr(cut));
    EXPECT_EQ(checksum.text(), of(text)) << cut;
  }
}

TEST(Checksum, OfAFileSeesOneFlippedBitAndOneLostByte) {
  std::string pattern = (std::filesystem::temp_directory_path() / "sterlet-checksum-XXXXXX").string();
  const std::string folder = mkdtemp(pattern.data());
  const std::string path = folder + "/file";
  const std::string text(5000, 'x');
  const auto write = [&](const std::string& content) { std::ofstream(path, std::ios::trunc) << content; };
  write(text);
  const auto whole = checksum_of(path).value();
  EXPECT_EQ(whole.bytes, 5000);
  EXPECT_EQ(whole.text, of(text));
  std::string flipped = text;
  flipped[4321] = 'y';
  write(flipped);
  EXPECT_NE(checksum_of(path).value(), whole);
  write(text.substr(1));
  EXPECT_NE(checksum_of(path).value(), whole);
  EXPECT_EQ(checksum_of(folder + "/none").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(checksum_of(folder).value().bytes, 4999);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace sterlet::base
