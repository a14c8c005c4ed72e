#pragma once

#include "sterlet/storage/mailbox.h"
#include "sterlet/storage/models.h"
#include "sterlet/storage/notes.h"
#include "sterlet/storage/turns.h"

namespace sterlet::storage {

/// What a storage holds beside studies and their trials. Whoever needs one of the four takes that one.
class LiveStorage : public Models, public Turns, public Mailbox, public Notes {};

}  // namespace sterlet::storage
