#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "sterlet/base/result.h"
#include "sterlet/study/mail.h"
#include "sterlet/study/study.h"

namespace sterlet::study {

/// What people want of the trials of one session, whose programs ask and tell: each that is to be stopped or pruned ends
/// at once, and its program hears of it when it calls next. Returns those that ended, and why. Cost: nothing where nobody
/// has written. Errors: those of the storage; then nothing has happened, and the wishes wait.
base::Result<std::map<std::int64_t, std::string>> end_as_wished(Study& study, Mail& mail, std::string_view session);

}  // namespace sterlet::study
