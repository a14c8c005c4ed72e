#include "sterlet/context/log/contexts.h"

#include <iterator>
#include <utility>

#include "sterlet/study/documents.h"

namespace sterlet::context {

namespace {

constexpr std::int64_t kPatienceMs = 10'000, kHastyMs = 1000;

}  // namespace

Request context_request(const studyfile::StudySpec& spec, const ContextOptions& options) {
  return {.folder = spec.folder,
          .command = spec.command,
          .wanted = spec.context,
          .version = options.version,
          .environment = options.environment};
}

ContextLog::ContextLog(study::Study& study, const std::optional<ContextOptions>& options) : study_(study) {
  if (!options || study.storage() == nullptr) return;
  keeper_ = std::make_unique<Keeper>(context_request(study.spec(), *options), options->hashes);
}

void ContextLog::launched(std::int64_t trial) {
  if (keeper_) keeper_->launched(trial);
}

base::Result<void> ContextLog::write() {
  if (!keeper_) return {};
  std::vector<Keeper::Taken> fresh = keeper_->collect();
  taken_.insert(taken_.end(), std::make_move_iterator(fresh.begin()), std::make_move_iterator(fresh.end()));
  study::Ledger& ledger = study_.document_ledger();
  for (const Keeper::Taken& taken : taken_) {
    STERLET_TRY(const std::int64_t document, study::share_document(ledger, study::kContextKind, taken.context));
    for (const std::int64_t trial : taken.trials)
      STERLET_PASS(study::link_document(ledger, study::kContextKind, trial, document));
  }
  return {};
}

std::vector<std::string> ContextLog::was_written() {
  std::vector<std::string> sentences;
  for (const Keeper::Taken& taken : std::exchange(taken_, {})) {
    if (!taken.context.contains("problems")) continue;
    for (const base::Json& problem : taken.context["problems"]) {
      const auto text = problem.get<std::string>();
      if (told_.insert(text).second) sentences.push_back("context: " + text);
    }
  }
  return sentences;
}

void ContextLog::finish(bool is_hasty) {
  if (!keeper_) return;
  std::vector<Keeper::Taken> last = keeper_->finish(is_hasty ? kHastyMs : kPatienceMs);
  taken_.insert(taken_.end(), std::make_move_iterator(last.begin()), std::make_move_iterator(last.end()));
}

}  // namespace sterlet::context
