#include "sterlet/storage/open.h"

#include <string_view>

#include <fmt/format.h>

#include "sterlet/base/clock.h"
#include "sterlet/storage/memory/memory.h"

namespace sterlet::storage {

base::Result<std::string> sqlite_path(const std::string& address) {
  constexpr std::string_view kScheme = "sqlite:///";
  if (address.starts_with(kScheme)) return address.substr(kScheme.size());
  if (address.find("://") != std::string::npos) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      fmt::format("--storage {} is of a kind that this version does not have", address),
                      "name a file, as in --storage sterlet.db");
  }
  return address;
}

base::Result<std::unique_ptr<Storage>> open_storage(const std::string& address, const OpenOptions& options) {
  if (address == "memory:") return make_memory_storage(base::system_clock());
  STERLET_TRY(const std::string path, sqlite_path(address));
  return open_sqlite(path, options);
}

}  // namespace sterlet::storage
