// Reads a report document on standard input and writes the page on standard output: the door of report_page_test.py.

#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "sterlet/report/html.h"

int main() {
  const std::string text{std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
  const nlohmann::json document = nlohmann::json::parse(text, nullptr, false);
  if (document.is_discarded()) {
    std::cerr << "standard input: not JSON\n";
    return 1;
  }
  std::cout << sterlet::report::render_html(document);
  return 0;
}
