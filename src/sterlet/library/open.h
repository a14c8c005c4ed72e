#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sterlet/base/clock.h"
#include "sterlet/base/result.h"
#include "sterlet/space.hpp"
#include "sterlet/storage/storage.h"
#include "sterlet/study.hpp"
#include "sterlet/study/sessions.h"
#include "sterlet/study/study.h"

namespace sterlet::library {

/// A study with what it stands on; its members end in the order that they need.
struct Opened {
  std::unique_ptr<storage::Storage> storage;  ///< Null: in memory.
  std::optional<storage::SessionRecord> session;
  study::SessionWatch watch{base::system_clock()};
  std::unique_ptr<study::Study> study;
};

/// The ways to a study that study.hpp describes; an empty `storage` is memory.
base::Result<Opened> open_declared(const Space& space, const StudyOptions& options);
base::Result<Opened> open_file(const std::string& path, const std::string& storage);
base::Result<Opened> open_text(std::string_view text, const std::string& storage);
base::Result<Opened> load(const std::string& name, const std::string& storage);

}  // namespace sterlet::library
