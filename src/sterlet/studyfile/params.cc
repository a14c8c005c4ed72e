#include "sterlet/studyfile/params.h"

#include <algorithm>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/studyfile/presets.h"
#include "sterlet/studyfile/study_file.h"
#include "sterlet/studyfile/declaration.h"
#include "sterlet/studyfile/foreign.h"
#include "sterlet/studyfile/meant.h"
#include "sterlet/studyfile/substitute.h"
#include "sterlet/studyfile/values.h"

// Parameters pass through four stages: declared (the preset's, overridden key by key by params), checked as a space,
// fixed where `tune` or `value` say so, and checked again. The first check sees all choices, so that a condition which
// names a wrong one is found even where the parameter is fixed. A fixed parameter stays in the space with a single
// value: conditions, repeat counts and constraints go on working, and each trial is handed it with the others.

namespace sterlet::studyfile {

namespace {

using space::Kind;
using space::Parameter;
using space::Scalar;
using space::Scale;

class ParameterReader final {
 public:
  ParameterReader(const YamlNode& root, Faults& faults, const TierBudget& budget)
      : root_(root), faults_(faults), budget_(budget), top_(faults, "") {}

  std::optional<DeclaredSpace> read(std::vector<std::string>& names) {
    const std::size_t faults_before = faults_.size();
    take_presets();
    take_declarations();
    take_constraints();
    for (const Declaration& item : items_) names.push_back(item.parameter().name);
    if (items_.empty()) {
      // A study of a program that names its parameters as it runs begins with none.
      if (faults_.size() == faults_before && is_stored()) return make_space(items_);
      if (faults_.size() == faults_before) report_missing();
      return std::nullopt;
    }
    for (Declaration& item : items_) {
      if (item.from_preset && !item.is_broken && !has_key(item, "default") && !item.is_constant) {
        fit_default(item.parameter());
      }
    }
    if (!make_space(items_) || faults_.size() > faults_before) {
      take_tune();  // Where params has faults, it is still worth a look of its own.
      return std::nullopt;
    }
    fix_parameters();
    if (faults_.size() > faults_before) return std::nullopt;
    return make_space(items_);
  }

  const std::optional<OpenedTiers>& tiers() const { return opened_; }
  std::vector<SizeParameter> sizes() const {
    std::vector<SizeParameter> sizes;
    for (const Declaration& item : items_) {
      if (item.size) sizes.push_back({item.parameter().name, *item.size});
    }
    return sizes;
  }

 private:
  Declaration* find(std::string_view name) {
    for (Declaration& item : items_) {
      if (item.parameter().name == name) return &item;
    }
    return nullptr;
  }

  void report_missing() {
    if (has_stand_in(root_, "study", "params")) return;
    const YamlNode* params = root_.find("params");
    top_.fault(params != nullptr ? params->mark : root_.mark, "no parameters are declared",
               "add params: {learning_rate: {type: float, low: 1e-4, high: 1, scale: log}}, or preset: mlp");
  }

  void take_presets() {
    const YamlNode* node = root_.find("preset");
    if (node == nullptr) return;
    const std::vector<Preset> presets = make_presets();
    const auto take = [&](const YamlNode& word) {
      const auto name = top_.word(word, "preset", preset_names());
      if (!name) return;
      const auto preset =
          std::find_if(presets.begin(), presets.end(), [&](const Preset& p) { return p.name == *name; });
      for (const PresetParameter& row : preset->parameters) {
        Declaration item;
        item.row = row;
        item.from_preset = true;
        item.mark = word.mark;
        if (Declaration* earlier = find(row.parameter.name)) {
          *earlier = std::move(item);
        } else {
          items_.push_back(std::move(item));
        }
      }
    };
    if (!node->is_list()) return take(*node);
    if (node->items.empty()) top_.fault(node->mark, "preset names nothing (found an empty list)", "remove it");
    for (const YamlNode& word : node->items) take(word);
  }

