// A model whose steps take a given time of processor, and that clocks what it spends in the client besides.
//
//   sterlet-bench-model STEPS MICROSECONDS REPORT_EVERY
//
// Its last line: {"total": [wall, processor], "client": [...], "checkpoints": [...]}, in seconds. The client's are
// those of poll(), report() and applied(); a checkpoint's are of writing the file and of telling that it is there.

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "sterlet.hpp"

namespace {

/// A moment on the wall's clock and on this thread's processor clock; the latter does not count other programs' turns.
struct Moment {
  double wall = 0, processor = 0;
  Moment operator-(const Moment& other) const { return {wall - other.wall, processor - other.processor}; }
  Moment& operator+=(const Moment& other) {
    wall += other.wall;
    processor += other.processor;
    return *this;
  }
};

double seconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

Moment now() { return {seconds(CLOCK_MONOTONIC), seconds(CLOCK_THREAD_CPUTIME_ID)}; }

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("sterlet-bench-model: give STEPS MICROSECONDS REPORT_EVERY\n", stderr);
    return 2;
  }
  const int steps = std::atoi(argv[1]), step_us = std::atoi(argv[2]), every = std::atoi(argv[3]);
  sterlet::TrialOptions can;
  can.live = can.restores = true;
  sterlet::Trial trial(can);
  double rate = trial.get("learning_rate", 0.01);
  Moment client, checkpoints;
  const Moment begun = now();
  for (int step = 0; step < steps && !trial.should_stop();) {
    Moment at = now();
    for (const sterlet::Message& message : trial.poll()) {
      if (message.kind == sterlet::Message::Kind::kCheckpoint) {
        client += now() - at;
        at = now();
        const std::string name = "step-" + std::to_string(step);
        if (std::FILE* file = std::fopen((trial.checkpoint_dir() + "/" + name).c_str(), "w")) {
          std::fprintf(file, "%d\n", step);
          std::fclose(file);
        }
        trial.checkpointed(step, name);
        checkpoints += now() - at;
        at = now();
      }
      if (message.values.empty()) continue;
      if (const auto given = message.values.find("learning_rate"); given != message.values.end())
        rate = given->second.number().value_or(rate);
      trial.applied(step, message.values);
    }
    client += now() - at;
    for (at = now(); (now() - at).processor < 1e-6 * step_us;) {
    }
    ++step;
    if (step % every != 0) continue;
    at = now();
    trial.report(step, {{"loss", 1.0 / (step + 1000)}, {"learning_rate", rate}});
    client += now() - at;
  }
  const Moment total = now() - begun;
  std::printf("{\"total\": [%.6f, %.6f], \"client\": [%.6f, %.6f], \"checkpoints\": [%.6f, %.6f]}\n", total.wall,
              total.processor, client.wall, client.processor, checkpoints.wall, checkpoints.processor);
}
