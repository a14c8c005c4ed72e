#include "sterlet/cli/differences.h"

#include <fmt/format.h>

#include "sterlet/base/text.h"

namespace sterlet::cli {

namespace {

std::string text_of(const base::Json& value) {
  if (value.is_null()) return "nothing";
  return base::printable(value.is_string() ? value.get<std::string>() : base::json_line(value));
}

}  // namespace

std::string difference_text(const study::Difference& difference) {
  return fmt::format("{}: was {}, is {}{}{}", base::printable(difference.key), text_of(difference.was),
                     text_of(difference.is), difference.meaning.empty() ? "" : "; ", difference.meaning);
}

base::Json differences_json(const std::vector<study::Difference>& differences) {
  base::Json list = base::Json::array();
  for (const study::Difference& difference : differences) {
    list.push_back({{"key", difference.key},
                    {"was", difference.was},
                    {"is", difference.is},
                    {"weight", study::text_of(difference.weight)},
                    {"meaning", difference.meaning}});
  }
  return list;
}

base::Json comparison_json(const std::string& study, const study::Comparison& comparison) {
  return {{"version", 1},
          {"study", study},
          {"trials", comparison.trials},
          {"outside", comparison.outside},
          {"differences", differences_json(comparison.differences)}};
}

void tell_differences(const Context& context, const studyfile::StudySpec& spec, const study::Comparison& comparison) {
  if (comparison.differences.empty() || context.quiet) return;
  if (context.json) return context.err.json(comparison_json(spec.name, comparison));
  context.err.line(fmt::format("{}: the study file says otherwise than the storage:", spec.name));
  for (const study::Difference& difference : comparison.differences) {
    context.err.line("  " + difference_text(difference));
  }
  if (comparison.find(study::Weight::kAmendment) == nullptr) return;
  const std::int64_t inside = comparison.trials - comparison.outside;
  context.err.line(
      fmt::format("  of {}, {} learned from and {} outside what is searched then",
                  base::count_text(static_cast<std::uint64_t>(comparison.trials), "earlier trial"),
                  inside == 1 ? std::string("1 is") : fmt::format("{} are", inside),
                  comparison.outside == 1 ? std::string("1 lies") : fmt::format("{} lie", comparison.outside)));
}

}  // namespace sterlet::cli
