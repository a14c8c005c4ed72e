#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace sterlet::report {

/// The report of a study as one HTML page: no outside address, the data inside, opened from a file.
///
/// Takes    the report document (README.md of this room): study, parameters, trials. What is missing or of another
///          type than expected is left out of the page; nothing in the document is trusted as markup.
/// Size     above 20,000 parameter values floats keep 6 significant digits (those of the best trials keep all), and
///          above 40,000 reported values curves are thinned, their ends kept, at 8 points each left out at even
///          distances: 10,000 trials of 10 parameters stay below 2 MB. The page says so where it happened.
/// Errors   none; text that is not UTF-8 shows replacement characters.
std::string render_html(const nlohmann::json& document);
std::string render_html(const nlohmann::ordered_json& document);

}  // namespace sterlet::report
