#pragma once

#include <set>
#include <string>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/exec/executor.h"
#include "sterlet/studyfile/spec.h"

namespace sterlet::run {

/// What came in the place of a metric that a program never reported though it ended well, and what to do: the rest of
/// "it ended without reporting acc: ...". told: the names of the metrics that it did report.
std::string explain_missing(const studyfile::MetricsSource& source, const std::string& metric,
                            const std::vector<std::string>& told, const exec::Traces& traces);

/// Which of a trial's parameters reached its program neither by the command nor by its client, in a sentence; empty:
/// none. params: those of the trial; read: what its clients were asked for.
std::string explain_unread(const base::Json& params, const std::vector<std::string>& command,
                           const std::set<std::string>& read);

}  // namespace sterlet::run
