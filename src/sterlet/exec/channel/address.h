#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <string>
#include <string_view>

#include "sterlet/base/result.h"

namespace sterlet::exec {

/// A path as the address of a Unix socket. Errors: kUnreachable if it is too long.
base::Result<sockaddr_un> address_of(const std::string& path);

// The socket functions take the general address type; this is the cast they are made for.
inline const sockaddr* general(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

/// "cannot DOING the trial channel (why, as errno says)".
base::Error socket_error(const std::string& path, std::string_view doing);

}  // namespace sterlet::exec
