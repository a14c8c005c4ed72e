#include "sterlet/storage/records.h"

#include "sterlet/storage/enum_texts.h"

namespace sterlet::storage {

namespace {

constexpr EnumTexts<State, 9> kStates{
    {"WAITING", "RUNNING", "PAUSED", "COMPLETE", "PRUNED", "FAILED", "LOST", "CANCELLED", "REMOVED"}};
constexpr EnumTexts<Suspension, 3> kSuspensions{{"", "put_aside", "not_promoted"}};

}  // namespace

std::string_view text_of(State state) { return kStates.text_of(state); }
std::optional<State> state_from_text(std::string_view text) { return kStates.find(text); }

std::string_view text_of(Suspension suspension) { return kSuspensions.text_of(suspension); }
std::optional<Suspension> suspension_from_text(std::string_view text) { return kSuspensions.find(text); }

}  // namespace sterlet::storage
