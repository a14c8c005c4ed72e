#include "sterlet/storage/turns.h"

#include "sterlet/storage/enum_texts.h"

namespace sterlet::storage {

namespace {

constexpr EnumTexts<TurnRecord::State, 4> kStates{{"waiting", "running", "done", "failed"}};

}  // namespace

std::string_view text_of(TurnRecord::State state) { return kStates.text_of(state); }
std::optional<TurnRecord::State> turn_state_from_text(std::string_view text) { return kStates.find(text); }

}  // namespace sterlet::storage
