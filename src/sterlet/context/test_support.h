#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

namespace sterlet::context {

/// A folder of its own for each test.
class InFolder : public testing::Test {
 protected:
  InFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sterlet-context-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~InFolder() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  std::string write(const std::string& name, std::string_view text) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }
  /// Changes a byte, and puts size and time of writing back as they were.
  void change_secretly(const std::string& name) const {
    struct stat before {};
    ASSERT_EQ(::stat(path(name).c_str(), &before), 0);
    std::fstream file(path(name), std::ios::in | std::ios::out | std::ios::binary);
    const char first = static_cast<char>(file.get());
    file.seekp(0);
    file.put(static_cast<char>(first ^ 1));
    file.close();
    const struct timespec times[2] = {before.st_atim, before.st_mtim};
    ASSERT_EQ(::utimensat(AT_FDCWD, path(name).c_str(), times, 0), 0);
    struct stat after {};
    ASSERT_EQ(::stat(path(name).c_str(), &after), 0);
    ASSERT_EQ(after.st_size, before.st_size);
    ASSERT_EQ(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
  }
  /// Until the file system's clock has gone on by more than what Hashes takes for one step.
  void let_it_settle(const std::string& name) const {
    struct stat file {};
    ASSERT_EQ(::stat(path(name).c_str(), &file), 0);
    const std::int64_t changed = std::int64_t{file.st_ctim.tv_sec} * 1000 + file.st_ctim.tv_nsec / 1'000'000;
    const auto now = [] {
      return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
    };
    while (now() < changed + 60) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }

  std::string folder_;
  std::atomic<bool> is_cancelled_ = false;
};

}  // namespace sterlet::context
