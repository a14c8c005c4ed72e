#pragma once

#include <string>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"

namespace sterlet::exec {

/// For programs that report by `sterlet report`: sends one message to the channel and, with `wait`, asks for an answer
/// ("ack":true) and returns it: {"ack":{..}} or {"error":".."}. Without: an empty object. Errors: kUnreachable.
base::Result<base::Json> send_to_channel(const std::string& channel, const base::Json& message, bool wait);

}  // namespace sterlet::exec
