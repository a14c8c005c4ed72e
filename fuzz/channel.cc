// One message of a trial's program.
#include "fuzz.h"
#include "sterlet/exec/channel/message.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sterlet;  // NOLINT(google-build-using-namespace): a target is one function.
  const auto message =
      exec::parse_message(fuzz::text_of(data, size), {.step_next = 7, .checkpoint_folder = "/tmp/checkpoints"});
  STERLET_CHECK(message.has_value() || !message.error().message().empty(), "a message was refused without a word");
  return 0;
}
