#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sterlet/babysit/actions/action.h"

namespace sterlet::babysit {

/// A text of a command's body; empty where there is none.
std::string text_in(const base::Json& body, std::string_view key);

/// Why the program takes no live changes; nothing: it does.
std::optional<Refusal> refuse_unless_live(const Model& model);

/// Why a person's change must not be made now: a control is being run; or somebody has made or undone a change since
/// whoever asks last looked (`seen`, `seen_undo_ms` in the body), and learns of that first.
std::optional<Refusal> refuse_if_behind(const Desk& desk, const base::Json& body);

/// What somebody who changes something now should know: a change that is still watched, or was undone in the last
/// minute. Empty: nothing.
std::string watched_text(const Desk& desk);

/// The values that a checkpoint's branch has, changed by `set`, of all that was ever changed: what a program must be
/// told that goes back there.
base::Json values_at(const Model& model, int branch, const base::Json& set);

/// Sends the program back to `target`, to train `branch` with `set` from there. A checkpoint of the branch itself was
/// written after its data was left out.
void send_back(Desk& desk, Plan& plan, const storage::CheckpointRecord& target, int branch, const base::Json& set);

}  // namespace sterlet::babysit
