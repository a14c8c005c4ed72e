#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sterlet::plan {

/// What a run may use of this machine.
struct Machine {
  double cores = 1;               ///< > 0. Where a control group has a quota, it may be a part of a core.
  std::int64_t memory_bytes = 0;  ///< 0: not known.
  std::vector<int> gpus;
  bool is_limited = false;  ///< A control group gives less than the machine has.
};

/// Where the system tells of itself; a test names files of its own.
struct MachinePlaces {
  std::string own_groups = "/proc/self/cgroup";
  std::string groups = "/sys/fs/cgroup";
  std::string memory = "/proc/meminfo";
};

/// `cores` and `gpus` as the executor sees them, lessened by the limits of control groups (version 2 or 1; the smallest
/// of a group and those above it counts). What cannot be read does not limit.
Machine read_machine(int cores, std::vector<int> gpus, const MachinePlaces& places = {});

}  // namespace sterlet::plan
