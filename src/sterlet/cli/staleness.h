#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sterlet/cli/context.h"
#include "sterlet/retest/staleness.h"
#include "sterlet/context/log/contexts.h"

namespace sterlet::cli {

/// Exit code of a check that has found something stale.
inline constexpr int kStale = 4;

/// What contexts of studies in this storage are taken with.
context::ContextOptions context_options(const Context& context, const std::string& storage_path);
/// The context of a study as it is now. Takes a moment: data that were never read are read.
base::Json context_now(const Context& context, const studyfile::StudySpec& spec, const std::string& storage_path);

/// How far the results of an open study can be relied on today.
base::Result<retest::Staleness> staleness_now(const Context& context, const OpenStudy& open);

/// "4d ago, by trial 17".
std::string confirmed_text(const retest::Staleness& staleness, std::int64_t now_ms);
/// What has changed, a line each; or that nothing has, or why it is not known.
std::vector<std::string> changed_lines(const retest::Staleness& staleness);
/// "2026-11-29: holds, confidence 0.93, 8 evaluations; best then 12, now 12".
std::string verdict_line(const study::Document& verdict);

/// What retests have said, the oldest first: each verdict's document with the time ("when").
base::Result<base::Json> verdicts_json(const OpenStudy& open);

/// The table of all studies in a storage, by risk; with `checks` it sets the exit code where one is stale.
base::Result<void> print_all(Context& context, const StudyOptions& options, bool checks);
/// Tells on stderr what is stale, and sets the exit code.
void check_stale(Context& context, const std::string& study, const retest::Staleness& staleness);

}  // namespace sterlet::cli
