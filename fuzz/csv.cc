// The table of a training, as sterlet-train reads it.
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "csv.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const int table = ::memfd_create("table", MFD_CLOEXEC);
  if (table < 0 || ::write(table, data, size) != static_cast<ssize_t>(size)) return 0;
  const std::string path = "/proc/self/fd/" + std::to_string(table);
  for (const char* task : {"auto", "classification", "regression"}) {
    static_cast<void>(sterlet::trainer::load_csv(path, {.target = "", .task = task, .train_rows = 0}));
  }
  ::close(table);
  return 0;
}
