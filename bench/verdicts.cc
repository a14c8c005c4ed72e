// Reads {"before":[[step,value],...],"after":[...],"control":[...]} a line, and prints what Sterlet's two verdicts say
// of the change: {"extrapolated":p,"paired":p}. For bench/babysit/bench.py calibration.
#include <iostream>

#include "sterlet/babysit/judge/verdict.h"
#include "sterlet/base/json.h"

namespace {

sterlet::babysit::Curve curve_in(const sterlet::base::Json& line, const char* key) {
  sterlet::babysit::Curve curve;
  for (const auto& point : line.at(key)) curve.emplace_back(point.at(0).get<std::int64_t>(), point.at(1).get<double>());
  return curve;
}

}  // namespace

int main() {
  namespace babysit = sterlet::babysit;
  for (std::string text; std::getline(std::cin, text);) {
    const auto line = sterlet::base::parse_json(text);
    if (!line) return 1;
    const auto after = curve_in(*line, "after");
    const auto extrapolated = babysit::judge(curve_in(*line, "before"), after, true);
    const auto paired = babysit::judge_paired(curve_in(*line, "control"), after, true);
    const sterlet::base::Json out{{"extrapolated", extrapolated ? extrapolated->helped : 0.5},
                                  {"paired", paired ? paired->helped : 0.5}};
    std::cout << sterlet::base::json_line(out) << '\n' << std::flush;
  }
}
