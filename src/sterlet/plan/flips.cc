#include "sterlet/plan/flips.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/base/text.h"

namespace sterlet::plan {

namespace {

constexpr int kTimesMost = 16;

// The nearest count above `from`, or below it, of which `is_other` holds, as far as `to`: by steps of twice the size, then by halves.
std::optional<int> nearest(int from, int to, const std::function<bool(int)>& is_other) {
  const int side = to < from ? -1 : 1;
  int same = from;
  for (int step = 1; same != to; step *= 2) {
    int count = from + side * std::min(step, std::abs(to - from));
    if (!is_other(count)) {
      same = count;
      continue;
    }
    while (std::abs(count - same) > 1) {
      const int middle = same + (count - same) / 2;
      (is_other(middle) ? count : same) = middle;
    }
    return count;
  }
  return std::nullopt;
}

// What company costs there: what as full a machine as that would be costs here, spread over as many more.
double in_company_of(double slow_down, double slots_here, int slots) {
  return slots > 1 ? 1 + (slow_down - 1) * std::max(0.0, slots_here - 1) / (slots - 1) : slow_down;
}

Facts with_count(const Facts& facts, int have, int count) {
  Facts other = facts;
  other.workers.reset();
  if (facts.resources.gpu > 0) {
    other.machine.gpus.resize(static_cast<std::size_t>(count));
    other.machine.cores = 1e6;
  } else {
    other.machine.cores = count;
  }
  other.slow_down = other.start_slow_down = 1;
  const int slots = slots_for(other);
  const double slots_here = static_cast<double>(slots) * std::max(have, 1) / count;
  other.slow_down = in_company_of(facts.slow_down, slots_here, slots);
  other.start_slow_down = in_company_of(facts.start_slow_down, slots_here, slots);
  return other;
}

Facts with_budget(const Facts& facts, double factor) {
  Facts other = facts;
  if (other.budget.seconds) other.budget.seconds = *other.budget.seconds * factor;
  if (other.budget.trials) {
    const double trials = std::round(static_cast<double>(*other.budget.trials) * factor);
    other.budget.trials = std::max<std::int64_t>(1, static_cast<std::int64_t>(trials));
  }
  return other;
}

std::string name_of(const studyfile::Budget& budget) {
  return "a budget of " + (budget.seconds ? base::duration_text(std::round(*budget.seconds))
                                          : base::count_text(static_cast<std::uint64_t>(*budget.trials), "trial"));
}

}  // namespace

std::vector<Flip> find_flips(const Facts& facts, Strategy chosen, const Chooser& choose) {
  std::vector<Flip> flips;
  if (!facts.can_babysit) return flips;
  const Strategy to = chosen == Strategy::kParallel ? Strategy::kBabysit : Strategy::kParallel;
  const bool has_gpus = facts.resources.gpu > 0;
  const int have = has_gpus ? static_cast<int>(facts.machine.gpus.size()) : static_cast<int>(facts.machine.cores);
  // No trial runs on less than it asks for.
  const int least = has_gpus ? std::max(1, facts.resources.gpu) : 1;
  const auto is_other = [&](int count) { return choose(with_count(facts, have, count)) == to; };
  for (const int end : {least, kTimesMost * std::max(have, 1)}) {
    if (end == least && have <= least) continue;
    const auto count = nearest(have, end, is_other);
    if (!count) continue;
    const auto number = static_cast<std::uint64_t>(*count);
    flips.push_back({.when = base::count_text(number, has_gpus ? "GPU" : "core"), .to = to});
  }
  for (const bool is_more : {false, true}) {
    for (double factor = 2; factor <= kTimesMost; factor *= 2) {
      const Facts other = with_budget(facts, is_more ? factor : 1 / factor);
      if (choose(other) != to) continue;
      flips.push_back({.when = name_of(other.budget), .to = to});
      break;
    }
  }
  return flips;
}

}  // namespace sterlet::plan
