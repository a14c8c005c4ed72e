#include "sterlet/report/html.h"

#include <nlohmann/json.hpp>

#include "sterlet/report/page.h"
#include "sterlet/report/page_data.h"

namespace sterlet::report {

namespace {

// Copies the template, each {{slot}} replaced once; what is put in is never searched again.
std::string fill(std::string_view page, std::string_view style, std::string_view data, std::string_view script) {
  std::string filled;
  filled.reserve(page.size() + style.size() + data.size() + script.size());
  while (true) {
    const auto open = page.find("{{");
    const auto close = open == std::string_view::npos ? open : page.find("}}", open);
    if (close == std::string_view::npos) break;
    filled += page.substr(0, open);
    const std::string_view slot = page.substr(open + 2, close - open - 2);
    if (slot == "style") filled += style;
    if (slot == "data") filled += data;
    if (slot == "script") filled += script;
    page.remove_prefix(close + 2);
  }
  filled += page;
  return filled;
}

}  // namespace

Page::Page(const nlohmann::json& head) : data_(std::make_unique<PageData>(head)) {}
Page::Page(const nlohmann::ordered_json& head) : Page(nlohmann::json(head)) {}
Page::~Page() = default;

void Page::add_trial(const nlohmann::json& trial) { data_->add_trial(trial); }
void Page::add_trial(const nlohmann::ordered_json& trial) { data_->add_trial(nlohmann::json(trial)); }

void Page::add_report(std::int64_t step, std::string_view metric, double value) {
  data_->add_report(metric, static_cast<double>(step), value);
}

std::string Page::html() { return fill(kPageHtml, kPageCss, data_->text(), kPageScript); }

std::string render_html(const nlohmann::json& document) {
  const bool is_object = document.is_object();
  nlohmann::json head = is_object ? document : nlohmann::json::object();
  head.erase("trials");
  Page page(head);
  const auto trials = is_object ? document.find("trials") : document.end();
  if (trials != document.end() && trials->is_array()) {
    for (const nlohmann::json& trial : *trials) page.add_trial(trial);
  }
  return page.html();
}

}  // namespace sterlet::report
