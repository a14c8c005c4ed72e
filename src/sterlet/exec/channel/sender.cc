#include "sterlet/exec/channel/sender.h"

#include <poll.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <string_view>

#include <fmt/format.h>

#include "sterlet/exec/channel/address.h"
#include "sterlet/exec/channel/channel.h"
#include "sterlet/exec/fd.h"

namespace sterlet::exec {

namespace {

using base::ErrorCode;
using base::fail;
using base::Json;
using base::Result;

// A report is answered once it is stored. A Sterlet that was stopped answers once it goes on; one that is gone closes
// the channel.
constexpr int kAnswerWaitMs = 24 * 3600 * 1000;

}  // namespace

Result<Json> send_to_channel(const std::string& channel, const Json& message, bool wait) {
  STERLET_TRY(const sockaddr_un address, address_of(channel));
  const Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) return fail(socket_error(channel, "make"));
  if (::connect(socket.get(), general(address), sizeof(address)) != 0) return fail(socket_error(channel, "reach"));
  Json outgoing = message;
  if (wait) outgoing["ack"] = true;
  const std::string line = base::json_line(outgoing) + "\n";
  for (std::size_t sent = 0; sent < line.size();) {
    const ssize_t got = ::send(socket.get(), line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(socket_error(channel, "write to"));
    sent += static_cast<std::size_t>(got);
  }
  if (!wait) return Json::object();
  std::string input;
  while (input.size() <= Channel::kPendingBytesMax) {
    pollfd readable{.fd = socket.get(), .events = POLLIN, .revents = 0};
    const int ready = ::poll(&readable, 1, kAnswerWaitMs);
    if (ready < 0 && errno == EINTR) continue;
    if (ready == 0) break;
    std::array<char, 4096> buffer;
    const ssize_t got = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      return fail(ErrorCode::kUnreachable, "the trial channel closed before it answered",
                  "see whether the tuner still runs: sterlet status", channel);
    }
    input.append(buffer.data(), static_cast<std::size_t>(got));
    for (std::size_t end; (end = input.find('\n')) != std::string::npos; input.erase(0, end + 1)) {
      auto answer = base::parse_json(std::string_view(input).substr(0, end));
      if (answer && answer->is_object() && (answer->contains("ack") || answer->contains("error"))) return *answer;
    }
  }
  return fail(ErrorCode::kUnreachable,
              fmt::format("the trial channel gave no answer for {} h", kAnswerWaitMs / 3'600'000),
              "see whether the tuner still runs: sterlet status", channel);
}

}  // namespace sterlet::exec
