#include "sterlet/cli/abandoned.h"

#include <fmt/format.h>

#include "sterlet/study/strategies/registry.h"

namespace sterlet::cli {

base::Result<Abandoned> find_abandoned(const Context& context, const OpenStudy& open) {
  study::SessionWatch watch(context.parts.clock);
  return study::abandoned_trials(*open.study, *open.storage, watch);
}

std::string gone_text(const study::Study& study) {
  const bool is_babysat = !study::strategy_of(study.spec()).is_tuned;
  return fmt::format("its tuner is gone; sterlet {} {} {}", is_babysat ? "babysit" : "resume", study.spec().name,
                     is_babysat ? "continues it" : "runs it again");
}

std::string abandoned_text(const study::Study& study, const Abandoned& abandoned) {
  constexpr std::size_t kListedMax = 8;
  if (abandoned.empty()) return {};
  std::string list;
  std::size_t listed = 0;
  for (const std::int64_t trial : abandoned) {
    if (listed++ == kListedMax) {
      list += ", ...";
      break;
    }
    list += fmt::format("{}{}", list.empty() ? "" : ", ", trial);
  }
  return fmt::format("{} {} stands still: {}", abandoned.size() == 1 ? "trial" : "each of the trials", list,
                     gone_text(study));
}

}  // namespace sterlet::cli
