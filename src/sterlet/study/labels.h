#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/storage/storage.h"

namespace sterlet::study {

/// The notes and tags of a study and its trials in memory, as people wrote them. Without a storage there are none.
class Labels final {
 public:
  /// Of a trial, or of the study where none is named.
  using Place = std::optional<std::int64_t>;

  /// Replaces all by what is stored.
  base::Result<void> load(storage::Storage& storage, std::int64_t study);

  /// By their letters.
  const std::vector<std::string>& tags_of(Place place) const;
  bool has_tag(Place place, std::string_view tag) const;
  /// The oldest first.
  const std::vector<storage::NoteRecord>& notes_of(Place place) const;
  bool is_empty() const { return tags_.empty() && notes_.empty(); }

 private:
  std::map<Place, std::vector<std::string>> tags_;
  std::map<Place, std::vector<storage::NoteRecord>> notes_;
};

/// Whether a word may be a tag: not empty, no number, at most 100 bytes that a terminal can show, no blanks. Errors:
/// kInvalidArgument.
base::Result<void> check_tag(const std::string& tag);

}  // namespace sterlet::study
