#pragma once

#include <string>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/studyfile/strategies.h"

namespace sterlet::studyfile {

/// A program as a person runs it by hand.
struct Script {
  std::vector<std::string> words;  ///< The command line: the program first.
  std::string help;                ///< What it printed for --help; empty where it was not asked.
  bool reports = false;            ///< It reports through a client of Sterlet, and not by what it prints.
  std::string source;              ///< Of the files that the command line names; what it says it prints is the metric.
};

/// The study file that `sterlet init script` writes: each number and each true or false of the command line is a
/// hyperparameter (guess.h), with what is guessed marked LOOK. So is each option of the help that has a default, and
/// that the command line does not name. What says how long or where it runs stays as it is. The text is a valid study
/// file.
/// Errors    kInvalidArgument for no words, for no number among them, and for what cannot stand in a study's command.
base::Result<std::string> script_study(const Strategies& strategies, const Script& script);

}  // namespace sterlet::studyfile
