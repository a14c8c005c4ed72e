#include "sterlet/storage/sqlite/patience.h"

#include <algorithm>
#include <array>

#include "sterlet/base/clock.h"

namespace sterlet::storage {

void Patience::set(sqlite3* raw, std::int64_t limit_ms) {
  limit_ms_ = limit_ms;
  sqlite3_busy_handler(raw, &Patience::on_busy, this);
}

// As sqlite3_busy_timeout waits, which does not tell how long it was.
int Patience::on_busy(void* self, int count) {
  constexpr std::array<std::int64_t, 12> kPausesMs{1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100};
  auto& patience = *static_cast<Patience*>(self);
  const std::int64_t now_ms = base::system_clock().steady_ms();
  if (count == 0) patience.began_ms_ = now_ms;
  patience.waited_ms_ = now_ms - patience.began_ms_;
  const std::int64_t left_ms = patience.limit_ms_ - patience.waited_ms_;
  if (left_ms <= 0) return 0;
  const auto step = std::min(static_cast<std::size_t>(count), kPausesMs.size() - 1);
  sqlite3_sleep(static_cast<int>(std::min(kPausesMs[step], left_ms)));
  return 1;
}

}  // namespace sterlet::storage
