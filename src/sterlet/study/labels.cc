#include "sterlet/study/labels.h"

#include <algorithm>

#include <fmt/format.h>

#include "sterlet/base/text.h"

namespace sterlet::study {

namespace {

using base::ErrorCode;
using base::Result;

constexpr std::size_t kTagBytesMax = 100;

template <typename Table>
const typename Table::mapped_type& at(const Table& table, const Labels::Place& place) {
  static const typename Table::mapped_type kNone;
  const auto found = table.find(place);
  return found == table.end() ? kNone : found->second;
}

}  // namespace

Result<void> Labels::load() {
  if (!ledger_.is_stored()) return {};
  STERLET_TRY(const auto notes, ledger_.storage()->notes().load_notes(ledger_.study().id));
  STERLET_TRY(const auto tags, ledger_.storage()->notes().load_tags(ledger_.study().id));
  notes_.clear();
  tags_.clear();
  for (const storage::NoteRecord& note : notes) notes_[note.trial].push_back(note);
  for (const storage::TagRecord& tag : tags) tags_[tag.trial].push_back(tag.tag);
  return {};
}

Result<void> Labels::note(Place place, const std::string& text, const std::string& who) {
  if (text.empty()) {
    return base::fail(ErrorCode::kInvalidArgument, "a note cannot be empty", {}, ledger_.spec().name);
  }
  return within(ledger_, [&]() -> Result<void> {
    STERLET_PASS(check(place));
    return ledger_.store([&](storage::Storage& storage) -> Result<void> {
      STERLET_PASS(storage.notes().add_note(
          ledger_.study().id, {.trial = place, .text = text, .who = who, .created_ms = ledger_.clock().wall_ms()}));
      return {};
    });
  });
}

Result<void> Labels::tag(Place place, const std::string& tag, bool is_set) {
  STERLET_PASS(check_tag(tag));
  return within(ledger_, [&]() -> Result<void> {
    STERLET_PASS(check(place));
    return ledger_.store([&](storage::Storage& storage) {
      const storage::TagRecord record{.trial = place, .tag = tag};
      return is_set ? storage.notes().put_tag(ledger_.study().id, record)
                    : storage.notes().drop_tag(ledger_.study().id, record);
    });
  });
}

// Whether there is something there to be labelled.
Result<void> Labels::check(Place place) const {
  const std::string& name = ledger_.spec().name;
  if (!ledger_.is_stored()) {
    return base::fail(ErrorCode::kConflict, "the study is in memory alone, which keeps no notes and tags",
                      "name a file with --storage", name);
  }
  const Trials& trials = ledger_.trials();
  const bool is_there = !place || (*place >= 0 && *place < trials.next_number());
  if (is_there && (!place || trials.record(*place).state != storage::State::kRemoved)) return {};
  return base::fail(ErrorCode::kNotFound, fmt::format("there is no trial {}", *place), {}, name);
}

const std::vector<std::string>& Labels::tags_of(Place place) const { return at(tags_, place); }

bool Labels::has_tag(Place place, std::string_view tag) const {
  const auto& tags = tags_of(place);
  return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

const std::vector<storage::NoteRecord>& Labels::notes_of(Place place) const { return at(notes_, place); }

Result<void> check_tag(const std::string& tag) {
  const bool is_shown = base::printable(tag) == tag && tag.find_first_of(" \t") == std::string::npos;
  if (!tag.empty() && tag.size() <= kTagBytesMax && is_shown && !base::parse_integer(tag)) return {};
  return base::fail(ErrorCode::kInvalidArgument,
                    fmt::format("'{}' is no tag", base::printable(tag.substr(0, kTagBytesMax))),
                    fmt::format("a tag is a word of at most {} bytes that is no whole number", kTagBytesMax));
}

}  // namespace sterlet::study
