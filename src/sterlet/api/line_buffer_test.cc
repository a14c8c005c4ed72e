#include "sterlet/api/line_buffer.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace sterlet::api {
namespace {

constexpr std::size_t kMax = 8;

std::vector<std::string> lines_of(LineBuffer& buffer) {
  std::vector<std::string> lines;
  while (const auto line = buffer.next()) lines.push_back(line->is_too_long ? "(too long)" : std::string(line->text));
  return lines;
}

TEST(LineBuffer, GivesALineOnceItsEndHasCome) {
  LineBuffer buffer(kMax);
  buffer.add("one\ntw");
  EXPECT_EQ(lines_of(buffer), std::vector<std::string>{"one"});
  buffer.add("o");
  EXPECT_TRUE(lines_of(buffer).empty());
  buffer.add("\n\nthree");
  EXPECT_EQ(lines_of(buffer), (std::vector<std::string>{"two", ""}));
  buffer.end();
  EXPECT_EQ(lines_of(buffer), std::vector<std::string>{"three"}) << "the last line may lack its end";
}

TEST(LineBuffer, AStreamThatEndsWithALineEndHasNoLineAfterIt) {
  LineBuffer buffer(kMax);
  buffer.add("one\n");
  EXPECT_EQ(lines_of(buffer), std::vector<std::string>{"one"});
  buffer.end();
  EXPECT_TRUE(lines_of(buffer).empty());
}

TEST(LineBuffer, DropsALineThatIsTooLongAndGoesOnAfterIt) {
  LineBuffer buffer(kMax);
  for (int i = 0; i < 1000; ++i) {
    buffer.add("0123456789");
    EXPECT_TRUE(lines_of(buffer).empty());
  }
  buffer.add("0\nnext\n12345678\n123456789\n");
  EXPECT_EQ(lines_of(buffer), (std::vector<std::string>{"(too long)", "next", "12345678", "(too long)"}));
}

TEST(LineBuffer, ALineThatIsTooLongMayBeTheLast) {
  LineBuffer buffer(kMax);
  buffer.add("0123456789");
  EXPECT_TRUE(lines_of(buffer).empty());
  buffer.end();
  EXPECT_EQ(lines_of(buffer), std::vector<std::string>{"(too long)"});
}

// However a text is cut into pieces, its lines are the same.
TEST(LineBuffer, PiecesDoNotMatter) {
  EXPECT_TRUE(rc::check("pieces do not matter", [](const std::vector<std::vector<bool>>& pieces) {
    LineBuffer by_pieces(kMax), whole(kMax);
    std::string text;
    std::vector<std::string> lines;
    for (const auto& bits : pieces) {
      std::string piece;
      for (const bool is_end : bits) piece += is_end && piece.size() % 3 == 0 ? '\n' : 'x';
      by_pieces.add(piece);
      for (std::string& line : lines_of(by_pieces)) lines.push_back(std::move(line));
      text += piece;
    }
    by_pieces.end();
    for (std::string& line : lines_of(by_pieces)) lines.push_back(std::move(line));
    whole.add(text);
    whole.end();
    RC_ASSERT(lines_of(whole) == lines);
  }));
}

}  // namespace
}  // namespace sterlet::api
