#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sterlet::storage {

/// A prepared statement, kept for the connection's life. Bind in order, step, read columns.
///
/// A column is read as what it must hold. Where it holds something else (a damaged row, or one that another program
/// wrote), the reader gets an empty value and fits() turns false: whoever steps asks once a row.
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
  /// The same of a text that lives until the statement has been carried out: it is not copied.
  Statement& bind_borrowed(std::string_view text);
  Statement& bind(const std::optional<std::int64_t>& value);  ///< Nothing becomes NULL.
  Statement& bind_number(double value);                       ///< NaN becomes NULL.
  Statement& bind_number(const std::optional<double>& value);
  /// SQLITE_ROW, SQLITE_DONE, or an error code.
  int step();

  std::int64_t integer(int column);
  int small(int column);  ///< Within int.
  bool flag(int column) { return integer(column) != 0; }
  std::optional<std::int64_t> integer_or_none(int column);
  std::optional<int> small_or_none(int column);
  double number(int column);  ///< NULL becomes NaN.
  std::optional<double> number_or_none(int column);
  std::string text(int column) { return std::string(view(column)); }
  std::string_view view(int column);  ///< Valid until the next step or reset.
  /// Marks the row as one that cannot be read where `condition` does not hold.
  void expect(bool condition) { fits_ = fits_ && condition; }
  /// Whether all that was read of this row was what it must be.
  bool fits() const { return fits_; }
  /// The table that it reads or writes, for messages.
  std::string table() const;

 private:
  sqlite3_stmt* statement_ = nullptr;
  int prepare_code_ = SQLITE_OK;
  int bound_ = 0;
  bool fits_ = true;
};

}  // namespace sterlet::storage
