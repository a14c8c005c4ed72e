#include <CLI/CLI.hpp>
#include <algorithm>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/doctor/importance.h"
#include "sterlet/doctor/lessons.h"
#include "sterlet/study/documents.h"

namespace sterlet::cli {

namespace {

constexpr const char* kMeasuredKind = "importance";

void print(Context& context, const std::vector<doctor::Lesson>& lessons, std::size_t measured, std::size_t all) {
  if (lessons.empty()) {
    return context.out.line(fmt::format("{} measured what matters yet; see sterlet importance",
                                        all == 0   ? std::string("there is no study that has")
                                        : all == 1 ? std::string("the only study has not")
                                                   : fmt::format("none of the {} studies has", all)));
  }
  std::vector<std::vector<std::string>> table{{"parameter", "tier", "measured", "studies", "relative to the largest"}};
  for (const doctor::Lesson& lesson : lessons) {
    table.push_back(
        {base::printable(lesson.parameter), std::to_string(lesson.tier), std::to_string(lesson.learned),
         std::to_string(lesson.studies),
         fmt::format("{:.3f} ({:.3f}-{:.3f})", lesson.relative.value, lesson.relative.low, lesson.relative.high)});
  }
  context.out.table(table);
  bool any = false;
  for (const doctor::Lesson& lesson : lessons) {
    if (!lesson.is_proposed) continue;
    context.out.line(lesson.says);
    any = true;
  }
  if (!any && !context.quiet) {
    context.out.line(fmt::format("the tiers are as {} measured them",
                                 measured == 1 ? "1 study has" : fmt::format("{} studies have", measured)));
  }
}

// As it was kept, unless trials have ended since; then measured anew, and kept where that can be.
base::Result<std::vector<doctor::Measured>> measured_in(study::Study& study, bool is_written) {
  const auto ended = static_cast<std::size_t>(
      std::count_if(study.records().begin(), study.records().end(), [](const storage::TrialRecord& record) {
        return record.state == storage::State::kComplete || record.state == storage::State::kPruned;
      }));
  const std::string& name = study.spec().name;
  STERLET_TRY(const auto kept, study::last_document(*study.storage(), study.storage_id(), kMeasuredKind));
  if (kept && kept->body.value("trials", base::Json()) == base::Json(ended)) {
    return doctor::measured_from_json(name, kept->body);
  }
  const auto measured = doctor::measured_of(name, doctor::importance_of(study, 0));
  if (measured.empty() || !is_written) return measured;
  STERLET_TRY([[maybe_unused]] const std::int64_t id,
              study::add_document(study.document_ledger(), kMeasuredKind, doctor::json_from_measured(measured, ended)));
  return measured;
}

void add(CLI::App& command, Context& context) {
  auto storage = std::make_shared<std::string>();
  command.add_option("--storage", *storage, "file with the studies (default: ./sterlet.db)");
  command.footer(
      "What the studies of a storage have measured of each hyperparameter's importance, and the tiers that follow from "
      "it\n"
      "for this project. docs/importance.md says how.");
  command.callback([&context, storage] {
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(const std::string path, storage_path(*storage, "."));
      // What was measured is kept where the storage can be written; a read-only one is read.
      auto opened = context.parts.open_storage(path, {.must_exist = true});
      const bool is_written = opened.has_value();
      if (!opened) opened = context.parts.open_storage(path, {.must_exist = true, .only_read = true});
      if (!opened) return base::fail(opened.error());
      storage::Storage& stored = **opened;
      STERLET_TRY(const auto studies, stored.list_studies());
      std::vector<doctor::Measured> measured;
      std::size_t with = 0;
      for (const storage::StudyRecord& record : studies) {
        STERLET_TRY(const auto study, study::Study::open_existing(
                                          record.name, {.storage = opened->get(), .clock = &context.parts.clock}));
        STERLET_TRY(const auto rows, measured_in(*study, is_written));
        with += rows.empty() ? 0 : 1;
        measured.insert(measured.end(), rows.begin(), rows.end());
      }
      const auto lessons = doctor::learn(measured);
      if (context.json) {
        context.out.json(doctor::lessons_json(lessons, with));
      } else {
        print(context, lessons, with, studies.size());
      }
      return {};
    });
  });
}

}  // namespace

const Command lessons_command{"lessons", "what the studies of a storage have measured, and the tiers that follow",
                              "sterlet lessons --json", add};

}  // namespace sterlet::cli
