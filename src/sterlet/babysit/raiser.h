#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/babysit/change.h"
#include "sterlet/babysit/judge/spike.h"
#include "sterlet/babysit/supervisor.h"
#include "sterlet/base/checksum.h"
#include "sterlet/run/trial_folder.h"

namespace sterlet::babysit {

/// Raises one model, see raise(). One loop, one thread: what happened since the last turn is one transaction; only
/// after its commit is the program spoken to and the display told. Its life (start, launch, exit) is in supervisor.cc,
/// what it is asked for in raiser_commands.cc, what its program tells in raiser_events.cc.
class Raiser final {
 public:
  Raiser(study::Study& study, storage::Storage& storage, exec::Executor& executor, const base::Clock& clock,
         Observer& observer, const Start& start, const Options& options);
  base::Result<Ending> run();

 private:
  /// A command that is being carried out: what it still waits for.
  struct Action {
    storage::CommandRecord command;
    base::Json set = base::Json::object(), was = base::Json::object();
    std::optional<std::int64_t> before;  ///< The checkpoint taken for it.
    std::optional<std::int64_t> target;  ///< The checkpoint to go back to.
    std::int64_t skip_steps = 0;         ///< Data to leave out after that.
    std::optional<int> base;             ///< Branch: of a try, the one it is compared with; else where to go back to.
    bool wants_checkpoint = false;       ///< Waits until `before` is there.
    bool takes_checkpoint() const { return wants_checkpoint || before.has_value(); }
    /// The program was sent a `set` or a `restore` for it: until it answers, nobody knows which branch it trains.
    bool awaits_answer() const { return command.kind == "set" || target.has_value(); }
    bool asked_stop = false;
    std::string checkpoint_refusal;  ///< Why none could be taken.
  };
  /// A `set` the program was sent and has not answered.
  struct SentSet {
    base::Json set;
    bool is_action = false;
  };

  /// What the program told while an action awaited its answer.
  struct Held {
    exec::Event event;
    std::optional<base::Result<base::FileChecksum>> checksum;  ///< Of a checkpoint.
  };
  /// A stop that waits behind an action.
  struct WaitingStop {
    storage::CommandRecord command;
    std::int64_t until_ms = 0;
  };

  /// Where the guard goes back to, and how it goes on from there.
  struct RollBack {
    std::int64_t checkpoint = 0;  ///< 0: to the beginning.
    std::int64_t skip_steps = 0;
    base::Json set = base::Json::object(), was = base::Json::object();
  };

  // Life.
  base::Result<void> begin_model();
  base::Result<void> choose_model();
  const storage::SessionRecord* raiser_of(const storage::TrialRecord& record,
                                          const std::vector<storage::SessionRecord>& sessions) const;
  base::Result<void> check_alone(const std::vector<storage::ModelRecord>& models,
                                 const std::vector<storage::SessionRecord>& sessions) const;
  base::Result<void> launch(const study::Claim& claim);
  base::Result<std::optional<storage::CheckpointRecord>> choose_way_on();
  base::Result<void> turn(const std::vector<exec::Event>& events);
  base::Result<void> gather(std::vector<exec::Event>& events);
  base::Result<void> look_around();
  base::Result<void> on_exit(const exec::Event::Exited& exited);
  base::Result<void> finish(storage::State state, const std::string& reason);
  base::Result<void> restart(const std::string& why);
  void read_signals();
  void speak();
  Status status() const;
  std::string doing_text() const;

