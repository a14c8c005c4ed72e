#include "sterlet/cli/commands.h"

#include <CLI/CLI.hpp>
#include <set>
#include <sstream>

#include "sterlet/cli/context.h"
#include "sterlet/cli/test_support.h"

namespace sterlet::cli {
namespace {

// The command line where there is no storage, so that no command gets far.
class CommandTable : public testing::Test {
 protected:
  CommandTable() {
    app_.name("sterlet");
    add_commands(app_, context_);
  }

  Sink sink_;
  HeldClock clock_;
  Printer printer_{sink_.fd(), Buffering::kWhole};
  CLI::App app_;
  Context context_{
      .parts = {.clock = clock_,
                .environment = [](const char*) { return std::string(); },
                .open_storage = [](const std::string&, const auto&) -> base::Result<std::unique_ptr<storage::Storage>> {
                  return base::fail(base::ErrorCode::kNotFound, "there is no storage in this test");
                },
                .trials_home = {},
                .make_executor = {}},
      .out = printer_,
      .err = printer_,
  };
};

// The words of a command line, without quotes, up to where its output goes.
std::vector<std::string> words_of(const std::string& example, const std::string& name) {
  std::istringstream in(example.substr(example.find("sterlet " + name)));
  std::vector<std::string> words;
  for (std::string word; in >> word && word != ">" && word != "|";) {
    bool is_quoted = word.front() == '\'';
    if (is_quoted) word.erase(0, 1);
    for (std::string more; is_quoted && word.back() != '\'' && in >> more;) word += " " + more;
    if (is_quoted) word.pop_back();
    words.push_back(word);
  }
  words.erase(words.begin());
  return words;
}

TEST_F(CommandTable, NamesEachCommandOnce) {
  std::set<std::string> names;
  for (const Command* row : commands()) EXPECT_TRUE(names.insert(row->name).second) << row->name;
  EXPECT_EQ(app_.get_subcommands([](CLI::App*) { return true; }).size(), names.size());
}

TEST_F(CommandTable, EachSaysWhatItDoesInOneLine) {
  for (const Command* row : commands()) {
    const std::string summary = row->summary;
    EXPECT_GE(summary.size(), 15U) << row->name;
    EXPECT_LE(summary.size(), 90U) << row->name;
    EXPECT_NE(summary.back(), '.') << row->name;
    EXPECT_EQ(summary.find('\n'), std::string::npos) << row->name;
  }
}

TEST_F(CommandTable, EachHasHelpWithAnExampleThatItsOptionsUnderstand) {
  for (const Command* row : commands()) {
    const CLI::App* command = app_.get_subcommand(row->name);
    EXPECT_NE(command->help().find(std::string("Example: ") + row->example), std::string::npos) << row->name;
    auto words = words_of(row->example, row->name);
    if (words.size() == 1) continue;           // Nothing to understand.
    std::reverse(words.begin(), words.end());  // As CLI11 wants them.
    EXPECT_NO_THROW(app_.parse(words)) << row->example;
    EXPECT_TRUE(app_.got_subcommand(row->name)) << row->example;
    app_.clear();
    printer_.flush();
    sink_.take();
  }
}

TEST_F(CommandTable, EachOptionIsExplained) {
  for (const CLI::App* command : app_.get_subcommands([](const CLI::App*) { return true; })) {
    for (const CLI::Option* option : command->get_options()) {
      EXPECT_FALSE(option->get_description().empty()) << command->get_name() << " " << option->get_name();
    }
  }
}

}  // namespace
}  // namespace sterlet::cli
