#pragma once

#include <string>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/plan/facts.h"
#include "sterlet/plan/model.h"
#include "sterlet/studyfile/spec.h"

namespace sterlet::plan {

/// caviar or panda, with the word of study files: "caviar (strategy: parallel)".
std::string called(Strategy strategy);

/// What was measured, and on what: sentences.
std::vector<std::string> describe_facts(const Facts& facts);
/// Which strategy and why, and where that flips: sentences, for one paragraph.
std::vector<std::string> explain(const Plan& plan, const Facts& facts, const studyfile::StudySpec& spec);
/// The choices, one a row, with ranges; for Printer::table.
std::vector<std::vector<std::string>> table_of(const Plan& plan, const Facts& facts, const studyfile::StudySpec& spec);
/// The settings that the chosen one takes: what a study file says, or the command.
std::string settings_of(const Plan& plan, const studyfile::StudySpec& spec, const std::string& file);

/// The document of `sterlet plan --json`, version 1; also what is kept with a study.
base::Json json_from_plan(const Plan& plan, const Facts& facts, const studyfile::StudySpec& spec);

/// Time for people: 45s, 12m, 4.1h, 2.5d.
std::string hours_text(double hours);

}  // namespace sterlet::plan
