#include "sterlet/study/priors.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/samplers/prior/old_study.h"
#include "sterlet/samplers/prior/sources.h"
#include "sterlet/study/documents.h"

namespace sterlet::study {

namespace {

using base::ErrorCode;
using base::Json;
using base::Result;
using End = PriorRecord::End;
using Kind = PriorRecord::Kind;

constexpr double kWeightMax = 100;
constexpr double kHintLasting = 8;  // Trials after which a hint's pull has fallen to a quarter.

double number_of(const Json& body, const char* key, double otherwise) {
  const auto found = body.find(key);
  return found == body.end() ? otherwise : base::number_from_json(*found).value_or(otherwise);
}

std::string text_at(const Json& body, const char* key) {
  const auto found = body.find(key);
  return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t integer_of(const Json& body, const char* key) {
  const auto found = body.find(key);
  return found != body.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

// A document's meaning joins the list. What no version of ours has written is left alone.
void fold(std::vector<PriorRecord>& list, const Json& body, std::int64_t created_ms) {
  const std::string kind = text_at(body, "prior");
  if (kind == "end") {
    const std::int64_t of = integer_of(body, "of");
    if (of < 1 || of > static_cast<std::int64_t>(list.size())) return;
    PriorRecord& prior = list[static_cast<std::size_t>(of - 1)];
    if (prior.end != End::kNone) return;
    prior.end = text_at(body, "state") == text_of(End::kContradicted) ? End::kContradicted : End::kForgotten;
    prior.until = integer_of(body, "until");
    prior.why = text_at(body, "why");
    return;
  }
  list.push_back({.number = static_cast<std::int64_t>(list.size()) + 1,
                  .kind = kind == text_of(Kind::kHint) ? Kind::kHint : Kind::kWarm,
                  .body = body,
                  .since = integer_of(body, "since"),
                  .weight = number_of(body, "weight", 1),
                  .created_ms = created_ms});
}

// A raw value a dimension; NaN where nothing is known of it, as the space has changed since.
std::vector<double> raw_values(const space::Space& space, const Json& params) {
  std::vector<double> values(space.dimensions().size(), std::nan(""));
  for (const auto& [name, value] : params.items()) {
    const auto parameter = space.find_parameter(name);
    const auto carried = parameter ? samplers::carry_value(space, *parameter, value) : std::nullopt;
    if (!carried) continue;
    const std::size_t first = space.first_dimension(*parameter);
    for (std::size_t i = 0; i < carried->raw.size(); ++i) values[first + i] = carried->raw[i];
  }
  return values;
}

std::vector<samplers::GoodSetting> settings_of(const space::Space& space, const Json& body) {
  std::vector<samplers::GoodSetting> settings;
  const auto points = body.find("points");
  if (points == body.end() || !points->is_array()) return settings;
  for (const Json& point : *points) {
    const auto params = point.find("params");
    if (params == point.end() || !params->is_object()) continue;
    settings.push_back({.values = raw_values(space, *params), .weight = number_of(point, "weight", 1)});
  }
  return settings;
}

// The old results, in the terms of today's space. One that has lost all its values says nothing.
std::shared_ptr<const samplers::OldStudy> old_study_of(const space::Space& space, const Json& body) {
  const auto trials = body.find("trials");
  if (trials == body.end() || !trials->is_array()) return nullptr;
  space::History history;
  for (const Json& trial : *trials) {
    const double value = number_of(trial, "value", std::nan(""));
    const auto params = trial.find("params");
    if (!std::isfinite(value) || params == trial.end() || !params->is_object()) continue;
    std::vector<double> values = raw_values(space, *params);
    if (std::all_of(values.begin(), values.end(), [](double raw) { return std::isnan(raw); })) continue;
    history.append({.number = static_cast<std::int64_t>(history.size()),
                    .point = {.values = std::move(values)},
                    .origin = space::Origin::kAdded,
                    .outcome = space::Outcome::kComplete,
                    .values = {value}});
  }
  if (history.size() == 0) return nullptr;
  return std::make_shared<const samplers::OldStudy>(space, std::move(history));
}

}  // namespace

std::string_view text_of(Kind kind) { return kind == Kind::kHint ? "hint" : "warm"; }

std::string_view text_of(End end) {
  switch (end) {
    case End::kNone:
      return "active";
    case End::kContradicted:
      return "contradicted";
    case End::kForgotten:
      return "forgotten";
  }
  return "active";
}

std::string hint_text(const space::Space& space, const Json& params) {
  const auto word = [](const Json& value) {
    return value.is_string() ? value.get<std::string>() : base::json_line(value);
  };
  std::string text;
  for (const auto& [name, hinted] : params.items()) {
    text += fmt::format("{}{}=", text.empty() ? "" : " ", name);
    if (!hinted.is_array()) text += word(hinted);
    const auto parameter = space.find_parameter(name);
    const bool is_range = parameter && is_numeric(space.parameters()[*parameter]);
    for (std::size_t i = 0; hinted.is_array() && i < hinted.size(); ++i) {
      text += fmt::format("{}{}", i == 0 ? "" : is_range ? ".." : ",", word(hinted[i]));
    }
  }
  return text;
}

std::string PriorRecord::text() const {
  if (kind == Kind::kHint) return fmt::format("the hint {}", text_at(body, "text"));
  return fmt::format("the warm start from '{}'", text_at(body, "study"));
}

Json json_of(const PriorRecord& prior) {
  Json json{{"number", prior.number}, {"kind", text_of(prior.kind)}};
  if (prior.kind == Kind::kHint) {
    json["params"] = prior.body.value("params", Json::object());
    json["text"] = text_at(prior.body, "text");
  } else {
    for (const char* key : {"study", "storage", "trial", "params", "says"}) {
      if (prior.body.contains(key)) json[key] = prior.body[key];
    }
    json["points"] = prior.body.contains("points") ? prior.body["points"].size() : 0;
  }
  json["weight"] = base::json_number(prior.weight);
  json["since"] = prior.since;
  json["state"] = text_of(prior.end);
  if (prior.end != End::kNone) {
    json["until"] = prior.until;
    if (!prior.why.empty()) json["why"] = prior.why;
  }
  return json;
}

Result<void> Priors::follow() {
  if (!ledger_.is_stored() || reads_ == ledger_.reads()) return {};
  STERLET_TRY(auto list, load_priors(*ledger_.storage(), ledger_.study().id));
  reads_ = ledger_.reads();
  if (list.empty() && list_.empty()) return {};
  list_ = std::move(list);
  ++revision_;
  return {};
}

Result<PriorRecord> Priors::hint(const Json& params, double weight) {
  if (!(weight > 0 && weight <= kWeightMax)) {
    return base::fail(ErrorCode::kInvalidArgument,
                      fmt::format("a hint's weight is a number above 0, up to {} "
                                  "(found {})",
                                  kWeightMax, base::number_text(weight)),
                      "leave it out for 1");
  }
  STERLET_TRY([[maybe_unused]] const samplers::Prior prior, samplers::prior_of_hint(ledger_.space(), params));
  STERLET_PASS(follow());
  const std::string text = hint_text(ledger_.space(), params);
  STERLET_PASS(record({{"prior", text_of(Kind::kHint)},
                       {"params", params},
                       {"text", text},
                       {"weight", base::json_number(weight)},
                       {"since", ledger_.trials().next_number()}},
                      fmt::format("hint: {}", text)));
  return list_.back();
}

Result<PriorRecord> Priors::warm(const Json& body) {
  STERLET_PASS(follow());
  Json recorded = body;
  recorded["prior"] = text_of(Kind::kWarm);
  recorded["since"] = ledger_.trials().next_number();
  STERLET_PASS(record(recorded, fmt::format("warm start from {}", text_at(body, "study"))));
  return list_.back();
}

Result<PriorRecord> Priors::end(std::int64_t number, End end, const std::string& why) {
  STERLET_PASS(follow());
  if (number < 1 || number > static_cast<std::int64_t>(list_.size())) {
    return base::fail(ErrorCode::kNotFound, fmt::format("there is no hint or warm start {}", number),
                      list_.empty() ? "the study has none" : "sterlet hint --list shows them", ledger_.spec().name);
  }
  const auto index = static_cast<std::size_t>(number - 1);
  if (list_[index].end != End::kNone) {
    return base::fail(ErrorCode::kConflict,
                      fmt::format("{} was {} before trial {} already", list_[index].text(), text_of(list_[index].end),
                                  list_[index].until),
                      {}, ledger_.spec().name);
  }
  STERLET_PASS(record({{"prior", "end"},
                       {"of", number},
                       {"state", text_of(end)},
                       {"until", ledger_.trials().next_number()},
                       {"why", why}},
                      fmt::format("{}: {}", text_of(end), list_[index].text())));
  return list_[index];
}

// Memory takes it in last: what could not be written did not happen.
Result<void> Priors::record(const Json& body, const std::string& says) {
  STERLET_TRY([[maybe_unused]] const std::int64_t id, add_document(ledger_, kPriorKind, body));
  STERLET_PASS(ledger_.put_event(kPriorKind, says));
  fold(list_, body, ledger_.clock().wall_ms());
  ++revision_;
  return {};
}

std::optional<samplers::ActivePrior> Priors::active(const PriorRecord& prior) const {
  const auto since = static_cast<std::uint64_t>(prior.since);
  const space::Space& space = ledger_.space();
  if (prior.kind == Kind::kHint) {
    auto hinted = samplers::prior_of_hint(space, prior.body.value("params", Json::object()));
    if (!hinted) return std::nullopt;
    return samplers::ActivePrior{
        .prior = std::move(*hinted), .since = since, .weight = prior.weight, .lasting = kHintLasting};
  }
  auto learned = samplers::prior_of_settings(space, settings_of(space, prior.body));
  if (!learned) return std::nullopt;
  return samplers::ActivePrior{
      .prior = std::move(*learned), .since = since, .weight = prior.weight, .old = old_study_of(space, prior.body)};
}

std::vector<samplers::ActivePrior> Priors::active(std::int64_t trial) const {
  std::vector<samplers::ActivePrior> priors;
  for (const PriorRecord& record : list_) {
    if (record.since > trial || (record.end != End::kNone && record.until <= trial)) continue;
    if (auto prior = active(record)) priors.push_back(std::move(*prior));
  }
  return priors;
}

Result<std::vector<PriorRecord>> load_priors(storage::Storage& storage, std::int64_t study) {
  STERLET_TRY(const auto documents, load_documents(storage, study, kPriorKind));
  std::vector<PriorRecord> list;
  for (const Document& document : documents) fold(list, document.body, document.created_ms);
  return list;
}

}  // namespace sterlet::study
