#include "sterlet/studyfile/objective.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/studyfile/direction.h"
#include "sterlet/studyfile/foreign.h"
#include "sterlet/studyfile/schema.h"
#include "sterlet/studyfile/values.h"

namespace sterlet::studyfile {

namespace {

constexpr std::int64_t kMeanCountMax = 999999;

std::optional<CurveValue> read_of(const Values& values, const YamlNode& node) {
  const auto text = values.text(node, "of");
  if (!text) return std::nullopt;
  if (*text == "last") return CurveValue{};
  if (*text == "best") return CurveValue{.kind = CurveValue::Kind::kBest};
  constexpr std::string_view kMean = "mean of last ";
  if (text->starts_with(kMean)) {
    const auto count = base::parse_integer(std::string_view(*text).substr(kMean.size()));
    if (count && *count >= 2 && *count <= kMeanCountMax)
      return CurveValue{.kind = CurveValue::Kind::kMean, .count = *count};
  }
  values.fault(
      node.mark,
      fmt::format("of says what of a trial's curve counts: last, best or mean of last k (found {})", shown(node)),
      "write of: best, or of: mean of last 5");
  return std::nullopt;
}

class ObjectiveReader final {
 public:
  explicit ObjectiveReader(Faults& faults) : top_(faults, ""), values_(faults, "objective") {}

  void take(const YamlNode& node) {
    Objective objective;
    Mark mark = node.mark;
    bool has_direction = false;
    if (node.is_scalar()) {
      const auto metric = top_.text(node, "objective");
      if (!metric) return;
      objective.metric = *metric;
      if (is_direction(objective.metric)) {
        values_.fault(mark, fmt::format("it names a metric, not a direction (found '{}')", clipped(objective.metric)),
                      fmt::format("write objective: {{metric: val_error, direction: {}}}",
                                  objective.metric.starts_with("max") ? "maximize" : "minimize"));
        return;
      }
    } else {
      if (!top_.is_map(node, "an objective", "objective: {metric: val_error, direction: minimize}")) return;
      const bool has_other_key = node.entries.size() == 1 && node.find("metric") == nullptr &&
                                 node.find("direction") == nullptr && !has_stand_in(node, "objective", "direction");
      if (has_other_key && is_direction(node.entries[0].value.text)) {
        values_.fault(node.entries[0].key_mark,
                      fmt::format("the key of a metric's name is metric (found '{}')", clipped(node.entries[0].key)),
                      fmt::format("write objective: {{metric: {}, direction: {}}}", clipped(node.entries[0].key),
                                  node.entries[0].value.text.starts_with("max") ? "maximize" : "minimize"));
        return;
      }
      values_.check_keys(node, key_names(objective_keys()), "objective");
      const YamlNode* metric = node.find("metric");
      if (metric == nullptr) {
        if (!has_stand_in(node, "objective", "metric")) {
          values_.fault(node.mark, "metric is missing", "name what the trial reports, as in metric: val_error");
        }
      } else {
        mark = metric->mark;
        objective.metric = values_.text(*metric, "metric").value_or("");
      }
      has_direction = has_stand_in(node, "objective", "direction");
      if (const YamlNode* direction = node.find("direction")) {
        has_direction = true;
        const auto word = values_.word(*direction, "direction", {"minimize", "maximize"});
        if (word && *word == "maximize") objective.direction = Direction::kMaximize;
      }
      if (const YamlNode* of = node.find("of")) objective.of = read_of(values_, *of).value_or(CurveValue{});
    }
    const bool is_twice = std::any_of(read_.begin(), read_.end(), [&](const Objective& earlier) {
      return !objective.metric.empty() && earlier.metric == objective.metric;
    });
    if (is_twice) {
      values_.fault(mark, fmt::format("the metric '{}' is listed twice", clipped(objective.metric)),
                    "keep one of the two");
      return;
    }
    if (!has_direction) check_name(mark, objective.metric);
    read_.push_back(std::move(objective));
  }

  std::vector<Objective> result() { return std::move(read_); }

 private:
  static bool is_direction(const std::string& word) {
    return word == "minimize" || word == "maximize" || word == "min" || word == "max" || word == "minimise" ||
           word == "maximise";
  }

  void check_name(Mark mark, const std::string& metric) const {
    const bool is_negated = metric.starts_with('-');  // As people do who can only minimize.
    if (is_negated || !is_larger_better_by_name(metric)) return;
    const std::string name = clipped(metric);
    values_.fault(mark,
                  fmt::format("of '{}' a larger value seems better, but without a direction it is minimized", name),
                  fmt::format("write objective: {{metric: {0}, direction: maximize}}, or {{metric: {0}, direction: "
                              "minimize}} if smaller is better",
                              name));
  }

  Values top_, values_;
  std::vector<Objective> read_;
};

}  // namespace

std::vector<Objective> read_objectives(const YamlNode& root, Faults& faults) {
  const YamlNode* node = root.find("objective");
  const Values top(faults, "");
  if (node == nullptr) {
    if (has_stand_in(root, "study", "objective")) return {};
    top.fault(root.mark, "objective is missing, so nothing says what is better",
              "add objective: {metric: val_error, direction: minimize}");
    return {};
  }
  ObjectiveReader reader(faults);
  if (!node->is_list()) {
    reader.take(*node);
  } else if (node->items.empty()) {
    top.fault(node->mark, "objective names no metric (found an empty list)", "write objective: {metric: val_error}");
  }
  for (const YamlNode& item : node->items) reader.take(item);
  return reader.result();
}

}  // namespace sterlet::studyfile
