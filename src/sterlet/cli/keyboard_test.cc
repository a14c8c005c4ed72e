#include "sterlet/cli/keyboard.h"

#include <gtest/gtest.h>

namespace sterlet::cli {
namespace {

using Name = Key::Name;

std::vector<Name> names_of(std::string_view bytes) {
  std::vector<Name> names;
  for (const Key& key : parse_keys(bytes)) names.push_back(key.name);
  return names;
}

TEST(Keys, HaveNames) {
  EXPECT_EQ(names_of("\x1b[A\x1b[B\x1bOA\x1b[5~\x1b[6~\x1b[H\x1b[F\r\x7f"),
            (std::vector<Name>{Name::kUp, Name::kDown, Name::kUp, Name::kPageUp, Name::kPageDown, Name::kHome,
                               Name::kEnd, Name::kEnter, Name::kBackspace}));
}

TEST(Keys, OfTextAreCharacters) {
  EXPECT_EQ(parse_keys("aé/"), (std::vector<Key>{{.text = "a"}, {.text = "é"}, {.text = "/"}}));
}

TEST(Keys, EscapeIsAloneWhereNoSequenceFollows) {
  EXPECT_EQ(names_of("\x1b"), (std::vector<Name>{Name::kEscape}));
  EXPECT_EQ(parse_keys("\x1bq"), (std::vector<Key>{{.name = Name::kEscape}, {.text = "q"}}));
}

TEST(Keys, OfOtherSequencesAreLeftOut) {
  EXPECT_EQ(parse_keys("\x1b[15~\x1b[1;5Cx"), (std::vector<Key>{{.text = "x"}}));
  EXPECT_TRUE(parse_keys("\x01\x02\x1b[").empty());
}

}  // namespace
}  // namespace sterlet::cli
