// A study file, YAML or JSON. What is read without a fault must be the same when it is stored and read again.
#include "fuzz.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/study_file.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sterlet;  // NOLINT(google-build-using-namespace): a target is one function.
  const auto file = studyfile::parse_study_text(study::strategies(), fuzz::text_of(data, size), "fuzz.yaml", "/tmp");
  if (!file) {
    STERLET_CHECK(!file.error().empty(), "a study file was refused without a word");
    for (const base::Error& error : file.error()) STERLET_CHECK(!error.message().empty(), "a fault without a message");
    return 0;
  }
  const auto again = studyfile::study_from_json(study::strategies(), studyfile::json_from_spec(file->spec));
  STERLET_CHECK(again.has_value() && again->spec == file->spec, "a study is another one once it was stored");
  return 0;
}
