#include "sterlet/plan/keep.h"

#include <array>

#include <fmt/format.h>

#include "sterlet/plan/words.h"
#include "sterlet/study/documents.h"

namespace sterlet::plan {

namespace {

constexpr const char* kPlanKind = "plan";

base::Result<std::optional<base::Json>> kept(const study::Study& study) {
  if (study.storage() == nullptr) return std::optional<base::Json>();
  STERLET_TRY(auto document, study::last_document(*study.storage(), study.storage_id(), kPlanKind));
  if (!document) return std::optional<base::Json>();
  return std::optional(std::move(document->body));
}

// The choice that was followed; null where the document is not of this form.
const base::Json* followed(const base::Json& plan) {
  if (!plan.contains("settings") || !plan.contains("choices") || !plan["choices"].is_array()) return nullptr;
  const base::Json& settings = plan["settings"];
  for (const base::Json& choice : plan["choices"]) {
    if (!choice.is_object() || choice.value("strategy", "") != settings.value("strategy", "")) continue;
    if (!settings.contains("pruner") || settings["pruner"] == choice.value("pruner", "")) return &choice;
  }
  return nullptr;
}

std::optional<Range> range_of(const base::Json& choice, const char* key) {
  if (!choice.contains(key) || !choice[key].is_array() || choice[key].size() != 3) return std::nullopt;
  Range range{};
  for (std::size_t i = 0; i < range.size(); ++i) {
    const auto number = base::number_from_json(choice[key][i]);
    if (!number) return std::nullopt;
    range[i] = *number;
  }
  return range;
}

}  // namespace

base::Result<void> keep_plan(study::Study& study, const base::Json& plan) {
  STERLET_TRY([[maybe_unused]] const std::int64_t id, study::add_document(study.document_ledger(), kPlanKind, plan));
  return {};
}

base::Result<std::optional<std::int64_t>> kept_steps(const study::Study& study) {
  STERLET_TRY(const auto plan, kept(study));
  if (!plan || !plan->contains("settings") || !(*plan)["settings"].is_object()) return std::optional<std::int64_t>();
  const base::Json& settings = (*plan)["settings"];
  if (!settings.contains("steps") || !settings["steps"].is_number_integer()) return std::optional<std::int64_t>();
  return std::optional(settings["steps"].get<std::int64_t>());
}

base::Result<std::optional<std::string>> compare_with_plan(const study::Study& study) {
  STERLET_TRY(const auto plan, kept(study));
  const base::Json* choice = plan ? followed(*plan) : nullptr;
  const auto hours = choice == nullptr ? std::nullopt : range_of(*choice, "hours");
  const auto trials = choice == nullptr ? std::nullopt : range_of(*choice, "trials");
  if (!hours || !trials) return std::optional<std::string>();
  const std::string took = hours_text(study.seconds_used() / 3600);
  std::string text =
      fmt::format("planned {} ({} to {})", hours_text((*hours)[1]), hours_text((*hours)[0]), hours_text((*hours)[2]));
  if (choice->value("strategy", "") != text_of(Strategy::kParallel)) return std::optional(text + ", took " + took);
  text += fmt::format(" and {:.0f} trials ({:.0f} to {:.0f}), took {} and {}", (*trials)[1], (*trials)[0], (*trials)[2],
                      took, study.shown_trials().size());
  return std::optional(std::move(text));
}

}  // namespace sterlet::plan
