#include "sterlet/exec/channel/channel.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "sterlet/exec/channel/address.h"

namespace sterlet::exec {

namespace {

using base::ErrorCode;
using base::fail;
using base::Json;
using base::Result;

constexpr std::size_t kReadBytes = std::size_t{16} << 10;
constexpr int kBacklog = 256;

/// Whether the other side closed both its halves. Read to its end, a connection does not tell by itself whether the
/// program still waits for an answer or is gone.
bool is_gone(const Fd& socket) {
  pollfd hang_up{.fd = socket.get(), .events = 0, .revents = 0};
  return ::poll(&hang_up, 1, 0) > 0 && (hang_up.revents & (POLLHUP | POLLERR)) != 0;
}

Json error_message(std::string text) { return Json{{"error", std::move(text)}}; }

}  // namespace

Result<std::unique_ptr<Channel>> Channel::open(Settings settings, Counters counters) {
  STERLET_TRY(const sockaddr_un address, address_of(settings.path));
  std::unique_ptr<Channel> channel(new Channel(std::move(settings), counters));
  const std::string& path = channel->settings_.path;
  channel->listener_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!channel->listener_) return fail(socket_error(path, "make"));
  ::unlink(path.c_str());
  if (::bind(channel->listener_.get(), general(address), sizeof(address)) != 0) return fail(socket_error(path, "name"));
  if (::listen(channel->listener_.get(), kBacklog) != 0) return fail(socket_error(path, "open"));
  channel->reserve_.reset(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  return channel;
}

Channel::~Channel() { ::unlink(settings_.path.c_str()); }

void Channel::add_polls(std::vector<pollfd>& polls) const {
  if (!starved_) polls.push_back({.fd = listener_.get(), .events = POLLIN, .revents = 0});
  for (const auto& connection : connections_) {
    short events = 0;
    if (!connection->read_end) events = POLLIN;
    if (!connection->output.empty()) events = static_cast<short>(events | POLLOUT);
    // One that sends no more and only waits for its answer is left out: poll would report its hang-up again and again.
    if (events != 0) polls.push_back({.fd = connection->socket.get(), .events = events, .revents = 0});
  }
}

void Channel::pump(std::size_t bytes_max, std::vector<Event>& events) {
  std::size_t used = 0;
  for (bool more = true; more;) {
    more = false;
    // A connection is only read once all made before it are read to their end: that is what keeps the order.
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      Connection& connection = *connections_[i];
      flush(connection);
      if (used >= bytes_max) continue;
      const std::size_t got = read_connection(connection, bytes_max - used, events);
      used += got;
      more = more || got > 0;
    }
    drop_ended();
    if (used >= bytes_max) return;
    more = accept_all() || more;
  }
}

Fd Channel::accept_one() {
  const auto accept = [&] { return Fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)); };
  if (!reserve_) reserve_.reset(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  Fd socket = accept();
  starved_ = !socket && (errno == EMFILE || errno == ENFILE);
  if (!starved_ || !reserve_) return socket;
  reserve_.reset();
  socket = accept();
  starved_ = !socket && (errno == EMFILE || errno == ENFILE);
  return socket;
}

