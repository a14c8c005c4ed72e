#include "sterlet/context/hashes.h"

#include <fcntl.h>

#include <string>

#include "sterlet/context/summary.h"
#include "sterlet/context/test_support.h"

namespace sterlet::context {
namespace {

class HashesTest : public InFolder {
 protected:
  FileContent content(Hashes& hashes, const std::string& name) {
    return hashes.content_of(path(name), stamp_of(path(name)).value(), is_cancelled_).value();
  }
  base::Json summary(const std::string& name, std::string_view text) {
    write(name, text);
    Hashes hashes("");
    return content(hashes, name).summary;
  }
};

TEST_F(HashesTest, AFileIsReadOnceWhileItIsAsItWas) {
  write("a.bin", "abc");
  let_it_settle("a.bin");
  Hashes hashes("");
  const std::string first = content(hashes, "a.bin").hash;
  EXPECT_EQ(first.size(), 16U);
  EXPECT_EQ(content(hashes, "a.bin").hash, first);
  EXPECT_EQ(hashes.files_read(), 1);
}

TEST_F(HashesTest, AChangedByteIsFoundThoughSizeAndTimeWerePutBack) {
  write("a.bin", std::string(100'000, 'x'));
  let_it_settle("a.bin");
  Hashes hashes("");
  const std::string first = content(hashes, "a.bin").hash;
  change_secretly("a.bin");
  EXPECT_NE(content(hashes, "a.bin").hash, first);
}

TEST_F(HashesTest, AFileThatWasWrittenJustNowIsReadAgain) {
  write("a.bin", "abc");
  Hashes hashes("");
  static_cast<void>(content(hashes, "a.bin"));
  static_cast<void>(content(hashes, "a.bin"));
  EXPECT_EQ(hashes.files_read(), 2) << "it may change once more within the same step of the file system's clock";
}

TEST_F(HashesTest, WhatCostTimeIsKeptInAFileAndADamagedOneCostsTimeAlone) {
  const std::string large(static_cast<std::size_t>(Hashes::kSavedBytes), 'x');
  write("large.csv", large);
  write("small.csv", "a,b\n1,2\n");
  let_it_settle("small.csv");
  std::string hash;
  {
    Hashes hashes(path("kept"));
    static_cast<void>(content(hashes, "small.csv"));
    hashes.save();
    EXPECT_FALSE(std::filesystem::exists(path("kept"))) << "nothing that takes long to read again";
    hash = content(hashes, "large.csv").hash;
    hashes.save();
  }
  Hashes again(path("kept"));
  EXPECT_EQ(content(again, "large.csv").hash, hash);
  EXPECT_EQ(content(again, "small.csv").summary, (base::Json{{"rows", 1}, {"columns", 2}}));
  EXPECT_EQ(again.files_read(), 0);
  for (const std::string_view text : {"", "sterlet hashes 1\n1 2 3\n", "sterlet hashes 1\nx\ty\tz\n", "other\n"}) {
    write("kept", text);
    Hashes damaged(path("kept"));
    EXPECT_EQ(content(damaged, "large.csv").hash, hash) << text;
    EXPECT_EQ(damaged.files_read(), 1) << text;
  }
}

TEST_F(HashesTest, WhatCannotBeReadIsAnError) {
  write("a.bin", "abc");
  const FileStamp stamp = stamp_of(path("a.bin")).value();
  EXPECT_FALSE(stamp_of(path("none")).has_value());
  EXPECT_FALSE(stamp_of(folder_).has_value());
  Hashes hashes("");
  EXPECT_EQ(hashes.content_of(path("none"), stamp, is_cancelled_).error().code, base::ErrorCode::kNotFound);
  EXPECT_EQ(hashes.content_of(folder_, stamp, is_cancelled_).error().code, base::ErrorCode::kDisk);
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(hashes.content_of(path("pipe"), stamp, is_cancelled_).error().code, base::ErrorCode::kDisk) << "no hang";
  is_cancelled_ = true;
  EXPECT_EQ(hashes.content_of(path("a.bin"), stamp, is_cancelled_).error().code, base::ErrorCode::kInterrupted);
}

TEST_F(HashesTest, TablesSayRowsAndColumns) {
  EXPECT_EQ(summary("a.csv", "x,y\n1,2\n3,4\n"), (base::Json{{"rows", 2}, {"columns", 2}}));
  EXPECT_EQ(summary("b.csv", "1,2\n3,4"), (base::Json{{"rows", 2}, {"columns", 2}})) << "no header, no last newline";
  EXPECT_EQ(summary("c.tsv", "a\tb\tc\n"), (base::Json{{"rows", 0}, {"columns", 3}}));
  EXPECT_EQ(summary("d.CSV", "\"a,b\",c\r\n1,2\r\n"), (base::Json{{"rows", 1}, {"columns", 2}}));
  EXPECT_TRUE(summary("e.csv", "").is_null());
  EXPECT_TRUE(summary("f.csv", std::string(200'000, 'x')).is_null()) << "no table has such a line";
  EXPECT_TRUE(summary("g.txt", "a,b\n").is_null());
}

TEST_F(HashesTest, ImagesSayHowManyAndOfWhichShape) {
  std::string idx("\0\0\x08\x03\0\0\0\x02\0\0\0\x03\0\0\0\x04", 16);
  EXPECT_EQ(summary("train-images-idx3-ubyte", idx + std::string(24, 'x')),
            (base::Json{{"items", 2}, {"shape", {3, 4}}}));
  EXPECT_TRUE(summary("short-ubyte", idx + std::string(23, 'x')).is_null()) << "not as long as it says";
  idx[4] = '\x7f';
  EXPECT_TRUE(summary("huge-ubyte", idx).is_null());
}

// As numpy.save and numpy.savez write them.
std::string npy(const std::string& header) {
  std::string text = header;
  text.resize(118, ' ');
  return std::string("\x93NUMPY\x01\x00\x76\x00", 10) + text;
}

std::string little(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xFF);
  return text;
}

std::string zip_of(const std::string& name, const std::string& content) {
  const std::string sizes = little(content.size(), 4) + little(content.size(), 4);
  const std::string head = little(20, 2) + little(0, 2) + little(0, 2) + little(0, 4) + little(0, 4) + sizes;
  const std::string local = "PK\x03\x04" + head + little(name.size(), 2) + little(0, 2) + name + content;
  const std::string entry = "PK\x01\x02" + little(20, 2) + head + little(name.size(), 2) + little(0, 2) + little(0, 2) +
                            little(0, 2) + little(0, 2) + little(0, 4) + little(0, 4) + name;
  return local + entry + "PK\x05\x06" + little(0, 4) + little(1, 2) + little(1, 2) + little(entry.size(), 4) +
         little(local.size(), 4) + little(0, 2);
}

TEST_F(HashesTest, ArraysSayTheirTypesAndShapes) {
  const std::string array = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1000, 28, 28), }");
  EXPECT_EQ(summary("x.npy", array), (base::Json{{"arrays", {{"array", "float32 [1000, 28, 28]"}}}}));
  EXPECT_EQ(summary("x.npz", zip_of("images.npy", array)),
            (base::Json{{"arrays", {{"images", "float32 [1000, 28, 28]"}}}}));
  EXPECT_EQ(npy_text(npy("{'descr': '<i8', 'fortran_order': False, 'shape': (7,), }")), "int64 [7]");
  EXPECT_EQ(npy_text(npy("{'descr': '|b1', 'fortran_order': False, 'shape': (), }")), "bool []");
  EXPECT_EQ(npy_text("no array"), "");
  EXPECT_TRUE(summary("damaged.npz", zip_of("x.npy", array).substr(0, 150)).is_null());
}

TEST_F(HashesTest, ParquetSaysRowsAndColumns) {
  // FileMetaData {1: 1, 2: [SchemaElement {4: "schema", 5: 2}, {1: INT64, 4: "age"}, {1: DOUBLE, 4: "x"}], 3: 1000}
  const std::string footer = std::string("\x15\x02\x19\x3c", 4) + std::string("\x48\x06schema\x15\x04\x00", 11) +
                             std::string(
                                 "\x15\x04\x38\x03"
                                 "age\x00",
                                 8) +
                             std::string("\x15\x0a\x38\x01x\x00", 6) + std::string("\x16\xd0\x0f\x00", 4);
  const std::string file = "PAR1" + std::string(64, 'd') + footer + little(footer.size(), 4) + "PAR1";
  EXPECT_EQ(summary("t.parquet", file), (base::Json{{"rows", 1000}, {"columns", {"age INT64", "x DOUBLE"}}}));
  for (std::size_t cut = 1; cut < footer.size(); ++cut) {
    const std::string part = footer.substr(0, cut);
    static_cast<void>(summary("cut.parquet", "PAR1" + part + little(part.size(), 4) + "PAR1"));  // No crash.
  }
  EXPECT_TRUE(summary("n.parquet", "PAR1").is_null());
  EXPECT_TRUE(summary("l.parquet", "PAR1" + little(0xFFFFFFFF, 4) + "PAR1").is_null());
}

}  // namespace
}  // namespace sterlet::context
