#include "sterlet/exec/channel/message.h"

#include <array>
#include <filesystem>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sterlet/base/json.h"
#include "sterlet/base/text.h"

namespace sterlet::exec {

namespace {

using base::ErrorCode;
using base::fail;
using base::Json;
using base::Result;

constexpr int kProtocol = 1;
constexpr std::int64_t kStepMax = std::int64_t{1} << 53;  // Clients may hold numbers as doubles.

/// A value as a person sees it in a message: short, on one line.
std::string shown(const Json& value) {
  std::string text = base::json_line(value);
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return base::printable(text);
}

/// A name out of a message, the same way.
std::string shown_name(std::string_view name) {
  return base::printable(name.size() > 60 ? std::string(name.substr(0, 57)) + "..." : std::string(name));
}

std::optional<std::int64_t> whole_number(const Json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_number_float()) return std::nullopt;
  const auto number = value.get<double>();
  if (!(number >= -static_cast<double>(kStepMax) && number <= static_cast<double>(kStepMax))) return std::nullopt;
  const auto whole = static_cast<std::int64_t>(number);
  if (static_cast<double>(whole) != number) return std::nullopt;
  return whole;
}

Result<std::int64_t> read_step(const Json& body, std::string_view kind) {
  const auto found = body.find("step");
  if (found == body.end()) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("{}: no step", kind), "add \"step\": a whole number from 0");
  }
  const auto step = whole_number(*found);
  if (!step || *step < 0 || *step > kStepMax) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{}: a step is a whole number from 0 (found {})", kind, shown(*found)));
  }
  return *step;
}

Result<std::string> read_text(const Json& body, std::string_view kind, const char* key) {
  const auto found = body.find(key);
  if (found == body.end() || !found->is_string() || found->get_ref<const std::string&>().empty()) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("{}: no {}", kind, key),
                fmt::format("add \"{}\": a text that is not empty", key));
  }
  const auto& text = found->get_ref<const std::string&>();
  if (text.find('\0') != std::string::npos) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("{}: {} holds a NUL byte", kind, key));
  }
  return text;
}

Result<Json> read_set(const Json& body, std::string_view kind) {
  const auto found = body.find("set");
  if (found == body.end() || !found->is_object()) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("{}: no set", kind),
                "add \"set\": the parameters by their names");
  }
  return *found;
}

bool read_flag(const Json& body, const char* key) {
  const auto found = body.find(key);
  return found != body.end() && found->is_boolean() && found->get<bool>();
}

using What = decltype(Event::what);

Result<What> read_hello(const Json& body, const MessageContext&) {
  const auto protocol = body.find("protocol");
  const auto number = protocol == body.end() ? std::nullopt : whole_number(*protocol);
  if (number != kProtocol) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("hello: this Sterlet speaks channel protocol {} (found {})", kProtocol,
                            protocol == body.end() ? "none" : shown(*protocol)),
                "use the client that came with it");
  }
  Event::Hello hello{
      .live = read_flag(body, "live"), .restores = read_flag(body, "restores"), .loop = read_flag(body, "loop")};
  const auto steps = body.find("steps");
  if (steps != body.end()) hello.steps = whole_number(*steps);
  if (hello.steps && (*hello.steps < 1 || *hello.steps > kStepMax)) hello.steps.reset();
  return hello;
}

Result<What> read_report(const Json& body, const MessageContext& context) {
  Event::Report report;
  report.step = context.step_next;
  if (body.contains("step")) {
    STERLET_TRY(report.step, read_step(body, "report"));
  }
  const auto metrics = body.find("metrics");
  if (metrics == body.end() || !metrics->is_object() || metrics->empty()) {
    return fail(ErrorCode::kInvalidArgument, "report: no metrics", "add \"metrics\": numbers by their names");
  }
  for (const auto& [name, value] : metrics->items()) {
    const auto number = base::number_from_json(value);
    if (name.empty()) return fail(ErrorCode::kInvalidArgument, "report: a metric without a name");
    if (name.find('\0') != std::string::npos) {
      return fail(ErrorCode::kInvalidArgument, "report: the name of a metric holds a NUL byte");
    }
    if (!number) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("report: metric '{}' is not a number (found {})", shown_name(name), shown(value)),
                  R"(send a number, or one of the texts "NaN", "Infinity", "-Infinity")");
    }
    report.metrics.emplace_back(name, *number);
  }
  return report;
}

Result<What> read_value(const Json& body, const MessageContext&) {
  const auto number = base::number_from_json(body);
  if (!number) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("value: not a number (found {})", shown(body)),
                R"(send a number, or one of the texts "NaN", "Infinity", "-Infinity")");
  }
  return Event::Value{.values = {*number}};
}

Result<What> read_values(const Json& body, const MessageContext&) {
  Event::Value value;
  for (const Json& item : body) {
    const auto number = base::number_from_json(item);
    if (!number) {
      return fail(ErrorCode::kInvalidArgument, fmt::format("values: not a number (found {})", shown(item)),
                  R"(send a number, or one of the texts "NaN", "Infinity", "-Infinity")");
    }
    value.values.push_back(*number);
  }
  if (value.values.empty())
    return fail(ErrorCode::kInvalidArgument, "values: an empty list", "send one for each objective");
  return value;
}

