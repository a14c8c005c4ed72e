#include "sterlet/plan/machine.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace sterlet::plan {
namespace {

namespace fs = std::filesystem;

class MachineTest : public testing::Test {
 protected:
  MachineTest() {
    std::string path = (fs::temp_directory_path() / "sterlet-machine-XXXXXX").string();
    folder_ = mkdtemp(path.data());
    write("meminfo", "MemTotal:       8000000 kB\nMemFree:         100000 kB\n");
  }
  ~MachineTest() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  Machine read(int cores) {
    return read_machine(cores, {},
                        {.own_groups = (folder_ / "own").string(),
                         .groups = (folder_ / "groups").string(),
                         .memory = (folder_ / "meminfo").string()});
  }

  fs::path folder_;
};

TEST_F(MachineTest, WithoutControlGroupsItIsTheMachine) {
  const Machine machine = read(4);
  EXPECT_EQ(machine.cores, 4);
  EXPECT_EQ(machine.memory_bytes, std::int64_t{8000000} * 1024);
  EXPECT_FALSE(machine.is_limited);
}

TEST_F(MachineTest, TheSmallestLimitUpTheTreeCounts) {
  write("own", "0::/user/job\n");
  write("groups/user/cpu.max", "150000 100000\n");
  write("groups/user/memory.max", "1073741824\n");
  write("groups/user/job/cpu.max", "max 100000\n");
  write("groups/user/job/memory.max", "2147483648\n");
  const Machine machine = read(4);
  EXPECT_EQ(machine.cores, 1.5);
  EXPECT_EQ(machine.memory_bytes, 1073741824);
  EXPECT_TRUE(machine.is_limited);
}

TEST_F(MachineTest, OfVersionOneEachControllerHasItsTree) {
  write("own", "12:cpu,cpuacct:/job\n11:memory:/job\n10:pids:/\n");
  write("groups/cpu/job/cpu.cfs_quota_us", "200000\n");
  write("groups/cpu/job/cpu.cfs_period_us", "100000\n");
  write("groups/memory/job/memory.limit_in_bytes", "536870912\n");
  write("groups/cpu/cpu.cfs_quota_us", "-1\n");  // No limit.
  write("groups/memory/memory.limit_in_bytes", "9223372036854771712\n");
  const Machine machine = read(4);
  EXPECT_EQ(machine.cores, 2);
  EXPECT_EQ(machine.memory_bytes, 536870912);
}

TEST_F(MachineTest, AContainerSeesTheMountAlone) {
  write("own", "0::/docker/0123456789abcdef\n");
  write("groups/cpu.max", "50000 100000\n");
  EXPECT_EQ(read(2).cores, 0.5);
}

TEST_F(MachineTest, WhatCannotBeReadDoesNotLimit) {
  write("own", "nonsense\n0::\n::::\n7:cpu\n");
  write("groups/cpu.max", "one two three\n");
  write("meminfo", "nothing here\n");
  const Machine machine = read(2);
  EXPECT_EQ(machine.cores, 2);
  EXPECT_EQ(machine.memory_bytes, 0);
}

}  // namespace
}  // namespace sterlet::plan
