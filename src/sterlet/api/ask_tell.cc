#include "sterlet/api/ask_tell.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/api/export.h"

namespace sterlet::api {

namespace {

using base::ErrorCode;
using base::Json;
using base::Result;
using storage::State;

constexpr std::size_t kLineMax = 1 << 20;
constexpr std::int64_t kSyncMs = 10;

tl::unexpected<base::Error> refuse(std::string what, std::string next) {
  return base::fail(ErrorCode::kInvalidArgument, std::move(what), std::move(next));
}

Result<std::int64_t> read_id(const Json& message) {
  const auto found = message.find("id");
  if (found == message.end()) return refuse("'id' is missing", "give the id that ask answered");
  if (!found->is_number_integer()) {
    return refuse(fmt::format("id must be a whole number (found {})", base::json_line(*found)),
                  "give the id that ask answered");
  }
  return found->get<std::int64_t>();
}

Result<std::vector<double>> read_numbers(const Json& list, std::string_view key) {
  std::vector<double> numbers;
  const auto bad = [&](const Json& found) {
    return refuse(fmt::format("{} must be {} (found {})", key, key == "value" ? "a number" : "a list of numbers",
                              base::json_line(found).substr(0, 60)),
                  "NaN and infinities are written \"NaN\", \"Infinity\", \"-Infinity\"");
  };
  if (!list.is_array()) return bad(list);
  for (const Json& element : list) {
    const auto number = base::number_from_json(element);
    if (!number) return bad(element);
    numbers.push_back(*number);
  }
  return numbers;
}

// value, values, constraints and state of a tell or add.
Result<study::Outcome> read_outcome(const Json& message) {
  study::Outcome outcome;
  if (const auto value = message.find("value"); value != message.end()) {
    STERLET_TRY(outcome.values, read_numbers(Json::array({*value}), "value"));
  }
  if (const auto values = message.find("values"); values != message.end()) {
    STERLET_TRY(outcome.values, read_numbers(*values, "values"));
  }
  if (const auto constraints = message.find("constraints"); constraints != message.end()) {
    STERLET_TRY(outcome.constraints, read_numbers(*constraints, "constraints"));
  }
  if (const auto state = message.find("state"); state != message.end()) {
    constexpr std::array<std::pair<std::string_view, State>, 4> kStates{{{"complete", State::kComplete},
                                                                         {"failed", State::kFailed},
                                                                         {"pruned", State::kPruned},
                                                                         {"cancelled", State::kCancelled}}};
    const auto* const row =
        std::find_if(kStates.begin(), kStates.end(), [&](const auto& known) { return *state == Json(known.first); });
    if (row == kStates.end()) {
      return refuse(fmt::format("state cannot be {}", base::json_line(*state).substr(0, 60)),
                    "it is complete, failed, pruned or cancelled");
    }
    outcome.state = row->second;
  }
  if (const auto reason = message.find("reason"); reason != message.end() && reason->is_string()) {
    outcome.reason = reason->get<std::string>();
  }
  return outcome;
}

std::string_view what_to_do(study::Pause pause) {
  switch (pause) {
    case study::Pause::kTrials:
    case study::Pause::kTime:
      return "raise the budget, or end here";
    case study::Pause::kSpace:
      return "widen the space, allow duplicates, or end here";
    case study::Pause::kFailures:
      return "see why they fail; failures_max in the study file says how many may";
    default:
      return "end here";
  }
}

Result<Json> ask(study::Study& study, const Json&) {
  STERLET_TRY(const auto claim, study.ask());
  if (!claim) {
    return base::fail(ErrorCode::kExhausted, fmt::format("no more trials: {}", text_of(study.pause())),
                      std::string(what_to_do(study.pause())));
  }
  Json answer{{"id", claim->number}, {"params", study.space().to_json(claim->point)}};
  if (study.is_repeat(claim->number)) answer["repeat_of"] = study.first_run(claim->number);
  return answer;
}

int attempt_of(const study::Study& study, std::int64_t id) {
  if (id < 0 || id >= static_cast<std::int64_t>(study.records().size())) return 1;
  return study.records()[static_cast<std::size_t>(id)].attempt;
}

Result<Json> tell(study::Study& study, const Json& message) {
  STERLET_TRY(const std::int64_t id, read_id(message));
  STERLET_TRY(const study::Outcome outcome, read_outcome(message));
  const bool has_result = !outcome.values.empty() || outcome.state != State::kComplete || message.contains("state");
  if (!has_result) return refuse("'value' is missing", R"(give "value", "values" or "state")");
  STERLET_PASS(study.tell(id, attempt_of(study, id), outcome));
  return Json{{"ok", true}};
}

Result<Json> report(study::Study& study, const Json& message) {
  STERLET_TRY(const std::int64_t id, read_id(message));
  const auto step = message.find("step");
  if (step == message.end() || !step->is_number_integer()) {
    return refuse("'step' must be a whole number", "give the epoch or step that was reached");
  }
  std::vector<std::pair<std::string, double>> metrics;
  if (const auto value = message.find("value"); value != message.end()) {
    STERLET_TRY(const auto numbers, read_numbers(Json::array({*value}), "value"));
    metrics.emplace_back(study.spec().objectives.front().metric, numbers.front());
  }
  if (const auto named = message.find("metrics"); named != message.end() && named->is_object()) {
    for (const auto& [metric, value] : named->items()) {
      STERLET_TRY(const auto numbers, read_numbers(Json::array({value}), metric));
      metrics.emplace_back(metric, numbers.front());
    }
  }
  if (metrics.empty()) return refuse("'value' is missing", R"(give "value", or "metrics" by name)");
  STERLET_TRY(const auto decision, study.report(id, attempt_of(study, id), step->get<std::int64_t>(), metrics));
  if (!decision.prune) return Json{{"prune", false}};
  return Json{{"prune", true}, {"reason", decision.reason}};
}

Result<Json> add(study::Study& study, const Json& message) {
  if (!message.contains("params")) return refuse("'params' is missing", "give the configuration that was evaluated");
  STERLET_TRY(study::Outcome outcome, read_outcome(message));
  std::vector<std::pair<std::int64_t, double>> curve;
  if (const auto reports = message.find("reports"); reports != message.end()) {
    constexpr const char* kWrong = "'reports' must be a list of [step, value]";
    if (!reports->is_array() || reports->empty()) return refuse(kWrong, "");
    for (const Json& report : *reports) {
      STERLET_TRY(const auto pair, read_numbers(report, "reports"));
      if (pair.size() != 2 || !report[0].is_number_integer()) return refuse(kWrong, "steps are whole numbers");
      curve.emplace_back(report[0].get<std::int64_t>(), pair[1]);
    }
    if (outcome.values.empty()) outcome.values = {curve.back().second};
  }
  STERLET_TRY(const std::int64_t id, study.add(message["params"], outcome, curve));
  return Json{{"id", id}};
}

Result<Json> enqueue(study::Study& study, const Json& message) {
  if (!message.contains("params")) return refuse("'params' is missing", "give the values to try; others are filled in");
  STERLET_PASS(study.enqueue(message["params"]));
  return Json{{"ok", true}};
}

Result<Json> best(study::Study& study, const Json&) {
  const auto numbers = study.best();
  const auto one = [&](std::int64_t number) {
    Json json{{"id", number}, {"params", study.view(number).params}};
    const auto values = study.values_of(number);
    if (values.size() == 1) {
      json["value"] = base::json_number(values.front());
    } else {
      json["values"] = Json::array();
      for (const double value : values) json["values"].push_back(base::json_number(value));
    }
    if (const auto assurance = study.assurance(number)) json.update(assurance_json(*assurance));
    return json;
  };
  if (study.spec().objectives.size() > 1) {
    Json front = Json::array();
    for (const std::int64_t number : numbers) front.push_back(one(number));
    return Json{{"front", front}};
  }
  if (numbers.empty()) {
    return base::fail(ErrorCode::kNotFound, "no trial has finished with a value yet", "tell one first");
  }
  return one(numbers.front());
}

struct Operation {
  std::string_view name;
  Result<Json> (*answer)(study::Study&, const Json&);
  // Whether it brings what must not be lost once it was answered. A trial that was asked for and reported on is lost
  // with the power in any case: who runs it is on the same machine.
  bool is_lasting;
};
constexpr std::array<Operation, 6> kOperations{{{"ask", &ask, false},
                                                {"tell", &tell, true},
                                                {"report", &report, false},
                                                {"add", &add, true},
                                                {"enqueue", &enqueue, true},
                                                {"best", &best, false}}};

Result<Json> answer(study::Study& study, std::string_view line, bool& is_lasting) {
  if (line.size() > kLineMax) return refuse("the line is longer than 1 MiB", "send one operation a line");
  STERLET_TRY(const Json message, base::parse_json(line));
  if (!message.is_object() || !message.contains("op") || !message["op"].is_string()) {
    return refuse("an operation is missing", R"(send an object such as {"op":"ask"})");
  }
  const std::string name = message["op"].get<std::string>();
  std::vector<std::string> known;
  for (const Operation& operation : kOperations) {
    if (operation.name == name) {
      is_lasting = is_lasting || operation.is_lasting;
      return operation.answer(study, message);
    }
    known.emplace_back(operation.name);
  }
  return refuse(fmt::format("unknown operation '{}'", base::printable(name.substr(0, 60))),
                base::suggest_name(name, known));
}

// False at the end.
Result<bool> read_more(int file, std::string& text) {
  std::array<char, 1 << 16> bytes{};
  ssize_t count = 0;
  do {
    count = ::read(file, bytes.data(), bytes.size());
  } while (count < 0 && errno == EINTR);
  if (count < 0)
    return base::fail(ErrorCode::kDisk, fmt::format("the input cannot be read ({})", std::strerror(errno)));
  text.append(bytes.data(), static_cast<std::size_t>(count));
  return count > 0;
}

Result<void> write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      return base::fail(ErrorCode::kUnreachable,
                        fmt::format("the last answers cannot be written ({})", std::strerror(errno)),
                        "what they answer is done; read its results with sterlet ls");
    }
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

std::string answer_line(study::Study& study, std::string_view line, std::size_t line_number, bool& is_lasting) {
  const auto result = answer(study, line, is_lasting);
  if (result) return base::json_line(*result);
  return base::json_line({{"error", result.error().at(fmt::format("line {}", line_number)).message()}});
}

}  // namespace

