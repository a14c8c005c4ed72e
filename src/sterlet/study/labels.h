#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/study/ledger.h"

namespace sterlet::study {

/// The notes and tags of a study and its trials, as people wrote them: what memory holds is as of the last load().
/// Without a storage there are none.
class Labels final {
 public:
  /// Of a trial, or of the study where none is named.
  using Place = std::optional<std::int64_t>;

  /// Borrows the ledger for its life.
  explicit Labels(Ledger& ledger) : ledger_(ledger) {}

  /// Replaces all by what is stored.
  base::Result<void> load();
  /// Writes a note; see NoteRecord. Errors: kInvalidArgument for an empty one, kNotFound where there is no such trial,
  /// kConflict without a storage.
  base::Result<void> note(Place place, const std::string& text, const std::string& who);
  /// Gives a trial, or the study, a tag or takes it away. Errors: as note(), and check_tag().
  base::Result<void> tag(Place place, const std::string& tag, bool is_set);

  /// By their letters.
  const std::vector<std::string>& tags_of(Place place) const;
  bool has_tag(Place place, std::string_view tag) const;
  /// The oldest first.
  const std::vector<storage::NoteRecord>& notes_of(Place place) const;
  bool is_empty() const { return tags_.empty() && notes_.empty(); }

 private:
  base::Result<void> check(Place place) const;

  Ledger& ledger_;
  std::map<Place, std::vector<std::string>> tags_;
  std::map<Place, std::vector<storage::NoteRecord>> notes_;
};

/// Whether a word may be a tag: not empty, no number, at most 100 bytes that a terminal can show, no blanks. Errors:
/// kInvalidArgument.
base::Result<void> check_tag(const std::string& tag);

}  // namespace sterlet::study
