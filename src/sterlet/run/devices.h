#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/studyfile/spec.h"

namespace sterlet::run {

/// GPUs of this machine: CUDA_VISIBLE_DEVICES as given, else counted from the driver; empty if there are none.
std::vector<int> find_gpus(const std::string& visible_devices);

/// kInvalidArgument where one trial asks for more GPUs than there are.
base::Result<void> check_gpus(const studyfile::StudySpec& spec, const std::vector<int>& gpus);

/// How many trials run at once: `asked`, else the study's workers, else one for each share of the cores that a trial
/// takes; never more than the GPUs have room for. >= 1. Errors: as check_gpus.
base::Result<int> count_workers(const studyfile::StudySpec& spec, std::optional<int> asked, int cores,
                                const std::vector<int>& gpus);

/// Threads that the libraries of one trial may use (OMP_NUM_THREADS and its like): its `resources.cpu` rounded down, else
/// its share of the cores. >= 1.
int count_threads(const studyfile::StudySpec& spec, int workers, int cores);

/// Shares of GPUs: each device holds `share` trials at once.
class GpuSlots final {
 public:
  GpuSlots(const std::vector<int>& gpus, int share);
  /// `count` different devices, those with most shares free first, of equals the one named first. Their being there is
  /// the caller's promise, see count_workers.
  std::vector<int> take(int count);
  void give_back(const std::vector<int>& gpus);

 private:
  std::map<int, int> free_;  // Device to shares.
};

}  // namespace sterlet::run
