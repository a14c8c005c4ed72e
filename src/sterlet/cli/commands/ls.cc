#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "sterlet/api/documents.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/abandoned.h"
#include "sterlet/cli/words.h"

namespace sterlet::cli {

namespace {

void add(CLI::App& command, Context& context) {
  auto options = std::make_shared<StudyOptions>();
  auto tag = std::make_shared<std::string>();
  add_study_options(command, *options);
  command.add_option("--tag", *tag, "with a study: only trials that have this tag");
  command.callback([&context, options, tag] {
    attempt(context, [&]() -> base::Result<void> {
      if (!options->study.empty()) {
        STERLET_TRY(const OpenStudy open, open_to_look(context, *options));
        if (context.json) {
          base::Json list = base::Json::array();
          for (const std::int64_t number : open.study->shown_trials(*tag)) {
            STERLET_TRY(auto trial, api::trial_json(*open.study, open.storage.get(), number));
            list.push_back(std::move(trial));
          }
          context.out.json({{"version", 1}, {"trials", list}});
          return {};
        }
        api::Table table = api::trial_table(*open.study, *tag);
        STERLET_TRY(const Abandoned abandoned, find_abandoned(context, open));
        for (std::vector<std::string>& row : table.rows) {
          const auto number = base::parse_integer(row.front());
          if (number && abandoned.contains(*number)) row.back() = gone_text(*open.study);  // The column of reasons.
        }
        table.rows.insert(table.rows.begin(), table.columns);
        context.out.table(table.rows);
        return {};
      }
      STERLET_TRY(const std::string path, storage_path(options->storage, "."));
      STERLET_TRY(const auto storage, context.parts.open_storage(path, {.must_exist = true, .only_read = true}));
      STERLET_TRY(const auto studies, storage->list_studies());
      base::Json list = base::Json::array();
      std::vector<std::vector<std::string>> rows = {{"study", "trials", "complete", "best", "created"}};
      for (const storage::StudyRecord& record : studies) {
        STERLET_TRY(const OpenStudy open, open_to_look(context, {.study = record.name, .storage = path}));
        const base::Json summary = api::summary_json(*open.study);
        STERLET_TRY(const Abandoned abandoned, find_abandoned(context, open));
        if (!abandoned.empty() && !context.quiet) {
          context.err.line(fmt::format("{}: {}", record.name, abandoned_text(*open.study, abandoned)));
        }
        list.push_back(summary);
        rows.push_back({record.name, summary["trials"].dump(), summary["counts"]["COMPLETE"].dump(),
                        summary["best"].empty() ? "-" : values_text(summary["best"][0]["values"]),
                        base::timestamp_text(record.created_ms)});
      }
      if (context.json) {
        context.out.json({{"version", 1}, {"studies", list}});
      } else {
        context.out.table(rows);
      }
      return {};
    });
  });
}

}  // namespace

const Command ls_command{"ls", "the studies of a storage, or with a study its trials", "sterlet ls mlp", add};

}  // namespace sterlet::cli
