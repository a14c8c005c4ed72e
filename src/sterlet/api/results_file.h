#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/space/space.h"
#include "sterlet/study/trial.h"
#include "sterlet/studyfile/spec.h"

namespace sterlet::api {

/// A trial that was evaluated elsewhere, as a line of a file tells it.
struct ImportedTrial {
  std::size_t line = 0;  ///< Where it begins, from 1.
  base::Json params;
  study::Outcome outcome;
  std::vector<study::StepReport> reports;
};

struct ResultsFile {
  std::vector<ImportedTrial> trials;
  std::vector<std::string> ignored;  ///< Columns, or keys, that say nothing to the study.
  std::size_t unfinished = 0;        ///< Lines of trials without a result: RUNNING, LOST and the like.
};

enum class ResultsFormat { kCsv, kJsonLines };
/// By the ending of the file's name: .csv; .jsonl, .ndjson or .json. Errors: kInvalidArgument.
base::Result<ResultsFormat> results_format(std::string_view path);

/// Reads results by the names of their columns (CSV with a header, comma-separated) or keys (JSON, one object a line): a
/// parameter's, "units[1]" for an element, each objective's metric, `value` where there is one objective, `state`
/// (complete, pruned, failed, cancelled; complete where it is left out) and `reason`. A line of JSON may also be as
/// `sterlet export` writes it, with params, value or values, constraints and reports. What export writes is read.
///
/// Whether a configuration lies in the space is not looked at, but each value is of its parameter's kind.
/// Errors: kInvalidArgument for the first line that is wrong, with where = path:line.
base::Result<ResultsFile> read_results(std::string_view text, const std::string& path, ResultsFormat format,
                                       const studyfile::StudySpec& spec, const space::Space& space);

}  // namespace sterlet::api
