#pragma once

#include <string>
#include <string_view>

#include "sterlet/studyfile/yaml_tree.h"

namespace sterlet::studyfile {

// What a text that a study file cannot take was probably meant for, as one writes it here; each is empty where nobody
// can tell. For the advice of errors, never to read a file by.

/// "1e-4" of 10^-4 and 10**-4; 0.001 of 1/1000; 1000 of 1_000; 0.05 of 5%.
std::string number_meant(std::string_view text);
/// "10m" of "10 minutes", "1h30m" of 01:30:00 and PT1H30M.
std::string duration_meant(std::string_view text);
/// "4GiB" of 4G, 4gb, 4Gi.
std::string bytes_meant(std::string_view text);
/// "{type: float, low: 0, high: 1}" of uniform(0, 1), tune.loguniform(1e-4, 1), randint(1, 9), choice(a, b), 0..1 and
/// their like.
std::string range_meant(std::string_view text);
/// "learning_rate" of "learning rate", "lr" of --lr, "model.lr" of model/lr.
std::string name_meant(std::string_view text);
/// "0.5" or "10000" where a map in braces has the key `at` for the rest of a number with a comma, as {low: 0,5} has.
std::string comma_number(const YamlNode& map, std::size_t at);

}  // namespace sterlet::studyfile
