// Gives a target every file of the named folders, where it is not built with libFuzzer: whatever crashed once is tried
// by each compiler, in every build of the tests. Use: fuzz-NAME FOLDER...
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "fuzz.h"

int main(int argc, char** argv) {
  int count = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(file), {}};
      // Cut anywhere, too: a torn line, a file that was not written to its end.
      for (const std::size_t size : {text.size(), text.size() / 2, text.size() - text.size() / 8}) {
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), size);
      }
      ++count;
    }
  }
  std::printf("%d files\n", count);
  return count > 0 ? 0 : 1;
}
