#include "sterlet/storage/faulty.h"

#include <utility>

namespace sterlet::storage {

namespace {

using base::Result;

class FaultyLive final : public LiveStorage {
 public:
  FaultyLive(FaultyStorage& faulty, LiveStorage& inner) : faulty_(faulty), inner_(inner) {}

  Result<void> put_model(std::int64_t study, const ModelRecord& model) override {
    STERLET_PASS(faulty_.count_call("put_model"));
    return inner_.put_model(study, model);
  }
  Result<std::vector<ModelRecord>> load_models(std::int64_t study) override {
    STERLET_PASS(faulty_.count_call("load_models"));
    return inner_.load_models(study);
  }
  Result<void> add_branch(std::int64_t study, std::int64_t trial, const BranchRecord& branch) override {
    STERLET_PASS(faulty_.count_call("add_branch"));
    return inner_.add_branch(study, trial, branch);
  }
  Result<std::vector<BranchRecord>> load_branches(std::int64_t study, std::int64_t trial) override {
    STERLET_PASS(faulty_.count_call("load_branches"));
    return inner_.load_branches(study, trial);
  }
  Result<void> set_branch_start(std::int64_t study, std::int64_t trial, int branch, std::int64_t from_step) override {
    STERLET_PASS(faulty_.count_call("set_branch_start"));
    return inner_.set_branch_start(study, trial, branch, from_step);
  }
  Result<void> put_branch_reports(std::int64_t study, std::int64_t trial, int branch,
                                  std::span<const BranchReport> reports) override {
    STERLET_PASS(faulty_.count_call("put_branch_reports"));
    return inner_.put_branch_reports(study, trial, branch, reports);
  }
  Result<std::vector<BranchReport>> load_branch_reports(std::int64_t study, std::int64_t trial, int branch) override {
    STERLET_PASS(faulty_.count_call("load_branch_reports"));
    return inner_.load_branch_reports(study, trial, branch);
  }
  Result<void> drop_branch_reports(std::int64_t study, std::int64_t trial, int branch,
                                   std::int64_t after_step) override {
    STERLET_PASS(faulty_.count_call("drop_branch_reports"));
    return inner_.drop_branch_reports(study, trial, branch, after_step);
  }
  Result<std::int64_t> add_checkpoint(std::int64_t study, std::int64_t trial,
                                      const CheckpointRecord& checkpoint) override {
    STERLET_PASS(faulty_.count_call("add_checkpoint"));
    return inner_.add_checkpoint(study, trial, checkpoint);
  }
  Result<void> set_checkpoint_state(std::int64_t id, CheckpointState state) override {
    STERLET_PASS(faulty_.count_call("set_checkpoint_state"));
    return inner_.set_checkpoint_state(id, state);
  }
  Result<std::vector<CheckpointRecord>> load_checkpoints(std::int64_t study, std::int64_t trial) override {
    STERLET_PASS(faulty_.count_call("load_checkpoints"));
    return inner_.load_checkpoints(study, trial);
  }
  Result<std::int64_t> put_intervention(std::int64_t study, std::int64_t trial,
                                        const InterventionRecord& intervention) override {
    STERLET_PASS(faulty_.count_call("put_intervention"));
    return inner_.put_intervention(study, trial, intervention);
  }
  Result<std::vector<InterventionRecord>> load_interventions(std::int64_t study, std::int64_t trial) override {
    STERLET_PASS(faulty_.count_call("load_interventions"));
    return inner_.load_interventions(study, trial);
  }
  Result<void> put_turn(std::int64_t study, const TurnRecord& turn) override {
    STERLET_PASS(faulty_.count_call("put_turn"));
    return inner_.put_turn(study, turn);
  }
  Result<std::vector<TurnRecord>> load_turns(std::int64_t study) override {
    STERLET_PASS(faulty_.count_call("load_turns"));
    return inner_.load_turns(study);
  }
  Result<std::int64_t> add_note(std::int64_t study, const NoteRecord& note) override {
    STERLET_PASS(faulty_.count_call("add_note"));
    return inner_.add_note(study, note);
  }
  Result<std::vector<NoteRecord>> load_notes(std::int64_t study) override {
    STERLET_PASS(faulty_.count_call("load_notes"));
    return inner_.load_notes(study);
  }
  Result<void> put_tag(std::int64_t study, const TagRecord& tag) override {
    STERLET_PASS(faulty_.count_call("put_tag"));
    return inner_.put_tag(study, tag);
  }
  Result<void> drop_tag(std::int64_t study, const TagRecord& tag) override {
    STERLET_PASS(faulty_.count_call("drop_tag"));
    return inner_.drop_tag(study, tag);
  }
  Result<std::vector<TagRecord>> load_tags(std::int64_t study) override {
    STERLET_PASS(faulty_.count_call("load_tags"));
    return inner_.load_tags(study);
  }
  Result<std::int64_t> post_command(std::int64_t study, const CommandRecord& command) override {
    STERLET_PASS(faulty_.count_call("post_command"));
    return inner_.post_command(study, command);
  }
  Result<std::vector<CommandRecord>> pending_commands(std::int64_t study) override {
    STERLET_PASS(faulty_.count_call("pending_commands"));
    return inner_.pending_commands(study);
  }
  Result<std::optional<CommandRecord>> find_command(std::int64_t id) override {
    STERLET_PASS(faulty_.count_call("find_command"));
    return inner_.find_command(id);
  }
  Result<std::vector<CommandRecord>> commands_of(std::int64_t study, std::int64_t trial,
                                                 const std::string& kind) override {
    STERLET_PASS(faulty_.count_call("commands_of"));
    return inner_.commands_of(study, trial, kind);
  }
  Result<void> answer_command(std::int64_t id, CommandState state, const std::string& answer,
                              std::int64_t wall_ms) override {
    STERLET_PASS(faulty_.count_call("answer_command"));
    return inner_.answer_command(id, state, answer, wall_ms);
  }
  Result<bool> changed_elsewhere() override {
    STERLET_PASS(faulty_.count_call("changed_elsewhere"));
    return inner_.changed_elsewhere();
  }
  int wake_fd() override { return inner_.wake_fd(); }

