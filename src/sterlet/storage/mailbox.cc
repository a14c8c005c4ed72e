#include "sterlet/storage/mailbox.h"

#include "sterlet/storage/enum_texts.h"

namespace sterlet::storage {

namespace {

constexpr EnumTexts<CommandState, 3> kStates{{"pending", "done", "refused"}};

}  // namespace

std::string_view text_of(CommandState state) { return kStates.text_of(state); }
std::optional<CommandState> command_state_from_text(std::string_view text) { return kStates.find(text); }

}  // namespace sterlet::storage
