#include "sterlet/study/queue.h"

#include <utility>

#include "sterlet/base/json.h"

namespace sterlet::study {

using base::Result;

Queue::Queue(Ledger& ledger) : ledger_(ledger) {
  if (ledger.is_stored()) return;
  for (const base::Json& point : ledger.spec().enqueue) points_.push_back(base::json_line(point));
}

Result<void> Queue::push(const std::string& params) {
  STERLET_PASS(
      ledger_.store([&](storage::Storage& storage) { return storage.push_queue(ledger_.study().id, params); }));
  if (!ledger_.is_stored()) points_.push_back(params);
  return {};
}

Result<std::optional<std::string>> Queue::pop() {
  std::optional<std::string> oldest;
  if (!ledger_.is_stored() && points_.empty()) return oldest;
  STERLET_PASS(ledger_.store([&](storage::Storage& storage) -> Result<void> {
    STERLET_TRY(oldest, storage.pop_queue(ledger_.study().id));
    return {};
  }));
  if (!ledger_.is_stored()) {
    oldest = std::move(points_.front());
    points_.pop_front();
  }
  return oldest;
}

}  // namespace sterlet::study