  // Commands.
  base::Result<void> obey();
  base::Result<void> stop_in_flight(const std::vector<storage::CommandRecord>& commands);
  base::Result<void> give_up(const std::string& what);
  base::Result<void> begin(const storage::CommandRecord& command);
  base::Result<void> begin_set(const storage::CommandRecord& command, const base::Json& body);
  base::Result<void> begin_undo(const storage::CommandRecord& command, const base::Json& body);
  base::Result<void> begin_branch(const storage::CommandRecord& command, const base::Json& body);
  base::Result<void> begin_pause(const storage::CommandRecord& command);
  base::Result<void> begin_resume(const storage::CommandRecord& command);
  base::Result<void> begin_stop(const storage::CommandRecord& command);
  base::Result<void> check_live() const;
  base::Result<void> check_latest(const base::Json& body) const;
  base::Result<void> finish_set(std::int64_t step);
  base::Result<void> finish_undo();
  base::Result<std::string> mark_undone(int through, const std::string& why);
  base::Result<void> watch_again();
  base::Result<void> undo_before_start();
  base::Result<void> finish_branch();
  base::Result<void> finish_pause();
  base::Result<void> answer(const std::string& sentence, const base::Json& more = base::Json::object());
  base::Result<void> refuse(const storage::CommandRecord& command, const base::Error& error);
  base::Result<void> add_branch(int parent, std::int64_t step, std::optional<std::int64_t> checkpoint,
                                storage::InterventionRecord made);
  void post_own(const std::string& kind, const base::Json& body);
  base::Result<void> make_active(int branch, std::optional<std::int64_t> restored_step);
  std::string watched_text() const;
  base::Result<void> settle_watched();
  base::Result<void> judge_watched();
  base::Result<void> add_verdict(storage::InterventionRecord& made);

  // The guard (raiser_guard.cc).
  void watch_value(std::int64_t step, const std::string& name, double value);
  std::int64_t steps_a_report() const;
  std::optional<int> find_culprit(const Spike& spike) const;
  base::Result<void> guard();
  base::Result<bool> roll_back_at_rest(const std::string& why);
  base::Result<bool> roll_back_unheard();
  /// What a program that has ended is started again without: a change and those after it, or a stretch of its line.
  struct TakenBack {
    std::optional<int> culprit;
    std::int64_t good_step = 0, bad_step = 0;
    std::string sentence;
  };
  base::Result<bool> take_back_at_rest(const TakenBack& taken);
  base::Result<std::optional<RollBack>> plan_roll_back(std::int64_t good_step, std::int64_t bad_step);
  bool is_first_window() const;
  std::optional<RollBack> plan_from_beginning() const;
  base::Result<void> roll_back_tree(const RollBack& plan, const std::string& sentence);
  base::Result<void> leave_roll_back(int target_branch, const std::string& why);
  base::Result<void> begin_roll_back(const storage::CommandRecord& command, const base::Json& body);
  base::Result<void> finish_roll_back();
  base::Json restore_message(const storage::CheckpointRecord& target, int branch, const base::Json& set);

  // The autopilot and controls (raiser_autopilot.cc).
  const storage::InterventionRecord* running_try() const;
  const storage::InterventionRecord* controlled() const;
  int base_branch() const;
  bool is_start_mark(std::int64_t checkpoint) const;
  base::Result<Curve> branch_curve(int branch);
  base::Result<void> pilot();
  base::Result<void> advise(const std::optional<Proposal>& proposal, const base::Json& params);
  void find_mark(const storage::CheckpointRecord& way);
  bool affords(std::int64_t reports) const;
  void hold_for_answer();
  void hear();
  base::Result<void> reach_boundary(const storage::CheckpointRecord& mark);
  base::Result<Situation> look(const storage::CheckpointRecord& mark);
  base::Result<ResponseModel> responses();
  std::optional<ResponseModel::Forecast> forecast_of(const ResponseModel& model, int branch, double phase) const;
  base::Result<void> begin_mark(const storage::CommandRecord& command);
  base::Result<void> begin_try(const storage::CommandRecord& command, const base::Json& body);
  base::Result<void> finish_try();
  base::Result<void> begin_control(const storage::CommandRecord& command);
  base::Result<void> finish_control();
  base::Result<void> begin_decide(const storage::CommandRecord& command, const base::Json& body);
  base::Result<void> finish_decide();