  void take_declarations() {
    const YamlNode* params = root_.find("params");
    if (params == nullptr) return;
    if (!top_.is_map(*params, "params", "params: {learning_rate: {type: float, low: 1e-4, high: 1, scale: log}}"))
      return;
    if (has_unindented_keys(*params, faults_)) return;
    for (const YamlEntry& entry : params->entries) {
      Declaration* item = find(entry.key);
      if (item == nullptr) {
        Declaration fresh;
        fresh.row.parameter.name = entry.key;
        items_.push_back(std::move(fresh));
        item = &items_.back();
      }
      item->node = &entry.value;
      item->mark = entry.key_mark;
      const std::size_t before = faults_.size();
      read_declaration(*item, Values(faults_, clipped(entry.key)));
      item->is_broken = faults_.size() > before;
    }
  }

  void take_constraints() {
    const YamlNode* node = root_.find("constraints");
    if (node == nullptr || node->is_null()) return;
    const auto take = [&](const YamlNode& text) {
      if (!text.is_scalar() || text.is_null()) {
        top_.fault(text.mark, fmt::format("a constraint must be an expression (found {})", shown(text)),
                   "write it in quotes, as in \"batch_size * layers <= 1024\"");
      } else {
        constraints_.push_back(text.text);
        constraint_marks_.push_back(text.mark);
      }
    };
    if (!node->is_list()) return take(*node);
    for (const YamlNode& text : node->items) take(text);
  }

  bool is_mentioned(const std::string& name) const {
    if (std::any_of(constraints_.begin(), constraints_.end(),
                    [&](const std::string& text) { return substitute(text, name, "?") != text; })) {
      return true;
    }
    return std::any_of(items_.begin(), items_.end(), [&](const Declaration& item) {
      return substitute(item.parameter().when, name, "?") != item.parameter().when;
    });
  }

  // Fits a preset's condition to the choices that its parent has left. False: the parameter can never exist, and
  // nothing speaks of it.
  bool set_preset_condition(Declaration& item) {
    if (item.row.depends_on.empty()) return true;
    const Declaration* parent = find(item.row.depends_on);
    item.parameter().when.clear();
    if (parent == nullptr || is_numeric(parent->parameter())) return true;
    std::vector<std::string> left;
    for (const Scalar& choice : parent->parameter().choices) {
      const std::string name = space::text_of(choice);
      if (std::count(item.row.depends_for.begin(), item.row.depends_for.end(), name) > 0)
        left.push_back(text_literal(name));
    }
    if (left.size() == parent->parameter().choices.size()) return true;
    if (left.empty()) {
      item.parameter().when = "false";
      return item.node != nullptr || is_mentioned(item.parameter().name);
    }
    item.parameter().when = item.row.depends_on;
    if (left.size() == 1) {
      item.parameter().when += " == " + left.front();
    } else {
      item.parameter().when += fmt::format(" in [{}]", fmt::join(left, ", "));
    }
    return true;
  }

  std::optional<DeclaredSpace> make_space(std::vector<Declaration>& items) {
    std::vector<std::string> gone;
    for (Declaration& item : items) {
      if (!set_preset_condition(item)) gone.push_back(item.parameter().name);
    }
    std::vector<Parameter> parameters;
    for (const Declaration& item : items) {
      if (std::count(gone.begin(), gone.end(), item.parameter().name) == 0) parameters.push_back(item.parameter());
    }
    std::vector<std::string> constraints = constraints_;
    put_fixed_choices_in(parameters, constraints);
    auto made = space::Space::make(parameters, constraints);
    if (made) return DeclaredSpace{std::move(parameters), std::move(constraints), std::move(*made)};
    report(made.error());
    return std::nullopt;
  }

  // A parameter with one choice left may be compared with the choices it had, which Expression would refuse as a slip.
  // Where it always exists its name is replaced by its value.
  static void put_fixed_choices_in(std::vector<Parameter>& parameters, std::vector<std::string>& constraints) {
    for (const Parameter& fixed : parameters) {
      if (is_numeric(fixed) || fixed.choices.size() != 1 || !fixed.when.empty() || !fixed.repeat.empty()) continue;
      if (!std::holds_alternative<std::string>(fixed.choices.front())) continue;
      const std::string literal = text_literal(space::text_of(fixed.choices.front()));
      for (Parameter& parameter : parameters) parameter.when = substitute(parameter.when, fixed.name, literal);
      for (std::string& constraint : constraints) constraint = substitute(constraint, fixed.name, literal);
    }
  }

