#include "sterlet/storage/sqlite/rows.h"

#include <algorithm>
#include <charconv>

#include "sterlet/base/text.h"

namespace sterlet::storage {

namespace {

bool read_numbers(std::string_view text, std::vector<double>& numbers) {
  numbers.clear();
  while (!text.empty()) {
    const std::size_t blank = std::min(text.find(' '), text.size());
    const auto number = base::parse_number(text.substr(0, blank));
    if (!number) return false;
    numbers.push_back(*number);
    text.remove_prefix(std::min(blank + 1, text.size()));
  }
  return true;
}

}  // namespace

std::string text_of_numbers(const std::vector<double>& numbers) {
  std::string text;
  for (const double number : numbers) {
    if (!text.empty()) text += ' ';
    text += base::number_text(number);
  }
  return text;
}

StudyRecord read_study(Statement& row) {
  StudyRecord study{.id = row.integer(0),
                    .name = row.text(1),
                    .spec = row.text(2),
                    .created_ms = row.integer(4),
                    .stop_requested = row.flag(5),
                    .identity = row.text(6)};
  const std::string_view seed = row.view(3);
  row.expect(std::from_chars(seed.data(), seed.data() + seed.size(), study.seed).ptr == seed.data() + seed.size());
  return study;
}

void read_trial(Statement& row, TrialRow& into) {
  TrialRecord& trial = into.record;
  const auto state = state_from_text(row.view(1));
  const auto suspension = suspension_from_text(row.view(16));
  row.expect(state && suspension);
  row.expect(read_numbers(row.view(4), trial.values) && read_numbers(row.view(5), trial.constraints));
  trial.number = row.integer(0);
  trial.state = state.value_or(State::kFailed);
  into.origin = row.view(2);
  into.point = row.view(3);
  trial.last_step = row.integer(6);
  trial.attempt = row.small(7);
  into.session = row.view(8);
  trial.history_seq = row.integer(9);
  trial.predicted = row.view(10);
  trial.checkpoint = row.view(11);
  trial.reason = row.view(12);
  trial.created_ms = row.integer(13);
  trial.started_ms = row.integer(14);
  trial.ended_ms = row.integer(15);
  trial.suspension = suspension.value_or(Suspension::kNone);
  into.spec_version = row.small(17);
  trial.is_unstarted = row.flag(18);
  trial.changed_seq = row.integer(19);
  row.expect(trial.number >= 0 && trial.attempt >= 0 && into.spec_version > 0);
}

}  // namespace sterlet::storage