 private:
  FaultyStorage& faulty_;
  LiveStorage& inner_;
};

class FaultyDocuments final : public Documents {
 public:
  FaultyDocuments(FaultyStorage& faulty, Documents& inner) : faulty_(faulty), inner_(inner) {}

  Result<std::int64_t> add_document(std::int64_t study, const DocumentRecord& document) override {
    STERLET_PASS(faulty_.count_call("add_document"));
    return inner_.add_document(study, document);
  }
  Result<std::int64_t> share_document(std::int64_t study, const DocumentRecord& document) override {
    STERLET_PASS(faulty_.count_call("share_document"));
    return inner_.share_document(study, document);
  }
  Result<std::vector<std::string>> load_document_kinds(std::int64_t study) override {
    STERLET_PASS(faulty_.count_call("load_document_kinds"));
    return inner_.load_document_kinds(study);
  }
  Result<std::vector<DocumentRecord>> load_documents(std::int64_t study, const std::string& kind) override {
    STERLET_PASS(faulty_.count_call("load_documents"));
    return inner_.load_documents(study, kind);
  }
  Result<std::optional<DocumentRecord>> last_document(std::int64_t study, const std::string& kind) override {
    STERLET_PASS(faulty_.count_call("last_document"));
    return inner_.last_document(study, kind);
  }
  Result<void> link_document(std::int64_t study, const std::string& kind, const DocumentLink& link) override {
    STERLET_PASS(faulty_.count_call("link_document"));
    return inner_.link_document(study, kind, link);
  }
  Result<std::vector<DocumentLink>> load_document_links(std::int64_t study, const std::string& kind) override {
    STERLET_PASS(faulty_.count_call("load_document_links"));
    return inner_.load_document_links(study, kind);
  }