  void report(const std::vector<space::Fault>& found) {
    const bool any_broken =
        std::any_of(items_.begin(), items_.end(), [](const Declaration& item) { return item.is_broken; });
    for (const space::Fault& fault : found) {
      if (fault.constraint) {
        if (any_broken) continue;
        const Mark mark =
            *fault.constraint < constraint_marks_.size() ? constraint_marks_[*fault.constraint] : root_.mark;
        top_.fault(mark, fault.error.what, fault.error.next);
        continue;
      }
      const Declaration* item = find(fault.parameter);
      if (item == nullptr) {
        top_.fault(root_.mark, fault.error.what, fault.error.next);
        continue;
      }
      const bool refers_to_others = fault.key == "when" || fault.key == "repeat" || fault.key == "default";
      if (item->is_broken || (any_broken && refers_to_others)) continue;
      const bool has_place = has_key(*item, fault.key);
      Mark mark = has_place ? item->node->find(fault.key)->mark : item->mark;
      const std::string other_bound = fault.key == "low" ? "high" : fault.key == "high" ? "low" : "";
      if (item->from_preset && !has_place && !other_bound.empty() && has_key(*item, other_bound)) {
        mark = item->node->find(other_bound)->mark;
        Values(faults_, clipped(fault.parameter))
            .fault(mark, fmt::format("{}, where {} is the preset's", fault.error.what, fault.key),
                   fmt::format("give {}, too", fault.key));
        continue;
      }
      if (fault.key.empty()) {
        const std::string name = name_meant(fault.parameter);
        const bool is_odd = !name.empty() && name != fault.parameter;
        top_.fault(mark, fault.error.what, is_odd ? fmt::format("write {}", name) : fault.error.next);
      } else {
        Values(faults_, clipped(fault.parameter)).fault(mark, fault.error.what, fault.error.next);
      }
    }
  }

  // What to search. Nothing: no `tune` in the file.
  struct Tune {
    std::optional<int> tier_max;
    std::vector<std::string> names;
  };

  std::optional<Tune> take_tune() {
    const YamlNode* node = root_.find("tune");
    if (node == nullptr) return std::nullopt;
    Tune tune;
    if (node->is_list()) {
      if (node->items.empty())
        top_.fault(node->mark, "tune names no parameter (found an empty list)", "name some, or remove it");
      for (const YamlNode& item : node->items) take_tuned_name(item, tune);
      return tune;
    }
    if (!node->is_scalar() || node->is_null()) {
      top_.fault(node->mark, fmt::format("tune must say what to search (found {})", shown(*node)),
                 "write tune: tier<=2, or a list of parameters");
      return std::nullopt;
    }
    std::string text;
    for (const char c : node->text) {
      if (c != ' ') text += c;
    }
    if (text == "all") {
      tune.tier_max = 4;
      return tune;
    }
    if (text == "auto" && find(text) == nullptr) {
      opened_ = open_tiers();
      tune.tier_max = opened_->tier_max;
      return tune;
    }
    if (text.substr(0, 4) != "tier" || find(node->text) != nullptr) {
      take_tuned_name(*node, tune);
      return tune;
    }
    const std::size_t digits = text.find_first_of("0123456789");
    const std::string comparison = text.substr(4, digits == std::string::npos ? digits : digits - 4);
    const auto tier = digits == std::string::npos ? std::nullopt : base::parse_integer(text.substr(digits));
    const std::int64_t tier_max = tier.value_or(0) - (comparison == "<" ? 1 : 0);
    if ((comparison != "<=" && comparison != "<") || !tier || tier_max < 1 || tier_max > 4) {
      top_.fault(node->mark, fmt::format("tune does not understand '{}'", clipped(node->text)),
                 "write tier<=1, tier<=2, tier<=3 or tier<=4, auto, or a list of parameters");
      return std::nullopt;
    }
    tune.tier_max = static_cast<int>(tier_max);
    return tune;
  }

