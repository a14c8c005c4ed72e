#include "sterlet/api/ask_tell.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "sterlet/api/line_buffer.h"
#include "sterlet/api/operations.h"
#include "sterlet/context/log/contexts.h"
#include "sterlet/study/mail.h"
#include "sterlet/study/sessions.h"
#include "sterlet/study/wishes.h"

namespace sterlet::api {

namespace {

using base::ErrorCode;
using base::Json;
using base::Result;

constexpr std::size_t kLineMax = 1 << 20;
constexpr std::int64_t kSyncMs = 10;
constexpr std::int64_t kBeatMs = 5000;
constexpr std::int64_t kMailMs = 200;  // A study that others work on wakes us at each of their commits.

class Server final {
 public:
  Server(study::Study& study, const base::Clock& clock, const Pipe& pipe)
      : study_(study),
        clock_(clock),
        pipe_(pipe),
        session_(pipe.session),
        watch_(clock),
        mail_(pipe.mailbox, study.storage_id(), clock),
        contexts_(study, pipe.context) {}

  Result<void> run() {
    study_.defer_sync(true);
    STERLET_PASS(look_around());
    const Result<void> served = serve();
    STERLET_PASS(end_session());
    return served;
  }

 private:
  Result<void> serve() {
    LineBuffer lines(kLineMax);
    for (bool is_open = true; is_open;) {
      STERLET_TRY(const bool has_input, wait());
      if (!has_input) continue;
      STERLET_TRY(is_open, read_into(lines));
      if (!is_open) lines.end();
      while (const auto line = lines.next()) STERLET_PASS(take(*line));
      STERLET_PASS(send());
    }
    return {};
  }

  // Until there is something to read; true then. In between the session is kept alive.
  Result<bool> wait() {
    int patience = -1;
    bool listens = false;
    if (session_) {
      if (clock_.steady_ms() >= beat_at_ms_) {
        // A storage that is locked or full for a while is no reason to end: the next operation says so.
        if (!look_around()) beat_at_ms_ = clock_.steady_ms() + kBeatMs;
      }
      const std::int64_t now_ms = clock_.steady_ms();
      listens = pipe_.mailbox != nullptr && now_ms >= mail_at_ms_;
      const bool is_waiting = pipe_.mailbox != nullptr && !listens;
      const std::int64_t until_ms = is_waiting ? std::min(beat_at_ms_, mail_at_ms_) : beat_at_ms_;
      patience = static_cast<int>(std::max<std::int64_t>(0, until_ms - now_ms));
    }
    std::array<pollfd, 2> awaited = {
        pollfd{.fd = pipe_.in, .events = POLLIN, .revents = 0},
        pollfd{.fd = listens ? pipe_.mailbox->wake_fd() : -1, .events = POLLIN, .revents = 0}};
    const int count = ::poll(awaited.data(), awaited.size(), patience);
    if (count < 0 && errno != EINTR) {
      return base::fail(ErrorCode::kDisk, fmt::format("the input cannot be awaited ({})", std::strerror(errno)));
    }
    if (count > 0 && awaited[1].revents != 0) {
      mail_at_ms_ = clock_.steady_ms() + kMailMs;
      const auto ignored = take_mail();  // As above; it stays where it is until it can be read.
    }
    return count > 0 && awaited[0].revents != 0;
  }

  // What people want of the trials that were asked for here.
  Result<void> take_mail() {
    STERLET_TRY(auto ended, study::end_as_wished(study_, mail_, session_->id));
    if (ended.empty()) return {};
    for (auto& [trial, reason] : ended) stopped_[trial] = std::move(reason);
    return study_.sync();
  }

  // To what is told of a trial that a person has stopped; nothing: it is none.
  std::optional<Json> answer_of_stopped(const Operation& operation, const Json& arguments) const {
    const auto id = arguments.find("id");
    if (id == arguments.end() || !id->is_number_integer()) return std::nullopt;
    const auto found = stopped_.find(id->get<std::int64_t>());
    if (found == stopped_.end()) return std::nullopt;
    if (operation.name == "report") return Json{{"prune", true}, {"reason", found->second}};
    if (operation.name == "tell") return Json{{"ok", true}, {"stopped", found->second}};
    return std::nullopt;
  }

  Result<void> look_around() {
    if (!session_) return {};
    STERLET_PASS(study_.sessions().beat(*session_));
    STERLET_PASS(study_.sessions().collect_lost(
        [&](const auto& session) { return watch_.look(session) != study::Liveness::kGone; }));
    STERLET_PASS(keep_contexts());
    beat_at_ms_ = clock_.steady_ms() + kBeatMs;
    return {};
  }

  // With each beat, not with each answer: taking and storing them delays nobody.
  Result<void> keep_contexts() {
    if (!contexts_.has_come()) return {};
    STERLET_TRY(auto transaction, study_.begin());
    STERLET_PASS(contexts_.write());
    STERLET_PASS(transaction.commit());
    contexts_.was_written();
    return {};
  }

