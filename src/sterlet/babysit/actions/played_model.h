#pragma once

#include <poll.h>
#include <stdlib.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "sterlet/babysit/record/change.h"
#include "sterlet/babysit/endings.h"
#include "sterlet/babysit/incoming.h"
#include "sterlet/babysit/listener.h"
#include "sterlet/babysit/opening.h"
#include "sterlet/run/trial_folder.h"
#include "sterlet/storage/memory/memory.h"
#include "sterlet/study/sessions.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::babysit {

class FixedClock final : public base::Clock {
 public:
  std::int64_t wall_ms() const override { return 1'764'000'000'000 + now_ms; }
  std::int64_t steady_ms() const override { return now_ms; }
  std::int64_t now_ms = 0;
};

/// Runs nothing: it writes down what a program would be told.
class WrittenExecutor final : public exec::Executor {
 public:
  std::optional<std::size_t> capacity() const override { return std::nullopt; }
  std::size_t running() const override { return 1; }
  base::Result<void> launch(const exec::Launch& /*launch*/) override { return {}; }
  std::vector<exec::Event> wait(std::optional<std::int64_t> /*timeout_ms*/, std::span<const int> /*also*/) override {
    return {};
  }
  bool acknowledge(std::uint64_t /*ack*/, bool /*prune*/) override { return true; }
  bool send(const exec::AttemptId& /*id*/, const base::Json& message) override {
    sent.push_back(message);
    return true;
  }
  void end(const exec::AttemptId& /*id*/, const std::string& /*reason*/) override { ++ends; }
  void kill(const exec::AttemptId& /*id*/, const std::string& /*reason*/) override { ++kills; }
  void hold(const exec::AttemptId& /*id*/, bool held) override { is_held = held; }
  void end_leftovers(const std::string& /*session*/) override {}

  std::vector<base::Json> sent;
  int ends = 0, kills = 0;
  bool is_held = false;
};

