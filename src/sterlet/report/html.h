#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace sterlet::report {

class PageData;

/// The report of a study as one HTML page: no outside address, the data inside, opened from a file. Made trial by
/// trial, so that memory grows by some 200 bytes a trial, and not with its reports.
///
/// Takes    the report document (README.md of this room), first without its trials, then each of them. What is missing
///          or of another type than expected is left out of the page; nothing in the document is trusted as markup.
/// Size     above 20,000 parameter values floats keep 6 significant digits (those of the best trials keep all), and
///          above 40,000 reported values curves are thinned, their ends kept, at 8 points each left out at even
///          distances: 10,000 trials of 10 parameters stay below 2 MB. The page says so where it happened.
/// Errors   none; text that is not UTF-8 shows replacement characters.
class Page final {
 public:
  explicit Page(const nlohmann::json& head);
  explicit Page(const nlohmann::ordered_json& head);
  ~Page();

  /// In the order of their numbers, as the page shows them.
  void add_trial(const nlohmann::json& trial);
  void add_trial(const nlohmann::ordered_json& trial);
  /// One metric of one step, of the trial that was added last, where its document has no reports; by step.
  void add_report(std::int64_t step, std::string_view metric, double value);
  /// Ends it.
  std::string html();

 private:
  std::unique_ptr<PageData> data_;
};

/// The page of a whole document.
std::string render_html(const nlohmann::json& document);

}  // namespace sterlet::report