  // A driver that was restarted may tell a trial that its earlier stream had asked for. If that stream's session is gone,
  // the trial is LOST from now on, and whoever knows its result takes it over; one that cannot be judged yet is taken
  // over all the same: nobody else knows of its trial. A session that lives keeps it.
  Result<void> adopt(const Json& arguments) {
    const auto id = arguments.find("id");
    if (!session_ || id == arguments.end() || !id->is_number_integer()) return {};
    const auto trial = id->get<std::int64_t>();
    const auto is_running = [&] {
      return study_.records()[static_cast<std::size_t>(trial)].state == storage::State::kRunning;
    };
    if (trial < 0 || trial >= static_cast<std::int64_t>(study_.records().size()) || !is_running()) return {};
    const std::string holder = study_.session_of(trial);
    if (holder == session_->id) return {};
    study::Liveness liveness = study::Liveness::kGone;
    STERLET_PASS(study_.sessions().collect_lost([&](const auto& session) {
      const study::Liveness found = watch_.look(session);
      if (session.id == holder) liveness = found;
      return found != study::Liveness::kGone;
    }));
    if (liveness == study::Liveness::kUnknown && is_running()) STERLET_PASS(study_.by_hand().take_over(trial));
    return {};
  }

  Result<void> end_session() {
    if (!session_) return {};
    contexts_.finish(true);
    STERLET_PASS(keep_contexts());
    session_->ended = true;
    STERLET_PASS(study_.sessions().beat(*session_));
    return study_.sync();
  }

  // False at the end.
  Result<bool> read_into(LineBuffer& lines) {
    const ssize_t count = ::read(pipe_.in, piece_.data(), piece_.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return true;
    if (count < 0) {
      return base::fail(ErrorCode::kDisk, fmt::format("the input cannot be read ({})", std::strerror(errno)));
    }
    lines.add({piece_.data(), static_cast<std::size_t>(count)});
    return count > 0;
  }

  Result<void> take(const LineBuffer::Line& line) {
    ++line_number_;
    if (line.text.empty() && !line.is_too_long) return {};
    if (answers_.empty()) oldest_ms_ = clock_.steady_ms();
    const auto result = answer(line);
    const Json json =
        result ? *result : Json{{"error", fmt::format("line {}: {}", line_number_, result.error().message())}};
    answers_ += base::json_line(json) + "\n";
    return clock_.steady_ms() - oldest_ms_ >= kSyncMs ? send() : Result<void>();
  }

  Result<Json> answer(const LineBuffer::Line& line) {
    if (line.is_too_long) {
      return base::fail(ErrorCode::kInvalidArgument, "the line is longer than 1 MiB", "send one operation a line");
    }
    STERLET_TRY(Json message, base::parse_json(line.text));
    const auto name = message.is_object() ? message.find("op") : message.end();
    if (name == message.end() || !name->is_string()) {
      return base::fail(ErrorCode::kInvalidArgument, "an operation is missing",
                        R"(send an object such as {"op":"ask"})");
    }
    STERLET_TRY(const Operation* const operation, find_operation(name->get_ref<const std::string&>()));
    message.erase(name);
    if (!stopped_.empty()) {
      if (auto told = answer_of_stopped(*operation, message)) return *std::move(told);
    }
    is_sync_due_ = is_sync_due_ || operation->effect == Effect::kLasts;
    auto answer = carry_out(*operation, message);
    // A trial that is handed out again is a new attempt.
    if (!stopped_.empty() && answer && operation->name == "ask") stopped_.erase(answer->value("id", std::int64_t{-1}));
    if (answer && operation->name == "ask") contexts_.launched(answer->value("id", std::int64_t{-1}));
    if (answer) return answer;
    STERLET_TRY(const bool has_grown, study_.by_run().follow());
    return has_grown ? carry_out(*operation, message) : answer;
  }

  Result<Json> carry_out(const Operation& operation, const Json& arguments) {
    STERLET_PASS(adopt(arguments));
    return call(operation, study_, arguments);
  }

  Result<void> send() {
    if (answers_.empty()) return {};
    if (std::exchange(is_sync_due_, false)) STERLET_PASS(study_.sync());
    const std::string text = std::exchange(answers_, {});
    for (std::string_view rest = text; !rest.empty();) {
      const ssize_t count = ::write(pipe_.out, rest.data(), rest.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) {
        return base::fail(ErrorCode::kUnreachable,
                          fmt::format("the last answers cannot be written ({})", std::strerror(errno)),
                          "what they answer is done; read its results with sterlet ls");
      }
      rest.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
  }

  study::Study& study_;
  const base::Clock& clock_;
  const Pipe& pipe_;
  std::optional<storage::SessionRecord> session_;
  study::SessionWatch watch_;
  study::Mail mail_;
  context::ContextLog contexts_;
  std::map<std::int64_t, std::string> stopped_;  // By a person, and why.
  std::int64_t mail_at_ms_ = 0;                  // When the mailbox is next listened to.
  std::int64_t beat_at_ms_ = 0;
  std::array<char, 1 << 16> piece_{};
  std::size_t line_number_ = 0;
  std::string answers_;         // Not sent yet.
  std::int64_t oldest_ms_ = 0;  // When the first of them was made.
  bool is_sync_due_ = false;    // One of them is of what must be on the disk first.
};

}  // namespace

Result<void> answer_lines(study::Study& study, const base::Clock& clock, const Pipe& pipe) {
  return Server(study, clock, pipe).run();
}

}  // namespace sterlet::api
