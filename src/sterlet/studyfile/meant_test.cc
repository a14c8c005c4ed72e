#include "sterlet/studyfile/meant.h"

#include <gtest/gtest.h>

namespace sterlet::studyfile {
namespace {

TEST(Meant, Numbers) {
  EXPECT_EQ(number_meant("10^-4"), "1e-4");
  EXPECT_EQ(number_meant("10**-4"), "1e-4");
  EXPECT_EQ(number_meant("2^10"), "1024");
  EXPECT_EQ(number_meant("1/1000"), "0.001");
  EXPECT_EQ(number_meant("1_000"), "1000");
  EXPECT_EQ(number_meant("5%"), "0.05");
  for (const char* text : {"", "small", "1/0", "a^2", "^", "%", "_", "10^9999"})
    EXPECT_EQ(number_meant(text), "") << text;
}

TEST(Meant, Durations) {
  EXPECT_EQ(duration_meant("10 minutes"), "10m");
  EXPECT_EQ(duration_meant("1 hour 30 min"), "1h30m");
  EXPECT_EQ(duration_meant("01:30:00"), "1h30m");
  EXPECT_EQ(duration_meant("PT1H"), "1h");
  EXPECT_EQ(duration_meant("2 days"), "2d");
  for (const char* text : {"", "soon", "-1h", "10 fortnights", "00:00:00", "1:x"})
    EXPECT_EQ(duration_meant(text), "") << text;
}

TEST(Meant, Memory) {
  EXPECT_EQ(bytes_meant("4G"), "4GiB");
  EXPECT_EQ(bytes_meant("4 gb"), "4GiB");
  EXPECT_EQ(bytes_meant("500Mi"), "500MiB");
  for (const char* text : {"", "much", "G", "4 bananas"}) EXPECT_EQ(bytes_meant(text), "") << text;
}

TEST(Meant, Ranges) {
  EXPECT_EQ(range_meant("uniform(0, 1)"), "{type: float, low: 0, high: 1}");
  EXPECT_EQ(range_meant("tune.loguniform(1e-5, 1e-1)"), "{type: float, low: 1e-5, high: 1e-1, scale: log}");
  EXPECT_EQ(range_meant("randint(1, 10)"), "{type: int, low: 1, high: 10}");
  EXPECT_EQ(range_meant("choice(a, b)"), "{choices: [a, b]}");
  EXPECT_EQ(range_meant("tune.choice([a, b])"), "{choices: [a, b]}");
  EXPECT_EQ(range_meant("0..1"), "{type: int, low: 0, high: 1}");
  EXPECT_EQ(range_meant("0.1..1"), "{type: float, low: 0.1, high: 1}");
  EXPECT_EQ(range_meant("loguniform(low, high)"), "{type: float, low: 1e-4, high: 1, scale: log}");
  for (const char* text : {"", "adam", "Conv(3)", "a..b", "uniform", "../data", "uniform("})
    EXPECT_EQ(range_meant(text), "") << text;
}

TEST(Meant, Names) {
  EXPECT_EQ(name_meant("learning rate"), "learning_rate");
  EXPECT_EQ(name_meant("--lr"), "lr");
  EXPECT_EQ(name_meant("model/lr"), "model.lr");
  for (const char* text : {"", "--", "2x",
                           "gr\xC3\xB6\xC3\x9F"
                           "e",
                           "a=b"})
    EXPECT_EQ(name_meant(text), "") << text;
}

TEST(Meant, NumbersWithACommaInABraceMap) {
  const auto meant = [](const std::string& text, std::size_t at) { return comma_number(*parse_yaml(text), at); };
  EXPECT_EQ(meant("{low: 0,5, high: 1}", 1), "0.5");
  EXPECT_EQ(meant("{low: 10,000, high: 1}", 1), "10000");
  EXPECT_EQ(meant("{low: 0,500}", 1), "0.500");
  EXPECT_EQ(meant("{low: 0, high: 1}", 1), "");
  EXPECT_EQ(meant("{low: a,5}", 1), "");
  EXPECT_EQ(meant("{5: 1}", 0), "");
}

}  // namespace
}  // namespace sterlet::studyfile
