#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sterlet/base/clock.h"
#include "sterlet/exec/executor.h"
#include "sterlet/run/runner.h"

namespace sterlet::run {

/// Stands still but where somebody waits.
class FakeClock final : public base::Clock {
 public:
  std::int64_t wall_ms() const override { return 1'764'000'000'000 + now_ms; }
  std::int64_t steady_ms() const override { return now_ms; }
  std::int64_t now_ms = 0;
};

/// Programs that are scripts: `script` is asked at each wait for what happened; where nothing did, the time passes.
class FakeExecutor final : public exec::Executor {
 public:
  explicit FakeExecutor(FakeClock& clock) : clock_(clock) {}

  base::Result<void> launch(const exec::Launch& launch) override {
    if (refuse && refuse(launch))
      return base::fail(base::ErrorCode::kUnreachable, "cannot make a pipe (Too many open files)");
    launches.push_back(launch);
    programs.insert(launch.id);
    return {};
  }
  std::vector<exec::Event> wait(std::optional<std::int64_t> timeout_ms, std::span<const int>) override {
    for (const auto& [id, reason] : std::exchange(ending_, {}))
      exit(id, {.cause = exec::Cause::kStopped, .reason = reason});
    if (script) script();
    auto events = std::exchange(events_, {});
    if (events.empty()) clock_.now_ms += timeout_ms.value_or(0);
    return events;
  }
  bool acknowledge(std::uint64_t ack, bool prune) override {
    acks[ack] = prune;
    return true;
  }
  bool send(const exec::AttemptId&, const base::Json&) override { return true; }
  void end(const exec::AttemptId& id, const std::string& reason) override {
    ended[id] = reason;
    ending_[id] = reason;
  }
  void kill(const exec::AttemptId& id, const std::string& reason) override { end(id, reason); }
  void hold(const exec::AttemptId&, bool) override {}
  std::optional<std::size_t> capacity() const override { return std::nullopt; }
  std::size_t running() const override { return programs.size(); }
  void end_leftovers(const std::string& session) override { cleaned.push_back(session); }

  /// What the program of an attempt does; for scripts.
  void report(const exec::AttemptId& id, std::int64_t step, double loss, std::optional<std::uint64_t> ack = {}) {
    events_.push_back({.id = id, .what = exec::Event::Report{.step = step, .metrics = {{"loss", loss}}, .ack = ack}});
  }
  void tell(const exec::AttemptId& id, decltype(exec::Event::what) what) {
    events_.push_back({.id = id, .what = std::move(what)});
  }
  void exit(const exec::AttemptId& id, const exec::Event::Exited& exited = {}) {
    if (programs.erase(id) > 0) events_.push_back({.id = id, .what = exited});
  }

  std::function<void()> script;
  std::function<bool(const exec::Launch&)> refuse;
  std::vector<exec::Launch> launches;
  std::set<exec::AttemptId> programs;  ///< That run.
  std::map<std::uint64_t, bool> acks;
  std::map<exec::AttemptId, std::string> ended;  ///< By us, and why.
  std::vector<std::string> cleaned;              ///< Sessions.

 private:
  FakeClock& clock_;
  std::vector<exec::Event> events_;
  std::map<exec::AttemptId, std::string> ending_;
};

}  // namespace sterlet::run
