#include "sterlet/cli/staleness.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sterlet/base/process.h"
#include "sterlet/base/text.h"
#include "sterlet/cli/words.h"
#include "sterlet/context/context.h"
#include "sterlet/storage/open.h"

namespace sterlet::cli {

namespace {

constexpr std::size_t kChangesShown = 10;

struct Row {
  std::string study;
  retest::Staleness staleness;
  std::string fault;  // Why it could not be opened.
};

std::string first_change(const retest::Staleness& staleness, std::size_t columns) {
  if (staleness.confirmed_ms == 0) return "no results yet";
  const std::vector<std::string> lines = changed_lines(staleness);
  const std::size_t more = staleness.changed.size() > 1 ? staleness.changed.size() - 1 : 0;
  const std::string rest = more > 0 ? fmt::format(" (and {} more)", more) : std::string();
  return clipped(lines.front(), columns > rest.size() ? columns - rest.size() : columns) + rest;
}

std::string count_days(double days) { return brief_duration_text(days * 86400); }

}  // namespace

context::ContextOptions context_options(const Context& context, const std::string& storage_path) {
  const auto file = storage::sqlite_path(storage_path);
  return {.version = STERLET_VERSION,
          .environment = context.parts.environment,
          .hashes = file ? *file + ".hashes" : std::string()};
}

base::Json context_now(const Context& context, const studyfile::StudySpec& spec, const std::string& storage_path) {
  base::prepend_to_path(base::program_folder());  // As tune does, so that the same programs are found.
  const context::ContextOptions options = context_options(context, storage_path);
  context::Taker taker(context::context_request(spec, options), options.hashes);
  const std::atomic<bool> is_cancelled = false;
  return taker.take(is_cancelled);
}

base::Result<retest::Staleness> staleness_now(const Context& context, const OpenStudy& open) {
  const base::Json now = context_now(context, open.study->spec(), open.storage_path);
  return retest::staleness_of(*open.study, *open.storage, now, context.parts.clock.wall_ms());
}

std::string confirmed_text(const retest::Staleness& staleness, std::int64_t now_ms) {
  if (staleness.confirmed_ms == 0) return "never: no trial has ended with a value yet";
  if (staleness.is_clock_back) {
    return fmt::format(
        "by {} on {}, which is in the future: this machine's clock has gone back, so its age is not known",
        staleness.confirmed_by, minute_text(staleness.confirmed_ms));
  }
  return fmt::format(
      "{} ago, by {}",
      brief_duration_text(static_cast<double>(std::max<std::int64_t>(0, now_ms - staleness.confirmed_ms)) / 1000),
      staleness.confirmed_by);
}

std::vector<std::string> changed_lines(const retest::Staleness& staleness) {
  if (staleness.of.empty()) return {"not known: no context was taken (of added ones: add --here)"};
  if (staleness.changed.empty()) return {fmt::format("nothing since {}", staleness.of)};
  std::vector<std::string> lines;
  for (const context::Change& change : staleness.changed) {
    if (lines.size() == kChangesShown) {
      lines.push_back(fmt::format("and {} more", staleness.changed.size() - kChangesShown));
      break;
    }
    lines.push_back(change.text);
  }
  return lines;
}

std::string verdict_line(const study::Document& verdict) {
  const base::Json& body = verdict.body;
  const auto text = [&](const char* key) { return body.contains(key) ? value_text(body[key]) : std::string("?"); };
  return fmt::format("{}: {}, confidence {}, {} evaluations; best then {}, now {}",
                     base::timestamp_text(verdict.created_ms).substr(0, 10), text("verdict"), text("confidence"),
                     text("evaluations"), text("best_then"), text("best_now"));
}

base::Result<base::Json> verdicts_json(const OpenStudy& open) {
  base::Json list = base::Json::array();
  STERLET_TRY(const auto verdicts, study::load_documents(*open.storage, open.study->storage_id(), study::kVerdictKind));
  for (const study::Document& verdict : verdicts) {
    list.push_back(verdict.body);
    list.back()["when"] = base::timestamp_text(verdict.created_ms);
  }
  return list;
}

void check_stale(Context& context, const std::string& study, const retest::Staleness& staleness) {
  if (staleness.stale.empty()) return;
  context.exit_code = kStale;
  if (context.quiet || context.json) return;
  context.err.line(fmt::format("{} is stale: {}; to test it again, run sterlet retest {}", study,
                               fmt::join(staleness.stale, "; "), study));
}

base::Result<void> print_all(Context& context, const StudyOptions& options, bool checks) {
  STERLET_TRY(const std::string path, storage_path(options.storage, "."));
  STERLET_TRY(const auto storage, context.parts.open_storage(path, {.must_exist = true, .only_read = true}));
  STERLET_TRY(const auto studies, storage->list_studies());
  const std::int64_t now_ms = context.parts.clock.wall_ms();
  std::vector<Row> rows;
  for (const storage::StudyRecord& record : studies) {
    Row row{.study = record.name};
    const auto study =
        study::Study::open_existing(record.name, {.storage = storage.get(), .clock = &context.parts.clock});
    if (study) {
      const base::Json now = context_now(context, (*study)->spec(), path);
      STERLET_TRY(row.staleness, retest::staleness_of(**study, *storage, now, now_ms));
    } else {
      row.fault = study.error().message();
    }
    rows.push_back(std::move(row));
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.staleness.risk > b.staleness.risk; });
  if (context.json) {
    base::Json list = base::Json::array();
    for (const Row& row : rows) {
      list.push_back(row.fault.empty() ? retest::json_of(row.staleness, row.study)
                                       : base::Json{{"study", row.study}, {"error", row.fault}});
    }
    context.out.json({{"version", 1}, {"studies", list}});
  } else {
    std::vector<std::vector<std::string>> table = {{"study", "stale", "risk", "age", "what has changed"}};
    for (const Row& row : rows) {
      const retest::Staleness& staleness = row.staleness;
      if (!row.fault.empty()) {
        table.push_back({row.study, "?", "", "", row.fault});
        continue;
      }
      table.push_back({row.study, staleness.stale.empty() ? "no" : "yes", fmt::format("{:.2f}", staleness.risk),
                       staleness.confirmed_ms == 0 ? "-"
                       : staleness.is_clock_back   ? "?"
                                                   : count_days(staleness.age_days),
                       first_change(staleness, 60)});
    }
    context.out.table(table);
  }
  for (const Row& row : rows) {
    const bool is_told = !context.json && !context.quiet;
    for (const std::string& problem : row.staleness.problems) {
      if (is_told) context.err.line(fmt::format("{}: {}", row.study, problem));
    }
    if (checks) check_stale(context, row.study, row.staleness);
  }
  return {};
}

}  // namespace sterlet::cli
