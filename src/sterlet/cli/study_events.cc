#include "sterlet/cli/study_events.h"

#include <string>

#include "sterlet/base/clock.h"

namespace sterlet::cli {

base::Result<std::vector<storage::EventRecord>> study_events(const OpenStudy& open) {
  STERLET_TRY(auto events, open.storage->load_events(open.study->storage_id(), 0));
  std::erase_if(events, [](const storage::EventRecord& event) { return event.trial.has_value(); });
  return events;
}

void print_events(const Context& context, const std::vector<storage::EventRecord>& events) {
  std::vector<std::vector<std::string>> rows;
  for (const storage::EventRecord& event : events) {
    const std::string when = base::timestamp_text(event.wall_ms);
    if (context.json) {
      context.out.json({{"event", event.kind}, {"at", when}, {"text", event.detail}});
    } else {
      rows.push_back({when, event.detail});
    }
  }
  context.out.table(rows);
}

}  // namespace sterlet::cli
