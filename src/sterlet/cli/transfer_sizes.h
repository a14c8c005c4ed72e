#pragma once

#include <string>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/space/parameter.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::cli {

/// The sizes at which a transfer tries its parameters.
struct Sizes {
  space::Parameter parameter;  ///< What makes the model or the training larger.
  std::string word;            ///< As the user says it.
  std::vector<double> values;  ///< Ascending.
};

/// Reads "width=32,64,128": a parameter's name, or what its scale_of says. Errors: kInvalidArgument, also where several
/// parameters say that, and for sizes that the parameter cannot have.
base::Result<Sizes> read_sizes(const studyfile::StudySpec& spec, const std::string& text);

/// Whether the parameter can have that size, its bounds aside. Errors: kInvalidArgument.
base::Result<void> check_size(const studyfile::StudySpec& spec, const space::Parameter& parameter, double size);

/// A size as the parameter has it, for each of `count` elements where it is repeated.
base::Json json_of_size(const space::Parameter& parameter, double size, std::size_t count);

/// As the study has it by default: 1, or how many elements a repeated one has.
std::size_t count_elements(const space::Space& space, const space::Parameter& parameter);

/// The numbers of tier 1 that exist at the defaults; `missing` gets the names of those that do not. Errors:
/// kInvalidArgument where none is left.
base::Result<std::vector<space::Parameter>> tried_parameters(const studyfile::StudyFile& file, const Sizes& sizes,
                                                             std::vector<std::string>& missing);

/// Whether the study itself can try the size that is meant. Errors: kInvalidArgument.
base::Result<void> check_study_has(const studyfile::StudyFile& file, const Sizes& sizes, double target);

}  // namespace sterlet::cli