std::string Channel::refusal_of(const Fd& socket) const {
  ucred peer{};
  socklen_t size = sizeof(peer);
  if (!settings_.refusal || ::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return {};
  return settings_.refusal(peer.pid);
}

bool Channel::accept_all() {
  bool any = false;
  for (std::size_t count = 0; count < kConnectionsMax; ++count) {
    Fd socket = accept_one();
    if (!socket) return any;
    const std::string refusal = refusal_of(socket);
    auto connection = std::make_unique<Connection>();
    connection->socket = std::move(socket);
    connection->serial = serial_next_++;
    if (connections_.size() >= kConnectionsMax) {
      queue_line(*connection, error_message(fmt::format("more than {} connections to one trial's channel; "
                                                        "close those no longer needed",
                                                        kConnectionsMax)));
      continue;
    }
    connection->refused = !refusal.empty();
    if (connection->refused) queue_line(*connection, error_message(refusal));
    connections_.push_back(std::move(connection));
    any = true;
  }
  return any;
}

std::size_t Channel::read_connection(Connection& connection, std::size_t bytes_max, std::vector<Event>& events) {
  std::array<char, kReadBytes> buffer;
  std::size_t total = 0;
  if (connection.read_end && is_gone(connection.socket)) connection.write_end = true;
  while (!connection.read_end && !connection.cut && total < bytes_max) {
    const ssize_t got = ::recv(connection.socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (got <= 0) {
      // A last line may lack its end; one that was cut in the middle is no JSON and does no harm.
      if (!connection.input.empty() && !connection.skipping) take_line(connection, connection.input, events);
      connection.input.clear();
      connection.read_end = true;
      connection.write_end = connection.write_end || got < 0 || is_gone(connection.socket);
      break;
    }
    total += static_cast<std::size_t>(got);
    take_input(connection, std::string_view(buffer.data(), static_cast<std::size_t>(got)), events);
  }
  return total;
}

void Channel::take_input(Connection& connection, std::string_view data, std::vector<Event>& events) {
  // Read and dropped: closed with lines unread, the socket would lose the answer that says why.
  if (connection.refused) return;
  while (!data.empty() && !connection.cut) {
    const std::size_t end = data.find('\n');
    const std::string_view part = data.substr(0, end);
    if (!connection.skipping && connection.input.size() + part.size() > kLineBytesMax) {
      connection.skipping = true;
      connection.input.clear();
      queue_line(connection, error_message(fmt::format("a line longer than {} bytes was ignored; send less at a time",
                                                       kLineBytesMax)));
    }
    if (!connection.skipping) connection.input += part;
    if (end == std::string_view::npos) return;
    if (!connection.skipping) take_line(connection, connection.input, events);
    connection.input.clear();
    connection.skipping = false;
    data.remove_prefix(end + 1);
  }
}

void Channel::take_line(Connection& connection, std::string_view line, std::vector<Event>& events) {
  if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
  has_spoken_ = true;
  auto message =
      parse_message(line, {.step_next = *counters_.step_last + 1, .checkpoint_folder = settings_.checkpoint_folder});
  if (!message) {
    last_refusal_ = message.error().message();
    queue_line(connection, error_message(message.error().message()));
    return;
  }
  if (std::holds_alternative<Event::Hello>(message->what)) connection.greeted = true;
  if (auto* report = std::get_if<Event::Report>(&message->what)) {
    *counters_.step_last = report->step;
    if (message->wants_ack) {
      report->ack = (*counters_.ack_next)++;
      waiting_[*report->ack] = {.serial = connection.serial, .step = report->step};
      ++connection.waiting;
    }
  } else if (message->wants_ack) {
    queue_line(connection, Json{{"ack", Json::object()}});  // Received; only a report's answer carries a decision.
  }
  events.push_back({.id = settings_.id, .what = std::move(message->what)});
}

bool Channel::send_all(std::span<const Json> messages) {
  const bool any_greeted =
      std::any_of(connections_.begin(), connections_.end(), [](const auto& c) { return c->greeted && !c->write_end; });
  bool sent = false;
  for (const auto& connection : connections_) {
    if (connection->write_end || connection->cut || connection->refused || (any_greeted && !connection->greeted))
      continue;
    queue_lines(*connection, messages);
    sent = sent || !(connection->write_end || connection->cut);
  }
  drop_ended();
  return sent;
}

bool Channel::acknowledge(std::uint64_t ack, bool prune) {
  const auto waiting = waiting_.find(ack);
  if (waiting == waiting_.end()) return false;
  for (const auto& connection : connections_) {
    if (connection->serial != waiting->second.serial) continue;
    --connection->waiting;
    queue_line(*connection, Json{{"ack", {{"step", waiting->second.step}, {"prune", prune}}}});
    break;
  }
  waiting_.erase(waiting);
  drop_ended();
  return true;
}

void Channel::queue_line(Connection& connection, const Json& message) { queue_lines(connection, {&message, 1}); }

void Channel::queue_lines(Connection& connection, std::span<const Json> messages) {
  if (connection.write_end || connection.cut) return;
  for (const Json& message : messages) {
    connection.output += base::json_line(message);
    connection.output += '\n';
  }
  flush(connection);
  if (connection.output.size() <= kPendingBytesMax) return;
  connection.cut = true;
  was_cut_ = true;
}

void Channel::flush(Connection& connection) {
  std::size_t sent = 0;
  while (sent < connection.output.size() && !connection.write_end) {
    const ssize_t got = ::send(connection.socket.get(), connection.output.data() + sent,
                               connection.output.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (got > 0) {
      sent += static_cast<std::size_t>(got);
    } else if (got < 0 && errno == EINTR) {
      continue;
    } else if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      break;
    } else {
      connection.write_end = true;  // What it sent before it went is still read.
    }
  }
  connection.output.erase(0, connection.write_end ? std::string::npos : sent);
}

void Channel::drop_ended() {
  const auto ended = [](const std::unique_ptr<Connection>& c) {
    return c->cut || (c->read_end && (c->write_end || (c->output.empty() && c->waiting == 0)));
  };
  const auto first = std::remove_if(connections_.begin(), connections_.end(), ended);
  if (first == connections_.end()) return;
  connections_.erase(first, connections_.end());
  for (auto waiting = waiting_.begin(); waiting != waiting_.end();) {
    const bool there = std::any_of(connections_.begin(), connections_.end(),
                                   [&](const auto& c) { return c->serial == waiting->second.serial; });
    waiting = there ? std::next(waiting) : waiting_.erase(waiting);
  }
}

}  // namespace sterlet::exec
