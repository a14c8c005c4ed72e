#pragma once

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"

namespace sterlet::babysit {

/// An error as it travels in the mailbox, from the process that raises a model to the one that asked: {"error":"conflict",
/// "where":...,"what":...,"next":...}. Codes travel by name, so that an answer means the same to every version.
base::Json json_from_error(const base::Error& error);
/// An answer of another version whose code is not known reads as a conflict.
base::Error error_from_json(const base::Json& json);

}  // namespace sterlet::babysit
