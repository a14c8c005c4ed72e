#include "sterlet/study/labels.h"

#include <algorithm>

#include <fmt/format.h>

#include "sterlet/base/text.h"

namespace sterlet::study {

namespace {

constexpr std::size_t kTagBytesMax = 100;

template <typename Table>
const typename Table::mapped_type& at(const Table& table, const Labels::Place& place) {
  static const typename Table::mapped_type kNone;
  const auto found = table.find(place);
  return found == table.end() ? kNone : found->second;
}

}  // namespace

base::Result<void> Labels::load(storage::Storage& storage, std::int64_t study) {
  STERLET_TRY(const auto notes, storage.notes().load_notes(study));
  STERLET_TRY(const auto tags, storage.notes().load_tags(study));
  notes_.clear();
  tags_.clear();
  for (const storage::NoteRecord& note : notes) notes_[note.trial].push_back(note);
  for (const storage::TagRecord& tag : tags) tags_[tag.trial].push_back(tag.tag);
  return {};
}

const std::vector<std::string>& Labels::tags_of(Place place) const { return at(tags_, place); }

bool Labels::has_tag(Place place, std::string_view tag) const {
  const auto& tags = tags_of(place);
  return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

const std::vector<storage::NoteRecord>& Labels::notes_of(Place place) const { return at(notes_, place); }

base::Result<void> check_tag(const std::string& tag) {
  const bool is_shown = base::printable(tag) == tag && tag.find_first_of(" \t") == std::string::npos;
  if (!tag.empty() && tag.size() <= kTagBytesMax && is_shown && !base::parse_integer(tag)) return {};
  return base::fail(base::ErrorCode::kInvalidArgument,
                    fmt::format("'{}' is no tag", base::printable(tag.substr(0, kTagBytesMax))),
                    fmt::format("a tag is a word of at most {} bytes that is no whole number", kTagBytesMax));
}

}  // namespace sterlet::study
