#include "sterlet/report/html.h"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "sterlet/report/compact.h"
#include "sterlet/report/page.h"

namespace sterlet::report {

namespace {

// JSON that can stand inside a script element: without '<' neither "</script>" nor "<!--" can occur, and both forms
// mean the same to a JSON reader.
std::string script_safe(const nlohmann::json& value) {
  const std::string text = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  std::string safe;
  safe.reserve(text.size() + 64);
  for (const char letter : text) {
    if (letter == '<') {
      safe += "\\u003c";
    } else {
      safe += letter;
    }
  }
  return safe;
}

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

std::string render_html(const nlohmann::json& document) {
  return fill(kPageHtml, kPageCss, script_safe(compact_document(document)), kPageScript);
}

std::string render_html(const nlohmann::ordered_json& document) { return render_html(nlohmann::json(document)); }

}  // namespace sterlet::report
