#pragma once

#include <poll.h>
#include <stdlib.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <functional>
#include <iterator>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sterlet/exec/executor.h"

namespace sterlet::exec {

/// A folder of the test's own, removed with it. Its path is short enough for sockets.
class TestFolder final {
 public:
  TestFolder() {
    std::string name = "/tmp/sterlet-test-XXXXXX";
    path_ = ::mkdtemp(name.data()) == nullptr ? std::string() : name;
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

inline std::string read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();  // Throws nothing where it is of a process that is gone by now.
  return text.str();
}

/// Asks again and again until `holds` or 20 s are over; for what no descriptor tells.
inline bool eventually(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (std::chrono::steady_clock::now() < end) {
    if (holds()) return true;
    ::poll(nullptr, 0, 5);
  }
  return holds();
}

/// All that happens until `enough` says so, or 30 s are over.
inline std::vector<Event> collect(Executor& executor, const std::function<bool(const std::vector<Event>&)>& enough) {
  std::vector<Event> all;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!enough(all) && std::chrono::steady_clock::now() < end) {
    for (Event& event : executor.wait(1000, {})) all.push_back(std::move(event));
  }
  return all;
}

template <typename Kind>
std::vector<Kind> of_kind(const std::vector<Event>& events) {
  std::vector<Kind> found;
  for (const Event& event : events) {
    if (const auto* one = std::get_if<Kind>(&event.what)) found.push_back(*one);
  }
  return found;
}

/// All that happens until `count` attempts have ended.
inline std::vector<Event> collect_exits(Executor& executor, std::size_t count = 1) {
  return collect(executor, [&](const auto& events) { return of_kind<Event::Exited>(events).size() >= count; });
}

}  // namespace sterlet::exec
