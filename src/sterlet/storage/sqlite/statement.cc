#include "sterlet/storage/sqlite/statement.h"

#include <cmath>
#include <limits>
#include <utility>

namespace sterlet::storage {

Statement::Statement(sqlite3* connection, std::string_view sql) {
  prepare_code_ = sqlite3_prepare_v3(connection, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                     &statement_, nullptr);
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement::Statement(Statement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)), prepare_code_(other.prepare_code_), bound_(other.bound_) {}

Statement& Statement::reset() {
  sqlite3_reset(statement_);
  bound_ = 0;
  return *this;
}

Statement& Statement::bind(std::int64_t value) {
  sqlite3_bind_int64(statement_, ++bound_, value);
  return *this;
}

Statement& Statement::bind(std::string_view text) {
  sqlite3_bind_text(statement_, ++bound_, text.data() == nullptr ? "" : text.data(), static_cast<int>(text.size()),
                    SQLITE_TRANSIENT);  // NOLINT: SQLite's own macro casts.
  return *this;
}

Statement& Statement::bind_borrowed(std::string_view text) {
  sqlite3_bind_text(statement_, ++bound_, text.data() == nullptr ? "" : text.data(), static_cast<int>(text.size()),
                    SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind(const std::optional<std::int64_t>& value) {
  if (value) return bind(*value);
  sqlite3_bind_null(statement_, ++bound_);
  return *this;
}

Statement& Statement::bind_number(double value) {
  if (std::isnan(value)) return bind(std::optional<std::int64_t>());
  sqlite3_bind_double(statement_, ++bound_, value);
  return *this;
}

Statement& Statement::bind_number(const std::optional<double>& value) {
  return bind_number(value.value_or(std::nan("")));
}

int Statement::step() {
  fits_ = true;
  return prepare_code_ != SQLITE_OK ? prepare_code_ : sqlite3_step(statement_);
}

std::int64_t Statement::integer(int column) {
  sqlite3_value* value = sqlite3_column_value(statement_, column);
  expect(sqlite3_value_type(value) == SQLITE_INTEGER);
  return fits_ ? sqlite3_value_int64(value) : 0;
}

int Statement::small(int column) {
  const std::int64_t value = integer(column);
  expect(value >= std::numeric_limits<int>::min() && value <= std::numeric_limits<int>::max());
  return fits_ ? static_cast<int>(value) : 0;
}

std::optional<std::int64_t> Statement::integer_or_none(int column) {
  if (sqlite3_column_type(statement_, column) == SQLITE_NULL) return std::nullopt;
  return integer(column);
}

std::optional<int> Statement::small_or_none(int column) {
  if (sqlite3_column_type(statement_, column) == SQLITE_NULL) return std::nullopt;
  return small(column);
}

double Statement::number(int column) { return number_or_none(column).value_or(std::nan("")); }

std::optional<double> Statement::number_or_none(int column) {
  const int type = sqlite3_column_type(statement_, column);
  expect(type == SQLITE_FLOAT || type == SQLITE_INTEGER || type == SQLITE_NULL);
  if (!fits_ || type == SQLITE_NULL) return std::nullopt;
  return sqlite3_column_double(statement_, column);
}

std::string_view Statement::view(int column) {
  sqlite3_value* value = sqlite3_column_value(statement_, column);
  expect(sqlite3_value_type(value) == SQLITE_TEXT);
  if (!fits_) return {};
  const auto* begin = reinterpret_cast<const char*>(sqlite3_value_text(value));
  expect(begin != nullptr);  // No memory.
  if (begin == nullptr) return {};
  return {begin, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

std::string Statement::table() const {
  const char* text = sqlite3_sql(statement_);
  const std::string_view sql = text == nullptr ? "" : text;
  for (const std::string_view word : {" FROM ", "INTO ", "UPDATE "}) {
    if (const std::size_t at = sql.find(word); at != std::string_view::npos) {
      const std::string_view rest = sql.substr(at + word.size());
      return std::string(rest.substr(0, rest.find(' ')));
    }
  }
  return "its settings";
}

}  // namespace sterlet::storage