 private:
  FaultyStorage& faulty_;
  Documents& inner_;
};

}  // namespace

FaultyStorage::FaultyStorage(std::unique_ptr<Storage> inner)
    : inner_(std::move(inner)),
      live_(std::make_unique<FaultyLive>(*this, inner_->live())),
      documents_(std::make_unique<FaultyDocuments>(*this, inner_->documents())) {}

FaultyStorage::~FaultyStorage() = default;

void FaultyStorage::set_fault(const Fault& fault) {
  fault_ = fault;
  failing_call_ = calls_ + fault.call;
  has_failed_ = false;
}

Result<void> FaultyStorage::count_call(const char* name) {
  ++calls_;
  if (fault_ && (calls_ == failing_call_ || (fault_->stays && calls_ > failing_call_))) {
    has_failed_ = true;
    if (fault_->takes_back && is_open_) {
      inner_->rollback();
      was_taken_back_ = true;
    }
    base::Error error = fault_->error;
    error.where = name;
    return base::fail(std::move(error));
  }
  if (was_taken_back_) return base::fail(base::ErrorCode::kDisk, "writing failed, so this change was taken back");
  return {};
}

Result<void> FaultyStorage::begin() {
  STERLET_PASS(count_call("begin"));
  STERLET_PASS(inner_->begin());
  is_open_ = true;
  return {};
}

Result<void> FaultyStorage::commit() {
  STERLET_PASS(count_call("commit"));
  STERLET_PASS(inner_->commit());
  is_open_ = false;
  return {};
}

void FaultyStorage::rollback() {
  inner_->rollback();
  is_open_ = false;
  was_taken_back_ = false;
}

std::int64_t FaultyStorage::now_ms() { return inner_->now_ms(); }

LiveStorage& FaultyStorage::live() { return *live_; }

Documents& FaultyStorage::documents() { return *documents_; }

Result<void> FaultyStorage::sync() {
  STERLET_PASS(count_call("sync"));
  return inner_->sync();
}

Result<StudyRecord> FaultyStorage::create_study(const StudyRecord& study, std::span<const std::string> queue) {
  STERLET_PASS(count_call("create_study"));
  return inner_->create_study(study, queue);
}

Result<std::optional<StudyRecord>> FaultyStorage::find_study(const std::string& name) {
  STERLET_PASS(count_call("find_study"));
  return inner_->find_study(name);
}

Result<std::vector<StudyRecord>> FaultyStorage::list_studies() {
  STERLET_PASS(count_call("list_studies"));
  return inner_->list_studies();
}

Result<void> FaultyStorage::rename_study(std::int64_t study, const std::string& name) {
  STERLET_PASS(count_call("rename_study"));
  return inner_->rename_study(study, name);
}

Result<void> FaultyStorage::remove_study(std::int64_t study) {
  STERLET_PASS(count_call("remove_study"));
  return inner_->remove_study(study);
}

Result<void> FaultyStorage::set_spec(std::int64_t study, const std::string& spec) {
  STERLET_PASS(count_call("set_spec"));
  return inner_->set_spec(study, spec);
}

Result<int> FaultyStorage::add_spec_version(std::int64_t study, const SpecVersion& version) {
  STERLET_PASS(count_call("add_spec_version"));
  return inner_->add_spec_version(study, version);
}

Result<std::vector<SpecVersion>> FaultyStorage::load_spec_versions(std::int64_t study) {
  STERLET_PASS(count_call("load_spec_versions"));
  return inner_->load_spec_versions(study);
}

Result<void> FaultyStorage::request_stop(std::int64_t study, bool requested) {
  STERLET_PASS(count_call("request_stop"));
  return inner_->request_stop(study, requested);
}

Result<bool> FaultyStorage::is_stop_requested(std::int64_t study) {
  STERLET_PASS(count_call("is_stop_requested"));
  return inner_->is_stop_requested(study);
}

Result<std::int64_t> FaultyStorage::put_trial(std::int64_t study, const TrialRow& trial, const std::string& event,
                                              std::int64_t wall_ms, const std::string& detail) {
  STERLET_PASS(count_call("put_trial"));
  return inner_->put_trial(study, trial, event, wall_ms, detail);
}

Result<std::int64_t> FaultyStorage::put_event(std::int64_t study, const EventRecord& event) {
  STERLET_PASS(count_call("put_event"));
  return inner_->put_event(study, event);
}

Result<std::int64_t> FaultyStorage::put_reports(std::int64_t study, std::span<const ReportRecord> reports) {
  STERLET_PASS(count_call("put_reports"));
  return inner_->put_reports(study, reports);
}

Result<void> FaultyStorage::drop_reports(std::int64_t study, std::int64_t trial, int attempt) {
  STERLET_PASS(count_call("drop_reports"));
  return inner_->drop_reports(study, trial, attempt);
}

Result<void> FaultyStorage::clear_trial(std::int64_t study, std::int64_t trial) {
  STERLET_PASS(count_call("clear_trial"));
  return inner_->clear_trial(study, trial);
}

Result<std::int64_t> FaultyStorage::count_trials(std::int64_t study) {
  STERLET_PASS(count_call("count_trials"));
  return inner_->count_trials(study);
}

Result<void> FaultyStorage::visit_trials(std::int64_t study, std::int64_t since,
                                         const std::function<base::Result<void>(TrialRow&)>& visit) {
  STERLET_PASS(count_call("visit_trials"));
  return inner_->visit_trials(study, since, visit);
}

Result<std::vector<ReportRecord>> FaultyStorage::load_reports(std::int64_t study, std::int64_t trial, int attempt) {
  STERLET_PASS(count_call("load_reports"));
  return inner_->load_reports(study, trial, attempt);
}

Result<std::vector<SequencedReport>> FaultyStorage::load_sequenced_reports(std::int64_t study, std::int64_t since) {
  STERLET_PASS(count_call("load_sequenced_reports"));
  return inner_->load_sequenced_reports(study, since);
}

Result<std::int64_t> FaultyStorage::last_event(std::int64_t study) {
  STERLET_PASS(count_call("last_event"));
  return inner_->last_event(study);
}

Result<std::vector<EventRecord>> FaultyStorage::load_events(std::int64_t study, std::int64_t since) {
  STERLET_PASS(count_call("load_events"));
  return inner_->load_events(study, since);
}

Result<std::vector<std::string>> FaultyStorage::load_queue(std::int64_t study) {
  STERLET_PASS(count_call("load_queue"));
  return inner_->load_queue(study);
}

Result<void> FaultyStorage::push_queue(std::int64_t study, const std::string& params) {
  STERLET_PASS(count_call("push_queue"));
  return inner_->push_queue(study, params);
}

Result<std::optional<std::string>> FaultyStorage::pop_queue(std::int64_t study) {
  STERLET_PASS(count_call("pop_queue"));
  return inner_->pop_queue(study);
}

Result<void> FaultyStorage::put_session(const SessionRecord& session) {
  STERLET_PASS(count_call("put_session"));
  return inner_->put_session(session);
}

Result<std::vector<SessionRecord>> FaultyStorage::load_sessions(std::int64_t study) {
  STERLET_PASS(count_call("load_sessions"));
  return inner_->load_sessions(study);
}

}  // namespace sterlet::storage
