#include "sterlet/storage/models.h"

#include "sterlet/storage/enum_texts.h"

namespace sterlet::storage {

namespace {

constexpr EnumTexts<CheckpointState, 3> kCheckpointStates{{"kept", "deleted", "damaged"}};
constexpr EnumTexts<ChangeKind, 4> kChangeKinds{{"set", "branch", "rollback", "try"}};
constexpr EnumTexts<ChangeAuthor, 3> kChangeAuthors{{"person", "autopilot", "guard"}};
constexpr EnumTexts<ChangeState, 3> kChangeStates{{"watching", "kept", "undone"}};

}  // namespace

std::string_view text_of(CheckpointState state) { return kCheckpointStates.text_of(state); }
std::optional<CheckpointState> checkpoint_state_from_text(std::string_view text) {
  return kCheckpointStates.find(text);
}

std::string_view text_of(ChangeKind kind) { return kChangeKinds.text_of(kind); }
std::optional<ChangeKind> change_kind_from_text(std::string_view text) { return kChangeKinds.find(text); }

std::string_view text_of(ChangeAuthor author) { return kChangeAuthors.text_of(author); }
std::optional<ChangeAuthor> change_author_from_text(std::string_view text) { return kChangeAuthors.find(text); }

std::string_view text_of(ChangeState state) { return kChangeStates.text_of(state); }
std::optional<ChangeState> change_state_from_text(std::string_view text) { return kChangeStates.find(text); }

}  // namespace sterlet::storage
