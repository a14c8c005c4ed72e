#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/doctor/experience.h"
#include "sterlet/doctor/importance.h"
#include "sterlet/doctor/kind.h"
#include "sterlet/doctor/lessons.h"
#include "sterlet/study/documents.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::cli {

namespace {

constexpr const char* kMeasuredKind = "importance";

void print(Context& context, const std::vector<doctor::Lesson>& lessons, std::size_t measured, std::size_t all) {
  if (lessons.empty()) {
    return context.out.line(
        all == 0 ? std::string("there is no study in it yet")
                 : fmt::format("which parameters matter is not clear yet in {}: that takes more trials",
                               all == 1 ? std::string("the only study") : fmt::format("any of the {} studies", all)));
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
    const auto measured = doctor::measured_from_json(name, kept->body);
    return measured.size() < 2 ? std::vector<doctor::Measured>{} : measured;  // As measured_of().
  }
  const auto measured = doctor::measured_of(name, doctor::importance_of(study, 0));
  if (measured.empty() || !is_written) return measured;
  STERLET_TRY([[maybe_unused]] const std::int64_t id,
              study::add_document(study.document_ledger(), kMeasuredKind, doctor::json_from_measured(measured, ended)));
  return measured;
}

// Parameters of all studies as the latest one with each declares it, without what it depends on.
space::Space merged(std::span<const std::unique_ptr<study::Study>> studies) {
  std::vector<space::Parameter> parameters;
  for (const auto& study : studies) {
    for (space::Parameter parameter : study->space().parameters()) {
      parameter.when.clear();
      if (!parameter.repeat.empty()) continue;
      const auto known = std::ranges::find(parameters, parameter.name, &space::Parameter::name);
      if (known == parameters.end()) {
        parameters.push_back(std::move(parameter));
      } else {
        *known = std::move(parameter);
      }
    }
  }
  auto space = space::Space::make(std::move(parameters), {});
  STERLET_CHECK(space.has_value(), "each parameter was part of a space before");
  return std::move(*space);
}

void print_experiences(Context& context, const std::vector<doctor::Experience>& experiences) {
  for (const doctor::Experience& experience : experiences) context.out.line(base::printable(experience.says));
}

// The lines of a study file that follow, in its order.
void print_lines(Context& context, const std::vector<doctor::Experience>& experiences, const space::Space& space) {
  std::vector<std::string> lines;
  for (space::Parameter parameter : space.parameters()) {
    const auto found = std::ranges::find(experiences, parameter.name, &doctor::Experience::parameter);
    if (found == experiences.end() || (!found->value && found->choice.empty())) continue;
    if (found->low && found->high) parameter.low = *found->low, parameter.high = *found->high;
    if (found->value) {
      const bool is_whole = parameter.kind == space::Kind::kInt;
      const auto scalar = space::scalar_from_json(is_whole ? base::Json(std::llround(*found->value))
                                                           : base::json_number(*found->value));
      if (scalar) parameter.defaults = {*scalar};
    } else {
      for (const space::Scalar& choice : parameter.choices) {
        if (space::text_of(choice) == found->choice) parameter.defaults = {choice};
      }
    }
    lines.push_back(fmt::format("  {}: {}", parameter.name, base::json_line(space::json_from_parameter(parameter))));
  }
  if (lines.empty()) return;
  context.out.line("");
  context.out.line("params:  # of those, as they follow");
  for (const std::string& line : lines) context.out.line(line);
}

void add(CLI::App& command, Context& context) {
  struct Options {
    std::string file, storage, kind;
  };
  auto options = std::make_shared<Options>();
  command.add_option("FILE", options->file,
                     "a new study file, for whose parameters ranges and values are proposed, as lines to put into it");
  command.add_option("--storage", options->storage,
                     "file with the studies (default: ./sterlet.db, or sterlet.db beside FILE)");
  command.add_option(
      "--kind", options->kind,
      "kind of model to learn for (default: the program that FILE starts); a study's is that, or its tag "
      "kind:NAME");
  command.footer(
      "What the studies of a storage have measured of each hyperparameter's importance, and the tiers that follow from "
      "it\n"
      "for this project; where good values lay, ranges and values to begin with that follow, and where studies "
      "contradict\n"
      "each other. docs/importance.md says how.");
  command.callback([&context, options] {
    std::optional<studyfile::StudyFile> file;
    if (!options->file.empty()) {
      auto read = studyfile::read_study_file(study::strategies(), options->file);
      if (!read) return fail(context, read.error());
      file = std::move(*read);
    }
    attempt(context, [&]() -> base::Result<void> {
      STERLET_TRY(const std::string path, storage_path(options->storage, file ? file->spec.folder : "."));
      // What was measured is kept where the storage can be written; a read-only one is read.
      auto opened = context.parts.open_storage(path, {.must_exist = true});
      const bool is_written = opened.has_value();
      if (!opened) opened = context.parts.open_storage(path, {.must_exist = true, .only_read = true});
      if (!opened) return base::fail(opened.error());
      storage::Storage& stored = **opened;
      STERLET_TRY(const auto studies, stored.list_studies());
      std::vector<doctor::Measured> measured;
      std::vector<doctor::Found> found;
      std::vector<std::unique_ptr<study::Study>> all;
      std::size_t with = 0;
      for (const storage::StudyRecord& record : studies) {
        STERLET_TRY(auto study,
                    study::Study::open_existing(record.name, {.storage = &stored, .clock = &context.parts.clock}));
        STERLET_TRY(const auto rows, measured_in(*study, is_written));
        with += rows.empty() ? 0 : 1;
        measured.insert(measured.end(), rows.begin(), rows.end());
        std::vector<doctor::Found> good = doctor::found_in(*study);
        const std::string kind = doctor::kind_of(study->labels().tags_of(std::nullopt), study->spec().command);
        for (doctor::Found& one : good) one.kind = kind;
        found.insert(found.end(), good.begin(), good.end());
        all.push_back(std::move(study));
      }
      const auto lessons = doctor::learn(measured);
      const std::string kind = file ? doctor::kind_of({}, file->spec.command) : std::string();
      const auto experiences =
          doctor::gather(found, file ? file->space : merged(all), options->kind.empty() ? kind : options->kind);
      const bool is_known = std::ranges::any_of(found, [&](const auto& one) { return one.kind == options->kind; });
      if (!options->kind.empty() && !is_known && !context.quiet) {
        context.err.line(fmt::format("no study of {} is known to be of kind '{}', so all are asked", path,
                                     base::printable(options->kind)));
      }
      if (context.json) {
        base::Json json = doctor::lessons_json(lessons, with);
        json["ranges"] = doctor::experiences_json(experiences);
        context.out.json(json);
      } else {
        if (!file) print(context, lessons, with, studies.size());
        print_experiences(context, experiences);
        if (file) print_lines(context, experiences, file->space);
        if (file && experiences.empty() && !context.quiet) {
          context.out.line(fmt::format("the studies of {} say nothing of {}'s parameters yet", path, file->spec.name));
        }
      }
      return {};
    });
  });
}

}  // namespace

const Command lessons_command{"lessons", "what the studies of a storage have measured, and the tiers that follow",
                              "sterlet lessons --json", add};

}  // namespace sterlet::cli
