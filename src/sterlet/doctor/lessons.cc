#include "sterlet/doctor/lessons.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/text.h"

namespace sterlet::doctor {

namespace {

constexpr std::array<double, 3> kTierBounds{0.4, 0.048, 0.0036};  // Of tiers 1, 2 and 3 from below.
constexpr double kLeast = 1e-4;                                   // Of a share; what is less is as little.
constexpr double kAgreement = 2.0 / 3;

double geometric_mean(const std::vector<const Measured*>& measured, double Measured::*of) {
  double sum = 0;
  for (const Measured* each : measured) sum += std::log(std::max(each->*of, kLeast));
  return std::exp(sum / static_cast<double>(measured.size()));
}

Lesson lesson_of(const std::string& parameter, const std::vector<const Measured*>& measured) {
  Lesson lesson{.parameter = parameter, .tier = measured.back()->tier, .studies = measured.size()};
  lesson.relative = {.value = geometric_mean(measured, &Measured::relative),
                     .low = geometric_mean(measured, &Measured::low),
                     .high = geometric_mean(measured, &Measured::high)};
  lesson.learned = tier_for(lesson.relative.value);
  if (lesson.learned == lesson.tier) return lesson;
  const bool is_up = lesson.learned < lesson.tier;
  // A larger share is a lower tier: the end of the interval that is nearest to the present tier must leave it, too.
  const int nearest = tier_for(is_up ? lesson.relative.low : lesson.relative.high);
  const auto agree = std::count_if(measured.begin(), measured.end(), [&](const Measured* each) {
    const int tier = tier_for(each->relative);
    return is_up ? tier < lesson.tier : tier > lesson.tier;
  });
  lesson.is_proposed = (is_up ? nearest < lesson.tier : nearest > lesson.tier) &&
                       static_cast<double>(agree) >= kAgreement * static_cast<double>(measured.size()) - 1e-9;
  if (lesson.is_proposed) {
    lesson.says = fmt::format("{}: tier {} -> {} for this project ({})", parameter, lesson.tier, lesson.learned,
                              measured.size() == 1 ? "1 study" : fmt::format("{} studies", measured.size()));
  }
  return lesson;
}

}  // namespace

int tier_for(double relative) {
  int tier = 1;
  for (const double bound : kTierBounds) tier += relative < bound ? 1 : 0;
  return tier;
}

std::vector<Measured> measured_of(const std::string& study, const Importance& importance) {
  std::vector<Measured> measured;
  // A single parameter is the largest whatever it does.
  if (!importance.is_enough || importance.rows.size() < 2) return measured;
  double largest = 0;
  for (const ImportanceRow& row : importance.rows) {
    if (row.fanova) largest = std::max(largest, row.fanova->value);
  }
  if (!(largest > 0)) return measured;
  for (const ImportanceRow& row : importance.rows) {
    if (!row.fanova) continue;
    measured.push_back({.study = study,
                        .parameter = row.name,
                        .tier = row.tier,
                        .relative = row.fanova->value / largest,
                        .low = row.fanova->low / largest,
                        .high = row.fanova->high / largest});
  }
  return measured;
}

base::Json json_from_measured(const std::vector<Measured>& measured, std::size_t trials) {
  base::Json json{{"trials", trials}, {"parameters", base::Json::array()}};
  for (const Measured& each : measured) {
    json["parameters"].push_back({{"param", each.parameter},
                                  {"tier", each.tier},
                                  {"relative", base::json_number(each.relative)},
                                  {"low", base::json_number(each.low)},
                                  {"high", base::json_number(each.high)}});
  }
  return json;
}

std::vector<Measured> measured_from_json(const std::string& study, const base::Json& json) {
  std::vector<Measured> measured;
  const auto rows = json.is_object() ? json.find("parameters") : json.end();
  if (rows == json.end() || !rows->is_array()) return measured;
  for (const base::Json& row : *rows) {
    if (!row.is_object() || !row.contains("param") || !row["param"].is_string()) continue;
    if (!row.contains("tier") || !row["tier"].is_number_integer()) continue;
    Measured each{.study = study, .parameter = row["param"].get<std::string>(), .tier = row["tier"].get<int>()};
    bool is_whole = each.tier >= 1 && each.tier <= 4;
    for (const auto& [key, number] :
         {std::pair{"relative", &each.relative}, std::pair{"low", &each.low}, std::pair{"high", &each.high}}) {
      const auto value = row.contains(key) ? base::number_from_json(row[key]) : std::nullopt;
      is_whole = is_whole && value && std::isfinite(*value);
      *number = value.value_or(0);
    }
    if (is_whole) measured.push_back(std::move(each));
  }
  return measured;
}

std::vector<Lesson> learn(const std::vector<Measured>& measured) {
  std::map<std::string, std::vector<const Measured*>> by_parameter;
  for (const Measured& each : measured) by_parameter[each.parameter].push_back(&each);
  std::vector<Lesson> lessons;
  for (const auto& [parameter, rows] : by_parameter) lessons.push_back(lesson_of(parameter, rows));
  std::stable_sort(lessons.begin(), lessons.end(),
                   [](const Lesson& x, const Lesson& y) { return x.relative.value > y.relative.value; });
  return lessons;
}

base::Json lessons_json(const std::vector<Lesson>& lessons, std::size_t studies) {
  base::Json json{{"version", 1}, {"studies", studies}, {"parameters", base::Json::array()}};
  json["proposals"] = base::Json::array();
  for (const Lesson& lesson : lessons) {
    json["parameters"].push_back({{"param", lesson.parameter},
                                  {"tier", lesson.tier},
                                  {"learned", lesson.learned},
                                  {"studies", lesson.studies},
                                  {"relative",
                                   {{"value", base::json_number(lesson.relative.value)},
                                    {"low", base::json_number(lesson.relative.low)},
                                    {"high", base::json_number(lesson.relative.high)}}}});
    if (!lesson.is_proposed) continue;
    json["proposals"].push_back({{"param", lesson.parameter},
                                 {"from", lesson.tier},
                                 {"to", lesson.learned},
                                 {"studies", lesson.studies},
                                 {"says", lesson.says}});
  }
  return json;
}

}  // namespace sterlet::doctor
