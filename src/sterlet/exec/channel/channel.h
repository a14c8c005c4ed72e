#pragma once

#include <poll.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/exec/executor.h"
#include "sterlet/exec/fd.h"
#include "sterlet/exec/channel/message.h"

namespace sterlet::exec {

/// The supervisor's end of one attempt's channel: a listening Unix socket and the connections to it.
///
/// Connections are read to their end in the order they were made, so the messages of programs that connect one after
/// the other (each `sterlet report` of a script) come in order. What a program sends is bounded by its socket: it waits
/// while nobody pumps. What it leaves unread is bounded here: at kPendingBytesMax its connection is closed.
class Channel final {
 public:
  static constexpr std::size_t kLineBytesMax = std::size_t{64} << 10;
  static constexpr std::size_t kPendingBytesMax = std::size_t{1} << 20;
  static constexpr std::size_t kConnectionsMax = 256;

  struct Settings {
    std::string path;  ///< Of the socket; at most 107 bytes.
    AttemptId id;
    std::string checkpoint_folder;
    /// Why a process may not speak here, fit to be sent to it; empty if it may. Asked once a connection, with the
    /// number of the process that made it (0 where the system does not say: in another container, say).
    std::function<std::string(pid_t)> refusal = {};
  };
  /// What the parts of an attempt, or all attempts, count together.
  struct Counters {
    std::uint64_t* ack_next;  ///< Of the whole executor.
    std::int64_t* step_last;  ///< Of the attempt.
  };

  /// Errors: kUnreachable where no socket can be made.
  static base::Result<std::unique_ptr<Channel>> open(Settings settings, Counters counters);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// Adds what poll(2) must watch.
  void add_polls(std::vector<pollfd>& polls) const;
  /// Whether a connection waits for a descriptor: poll(2) does not tell when there is one, so pump() must be tried.
  bool is_starved() const { return starved_; }
  /// Whether a connection was closed for what it left unread, so that what it had to tell may be lost.
  bool was_cut() const { return was_cut_; }
  /// Whether a line was taken from some program, and why the last one that was refused was; empty: none was.
  bool has_spoken() const { return has_spoken_; }
  const std::string& last_refusal() const { return last_refusal_; }
  /// Accepts, writes and reads, without waiting, until nothing is left or about `bytes_max` were read.
  void pump(std::size_t bytes_max, std::vector<Event>& events);
  /// Sends to the connections that said hello, or to all if none did; the messages in one piece, where the socket takes
  /// it. False if there is no connection.
  bool send_all(std::span<const base::Json> messages);
  bool send(const base::Json& message) { return send_all({&message, 1}); }
  /// Answers the report that waits under `ack`, if it came from here: then true.
  bool acknowledge(std::uint64_t ack, bool prune);

 private:
  struct Connection {
    Fd socket;
    std::string input;        ///< The line read so far.
    std::string output;       ///< Not yet taken by the socket.
    bool skipping = false;    ///< Inside a line that was too long.
    bool greeted = false;     ///< Said hello.
    bool read_end = false;    ///< The program sends no more.
    bool write_end = false;   ///< The program takes no more.
    bool cut = false;         ///< To be closed.
    bool refused = false;     ///< Of a process that may not speak here: what it says is dropped.
    std::size_t waiting = 0;  ///< Reports that wait for their answer.
    std::uint64_t serial = 0;
  };
  struct WaitingReport {
    std::uint64_t serial = 0;
    std::int64_t step = 0;
  };

  Channel(Settings settings, Counters counters) : settings_(std::move(settings)), counters_(counters) {}
  bool accept_all();
  Fd accept_one();
  std::string refusal_of(const Fd& socket) const;
  std::size_t read_connection(Connection& connection, std::size_t bytes_max, std::vector<Event>& events);
  void take_input(Connection& connection, std::string_view data, std::vector<Event>& events);
  void take_line(Connection& connection, std::string_view line, std::vector<Event>& events);
  void queue_line(Connection& connection, const base::Json& message);
  void queue_lines(Connection& connection, std::span<const base::Json> messages);
  void flush(Connection& connection);
  void drop_ended();

  Settings settings_;
  Counters counters_;
  Fd listener_;
  Fd reserve_;  ///< Kept for the first connection, should descriptors run out after the attempt has begun.
  bool starved_ = false;
  bool was_cut_ = false;
  bool has_spoken_ = false;
  std::string last_refusal_;
  std::vector<std::unique_ptr<Connection>> connections_;  ///< In the order they were made.
  std::map<std::uint64_t, WaitingReport> waiting_;
  std::uint64_t serial_next_ = 1;
};

}  // namespace sterlet::exec
