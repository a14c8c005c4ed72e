#include "sterlet/cli/keyboard.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace sterlet::cli {

namespace {

struct Sequence {
  std::string_view bytes;
  Key::Name name;
};

constexpr std::array<Sequence, 14> kSequences{{
    {"\x1b[A", Key::Name::kUp},
    {"\x1bOA", Key::Name::kUp},
    {"\x1b[B", Key::Name::kDown},
    {"\x1bOB", Key::Name::kDown},
    {"\x1b[5~", Key::Name::kPageUp},
    {"\x1b[6~", Key::Name::kPageDown},
    {"\x1b[H", Key::Name::kHome},
    {"\x1bOH", Key::Name::kHome},
    {"\x1b[1~", Key::Name::kHome},
    {"\x1b[F", Key::Name::kEnd},
    {"\x1bOF", Key::Name::kEnd},
    {"\x1b[4~", Key::Name::kEnd},
    {"\r", Key::Name::kEnter},
    {"\n", Key::Name::kEnter},
}};

// Bytes of an escape sequence that is not among ours: ESC [ parameters and a final letter, or ESC and a character.
std::size_t sequence_bytes(std::string_view bytes) {
  if (bytes.size() < 2 || (bytes[1] != '[' && bytes[1] != 'O')) return 1;
  std::size_t at = 2;
  while (at < bytes.size() && (bytes[at] < '@' || bytes[at] > '~')) ++at;
  return std::min(at + 1, bytes.size());
}

std::size_t character_bytes(std::string_view bytes) {
  std::size_t at = 1;
  while (at < bytes.size() && (static_cast<unsigned char>(bytes[at]) & 0xC0) == 0x80) ++at;
  return at;
}

}  // namespace

std::vector<Key> parse_keys(std::string_view bytes) {
  std::vector<Key> keys;
  while (!bytes.empty()) {
    std::size_t used = 0;
    for (const Sequence& sequence : kSequences) {
      if (used > 0 || !bytes.starts_with(sequence.bytes)) continue;
      keys.push_back({.name = sequence.name});
      used = sequence.bytes.size();
    }
    if (used == 0 && bytes.front() == '\x1b') {
      used = sequence_bytes(bytes);
      if (used == 1) keys.push_back({.name = Key::Name::kEscape});
    } else if (used == 0 && (bytes.front() == '\x7f' || bytes.front() == '\b')) {
      keys.push_back({.name = Key::Name::kBackspace});
      used = 1;
    } else if (used == 0) {
      used = character_bytes(bytes);
      if (static_cast<unsigned char>(bytes.front()) >= 0x20)
        keys.push_back({.text = std::string(bytes.substr(0, used))});
    }
    bytes.remove_prefix(used);
  }
  return keys;
}

std::optional<FullScreen> FullScreen::open(Printer& printer) {
  termios before{};
  if (!printer.is_terminal() || tcgetattr(STDIN_FILENO, &before) != 0) return std::nullopt;
  return FullScreen(printer, before);
}

FullScreen::FullScreen(Printer& printer, const termios& before) : printer_(&printer), before_(before) {
  termios raw = before;
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  raw.c_cc[VMIN] = 0;
  raw.c_cc[VTIME] = 0;
  raw.c_cc[VSUSP] = _POSIX_VDISABLE;
  tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  printer.raw("\x1b[?1049h\x1b[?25l\x1b[H\x1b[J");
}

FullScreen::FullScreen(FullScreen&& other) noexcept
    : printer_(std::exchange(other.printer_, nullptr)), before_(other.before_) {}

FullScreen::~FullScreen() {
  if (printer_ == nullptr) return;
  printer_->raw("\x1b[?25h\x1b[?1049l");
  tcsetattr(STDIN_FILENO, TCSANOW, &before_);
}

std::vector<Key> FullScreen::read() {
  std::string bytes;
  constexpr std::size_t kBytesMax = 4096;
  pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  while (bytes.size() < kBytesMax && ::poll(&input, 1, 0) > 0) {
    std::array<char, 256> part{};
    const ssize_t count = ::read(STDIN_FILENO, part.data(), part.size());
    if (count <= 0) break;
    bytes.append(part.data(), static_cast<std::size_t>(count));
  }
  return parse_keys(bytes);
}

}  // namespace sterlet::cli
