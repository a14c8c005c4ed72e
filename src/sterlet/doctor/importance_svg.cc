#include "sterlet/doctor/importance_svg.h"

#include <algorithm>

#include <fmt/format.h>

#include "sterlet/base/text.h"

namespace sterlet::doctor {

namespace {

constexpr int kWidth = 720, kLabels = 210, kRow = 26, kTop = 44, kRight = 130;
constexpr std::size_t kRowsMax = 40;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : base::printable(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace

std::string importance_svg(const Importance& importance) {
  const std::size_t rows = importance.is_enough ? std::min(importance.rows.size(), kRowsMax) : 0;
  const int height = kTop + kRow * static_cast<int>(std::max<std::size_t>(rows, 1)) + 12;
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
      "font-family=\"sans-serif\" font-size=\"13\" role=\"img\">\n"
      "<rect width=\"{0}\" height=\"{1}\" fill=\"#fff\"/>\n"
      "<text x=\"12\" y=\"24\" font-weight=\"bold\" fill=\"#222\">Share of the variance of {2}, {3}</text>\n",
      kWidth, height, escaped(importance.metric), base::count_text(importance.trials, "trial"));
  if (!importance.is_enough) {
    out += fmt::format("<text x=\"12\" y=\"{}\" fill=\"#222\">Not enough data: {}.</text>\n", kTop + 18,
                       escaped(importance.why));
  }
  const double scale = kWidth - kLabels - kRight;
  for (std::size_t i = 0; i < rows; ++i) {
    const ImportanceRow& row = importance.rows[i];
    const analysis::Estimate& share = *row.fanova;
    const int y = kTop + kRow * static_cast<int>(i), middle = y + kRow / 2;
    const double low = kLabels + scale * std::min(1.0, share.low), high = kLabels + scale * std::min(1.0, share.high);
    out += fmt::format(
        "<text x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"#222\">{} (tier {})</text>\n"
        "<rect x=\"{}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\" fill=\"#3b7dd8\"/>\n"
        "<path d=\"M{:.1f} {}V{}M{:.1f} {}H{:.1f}M{:.1f} {}V{}\" stroke=\"#222\" fill=\"none\"/>\n"
        "<text x=\"{:.1f}\" y=\"{}\" fill=\"#222\">{:.2f} ({:.2f} to {:.2f})</text>\n",
        kLabels - 8, middle + 4, escaped(row.name), row.tier, kLabels, y + 5, scale * std::min(1.0, share.value),
        kRow - 10, low, middle - 4, middle + 4, low, middle, high, high, middle - 4, middle + 4, high + 8, middle + 4,
        share.value, share.low, share.high);
  }
  return out + "</svg>\n";
}

}  // namespace sterlet::doctor