/// A checkpoint's path, made absolute.
Result<std::string> read_path(const Json& body, std::string_view kind, const MessageContext& context) {
  STERLET_TRY(const std::string path, read_text(body, kind, "path"));
  return (std::filesystem::path(context.checkpoint_folder) / path).lexically_normal().string();
}

Result<What> read_checkpoint(const Json& body, const MessageContext& context) {
  Event::Checkpoint checkpoint;
  STERLET_TRY(checkpoint.step, read_step(body, "checkpoint"));
  STERLET_TRY(checkpoint.path, read_path(body, "checkpoint", context));
  return checkpoint;
}

Result<What> read_applied(const Json& body, const MessageContext&) {
  Event::Applied applied;
  STERLET_TRY(applied.step, read_step(body, "applied"));
  STERLET_TRY(applied.set, read_set(body, "applied"));
  return applied;
}

Result<What> read_restored(const Json& body, const MessageContext& context) {
  Event::Restored restored;
  STERLET_TRY(restored.step, read_step(body, "restored"));
  STERLET_TRY(restored.path, read_path(body, "restored", context));
  const auto skipped = body.find("skipped_steps");
  const auto steps = skipped == body.end() ? std::nullopt : whole_number(*skipped);
  if (skipped != body.end() && (!steps || *steps < 0 || *steps > kStepMax)) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("restored: skipped_steps is a whole number from 0 (found {})", shown(*skipped)));
  }
  restored.skipped_steps = steps.value_or(0);
  return restored;
}

Result<What> read_refused(const Json& body, const MessageContext&) {
  Event::Refused refused;
  for (const char* other : {"checkpoint", "restore"}) {
    const auto found = body.find(other);
    if (found == body.end() || !found->is_object()) continue;
    refused.kind = other;
    refused.set = *found;
  }
  if (refused.kind == "set") {
    STERLET_TRY(refused.set, read_set(body, "refused"));
  }
  STERLET_TRY(refused.reason, read_text(body, "refused", "reason"));
  return refused;
}

Result<What> read_failed(const Json& body, const MessageContext&) {
  Event::Failed failed;
  STERLET_TRY(failed.reason, read_text(body, "failed", "reason"));
  return failed;
}

Result<What> read_read(const Json& body, const MessageContext&) {
  const auto params = body.find("params");
  Event::Read read;
  if (params == body.end() || !params->is_array()) {
    return fail(ErrorCode::kInvalidArgument, "read: no params", "add \"params\": a list of names");
  }
  for (const Json& name : *params) {
    if (!name.is_string()) {
      return fail(ErrorCode::kInvalidArgument, fmt::format("read: not a name (found {})", shown(name)));
    }
    read.params.push_back(name.get<std::string>());
  }
  return read;
}

enum class Body { kMembers, kList, kAny };

struct Kind {
  const char* name;
  Body body;
  Result<What> (*read)(const Json&, const MessageContext&);
};

constexpr std::array<Kind, 10> kKinds = {{
    {"hello", Body::kMembers, &read_hello},
    {"report", Body::kMembers, &read_report},
    {"checkpoint", Body::kMembers, &read_checkpoint},
    {"value", Body::kAny, &read_value},
    {"values", Body::kList, &read_values},
    {"applied", Body::kMembers, &read_applied},
    {"restored", Body::kMembers, &read_restored},
    {"refused", Body::kMembers, &read_refused},
    {"failed", Body::kMembers, &read_failed},
    {"read", Body::kMembers, &read_read},
}};

Result<const Kind*> find_kind(const Json& message) {
  const Kind* found = nullptr;
  for (const Kind& kind : kKinds) {
    if (!message.contains(kind.name)) continue;
    if (found != nullptr) {
      return fail(ErrorCode::kInvalidArgument, fmt::format("both {} and {} in one message", found->name, kind.name),
                  "send them as two lines");
    }
    found = &kind;
  }
  if (found != nullptr) return found;
  std::vector<std::string> names;
  for (const Kind& kind : kKinds) names.emplace_back(kind.name);
  std::string name;
  for (const auto& [key, value] : message.items()) {
    if (key != "ack") name = key;
  }
  if (name.empty()) return fail(ErrorCode::kInvalidArgument, "a message without a kind", base::suggest_name("", names));
  return fail(ErrorCode::kInvalidArgument, fmt::format("unknown message '{}'", shown_name(name)),
              base::suggest_name(name.substr(0, 60), names));
}

}  // namespace

base::Result<Message> parse_message(std::string_view line, const MessageContext& context) {
  STERLET_TRY(const Json message, base::parse_json(line));
  if (!message.is_object()) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("a message is a JSON object (found {})", shown(message)),
                R"(send for example {"report":{"step":1,"metrics":{"loss":0.5}}})");
  }
  STERLET_TRY(const Kind* const kind, find_kind(message));
  const Json& body = message[kind->name];
  if ((kind->body == Body::kMembers && !body.is_object()) || (kind->body == Body::kList && !body.is_array())) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{}: not {} (found {})", kind->name,
                            kind->body == Body::kList ? "a list" : "an object with members", shown(body)));
  }
  STERLET_TRY(What what, kind->read(body, context));
  return Message{.what = std::move(what), .wants_ack = read_flag(message, "ack")};
}

}  // namespace sterlet::exec
