// Lines of ask/tell to a study in memory, in one stream.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "sterlet/api/ask_tell.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/study_file.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sterlet;  // NOLINT(google-build-using-namespace): a target is one function.
  static const int kNowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  auto file = studyfile::parse_study_text(
      study::strategies(),
      "{objective: loss, sampler: random, pruner: median, seed: 1, params: {x: {type: float, low: 0, high: 1}, k: "
      "{type: "
      "categorical, choices: [a, b]}}, constraints: [\"x <= 0.9\"]}",
      "fuzz.yaml", "/tmp");
  STERLET_CHECK(file.has_value(), "the target's own study is wrong");
  auto study = study::Study::open(std::move(*file), {});
  STERLET_CHECK(study.has_value(), "the target's own study does not open");
  const int lines = ::memfd_create("lines", MFD_CLOEXEC);
  STERLET_CHECK(lines >= 0 && ::write(lines, data, size) == static_cast<ssize_t>(size), "the lines cannot be written");
  ::lseek(lines, 0, SEEK_SET);
  const auto answered = api::answer_lines(**study, base::system_clock(), {.in = lines, .out = kNowhere});
  STERLET_CHECK(answered.has_value(), "a line ended the stream");
  ::close(lines);
  return 0;
}