  // Events.
  base::Result<void> take(const exec::Event& event, const std::optional<base::Result<base::FileChecksum>>& checksum);
  base::Result<void> hold_back(const exec::Event& event,
                               const std::optional<base::Result<base::FileChecksum>>& checksum);
  base::Result<void> take_held(std::vector<Held> held);
  std::vector<Held> split_held(std::optional<std::int64_t> applied_step);
  base::Result<void> take_report(const exec::Event::Report& report);
  base::Result<void> take_checkpoint(const exec::Event::Checkpoint& told,
                                     const base::Result<base::FileChecksum>& checksum);
  base::Result<void> take_hello(const exec::Event::Hello& hello);
  base::Result<void> take_applied(const exec::Event::Applied& applied);
  base::Result<void> take_restored(const exec::Event::Restored& restored);
  base::Result<void> finish_restored();
  base::Result<void> take_refused(const exec::Event::Refused& refused);
  base::Result<void> clear_old_checkpoints();
  void forget_file(const std::string& path);
  void send_set(const base::Json& set, bool is_action);
  std::optional<SentSet> take_answered(const base::Json& told);
  std::filesystem::path checkpoints_folder() const {
    return run::checkpoints_folder(options_.trials_folder, tree_.model.trial);
  }
  bool minimizes() const { return study_.spec().objectives.front().direction == studyfile::Direction::kMinimize; }
  const std::string& metric() const { return study_.spec().objectives.front().metric; }

  study::Study& study_;
  storage::Storage& storage_;
  storage::LiveStorage& live_;
  exec::Executor& executor_;
  const base::Clock& clock_;
  Observer& observer_;
  const Start& start_;
  const Options& options_;

  Tree tree_;
  exec::AttemptId id_;
  std::optional<exec::Event::Hello> hello_;
  bool reported_ = false;  // By this attempt.
  bool resumed_ = false;   // This attempt started from a checkpoint.
  std::int64_t step_ = 0;  // Of the last report or checkpoint.
  std::optional<double> value_;
  std::vector<double> final_values_;
  std::string failure_;
  std::optional<Action> action_;
  std::vector<Held> held_;  // In the order it came; empty unless an action awaits its answer.
  std::optional<WaitingStop> stop_;
  std::deque<storage::CommandRecord> own_;  // Commands of this process itself.
  std::deque<SentSet> sent_;
  int restarts_ = 0;  // Since the last report.
  int interruptions_ = 0;
  bool mail_ = true;
  std::int64_t beat_at_ms_ = 0, checkpoint_at_ms_ = 0, quiet_until_ms_ = 0;
  bool restart_wanted_ = false;
  bool quota_told_ = false;
  std::map<std::string, Curve> watched_;  // The newest reports of each metric that the guard looks at.
  std::int64_t guard_from_step_ = 0;      // What lies before was refused already.
  Curve own_curve_;                       // The objective on the active branch alone.
  std::optional<std::int64_t> mark_;      // The checkpoint at which the base's window begins.
  std::int64_t spent_steps_ = 0;          // On all branches.
  std::int64_t late_steps_ = 0;           // Most that it trained on for before it heard of what was decided.
  std::optional<std::int64_t> held_at_;   // spent_steps_ at that decision.
  bool is_held_ = false;                  // Until it is told.
  std::string advised_;
  bool is_spent_ = false;
  bool is_deaf_ = false;  // Until it is started again: what its program runs is not, or not surely, its branch.
  std::optional<Ending> ending_;
  int last_signal_ = 0;

  // Done after the commit.
  std::vector<base::Json> outbox_;
  std::vector<std::pair<std::uint64_t, bool>> acks_;
  std::vector<std::string> sayings_, to_remove_;
  std::optional<bool> hold_;
  std::optional<study::Claim> to_launch_;
};

}  // namespace sterlet::babysit