Result<void> answer_lines(study::Study& study, int in, int out) {
  study.defer_sync(true);
  std::string unread, answers;
  std::size_t line_number = 0;
  std::int64_t oldest_ms = 0;
  bool is_lasting = false;
  const auto send = [&]() -> Result<void> {
    if (answers.empty()) return {};
    if (std::exchange(is_lasting, false)) STERLET_PASS(study.sync());
    return write_all(out, std::exchange(answers, {}));
  };
  for (bool is_open = true; is_open;) {
    STERLET_TRY(is_open, read_more(in, unread));
    if (!is_open && !unread.empty()) unread += '\n';  // The last line may lack its end.
    std::size_t at = 0;
    for (std::size_t end = unread.find('\n'); end != std::string::npos; end = unread.find('\n', at)) {
      const std::string_view line = std::string_view(unread).substr(at, end - at);
      at = end + 1;
      ++line_number;
      if (line.empty()) continue;
      if (answers.empty()) oldest_ms = base::system_clock().steady_ms();
      answers += answer_line(study, line, line_number, is_lasting) + "\n";
      if (base::system_clock().steady_ms() - oldest_ms >= kSyncMs) STERLET_PASS(send());
    }
    unread.erase(0, at);
    STERLET_PASS(send());
  }
  return {};
}

}  // namespace sterlet::api
