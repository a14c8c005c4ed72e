#include <CLI/CLI.hpp>
#include <algorithm>

#include <fmt/format.h>

#include "sterlet/base/text.h"
#include "sterlet/cli/commands.h"
#include "sterlet/cli/context.h"
#include "sterlet/cli/next_trial.h"
#include "sterlet/cli/settings.h"
#include "sterlet/cli/words.h"

namespace sterlet::cli {

namespace {

// 64,80 of a repeated parameter is what a command line writes for [64, 80].
base::Result<base::Json> with_lists(base::Json params, const space::Space& space) {
  for (auto& [name, value] : params.items()) {
    const auto parameter = space.find_parameter(name);
    if (!parameter || space.parameters()[*parameter].repeat.empty() || value.is_array()) continue;
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    std::vector<std::string> parts;
    for (std::size_t at = 0; at <= text.size(); at = std::min(text.find(',', at), text.size()) + 1) {
      parts.push_back("_=" + text.substr(at, text.find(',', at) - at));
    }
    value = base::Json::array();
    for (const std::string& part : parts) {
      STERLET_TRY(const base::Json one, parse_settings({part}));
      value.push_back(one["_"]);
    }
  }
  return params;
}

void add(CLI::App& command, Context& context) {
  struct Options {
    StudyOptions study;
    std::vector<std::string> settings;
  };
  auto options = std::make_shared<Options>();
  command.add_option("POINT", options->settings, "parameters left out are filled in")
      ->option_text("[STUDY] NAME=VALUE ...")
      ->required();
  command.add_option("--storage", options->study.storage, "file with the studies (default: ./sterlet.db)");
  command.callback([&context, options] {
    attempt(context, [&]() -> base::Result<void> {
      std::vector<std::string> words = options->settings;
      if (words.front().find('=') == std::string::npos) {
        options->study.study = words.front();
        words.erase(words.begin());
      }
      if (words.empty()) {
        return base::fail(base::ErrorCode::kInvalidArgument, "it is not said what to try",
                          fmt::format("write it behind the study, as in sterlet enqueue {} learning_rate=0.01",
                                      base::printable(options->study.study)));
      }
      STERLET_TRY(base::Json params, parse_settings(words));
      STERLET_TRY(const OpenStudy open, open_or_begin(context, options->study));
      STERLET_TRY(params, with_lists(std::move(params), open.study->space()));
      STERLET_PASS(open.study->enqueue(params));
      STERLET_TRY(const std::string when, next_trial_text(context, open, "tries it"));
      if (!context.quiet)
        context.out.line(fmt::format("{} tries {} next{}", open.study->spec().name, params_text(params), when));
      return {};
    });
  });
}

}  // namespace

const Command enqueue_command{"enqueue", "put a configuration at the head of what is tried next",
                              "sterlet enqueue mlp learning_rate=0.01 batch_size=64", add};

}  // namespace sterlet::cli
