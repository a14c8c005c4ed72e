#pragma once

#include <string>

#include "sterlet/babysit/actions/action.h"

namespace sterlet::babysit {

// How a change ends: it is kept or undone, once, with what came of it. Each writes to the storage within the transaction
// of the loop's turn. Errors: those of the storage.

/// Judges what is still watched by what was reported until now, and keeps it. A change is watched until the next one, at
/// most. One that is not on the line of the active branch is undone.
base::Result<void> settle_watched(Desk& desk);

/// A change that was judged early, because of one that has been undone since, is watched on.
base::Result<void> watch_again(Desk& desk);

/// Takes back the change that started the active branch, those before it up to the one that started `through`, and those
/// on these branches that nothing came of; says in words what they were. The branch before the first of them is active
/// then; its program is not told.
base::Result<std::string> mark_undone(Desk& desk, int through, const std::string& why);

}  // namespace sterlet::babysit
