#include "sterlet/study/copying.h"

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sterlet/base/json.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/study/trial.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::study {

namespace {

using base::Result;
using storage::ReportRecord;
using storage::State;

class Copying final {
 public:
  Copying(storage::Storage& storage, const storage::StudyRecord& from, std::int64_t to, const base::Clock& clock)
      : storage_(storage), from_(from), to_(to), now_ms_(clock.wall_ms()) {}

  Result<void> run(std::span<const storage::SpecVersion> versions) {
    for (const storage::SpecVersion& version : versions) {
      STERLET_TRY(const base::Json json, base::parse_json(version.spec));
      STERLET_TRY(const studyfile::StudyFile file, studyfile::study_from_json(strategies(), json));
      metrics_[version.version] = file.spec.objectives.front().metric;
    }
    for (const storage::SpecVersion& version : versions.subspan(1)) {
      steps_.emplace_back(version.seq, [this, version]() -> Result<void> {
        STERLET_PASS(storage_.add_spec_version(to_, version));
        return {};
      });
    }
    STERLET_PASS(take_reports());
    STERLET_PASS(storage_.visit_trials(from_.id, 0, [&](storage::TrialRow& row) -> Result<void> {
      originals_[row.record.number] = {.attempts = row.record.attempt, .metric = metrics_[row.spec_version]};
      steps_.emplace_back(row.record.changed_seq, [this, copy = copy_of(row)] { return put(copy); });
      return {};
    }));
    std::stable_sort(steps_.begin(), steps_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [seq, step] : steps_) STERLET_PASS(step());
    STERLET_PASS(copy_labels());
    return copy_documents();
  }

 private:
  struct Original {
    int attempts = 0;
    std::string metric;  // The first objective of its version.
  };

  // Those that pruners were told, in their order.
  Result<void> take_reports() {
    STERLET_TRY(const auto reports, storage_.load_sequenced_reports(from_.id, 0));
    for (const storage::SequencedReport& report : reports) {
      steps_.emplace_back(report.seq, [this, report] { return put_judged(report); });
    }
    return {};
  }

  // All reports of a trial, by attempt; read once.
  Result<const std::vector<std::vector<ReportRecord>>*> reports_of(std::int64_t trial) {
    auto& known = reports_[trial];
    for (int attempt = static_cast<int>(known.size()) + 1; attempt <= originals_[trial].attempts; ++attempt) {
      STERLET_TRY(auto reports, storage_.load_reports(from_.id, trial, attempt));
      known.push_back(std::move(reports));
    }
    return &known;
  }

  // As it was told first, which is what was judged. What several attempts told of a step came in their order.
  Result<void> put_judged(const storage::SequencedReport& report) {
    STERLET_TRY(const auto* all, reports_of(report.trial));
    int before = judged_[{report.trial, report.step}]++;
    for (const std::vector<ReportRecord>& attempt : *all) {
      const auto told = std::find_if(attempt.begin(), attempt.end(), [&](const ReportRecord& one) {
        return one.step == report.step && one.metric == originals_[report.trial].metric;
      });
      if (told == attempt.end() || before-- > 0) continue;
      ReportRecord copy = *told;
      copy.value = report.value;
      copy.is_sequenced = true;
      STERLET_PASS(storage_.put_reports(to_, {&copy, 1}));
      break;
    }
    return {};
  }

  storage::TrialRow copy_of(storage::TrialRow row) const {
    storage::TrialRecord& record = row.record;
    if (!is_final(record.state)) {
      record.reason = fmt::format("it was {} when the study was copied", storage::text_of(record.state));
      record.state = State::kCancelled;
      record.values.clear();
    }
    record.suspension = storage::Suspension::kNone;
    record.checkpoint.clear();
    record.history_seq = 0;
    return row;
  }

  Result<void> put(const storage::TrialRow& row) {
    STERLET_TRY(const auto* all, reports_of(row.record.number));
    for (const std::vector<ReportRecord>& reports : *all) STERLET_PASS(storage_.put_reports(to_, reports));
    STERLET_PASS(storage_.put_trial(to_, row, "copy", now_ms_, fmt::format("from {}", from_.name)));
    return {};
  }

  Result<void> copy_labels() {
    STERLET_TRY(const auto notes, storage_.notes().load_notes(from_.id));
    for (const storage::NoteRecord& note : notes) STERLET_PASS(storage_.notes().add_note(to_, note));
    STERLET_TRY(const auto tags, storage_.notes().load_tags(from_.id));
    for (const storage::TagRecord& tag : tags) STERLET_PASS(storage_.notes().put_tag(to_, tag));
    return {};
  }

  Result<void> copy_documents() {
    storage::Documents& documents = storage_.documents();
    STERLET_TRY(const auto kinds, documents.load_document_kinds(from_.id));
    for (const std::string& kind : kinds) {
      std::map<std::int64_t, std::int64_t> copies;
      STERLET_TRY(const auto originals, documents.load_documents(from_.id, kind));
      for (const storage::DocumentRecord& document : originals) {
        STERLET_TRY(copies[document.id], documents.add_document(to_, document));
      }
      STERLET_TRY(const auto links, documents.load_document_links(from_.id, kind));
      for (const storage::DocumentLink& link : links) {
        const auto copy = copies.find(link.document);
        if (copy == copies.end()) continue;
        STERLET_PASS(documents.link_document(to_, kind, {.trial = link.trial, .document = copy->second}));
      }
    }
    return {};
  }

  storage::Storage& storage_;
  const storage::StudyRecord& from_;
  std::int64_t to_;
  std::int64_t now_ms_;
  std::vector<std::pair<std::int64_t, std::function<Result<void>()>>> steps_;  // By their number in the original.
  std::map<int, std::string> metrics_;                                         // First objectives, by version.
  std::map<std::int64_t, Original> originals_;                                 // By trial.
  std::map<std::int64_t, std::vector<std::vector<ReportRecord>>> reports_;     // By trial, then attempt.
  std::map<std::pair<std::int64_t, std::int64_t>, int> judged_;                // How often so far, by trial and step.
};

}  // namespace

Result<void> copy_trials(storage::Storage& storage, const storage::StudyRecord& from, std::int64_t to,
                         std::span<const storage::SpecVersion> versions, const base::Clock& clock) {
  return Copying(storage, from, to, clock).run(versions);
}

}  // namespace sterlet::study
