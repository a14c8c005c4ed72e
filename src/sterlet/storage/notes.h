#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/base/result.h"

namespace sterlet::storage {

/// What a person wrote about a study, or about one of its trials.
struct NoteRecord {
  std::int64_t id = 0;                ///< Given by the storage; later ones are larger.
  std::optional<std::int64_t> trial;  ///< Nothing: the study.
  std::string text;
  std::string who;
  std::int64_t created_ms = 0;
  bool operator==(const NoteRecord&) const = default;
};

/// A word by which a study or a trial is found.
struct TagRecord {
  std::optional<std::int64_t> trial;  ///< Nothing: the study.
  std::string tag;
  auto operator<=>(const TagRecord&) const = default;
};

/// Notes and tags. Calls join the storage's open transaction; errors as Storage's.
class Notes {
 public:
  virtual ~Notes() = default;

  /// Returns its id.
  virtual base::Result<std::int64_t> add_note(std::int64_t study, const NoteRecord& note) = 0;
  /// In the order they came.
  virtual base::Result<std::vector<NoteRecord>> load_notes(std::int64_t study) = 0;

  /// A tag that is there already stays.
  virtual base::Result<void> put_tag(std::int64_t study, const TagRecord& tag) = 0;
  /// One that is not there needs no removal.
  virtual base::Result<void> drop_tag(std::int64_t study, const TagRecord& tag) = 0;
  /// The study's first, then by trial; those of one by their letters.
  virtual base::Result<std::vector<TagRecord>> load_tags(std::int64_t study) = 0;
};

}  // namespace sterlet::storage