/// A model over a storage in memory, for tests of the actions: all parts are real but the program, which the test plays.
/// What it tells and what is wanted is one turn of the loop each, as in supervisor.cc, and so is done when the call
/// returns.
class PlayedModel : public testing::Test {
 protected:
  PlayedModel() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sterlet-played-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    options_.trials_folder = folder_ + "/trials";
    options_.session.id = "here";
    options_.window = 3;
    storage_ = storage::make_memory_storage(clock_);
    auto file = studyfile::parse_study_text(
        study::strategies(),
        "study: m\nobjective: loss\ncommand: [program]\nstrategy: babysit\nseed: 7\nparams:\n"
        "  rate: {type: float, low: 0.001, high: 1, scale: log, default: 0.1, live: true}\n"
        "  momentum: {type: float, low: 0.5, high: 0.99, default: 0.9, live: true}\n"
        "  size: {type: int, low: 1, high: 9, default: 3}\n",
        "study.yaml", folder_);
    study_ =
        study::Study::open(std::move(*file), {.storage = storage_.get(), .clock = &clock_, .session = "here"}).value();
    open({.fresh = true, .params = {{"rate", 0.1}, {"momentum", 0.9}, {"size", 3}}});
  }
  ~PlayedModel() override {
    parts_.reset();
    study_.reset();
    std::filesystem::remove_all(folder_);
  }

  /// The model as a process finds it that begins now: its parts are made anew.
  void open(const Start& start) {
    incoming_.reset();
    progress_ = {};
    parts_ = std::make_unique<Parts>(*study_, *storage_, executor_, clock_, options_);
    incoming_ = std::make_unique<Incoming>(clock_, model(), parts_->checkpoints, parts_->outbox);
    study::SessionWatch watch(clock_);
    auto transaction = study_->begin().value();
    const auto claim = open_model(*study_, *storage_, executor_, clock_, watch, start, "here", model()).value();
    ASSERT_TRUE(transaction.commit().has_value());
    model().attempt.id = {.trial = claim.number, .attempt = claim.attempt};
    parts_->checkpoints.set_trial(model().trial());
    parts_->inbox.set_trial(model().trial());
    std::filesystem::create_directories(parts_->checkpoints.folder());
  }

  // What the program tells.
  void hello(bool live = true, bool restores = true, bool loop = true) {
    tell(exec::Event::Hello{.live = live, .restores = restores, .loop = loop});
  }
  void report(std::int64_t step, double loss) { tell(exec::Event::Report{.step = step, .metrics = {{"loss", loss}}}); }
  /// A falling curve.
  void report_until(std::int64_t last) {
    for (std::int64_t step = model().step + 1; step <= last; ++step) report(step, 1.0 / static_cast<double>(step));
  }
  /// Writes a checkpoint and tells of it; returns its path.
  std::string checkpoint(std::int64_t step) {
    const std::string path = (parts_->checkpoints.folder() / ("ck-" + std::to_string(++checkpoints_told_))).string();
    std::ofstream(path) << "weights of step " << step;
    tell(exec::Event::Checkpoint{.step = step, .path = path});
    return path;
  }
  void applied(std::int64_t step, const base::Json& set) { tell(exec::Event::Applied{.step = step, .set = set}); }
  /// Answers the `restore` that was sent last, and the `set` in it.
  void restored(std::int64_t step, std::int64_t skipped_steps = 0) {
    const base::Json wish = last_sent("restore");
    tell(exec::Event::Restored{.step = step, .path = wish.at("path"), .skipped_steps = skipped_steps});
    if (wish.contains("set")) applied(step, wish.at("set"));
  }
  void refuse(const std::string& kind, const base::Json& body, const std::string& reason) {
    tell(exec::Event::Refused{.set = body, .reason = reason, .kind = kind});
  }
  void exit(exec::Cause cause) { tell(exec::Event::Exited{.cause = cause}); }
  template <typename What>
  void tell(What what) {
    incoming_->add({.id = model().attempt.id, .what = std::move(what)});
    turn();
  }

  // What is wanted.
  std::int64_t ask(const std::string& kind, const base::Json& body = base::Json::object()) {
    const std::int64_t id =
        storage_->live()
            .post_command(study_->storage_id(),
                          {.trial = model().trial(), .kind = kind, .body = base::json_line(body), .who = "ada"})
            .value();
    parts_->inbox.look_again();
    turn();
    return id;
  }
  std::int64_t ask_set(const std::string& name, double value) {
    return ask("set", {{"changes", json_from_changes({{.name = name, .value = value}})}});
  }
  void wish(const std::string& kind, const base::Json& body = base::Json::object()) {
    parts_->inbox.post({.kind = kind, .body = body});
    turn();
  }
  /// A change that the program made at the step where it is, with the checkpoint before it.
  void change(const std::string& name, double value) {
    ask_set(name, value);
    if (model().attempt.restores()) checkpoint(model().step);
    applied(model().step, {{name, value}});
  }

  // What came of it.
  Model& model() { return parts_->model; }
  const Tree& tree() { return parts_->model.tree(); }
  storage::CommandRecord command(std::int64_t id) { return **storage_->live().find_command(id); }
  storage::CommandState state_of(std::int64_t id) { return command(id).state; }
  /// The sentence that a command was answered with; of a refusal, what is wrong.
  std::string answer_of(std::int64_t id) {
    const base::Json answer = base::parse_json(command(id).answer).value_or(base::Json::object());
    return answer.value(state_of(id) == storage::CommandState::kRefused ? "what" : "sentence", std::string());
  }
  std::vector<std::int64_t> steps_of(int branch) {
    std::vector<std::int64_t> steps;
    const Curve curve = model().curve(branch).value();
    for (const auto& [step, value] : curve) steps.push_back(step);
    return steps;
  }
  /// The kinds of messages that the program was sent since the last call.
  std::vector<std::string> sent() {
    std::vector<std::string> kinds;
    for (const base::Json& message : executor_.sent) {
      sent_.push_back(message);
      kinds.push_back(message.begin().key());
    }
    executor_.sent.clear();
    return kinds;
  }
  /// The body of the message of that kind that was sent last; null: none was.
  base::Json last_sent(const std::string& kind) {
    sent();
    const auto found =
        std::find_if(sent_.rbegin(), sent_.rend(), [&](const auto& each) { return each.contains(kind); });
    return found == sent_.rend() ? base::Json() : found->at(kind);
  }
  std::string last_said() const { return observer_.sentences.empty() ? std::string() : observer_.sentences.back(); }

  class Sentences final : public Observer {
   public:
    void said(const std::string& sentence) override { sentences.push_back(sentence); }
    std::vector<std::string> sentences;
  };

  std::string folder_;
  FixedClock clock_;
  WrittenExecutor executor_;
  Sentences observer_;
  Options options_;
  std::unique_ptr<storage::Storage> storage_;
  std::unique_ptr<study::Study> study_;
  Progress progress_;
  std::unique_ptr<Parts> parts_;
  std::unique_ptr<Incoming> incoming_;

 private:
  // Turns of the loop, until no checkpoint is being read any more for what was told or is wanted.
  void turn() {
    Listener listener(*parts_, progress_);
    Endings endings(*parts_, progress_);
    for (bool is_done = false; !is_done;) {
      if (parts_->checkpoints.take_in()) parts_->inbox.look_again();
      incoming_->look();
      auto transaction = study_->begin().value();
      while (!progress_.leaving) {
        auto heard = incoming_->next();
        if (!heard) break;
        ASSERT_TRUE(listener.take(*std::move(heard)).has_value());
      }
      if (progress_.leaving) {
        ASSERT_TRUE(endings.leave().has_value());
      }
      const bool is_over = progress_.ending || progress_.to_launch || progress_.leaving;
      if (!is_over) {
        ASSERT_TRUE(parts_->in_flight.obey().has_value());
      }
      const Attempt& attempt = model().attempt;
      const bool is_heard =
          (attempt.hello || attempt.has_reported) && !attempt.is_muted && attempt.probe != Attempt::Probe::kBack;
      const bool is_wanted = !parts_->inbox.own().empty() || !parts_->inbox.pending().value().empty();
      is_done = !incoming_->is_blocked() && (!is_wanted || is_over || !is_heard || !parts_->in_flight.is_empty());
      ASSERT_TRUE(transaction.commit().has_value());
      parts_->outbox.speak(executor_, model().attempt.id, parts_->checkpoints.folder(), observer_, Answers::kGive);
      if (is_done) return;
      pollfd read{.fd = parts_->checkpoints.fd(), .events = POLLIN, .revents = 0};
      ASSERT_EQ(::poll(&read, 1, 60'000), 1);
    }
  }

  std::vector<base::Json> sent_;
  int checkpoints_told_ = 0;
};

using Sent = std::vector<std::string>;
using Steps = std::vector<std::int64_t>;

}  // namespace sterlet::babysit
