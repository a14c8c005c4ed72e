#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sterlet/space/parameter.h"

namespace sterlet::studyfile {

/// What a value of a command line is, as far as its name and itself tell: the hyperparameter with that default and a
/// range and scale around it. A learning rate gets a log scale of three or four decades, a momentum reverse_log, a batch
/// size log, a number of layers linear; a name that says nothing goes by its value.
///
/// name      as its option has it, without dashes: learning-rate, optimizer.lr. The result's name is made fit for a
///           study file: learning_rate, lr.
/// value     a number, or true or false in any case. Nothing for any other text, for NaN and the infinities, and where
///           is_left_alone(name).
std::optional<space::Parameter> guess_parameter(std::string_view name, std::string_view value);

/// Names of what says how long, where or on which machine a program runs, not how well it learns: seed, epochs,
/// workers, gpu, port.
bool is_left_alone(std::string_view name);

/// The name as a study file takes it: letters, digits and '_', of dotted names the last part.
std::string parameter_name(std::string_view name);

}  // namespace sterlet::studyfile