  // By the trials that there are; tiers 1 and 2 where nobody knows yet how many.
  OpenedTiers open_tiers() const {
    OpenedTiers tiers{.trials = budget_.trials};
    for (int tier = 1; tier <= 4; ++tier) {
      tiers.parameters.push_back(std::count_if(items_.begin(), items_.end(), [&](const Declaration& item) {
        return is_tuned(item, Tune{.tier_max = tier, .names = {}});
      }));
    }
    if (budget_.trials) tiers.tier_max = tiers_for(*budget_.trials, tiers.parameters);
    if (budget_.tiers) tiers.tier_max = *budget_.tiers;
    return tiers;
  }

  void take_tuned_name(const YamlNode& node, Tune& tune) {
    std::vector<std::string> names;
    for (const Declaration& item : items_) names.push_back(item.parameter().name);
    const auto name = top_.text(node, "a name in tune");
    if (!name) return;
    if (std::find(names.begin(), names.end(), *name) == names.end()) {
      const std::string near = base::suggest_name(*name, names);
      top_.fault(node.mark, fmt::format("tune names an unknown parameter '{}'", clipped(*name)),
                 near.empty() ? "name one of params, or write tier<=2" : near);
      return;
    }
    tune.names.push_back(*name);
  }

  bool is_tuned(const Declaration& item, const std::optional<Tune>& tune) const {
    if (item.is_constant) return false;
    if (item.tune) return *item.tune;
    if (tune && tune->tier_max) return item.parameter().tier <= *tune->tier_max;
    if (tune) return std::count(tune->names.begin(), tune->names.end(), item.parameter().name) > 0;
    // With a preset, tier 4 is for those who name it.
    return !item.from_preset || item.node != nullptr || item.parameter().tier <= 3;
  }

  void fix_parameters() {
    const std::size_t before = faults_.size();
    const std::optional<Tune> tune = take_tune();
    if (faults_.size() > before) return;
    const YamlNode* tune_node = root_.find("tune");
    bool any_tuned = false;
    for (Declaration& item : items_) {
      Parameter& parameter = item.parameter();
      if (is_tuned(item, tune)) {
        any_tuned = true;
        continue;
      }
      if (parameter.defaults.size() == 1) {
        fix(parameter, Scalar(parameter.defaults.front()));
        continue;
      }
      const Mark mark = has_key(item, "tune")  ? item.node->find("tune")->mark
                        : tune_node != nullptr ? tune_node->mark
                                               : item.mark;
      Values(faults_, clipped(parameter.name))
          .fault(mark,
                 parameter.defaults.empty() ? "it is not tuned, but has no default to be kept at"
                                            : "it is not tuned, but has a list as default",
                 parameter.defaults.empty() ? "add its default, as in default: 0.9, or tune it, too"
                                            : "give it one value as default, or tune it, too");
    }
    if (!any_tuned && !is_stored()) {
      top_.fault(tune_node != nullptr ? tune_node->mark : root_.mark,
                 "nothing is left to tune: all parameters are fixed", "give one of them a range, or let tune name it");
    }
  }

  // What json_from_spec wrote carries no places; it has been through all this before.
  bool is_stored() const { return root_.mark.line == 0; }

  const YamlNode& root_;
  Faults& faults_;
  TierBudget budget_;
  Values top_;
  std::vector<Declaration> items_;
  std::optional<OpenedTiers> opened_;
  std::vector<std::string> constraints_;
  std::vector<Mark> constraint_marks_;
};

}  // namespace

std::optional<DeclaredSpace> read_parameters(const YamlNode& root, Faults& faults, std::vector<std::string>& names,
                                             const TierBudget& budget) {
  ParameterReader reader(root, faults, budget);
  std::optional<DeclaredSpace> declared = reader.read(names);
  if (!declared) return declared;
  declared->sizes = reader.sizes();
  declared->tiers = reader.tiers();
  return declared;
}

}  // namespace sterlet::studyfile
