#pragma once

#include <sqlite3.h>

#include <cstdint>

namespace sterlet::storage {

/// How long a connection waits for another program's lock, and how long it has waited. Installs itself as the
/// connection's busy handler, so it stays where it is made.
class Patience final {
 public:
  Patience() = default;
  Patience(const Patience&) = delete;
  Patience& operator=(const Patience&) = delete;

  void set(sqlite3* raw, std::int64_t limit_ms);
  /// A statement begins: nothing was waited for yet.
  void begin() { waited_ms_ = 0; }
  /// Of the last statement.
  std::int64_t waited_ms() const { return waited_ms_; }

 private:
  static int on_busy(void* self, int count);

  std::int64_t limit_ms_ = 0;
  std::int64_t began_ms_ = 0;
  std::int64_t waited_ms_ = 0;
};

}  // namespace sterlet::storage
