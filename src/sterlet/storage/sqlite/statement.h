#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sterlet::storage {

/// A prepared statement, kept for the connection's life. Bind in order, step, read columns in order.
class Statement final {
 public:
  Statement(sqlite3* connection, std::string_view sql);
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  Statement& operator=(Statement&&) = delete;

  /// Makes the statement ready for new values.
  Statement& reset();
  Statement& bind(std::int64_t value);
  Statement& bind(std::string_view text);
  Statement& bind_number(double value);  ///< NaN becomes NULL.
  Statement& bind_null();
  /// SQLITE_ROW, SQLITE_DONE, or an error code.
  int step();

  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  double number(int column) const;  ///< NULL becomes NaN.
  std::string text(int column) const { return std::string(view(column)); }
  std::string_view view(int column) const;  ///< Valid until the next step or reset.
  bool is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

 private:
  sqlite3_stmt* statement_ = nullptr;
  int prepare_code_ = SQLITE_OK;
  int bound_ = 0;
};

}  // namespace sterlet::storage
