#include <algorithm>
#include <array>
#include <cctype>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/doctor/file/rules.h"

namespace sterlet::doctor {

namespace {

using space::Parameter;
using space::Scalar;

// Words in their order, lowest first; different words for one place stand beside each other.
constexpr std::array<std::string_view, 10> kLadders{
    " nano tiny mini xsmall small medium base large xlarge big huge giant ",
    " xxs xs s m l xl xxl xxxl ",
    " none off minimal lowest verylow low mid medium moderate high veryhigh highest maximal full ",
    " none off weak mild light soft medium moderate strong hard heavy aggressive ",
    " slowest slow normal medium fast fastest ",
    " none short medium long ",
    " narrow normal medium wide ",
    " shallow medium deep deeper ",
    " never rarely sometimes often always ",
    " coarse medium fine ",
};

std::optional<double> number_of(const Scalar& scalar) {
  if (const auto* integer = std::get_if<std::int64_t>(&scalar)) return static_cast<double>(*integer);
  if (const auto* real = std::get_if<double>(&scalar)) return *real;
  const auto* text = std::get_if<std::string>(&scalar);
  if (text == nullptr) return std::nullopt;
  if (const auto number = base::parse_number(*text)) return number;
  // 3x3: a size.
  const std::size_t times = text->find('x');
  const bool is_size = times != std::string::npos && text->substr(0, times) == text->substr(times + 1);
  return is_size ? base::parse_number(text->substr(0, times)) : std::nullopt;
}

std::optional<double> place_on(std::string_view ladder, const Scalar& scalar) {
  const auto* text = std::get_if<std::string>(&scalar);
  if (text == nullptr || text->empty()) return std::nullopt;
  std::string word = " ";
  for (const char c : *text) {
    if (c != '_' && c != '-' && c != ' ') word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  const std::size_t at = ladder.find(word + " ");
  return at == std::string_view::npos ? std::nullopt : std::optional(static_cast<double>(at));
}

// Of each choice where it stands in the order; nothing if there is none for all.
std::optional<std::vector<double>> order_of(const std::vector<Scalar>& choices) {
  const auto places = [&](auto place_of) -> std::optional<std::vector<double>> {
    std::vector<double> out;
    for (const Scalar& choice : choices) {
      const auto place = place_of(choice);
      if (!place) return std::nullopt;
      out.push_back(*place);
    }
    return out;
  };
  if (auto numbers = places(number_of)) return numbers;
  for (const std::string_view ladder : kLadders) {
    if (auto words = places([&](const Scalar& choice) { return place_on(ladder, choice); })) return words;
  }
  return std::nullopt;
}

// 0, 1, 2, ... of what is not counted: numbers that stand for names.
bool are_codes(const Parameter& parameter, std::vector<double> numbers) {
  if (!ends_with_any(
          parameter.name,
          {"mode",     "type",   "kind",  "variant", "algo",   "algorithm", "method",    "class",  "category",
           "code",     "option", "model", "group",   "style",  "strategy",  "policy",    "scheme", "loss",
           "function", "init",   "arch",  "backend", "preset", "optimizer", "activation"})) {
    return false;
  }
  std::sort(numbers.begin(), numbers.end());
  if (numbers.front() != 0 && numbers.front() != 1) return false;
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    if (numbers[i] != numbers[i - 1] + 1) return false;
  }
  return true;
}

}  // namespace

std::vector<Finding> find_ordinal(const FileView& view) {
  std::vector<Finding> findings;
  if (!view.is_searched()) return findings;
  for (const Parameter* parameter : view.searched()) {
    if (parameter->kind != space::Kind::kCategorical || parameter->choices.size() < 3) continue;
    if (role_of(parameter->name) == Role::kLabel) continue;
    const auto order = order_of(parameter->choices);
    if (!order) continue;
    std::vector<std::size_t> sorted(order->size());
    std::iota(sorted.begin(), sorted.end(), std::size_t{0});
    std::stable_sort(sorted.begin(), sorted.end(), [&](auto a, auto b) { return (*order)[a] < (*order)[b]; });
    if (are_codes(*parameter, *order)) continue;
    const bool is_in_order =
        std::is_sorted(sorted.begin(), sorted.end()) || std::is_sorted(sorted.begin(), sorted.end(), std::greater<>());
    base::Json choices = base::Json::array();
    for (const std::size_t choice : sorted) choices.push_back(space::json_from_scalar(parameter->choices[choice]));
    Finding finding{
        .about = {parameter->name},
        .at = view.place(parameter->name, "type"),
        .says = fmt::format("{}: its {} choices have an order, and a categorical learns nothing of one from its "
                            "neighbour; use type: ordinal",
                            parameter->name, parameter->choices.size()),
        .because = {{"choices", choices}, {"in_order", is_in_order}},
        .edits = {{parameter->name, "type", "ordinal"}},
        .confidence = 0.9};
    if (!is_in_order) finding.edits.push_back({parameter->name, "choices", choices});
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace sterlet::doctor
