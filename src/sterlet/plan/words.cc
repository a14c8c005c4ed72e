#include "sterlet/plan/words.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/base/figure.h"
#include "sterlet/base/text.h"

namespace sterlet::plan {

namespace {

std::string seconds_text(double seconds) {
  if (seconds < 1) return fmt::format("{:.3g} ms", seconds * 1000);
  if (seconds < 100) return fmt::format("{:.3g} s", seconds);
  return hours_text(seconds / 3600);
}

std::string bytes_text(double bytes) {
  constexpr double kMebi = 1024.0 * 1024;
  const bool is_large = bytes >= 1024 * kMebi;
  const double count = bytes / (is_large ? 1024 * kMebi : kMebi);
  return (count < 999.5 ? fmt::format("{:.3g}", count) : fmt::format("{:.0f}", count)) + (is_large ? " GiB" : " MiB");
}

// As the user sees the metric, ascending; nothing where no value of it is known.
std::optional<Range> shown(const Range& range, const Facts& facts, const studyfile::Objective& objective) {
  const bool is_known =
      facts.value && std::all_of(range.begin(), range.end(), [](double x) { return std::isfinite(x); });
  if (!is_known) return std::nullopt;
  Range values{};
  std::transform(range.begin(), range.end(), values.begin(), [&](double x) { return objective.minimised(x); });
  std::sort(values.begin(), values.end());
  return values;
}

std::string between(const std::string& low, const std::string& high) {
  return low == high ? low : fmt::format("{} to {}", low, high);
}

std::string with_range(const std::string& middle, const std::string& low, const std::string& high) {
  return low == high ? middle : fmt::format("{} ({}-{})", middle, low, high);
}

std::string outcome_text(const Range& range, const Facts& facts, const studyfile::Objective& objective) {
  const auto values = shown(range, facts, objective);
  if (!values) return "";
  return fmt::format("{} {}", objective.metric,
                     between(fmt::format("{:.3g}", values->front()), fmt::format("{:.3g}", values->back())));
}

std::string budget_text(const studyfile::Budget& budget) {
  std::string text;
  if (budget.seconds) text = hours_text(*budget.seconds / 3600);
  if (budget.trials) {
    text += fmt::format("{}{}", text.empty() ? "" : " and ",
                        base::count_text(static_cast<std::uint64_t>(*budget.trials), "trial"));
  }
  return text;
}

const Choice* other_choice(const Plan& plan) {
  const Choice* other = nullptr;
  for (const Choice& choice : plan.choices) {
    if (choice.strategy == plan.chosen().strategy) continue;
    if (other == nullptr || choice.expected[1] < other->expected[1]) other = &choice;
  }
  return other;
}

std::string search_text(const Choice& choice, const Facts& facts, const studyfile::StudySpec& spec) {
  const auto trials = between(fmt::format("{:.0f}", choice.trials[0]), fmt::format("{:.0f}", choice.trials[2]));
  std::string text =
      fmt::format("{}, {} at a time, {} trial{} begin{} and take{} {}", budget_text(facts.budget), choice.slots, trials,
                  trials == "1" ? "" : "s", trials == "1" ? "s" : "", trials == "1" ? "s" : "",
                  between(hours_text(choice.hours[0]), hours_text(choice.hours[2])));
  if (choice.pruner != "none") text += fmt::format(", stopped early by pruner: {}", choice.pruner);
  const std::string outcome = outcome_text(choice.expected, facts, spec.objectives.front());
  if (!outcome.empty()) text += fmt::format("; the best should come to {}", outcome);
  return text;
}

std::string changes_text(const Choice& choice) {
  return base::count_text(static_cast<std::uint64_t>(choice.trials[1]), "change");
}

std::string raise_text(const Choice& choice, const Facts& facts, const studyfile::StudySpec& spec) {
  const double part = static_cast<double>(choice.steps) / static_cast<double>(facts.steps);
  std::string text =
      fmt::format("one model gets {} steps ({} of a full training, tries included)", choice.steps,
                  part >= 0.995 ? fmt::format("{:.2g} times the length", part) : fmt::format("{:.0f}%", 100 * part));
  text += choice.trials[1] >= 1 ? fmt::format(", {} can be tried", changes_text(choice))
                                : std::string(", too few to try a change");
  const std::string outcome = outcome_text(choice.expected, facts, spec.objectives.front());
  if (!outcome.empty()) text += fmt::format("; it should come to {}", outcome);
  return text;
}

std::string text_of_choice(const Choice& choice, const Facts& facts, const studyfile::StudySpec& spec) {
  return choice.strategy == Strategy::kParallel ? search_text(choice, facts, spec) : raise_text(choice, facts, spec);
}

std::string short_name(Strategy strategy) { return strategy == Strategy::kParallel ? "caviar" : "panda"; }

// Of how many there are.
base::Json json_counts(const Range& range) {
  base::Json json = base::Json::array();
  for (const double each : range) json.push_back(static_cast<std::int64_t>(std::llround(each)));
  return json;
}

base::Json json_range(const Range& range) {
  base::Json json = base::Json::array();
  for (const double each : range) json.push_back(base::json_number(each));
  return json;
}

}  // namespace

std::string called(Strategy strategy) {
  return fmt::format("{} (strategy: {})", short_name(strategy), text_of(strategy));
}

std::string hours_text(double hours) {
  const double seconds = hours * 3600;
  if (seconds < 90) return fmt::format("{:.3g}s", seconds);
  if (seconds < 90 * 60) return fmt::format("{:.3g}m", seconds / 60);
  if (hours < 48) return fmt::format("{:.3g}h", hours);
  return fmt::format("{:.3g}d", hours / 24);
}

std::vector<std::string> describe_facts(const Facts& facts) {
  std::vector<std::string> lines;
  std::string text =
      fmt::format("a full training: {}, {} of {} each", seconds_text(facts.full_seconds()),
                  base::count_text(static_cast<std::uint64_t>(facts.steps), "step"), seconds_text(facts.step_seconds));
  if (facts.start_seconds > 0) text += fmt::format(" after a start of {}", seconds_text(facts.start_seconds));
  lines.push_back(std::move(text));
  if (facts.at_once > 1 && facts.pilot_seconds > 0) {
    lines.push_back(fmt::format("beside {}: a step takes {:.2f} times as long",
                                base::count_text(static_cast<std::uint64_t>(facts.at_once - 1), "other"),
                                facts.slow_down));
  }
  if (!facts.costs.empty()) {
    const auto [least, most] = std::minmax_element(facts.costs.begin(), facts.costs.end());
    lines.push_back(fmt::format("{} of the space: {} times the time of the defaults",
                                base::count_text(facts.costs.size(), "point"),
                                between(fmt::format("{:.2g}", *least), fmt::format("{:.2g}", *most))));
  }
  if (facts.memory_bytes > 0) {
    lines.push_back(fmt::format("memory: {} a training", bytes_text(static_cast<double>(facts.memory_bytes))));
  }
  if (facts.checkpoint_seconds) {
    lines.push_back(fmt::format("a checkpoint: {}, {}", seconds_text(*facts.checkpoint_seconds),
                                bytes_text(static_cast<double>(facts.checkpoint_bytes))));
  }
  const Machine& machine = facts.machine;
  std::string has =
      fmt::format("machine: {} core{}", base::short_figure_text(machine.cores), machine.cores == 1 ? "" : "s");
  if (machine.memory_bytes > 0) has += ", " + bytes_text(static_cast<double>(machine.memory_bytes));
  has += machine.gpus.empty() ? std::string(", no GPU") : ", " + base::count_text(machine.gpus.size(), "GPU");
  if (machine.is_limited) has += ", as a control group limits it";
  lines.push_back(std::move(has));
  if (facts.pilot_seconds > 0) lines.push_back(fmt::format("the pilot took {}", seconds_text(facts.pilot_seconds)));
  return lines;
}

std::vector<std::string> explain(const Plan& plan, const Facts& facts, const studyfile::StudySpec& spec) {
  const Choice& chosen = plan.chosen();
  std::vector<std::string> sentences;
  sentences.push_back(fmt::format(
      "{}: {}.", called(chosen.strategy),
      chosen.strategy == Strategy::kParallel ? "train many models and keep the best" : "raise one model and watch it"));
  if (!facts.doubt.empty()) sentences.push_back(facts.doubt);
  if (facts.budget.seconds && facts.full_seconds() > *facts.budget.seconds) {
    sentences.push_back(fmt::format("The budget is too small for one full training: that takes {}, and there are {}.",
                                    hours_text(facts.full_seconds() / 3600), hours_text(*facts.budget.seconds / 3600)));
  }
  if (facts.machine.memory_bytes > 0 && facts.memory_bytes > facts.machine.memory_bytes) {
    sentences.push_back(fmt::format("One training takes {} of memory, and the machine has {}: none would end there.",
                                    bytes_text(static_cast<double>(facts.memory_bytes)),
                                    bytes_text(static_cast<double>(facts.machine.memory_bytes))));
  }
  sentences.push_back(fmt::format("In {}{}.",
                                  chosen.strategy == Strategy::kParallel ? "" : budget_text(facts.budget) + " ",
                                  text_of_choice(chosen, facts, spec)));
  if (const Choice* other = other_choice(plan); other != nullptr) {
    sentences.push_back(fmt::format("With {}, {}{}.", short_name(other->strategy),
                                    other->strategy == Strategy::kParallel ? "in " : "",
                                    text_of_choice(*other, facts, spec)));
    double wins = 0;
    for (const Choice& choice : plan.choices) wins += choice.strategy == chosen.strategy ? choice.wins : 0;
    sentences.push_back(fmt::format("{} is better in {:.0f}% of the simulations.",
                                    chosen.strategy == Strategy::kParallel ? "Caviar" : "Panda", 100 * wins));
  } else if (!facts.can_babysit) {
    sentences.push_back(fmt::format("Panda is no choice here: {}.", facts.why_not));
  }
  for (const Flip& flip : plan.flips) {
    sentences.push_back(fmt::format("With {} I would say {}.", flip.when, short_name(flip.to)));
  }
  return sentences;
}

std::vector<std::vector<std::string>> table_of(const Plan& plan, const Facts& facts, const studyfile::StudySpec& spec) {
  const studyfile::Objective& objective = spec.objectives.front();
  std::vector<std::vector<std::string>> table{{"choice", "at once", "trials", "time"}};
  if (facts.value) table.front().push_back(objective.metric);
  table.front().emplace_back("best in");
  for (const Choice& choice : plan.choices) {
    const bool is_search = choice.strategy == Strategy::kParallel;
    const auto count = [](double x) { return fmt::format("{:.0f}", x); };
    std::vector<std::string> row{
        !is_search                ? std::string("one, raised")
        : choice.pruner == "none" ? std::string("many, each to its end")
                                  : fmt::format("many, pruner: {}", choice.pruner),
        std::to_string(choice.slots),
        is_search ? with_range(count(choice.trials[1]), count(choice.trials[0]), count(choice.trials[2]))
                  : "1, " + changes_text(choice),
        with_range(hours_text(choice.hours[1]), hours_text(choice.hours[0]), hours_text(choice.hours[2]))};
    if (facts.value) {
      const auto values = shown(choice.expected, facts, objective);
      const auto figure = [](double x) { return fmt::format("{:.3g}", x); };
      row.push_back(values ? with_range(figure((*values)[1]), figure((*values)[0]), figure((*values)[2]))
                           : std::string("none in time"));
    }
    row.push_back(fmt::format("{:.0f}%", 100 * choice.wins));
    table.push_back(std::move(row));
  }
  return table;
}

std::string settings_of(const Plan& plan, const studyfile::StudySpec& spec, const std::string& file) {
  const Choice& chosen = plan.chosen();
  if (chosen.strategy == Strategy::kBabysit) {
    return fmt::format("strategy: babysit, then sterlet babysit {} --auto --steps {}", file, chosen.steps);
  }
  std::string text = fmt::format("strategy: parallel, workers: {}", chosen.slots);
  if (chosen.pruner != spec.pruner.name) text += fmt::format(", pruner: {}", chosen.pruner);
  return text;
}

base::Json json_from_plan(const Plan& plan, const Facts& facts, const studyfile::StudySpec& spec) {
  base::Json json{{"version", 1}, {"study", spec.name}, {"strategy", text_of(plan.chosen().strategy)}};
  json["because"] = fmt::format("{}", fmt::join(explain(plan, facts, spec), " "));
  json["choices"] = base::Json::array();
  for (const Choice& choice : plan.choices) {
    base::Json each{{"strategy", text_of(choice.strategy)},
                    {"pruner", choice.pruner},
                    {"at_once", choice.slots},
                    {"trials", json_counts(choice.trials)},
                    {"hours", json_range(choice.hours)}};
    if (choice.strategy == Strategy::kBabysit) {
      each["trials"] = base::Json::array({1, 1, 1});
      each["changes"] = json_counts(choice.trials);
      each["steps"] = choice.steps;
    }
    const auto values = shown(choice.expected, facts, spec.objectives.front());
    each["expected"] = values ? json_range(*values) : base::Json();
    each["best_in"] = base::json_number(choice.wins);
    json["choices"].push_back(std::move(each));
  }
  json["flips"] = base::Json::array();
  for (const Flip& flip : plan.flips) json["flips"].push_back({{"when", flip.when}, {"to", text_of(flip.to)}});
  const Choice& chosen = plan.chosen();
  json["settings"] = {{"strategy", text_of(chosen.strategy)}};
  if (chosen.strategy == Strategy::kParallel) {
    json["settings"]["workers"] = chosen.slots;
    json["settings"]["pruner"] = chosen.pruner;
  } else {
    json["settings"]["steps"] = chosen.steps;
  }
  base::Json measured{{"full_seconds", base::json_number(facts.full_seconds())},
                      {"start_seconds", base::json_number(facts.start_seconds)},
                      {"step_seconds", base::json_number(facts.step_seconds)},
                      {"steps", facts.steps},
                      {"beside", facts.at_once},
                      {"slow_down", base::json_number(facts.slow_down)},
                      {"costs", base::Json::array()},
                      {"memory_bytes", facts.memory_bytes},
                      {"pilot_seconds", base::json_number(facts.pilot_seconds)}};
  for (const double cost : facts.costs) measured["costs"].push_back(base::json_number(cost));
  if (facts.checkpoint_seconds) {
    measured["checkpoint_seconds"] = base::json_number(*facts.checkpoint_seconds);
    measured["checkpoint_bytes"] = facts.checkpoint_bytes;
  }
  json["measured"] = std::move(measured);
  json["machine"] = {{"cores", base::json_number(facts.machine.cores)},
                     {"memory_bytes", facts.machine.memory_bytes},
                     {"gpus", facts.machine.gpus.size()},
                     {"is_limited", facts.machine.is_limited}};
  return json;
}

}  // namespace sterlet::plan
