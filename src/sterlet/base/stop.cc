#include <cstdio>
#include <cstdlib>

#include "sterlet/base/result.h"

// A file of its own, as log.cc is: the library, which may end no process of others and print nothing there, is linked with
// other ones.
namespace sterlet::base {

void stop(const char* file, int line, const char* condition, const char* message) {
  std::fprintf(stderr, "sterlet: a bug: %s (%s:%d: %s does not hold); please report it\n", message, file, line,
               condition);
  std::abort();
}

}  // namespace sterlet::base
