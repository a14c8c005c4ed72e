// Feeds a target where it is not built with libFuzzer, in every build of the tests: first every file of the named folders
// as it is and cut short, then inputs made of them by chance. The same seed makes the same inputs everywhere.
//   fuzz-NAME [--inputs N] [--seed S] FOLDER...
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz.h"

namespace {

constexpr std::size_t kInputMax = 4096;
constexpr int kChangesMax = 6;

/// SplitMix64 (Steele, Lea, Flood 2014): small, and equal on every machine.
class Chance final {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % std::max<std::size_t>(count, 1)); }

 private:
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  std::uint64_t state_;
};

// What parsers trip over.
const std::vector<std::string> kPieces = {"",
                                          "\n",
                                          "\0",
                                          "{",
                                          "}",
                                          "[",
                                          "]",
                                          "\"",
                                          "'",
                                          ":",
                                          ",",
                                          "#",
                                          "&a",
                                          "*a",
                                          "|",
                                          "- ",
                                          "\t",
                                          "-1",
                                          "0",
                                          "1e999",
                                          "1e-9",
                                          "null",
                                          "true",
                                          ".nan",
                                          "-inf",
                                          "NaN",
                                          "Infinity",
                                          "\xff\xfe",
                                          "\xc2\x9b",
                                          "\xe2\x80\xae",
                                          "9223372036854775808",
                                          "${x}",
                                          "((((("};

std::string mutated(const std::vector<std::string>& corpus, Chance& chance) {
  std::string text = corpus[chance.below(corpus.size())];
  for (std::size_t changes = 1 + chance.below(kChangesMax); changes > 0; --changes) {
    const std::size_t at = chance.below(text.size() + 1),
                      length = chance.below(std::min<std::size_t>(text.size() - at, 16) + 1);
    switch (chance.below(5)) {
      case 0:  // A byte.
        if (at < text.size()) text[at] = static_cast<char>(chance.below(256));
        break;
      case 1:  // A part is lost.
        text.erase(at, length);
        break;
      case 2:  // A part comes twice, elsewhere.
        text.insert(chance.below(text.size() + 1), text.substr(at, length));
        break;
      case 3:
        text.replace(at, length, kPieces[chance.below(kPieces.size())]);
        break;
      default: {  // The rest of another input.
        const std::string& other = corpus[chance.below(corpus.size())];
        text = text.substr(0, at) + other.substr(chance.below(other.size() + 1));
        break;
      }
    }
  }
  return text.substr(0, kInputMax);
}

// The input under way, for what is said when it crashes.
std::string current;

void say(const char* text, std::size_t size) {
  if (::write(STDERR_FILENO, text, size) < 0) std::_Exit(1);
}

void crashed(int signal) {
  constexpr char kWhat[] = "\nthe target crashed on this input:\n";
  say(kWhat, sizeof(kWhat) - 1);
  say(current.data(), current.size());
  say("\n", 1);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void give(const std::string& text) {
  current = text;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(current.data()), current.size());
}

std::vector<std::string> read_corpus(const std::vector<std::string>& folders) {
  std::vector<std::filesystem::path> paths;
  for (const std::string& folder : folders) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> corpus;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return corpus;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t inputs = 0;
  std::uint64_t seed = 1;
  std::vector<std::string> folders;
  for (int i = 1; i < argc; ++i) {
    const bool has_value = i + 1 < argc;
    if (has_value && std::strcmp(argv[i], "--inputs") == 0) {
      inputs = std::strtoull(argv[++i], nullptr, 10);
    } else if (has_value && std::strcmp(argv[i], "--seed") == 0) {
      seed = std::strtoull(argv[++i], nullptr, 10);
    } else {
      folders.emplace_back(argv[i]);
    }
  }
  const std::vector<std::string> corpus = read_corpus(folders);
  if (corpus.empty()) return 1;
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGILL, SIGBUS}) std::signal(signal, crashed);
  for (const std::string& text : corpus) {
    for (const std::size_t size : {text.size(), text.size() / 2, text.size() - text.size() / 8})
      give(text.substr(0, size));
  }
  Chance chance(seed);
  for (std::size_t i = 0; i < inputs; ++i) give(mutated(corpus, chance));
  std::printf("%zu files, %zu inputs of seed %llu\n", corpus.size(), inputs, static_cast<unsigned long long>(seed));
  return 0;
}
