#include "sterlet/storage/sqlite/page_check.h"

#include <cstdint>
#include <filesystem>

#include <fmt/format.h>

#include "sterlet/storage/sqlite/connection.h"

namespace sterlet::storage {

namespace {

constexpr std::uintmax_t kCheckedBytesMax = std::uintmax_t{32} << 20U;

}  // namespace

base::Result<void> check_pages(Connection& connection) {
  std::error_code ignored;
  if (std::filesystem::file_size(connection.path(), ignored) > kCheckedBytesMax) return {};
  STERLET_TRY(const std::string found, connection.text_of("PRAGMA quick_check(1)"));
  if (found == "ok") return {};
  return base::fail(base::ErrorCode::kDisk, fmt::format("this file is damaged ({}); it was left as it is", found),
                    "restore it from a copy, or name another file with --storage", connection.path());
}

}  // namespace sterlet::storage
