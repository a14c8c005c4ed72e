// How fast the context of a folder is taken: `sterlet-bench-context FOLDER HASHES`, a line of JSON on stdout.
//
// A first look (nothing is known, or what HASHES keeps), one in a new process's place (a new Taker that reads HASHES), one
// by the same Taker, and one after a byte of one file was changed with size and time of writing put back.
#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include <fmt/format.h>

#include "sterlet/context/context.h"

namespace {

namespace fs = std::filesystem;
using sterlet::context::Request;
using sterlet::context::Taker;

double milliseconds(const std::function<void()>& body) {
  const auto start = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

void change_secretly(const std::string& path) {
  struct stat before {};
  ::stat(path.c_str(), &before);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  const char first = static_cast<char>(file.get());
  file.seekp(0);
  file.put(static_cast<char>(first ^ 1));
  file.close();
  const struct timespec times[2] = {before.st_atim, before.st_mtim};
  ::utimensat(AT_FDCWD, path.c_str(), times, 0);
}

std::string hash_of(const sterlet::base::Json& context) { return context["files"][0].value("hash", std::string("?")); }

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const Request request{.folder = argv[1],
                        .command = {},
                        .wanted = {{"files", {argv[1]}}},
                        .version = "bench",
                        .environment = [](const char*) { return std::string(); }};
  const std::atomic<bool> is_cancelled = false;
  std::string hash;
  Taker first(request, argv[2]);
  const double first_ms = milliseconds([&] { hash = hash_of(first.take(is_cancelled)); });
  Taker second(request, argv[2]);
  std::string again;
  const double again_ms = milliseconds([&] { again = hash_of(second.take(is_cancelled)); });
  const double same_ms = milliseconds([&] { static_cast<void>(second.take(is_cancelled)); });
  for (const auto& entry : fs::recursive_directory_iterator(argv[1])) {
    if (!entry.is_regular_file()) continue;
    change_secretly(entry.path().string());
    break;
  }
  std::string changed;
  const double changed_ms = milliseconds([&] { changed = hash_of(second.take(is_cancelled)); });
  fmt::print(R"({{"first_ms":{:.1f},"again_ms":{:.1f},"same_ms":{:.1f},"changed_ms":{:.1f},"equal":{},"found":{}}})"
             "\n",
             first_ms, again_ms, same_ms, changed_ms, hash == again, changed != again);
  return 0;
}
