#pragma once

// The C++ client of Sterlet's trial channel: one header, C++17, POSIX and the standard library, nothing else.
//
//   sterlet::Trial trial;                                   // reads the environment Sterlet gives a trial
//   double rate = trial.get("learning_rate", 0.01);         // your own default when Sterlet is not there
//   for (int epoch = 1; epoch <= 20 && !trial.should_stop(); ++epoch)
//     trial.report(epoch, {{"val_error", train_one_epoch(rate)}});
//
// A program run with no Sterlet around it runs unchanged: parameters take their defaults and every call is a cheap
// no-op. The protocol itself is described in docs/channel.md.

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <locale>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sterlet {

/// A JSON value as far as the channel needs it: null, a truth value, a number, a text, a list, or named members.
class Value {
 public:
  enum class Kind { kNull, kBool, kNumber, kText, kList, kMembers };

  Value() = default;
  // Implicit, so that what a program reports reads like a literal. NOLINTBEGIN(google-explicit-constructor)
  Value(bool value) : kind_(Kind::kBool), bool_(value) {}
  Value(double value) : kind_(Kind::kNumber), number_(value) {}
  Value(int value) : Value(static_cast<double>(value)) {}
  Value(std::string value) : kind_(Kind::kText), text_(std::move(value)) {}
  Value(const char* value) : Value(std::string(value)) {}
  Value(std::vector<Value> items) : kind_(Kind::kList), items_(std::move(items)) {}
  Value(std::map<std::string, Value> members) : kind_(Kind::kMembers), members_(std::move(members)) {}
  // NOLINTEND(google-explicit-constructor)

  Kind kind() const { return kind_; }
  /// The number, where it is one; the texts "NaN", "Infinity" and "-Infinity" are numbers too.
  std::optional<double> number() const {
    if (kind_ == Kind::kNumber) return number_;
    if (kind_ != Kind::kText) return std::nullopt;
    if (text_ == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (text_ == "Infinity") return std::numeric_limits<double>::infinity();
    if (text_ == "-Infinity") return -std::numeric_limits<double>::infinity();
    return std::nullopt;
  }
  /// The whole number, where it is one and doubles hold it exactly.
  std::optional<std::int64_t> integer() const {
    if (kind_ != Kind::kNumber || std::floor(number_) != number_ || std::abs(number_) > 9007199254740992.0)
      return std::nullopt;
    return static_cast<std::int64_t>(number_);
  }
  std::optional<bool> truth() const { return kind_ == Kind::kBool ? std::optional<bool>(bool_) : std::nullopt; }
  /// Empty unless the kind is kText.
  const std::string& text() const { return text_; }
  /// Empty unless the kind is kList.
  const std::vector<Value>& items() const { return items_; }
  /// Empty unless the kind is kMembers.
  const std::map<std::string, Value>& members() const { return members_; }
  /// The member of that name; nullptr where there is none.
  const Value* find(const std::string& name) const {
    const auto found = members_.find(name);
    return found == members_.end() ? nullptr : &found->second;
  }

  /// As JSON on one line; NaN and infinities as the channel's texts.
  std::string json() const {
    std::string out;
    write(out);
    return out;
  }

  /// Reads JSON, at most kDepthMax levels deep; nullopt where it is not JSON.
  static std::optional<Value> parse(std::string_view text) {
    Reader reader{text};
    std::optional<Value> value = reader.value(0);
    reader.skip_space();
    return value && reader.rest.empty() ? value : std::nullopt;
  }

 private:
  static constexpr int kDepthMax = 32;

  static void write_text(std::string& out, const std::string& text) {
    out += '"';
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        out += '\\';
        out += c;
      } else if (byte < 0x20) {
        constexpr char kHex[] = "0123456789abcdef";
        out += "\\u00";
        out += kHex[byte >> 4];
        out += kHex[byte & 15];
      } else {
        out += c;
      }
    }
    out += '"';
  }

  // Libraries without floating-point to_chars remain; a stream in the classic locale gives them 17 digits.
  static void write_number(std::string& out, double number) {
    if (std::isnan(number)) {
      out += "\"NaN\"";
    } else if (std::isinf(number)) {
      out += number > 0 ? "\"Infinity\"" : "\"-Infinity\"";
    } else {
#if defined(__cpp_lib_to_chars)
      char buffer[64];
      out.append(buffer, std::to_chars(buffer, buffer + sizeof(buffer), number).ptr);
#else
      std::ostringstream stream;
      stream.imbue(std::locale::classic());  // check: whatever locale the program has set
      stream.precision(17);
      stream << number;
      out += stream.str();
#endif
    }
  }

  static std::optional<double> read_number(std::string_view text) {
    double number = 0;
#if defined(__cpp_lib_to_chars)
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
#else
    std::istringstream stream{std::string(text)};
    stream.imbue(std::locale::classic());  // check: whatever locale the program has set
    if (!(stream >> number) || !stream.eof()) return std::nullopt;
#endif
    return number;
  }

  void write(std::string& out) const {
    const char* separator = "";
    switch (kind_) {
      case Kind::kNull:
        out += "null";
        return;
      case Kind::kBool:
        out += bool_ ? "true" : "false";
        return;
      case Kind::kNumber:
        write_number(out, number_);
        return;
      case Kind::kText:
        write_text(out, text_);
        return;
      case Kind::kList:
        out += '[';
        for (const Value& item : items_) {
          out += separator;
          item.write(out);
          separator = ",";
        }
        out += ']';
        return;
      case Kind::kMembers:
        out += '{';
        for (const auto& [name, member] : members_) {
          out += separator;
          write_text(out, name);
          out += ':';
          member.write(out);
          separator = ",";
        }
        out += '}';
        return;
    }
  }

  struct Reader {
    std::string_view rest;

    void skip_space() {
      while (!rest.empty() && std::string_view(" \t\r\n").find(rest[0]) != std::string_view::npos)
        rest.remove_prefix(1);
    }
    bool take(std::string_view word) {
      if (rest.substr(0, word.size()) != word) return false;
      rest.remove_prefix(word.size());
      return true;
    }
    std::optional<Value> value(int depth) {
      skip_space();
      if (rest.empty() || depth > kDepthMax) return std::nullopt;
      if (take("null")) return Value();
      if (take("true")) return Value(true);
      if (take("false")) return Value(false);
      if (rest[0] == '"') {
        std::optional<std::string> read = text();
        return read ? std::optional<Value>(Value(std::move(*read))) : std::nullopt;
      }
      if (take("[")) return list(depth);
      if (take("{")) return members(depth);
      const std::size_t length = std::min(rest.find_first_not_of("+-0123456789.eE"), rest.size());
      const std::optional<double> number = read_number(rest.substr(0, length));
      if (!number) return std::nullopt;
      rest.remove_prefix(length);
      return Value(*number);
    }
    std::optional<Value> list(int depth) {
      std::vector<Value> items;
      for (skip_space(); !take("]"); skip_space()) {
        if (!items.empty() && !take(",")) return std::nullopt;
        std::optional<Value> item = value(depth + 1);
        if (!item) return std::nullopt;
        items.push_back(std::move(*item));
      }
      return Value(std::move(items));
    }
    std::optional<Value> members(int depth) {
      std::map<std::string, Value> members;
      for (skip_space(); !take("}"); skip_space()) {
        if (!members.empty() && !take(",")) return std::nullopt;
        skip_space();
        const std::optional<std::string> name = text();
        skip_space();
        if (!name || !take(":")) return std::nullopt;
        std::optional<Value> member = value(depth + 1);
        if (!member) return std::nullopt;
        members[*name] = std::move(*member);
      }
      return Value(std::move(members));
    }
    std::optional<unsigned> hex4() {
      unsigned code = 0;
      if (rest.size() < 4) return std::nullopt;
      const std::string_view digits = rest.substr(0, 4);
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
      if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
      rest.remove_prefix(4);
      return code;
    }
    static void append_utf8(std::string& out, unsigned code) {
      const auto byte = [&out](unsigned bits) { out += static_cast<char>(bits); };
      if (code < 0x80) {
        byte(code);
      } else if (code < 0x800) {
        byte(0xC0 | code >> 6), byte(0x80 | (code & 63));
      } else if (code < 0x10000) {
        byte(0xE0 | code >> 12), byte(0x80 | (code >> 6 & 63)), byte(0x80 | (code & 63));
      } else {
        byte(0xF0 | code >> 18), byte(0x80 | (code >> 12 & 63)), byte(0x80 | (code >> 6 & 63));
        byte(0x80 | (code & 63));
      }
    }
    std::optional<std::string> text() {
      if (!take("\"")) return std::nullopt;
      std::string out;
      while (!rest.empty()) {
        const char c = rest[0];
        rest.remove_prefix(1);
        if (c == '"') return out;
        if (c != '\\') {
          out += c;
          continue;
        }
        if (rest.empty()) return std::nullopt;
        const char escape = rest[0];
        rest.remove_prefix(1);
        if (escape == 'u') {
          std::optional<unsigned> code = hex4();
          if (!code) return std::nullopt;
          if (*code >= 0xD800 && *code < 0xDC00 && take("\\u")) {  // A surrogate pair is one character.
            const std::optional<unsigned> low = hex4();
            if (!low || *low < 0xDC00 || *low > 0xDFFF) return std::nullopt;
            code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
          }
          append_utf8(out, *code);
          continue;
        }
        constexpr std::string_view kEscapes = "\"\\/bfnrt";
        constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
        const std::size_t index = kEscapes.find(escape);
        if (index == std::string_view::npos) return std::nullopt;
        out += kMeanings[index];
      }
      return std::nullopt;
    }
  };

  Kind kind_ = Kind::kNull;
  bool bool_ = false;
  double number_ = 0;
  std::string text_;
  std::vector<Value> items_;
  std::map<std::string, Value> members_;
};

/// Named values: hyperparameters, or what a `set` changes.
using Values = std::map<std::string, Value>;

namespace detail {

/// The socket to Sterlet, and what waits to go through it.
///
/// Messages go out at once while Sterlet reads. When it has read nothing for kSendWaitMs, they are kept here, and a file
/// under STERLET_UNSENT tells Sterlet so, should the program end before they are sent. Of a path that is closed, a new
/// connection is tried now and then.
class Channel {
 public:
  static constexpr std::size_t kLineBytesMax = std::size_t{64} * 1024;
  static constexpr int kSendWaitMs = 1'000;   // A Sterlet that is only busy reads on before; then training goes on.
  static constexpr int kSayAfterMs = 60'000;  // Who waits for Sterlet longer says so, once.
  static constexpr int kPatienceMs =
      24 * 3600'000;                          // Of whoever waits for a Sterlet that is there, but does not listen.
  static constexpr int kReconnectMs = 1'000;  // Between two tries.
  static constexpr std::size_t kKeptBytesMax = std::size_t{8} << 20;  // Then every second report that waits goes.

  enum class Kind { kReport, kOther };  // kReport: one that nobody waits for.

  Channel() = default;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  /// Sends what is kept, as long as Sterlet is there.
  ~Channel() {
    if (::getpid() != owner_) return;
    const auto deadline = after(kPatienceMs);
    retry_at_ = {};
    std::string ignored;
    for (flush(); !kept_.empty() && wait(deadline, "to take the last messages"); flush()) receive(ignored);
    set_late(!kept_.empty());
    disconnect();
  }

  /// address: STERLET_CHANNEL; hello: the first line of every connection; unsent: STERLET_UNSENT, or empty.
  void open(const std::string& address, std::string hello, const std::string& unsent) {
    address_ = address;
    hello_ = std::move(hello) + '\n';
    owner_ = ::getpid();
    if (!unsent.empty()) {
      std::ostringstream name;
      name.imbue(std::locale::classic());  // check: whatever locale the program has set
      name << unsent << '.' << owner_ << '-' << static_cast<const void*>(this);
      mark_ = name.str();
    }
    if (const std::string why = connect(); !why.empty()) {
      std::fprintf(stderr, "sterlet: %s, so nothing is reported\n", why.c_str());
      address_.clear();
    }
    flush();
  }

  bool is_open() const { return socket_ >= 0; }
  /// Whether there is, or was, a Sterlet to speak to, and this is the process that speaks to it.
  bool is_wanted() const { return !address_.empty() && ::getpid() == owner_; }

  void send(std::string line, Kind kind) {
    if (!is_wanted()) return;
    line += '\n';
    if (line.size() > kLineBytesMax) {
      std::fprintf(stderr, "sterlet: a message of %zu bytes is longer than 64 KiB and was not sent\n", line.size());
      return;
    }
    kept_bytes_ += line.size();
    kept_.push_back({std::move(line), kind});
    flush();
    const auto deadline = after(kSendWaitMs);
    while (!kept_.empty() && is_open() && !late_) {
      if (poll(POLLOUT, deadline) <= 0) {
        std::fprintf(
            stderr, "sterlet: Sterlet does not listen; the training goes on, and what it reports is kept until then\n");
        break;
      }
      flush();
    }
    set_late(!kept_.empty());
    if (kept_bytes_ > kKeptBytesMax) thin();
  }

  /// Says hello once more, since there is more to say of the program; so does every later connection.
  void greet(const std::string& hello) {
    hello_ = hello + '\n';
    send(hello, Kind::kOther);
  }

  /// Appends what has come, without waiting. Sends what is kept, too, as far as it goes.
  void receive(std::string& input) {
    if (!kept_.empty() && is_wanted()) {
      flush();
      set_late(!kept_.empty());
    }
    char buffer[4096];
    while (is_open()) {
      const ssize_t count = ::recv(socket_, buffer, sizeof(buffer), MSG_DONTWAIT);
      if (count > 0) {
        input.append(buffer, static_cast<std::size_t>(count));
      } else if (count == 0) {
        lose("Sterlet closed it");
      } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
        return;
      } else if (errno != EINTR) {
        lose(std::strerror(errno));
      }
    }
  }

  /// Until something came or what is kept can be sent; false if the channel broke or the deadline has passed.
  bool wait(std::chrono::steady_clock::time_point deadline, const char* what) {
    if (!is_open()) return false;
    const short events = static_cast<short>(kept_.empty() ? POLLIN : POLLIN | POLLOUT);
    if (poll(events, std::min(deadline, after(kSayAfterMs))) > 0) return true;
    std::fprintf(stderr, "sterlet: waiting for Sterlet %s\n", what);
    return poll(events, deadline) > 0;
  }

  /// The channel is of no more use: why is said once.
  void lose(const char* why) {
    if (!said_broken_) std::fprintf(stderr, "sterlet: the channel broke (%s); the training goes on without it\n", why);
    said_broken_ = true;
    disconnect();
    sent_ = 0;  // A message that was cut is sent again as a whole.
    retry_at_ = after(kReconnectMs);
  }

  static std::chrono::steady_clock::time_point after(int ms) {
    return std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
  }

 private:
  struct Kept {
    std::string line;
    Kind kind = Kind::kOther;
  };

  bool is_descriptor() const { return address_.compare(0, 3, "fd:") == 0; }

  /// Why it cannot; empty if it could.
  std::string connect() {
    if (is_descriptor()) {
      const auto [end, error] = std::from_chars(address_.data() + 3, address_.data() + address_.size(), socket_);
      if (error != std::errc() || end != address_.data() + address_.size() || fcntl(socket_, F_GETFD) < 0) {
        socket_ = -1;
        return address_ + " is not an open file descriptor";
      }
    } else {
      sockaddr_un address{};
      address.sun_family = AF_UNIX;
      if (address_.size() < sizeof(address.sun_path)) {
        std::memcpy(address.sun_path, address_.data(), address_.size());
        socket_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
      } else {
        errno = ENAMETOOLONG;
      }
      if (socket_ < 0 || ::connect(socket_, as_address(&address), sizeof(address)) != 0) {
        const std::string why = address_ + ": " + std::strerror(errno);
        disconnect();
        return why;
      }
    }
    // A program started by the trial must not hold the channel open after the trial has ended.
    fcntl(socket_, F_SETFD, FD_CLOEXEC);
    kept_.push_front({hello_, Kind::kOther});
    kept_bytes_ += hello_.size();
    return {};
  }
  static const sockaddr* as_address(const sockaddr_un* address) { return reinterpret_cast<const sockaddr*>(address); }

  void disconnect() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

  /// Sends what the socket takes.
  void flush() {
    if (!is_open() && !address_.empty() && !is_descriptor() && std::chrono::steady_clock::now() >= retry_at_) {
      retry_at_ = after(kReconnectMs);
      connect();
    }
    while (!kept_.empty() && is_open()) {
      const std::string& line = kept_.front().line;
      const ssize_t count = ::send(socket_, line.data() + sent_, line.size() - sent_, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count >= 0) {
        sent_ += static_cast<std::size_t>(count);
      } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
        return;
      } else if (errno != EINTR) {
        return lose(std::strerror(errno));
      }
      if (sent_ < line.size()) continue;
      kept_bytes_ -= line.size();
      kept_.pop_front();
      sent_ = 0;
    }
  }

  void set_late(bool late) {
    if (late == late_) return;
    late_ = late;
    if (!late && left_out_ > 0) {
      std::fprintf(stderr, "sterlet: %zu reports were left out, because too many waited\n", left_out_);
      left_out_ = 0;
    }
    if (mark_.empty()) return;
    if (late) {
      const int file = ::open(mark_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
      if (file >= 0)
        ::close(file);
      else
        std::fprintf(stderr, "sterlet: %s: %s\n", mark_.c_str(), std::strerror(errno));
    } else {
      ::unlink(mark_.c_str());
    }
  }

  /// Leaves out every second report that waits, but not the last, nor the first message: it may be half sent.
  void thin() {
    std::size_t newest = 0;
    for (std::size_t i = 0; i < kept_.size(); ++i)
      if (kept_[i].kind == Kind::kReport) newest = i;
    std::deque<Kept> kept;
    bool spare = false;
    for (std::size_t i = 0; i < kept_.size(); ++i) {
      const bool is_report = kept_[i].kind == Kind::kReport;
      spare = is_report ? !spare : spare;
      if (is_report && spare && i > 0 && i < newest) {
        ++left_out_;
        kept_bytes_ -= kept_[i].line.size();
      } else {
        kept.push_back(std::move(kept_[i]));
      }
    }
    kept_ = std::move(kept);
  }

  /// As poll(2), on through signals.
  int poll(short events, std::chrono::steady_clock::time_point deadline) const {
    for (;;) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
      pollfd waiting{socket_, events, 0};
      const int count = ::poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
      if (count >= 0 || errno != EINTR) return count;
    }
  }

  std::string address_;
  std::string hello_;
  std::string mark_;
  pid_t owner_ = -1;
  int socket_ = -1;
  std::deque<Kept> kept_;
  std::size_t kept_bytes_ = 0;
  std::size_t sent_ = 0;  // Bytes of the first that are sent already.
  std::size_t left_out_ = 0;
  bool late_ = false;
  bool said_broken_ = false;
  std::chrono::steady_clock::time_point retry_at_;
};

}  // namespace detail

/// One wish of Sterlet's, as Trial::poll hands it out.
struct Message {
  enum class Kind {
    kSet,         ///< Use the new `values` from the next step on; answer with applied or refused.
    kCheckpoint,  ///< Write a checkpoint at the next step boundary; answer with checkpointed.
    kRestore,     ///< Go back to the checkpoint at `path`, then use `values`; answer with restored or refused.
    kPrune,       ///< The trial is not worth more time; end orderly.
    kStop,        ///< End now, orderly.
  };
  Kind kind = Kind::kSet;
  std::string path;
  Values values;
  /// kRestore: data to leave out after it, in steps as reports count them; 0: none. It was bad once already.
  std::int64_t skip_steps = 0;
};

/// What a program can do; told to Sterlet once, when the trial starts.
struct TrialOptions {
  bool live = false;      ///< Reads poll() between steps and answers `set`.
  bool restores = false;  ///< Answers `restore` too.
  /// A loop of its own counts its steps, answers and goes back as that of steps() does: Sterlet need not try that out.
  bool loop = false;
};

/// Thrown by a callback of Trial::steps that cannot do what Sterlet asks for; its text is the reason that Sterlet shows.
class Refusal : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What Trial::steps does between two steps. Each may be missing.
struct StepCallbacks {
  /// Writes all that the next step depends on to exactly this path, and closes it; false where that fails. It gets its
  /// name only when it is on the disk (of a folder, the callback syncs the files).
  std::function<bool(const std::string& path)> save = {};
  /// Makes the program what it was when `save` wrote there. Leave the hyperparameters alone: params() has those that hold
  /// now. May throw Refusal.
  std::function<void(const std::string& path)> load = {};
  /// Called after the values of a change were put into params(). Refusal puts the old ones back.
  std::function<void(const Values& values)> use = {};
  /// Leaves out the data of so many steps after a `load`, because training was bad on it. Without it, Sterlet is told that
  /// nothing was left out.
  std::function<void(std::int64_t steps)> skip = {};
  std::int64_t save_every = 0;  ///< A checkpoint each so many steps, without being asked; 0: never.
};

class Steps;

/// A trial as its own process sees it. One thread at a time.
///
/// Errors  the constructor and get() throw std::runtime_error where the parameters Sterlet gave cannot be read, are of
///         another type than the program asks for, or have no such name: a result for other hyperparameters than Sterlet recorded would
///         be worse than none. Nothing else throws; a channel that breaks says so once on stderr and the training goes
///         on without it.
class Trial {
 public:
  explicit Trial(TrialOptions options = TrialOptions()) : options_(options) {
    if (const std::string path = variable("STERLET_PARAMS"); !path.empty()) read_params(path);
    if (const std::string channel = variable("STERLET_CHANNEL"); !channel.empty()) {
      channel_.open(channel, hello_text(), variable("STERLET_UNSENT"));
      if (const std::string agenda = variable("STERLET_AGENDA"); !agenda.empty()) read_agenda(agenda);
    }
  }
  ~Trial() { tell_asked(); }
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;

  /// Whether Sterlet listens.
  bool active() const { return channel_.is_open(); }

  /// The hyperparameters Sterlet chose; empty without Sterlet. Whoever takes them so has read them all.
  const Values& params() const {
    for (const auto& [name, value] : params_) asked_.insert(name);
    return params_;
  }
  /// Whether Sterlet chose a value for the hyperparameter of that name in this trial.
  bool has(const std::string& name) const {
    asked_.insert(name);
    return params_.count(name) > 0;
  }

  /// The hyperparameter of that name; `otherwise` without Sterlet, and for one whose `when` does not hold here. Under
  /// Sterlet, a name that the study does not have is an error, since it is most often a slip. Of a parameter that
  /// studies may leave out, ask has() first.
  double get(const std::string& name, double otherwise) const {
    const Value* value = find(name);
    if (!value) return otherwise;
    if (const auto number = value->number()) return *number;
    throw wrong_type(name, "a number", *value);
  }
  int get(const std::string& name, int otherwise) const {
    const Value* value = find(name);
    if (!value) return otherwise;
    const auto number = value->integer();
    if (number && *number >= std::numeric_limits<int>::min() && *number <= std::numeric_limits<int>::max())
      return static_cast<int>(*number);
    throw wrong_type(name, "an integer", *value);
  }
  bool get(const std::string& name, bool otherwise) const {
    const Value* value = find(name);
    if (!value) return otherwise;
    if (const auto truth = value->truth()) return *truth;
    throw wrong_type(name, "true or false", *value);
  }
  std::string get(const std::string& name, const std::string& otherwise) const {
    const Value* value = find(name);
    if (!value) return otherwise;
    if (value->kind() == Value::Kind::kText) return value->text();
    throw wrong_type(name, "a text", *value);
  }
  std::string get(const std::string& name, const char* otherwise) const { return get(name, std::string(otherwise)); }
  /// A repeated hyperparameter, one number a layer; a single number is a list of one.
  std::vector<double> get_list(const std::string& name, std::vector<double> otherwise) const {
    const Value* value = find(name);
    if (!value) return otherwise;
    if (const auto number = value->number()) return {*number};
    std::vector<double> numbers;
    for (const Value& item : value->items()) {
      const auto number = item.number();
      if (!number) throw wrong_type(name, "a list of numbers", *value);
      numbers.push_back(*number);
    }
    if (value->kind() != Value::Kind::kList) throw wrong_type(name, "a list of numbers", *value);
    return numbers;
  }

  /// The trial's number in its study; -1 without Sterlet.
  int number() const { return static_cast<int>(integer_variable("STERLET_TRIAL", -1)); }
  /// 1 in the first run of a trial, 2 when it is run again after it was lost, and so on.
  int attempt() const { return static_cast<int>(integer_variable("STERLET_ATTEMPT", 1)); }
  /// The seed for this trial, from the study's seed; `otherwise` without Sterlet.
  std::int64_t seed(std::int64_t otherwise) const { return integer_variable("STERLET_SEED", otherwise); }
  /// The folder for checkpoints, which outlives an attempt; empty without Sterlet.
  std::string checkpoint_dir() const { return variable("STERLET_CHECKPOINT_DIR"); }
  /// Whether the hyperparameters are those of this moment and count over what a checkpoint remembers.
  bool params_exact() const { return variable("STERLET_PARAMS_EXACT") == "1"; }
  /// The checkpoint of an earlier attempt to go on from; empty where there is none.
  std::string resume_path() const { return variable("STERLET_RESUME"); }
  /// As Message::skip_steps, of the checkpoint to go on from.
  std::int64_t resume_skip() const { return integer_variable("STERLET_SKIP_STEPS", 0); }

  /// Tells what was measured at a step. Steps grow; NaN and infinity may be told.
  void report(std::int64_t step, const std::map<std::string, double>& metrics) { send_report(step, metrics, ""); }
  /// Tells how many steps the whole training has, as reports count them: `sterlet plan` then knows how long it takes
  /// before it has ended. steps() tells it by itself.
  void announce_steps(std::int64_t steps) {
    length_ = steps;
    channel_.greet(hello_text());
  }

  /// As report(), and waits until Sterlet has stored it. True where the trial is not worth more time. Costs a round
  /// trip and a disk write, so it suits a report an epoch, not one a step.
  bool report_and_wait(std::int64_t step, const std::map<std::string, double>& metrics) {
    acknowledged_ = false;
    send_report(step, metrics, R"("ack":true,)");
    const auto deadline = detail::Channel::after(detail::Channel::kPatienceMs);
    while (active() && !acknowledged_ && channel_.wait(deadline, "to answer a report")) receive();
    return stop_;
  }

  /// The steps of a training, from 1 to `last`: train a step and report it in the loop's body.
  ///
  ///   for (const std::int64_t step : trial.steps(1000, {save, load}))
  ///     trial.report(step, {{"loss", train(trial.get("learning_rate", 0.01))}});
  ///
  /// Between two steps it does and answers all that Sterlet asks for: it writes checkpoints, numbered by the steps that are
  /// done; it puts new values into params(); it goes back, and the loop goes on from the step after the checkpoint. It
  /// begins after the checkpoint in resume_path(), where there is one, and ends early when the trial should stop.
  /// Errors: throws std::invalid_argument where TrialOptions::restores is set without `save` or `load`, or the other way
  /// round; std::runtime_error where a checkpoint was not written by it.
  Steps steps(std::int64_t last, StepCallbacks callbacks = {});

  /// Whether Sterlet asked the trial to end (prune or stop). About a microsecond where nothing new is there. A stop that
  /// follows a checkpoint, at a fixed step or in a program that restores, waits until poll() has handed that out.
  bool should_stop() {
    receive();
    return stop_;
  }

  /// What Sterlet asked for since the last call, oldest first. About a microsecond where nothing is there.
  std::vector<Message> poll() {
    receive();
    stop_ = stop_ || stop_waits_;
    return std::exchange(messages_, {});
  }

  /// Tells that a checkpoint is complete on disk. path: relative to checkpoint_dir(), or absolute.
  void checkpointed(std::int64_t step, const std::string& path) {
    send_members("checkpoint", {{"step", step_value(step)}, {"path", path}});
  }
  /// Answers a `set`: these values are used from this step on.
  void applied(std::int64_t step, const Values& values) {
    send_members("applied", {{"step", step_value(step)}, {"set", values}});
  }
  /// Answers a `restore`. skipped_steps: so much data is left out after it, as Message::skip_steps counts it.
  void restored(std::int64_t step, const std::string& path, std::int64_t skipped_steps = 0) {
    Values body{{"step", step_value(step)}, {"path", path}};
    if (skipped_steps > 0) body["skipped_steps"] = step_value(skipped_steps);
    send_members("restored", std::move(body));
  }
  /// Answers a `set` (or a part of one) that cannot be done.
  void refused(const Values& values, const std::string& reason) {
    send_members("refused", {{"set", values}, {"reason", reason}});
  }
  /// Answers a `restore` that cannot be done.
  void refused_restore(const std::string& path, const std::string& reason) {
    send_members("refused", {{"restore", Values{{"path", path}}}, {"reason", reason}});
  }
  /// Answers a wish for a checkpoint that cannot be written.
  void refused_checkpoint(const std::string& reason) {
    send_members("refused", {{"checkpoint", Values()}, {"reason", reason}});
  }
  /// Tells why the trial failed; the program should then end with an exit code other than 0.
  void failed(const std::string& reason) { send_members("failed", {{"reason", reason}}); }

  /// Tells the final value of the objective. Without it, the last reported value of the objective's metric counts.
  void finish(double value) { send(Value(Values{{"value", value}}).json()); }
  /// Tells the final values of several objectives, in the study's order.
  void finish(const std::vector<double>& values) {
    send(Value(Values{{"values", std::vector<Value>(values.begin(), values.end())}}).json());
  }

 private:
  friend class Steps;

  static std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
  }
  static std::int64_t integer_variable(const char* name, std::int64_t otherwise) {
    const std::string text = variable(name);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return !text.empty() && error == std::errc() && end == text.data() + text.size() ? value : otherwise;
  }
  static Value step_value(std::int64_t step) { return Value(static_cast<double>(step)); }

  const Value* find(const std::string& name) const {
    asked_.insert(name);
    const auto found = params_.find(name);
    if (found != params_.end()) return &found->second;
    check_name(name);
    return nullptr;
  }

  /// Throws where the study has no hyperparameter of that name; a Sterlet that says nothing of it may have one.
  void check_name(const std::string& name) const {
    const char* inactive = std::getenv("STERLET_INACTIVE");
    if (!inactive || variable("STERLET_PARAMS").empty()) return;
    std::vector<std::string> known;
    for (const auto& [other, value] : params_) known.push_back(other);
    std::istringstream others{std::string(inactive)};
    for (std::string other; std::getline(others, other, ',');) known.push_back(other);
    std::string list, near;
    std::size_t nearest = std::max<std::size_t>(1, name.size() / 3) + 1;
    for (const std::string& other : known) {
      if (other == name) return;
      list += (list.empty() ? "" : ", ") + other;
      const std::size_t distance = edits(name, other);
      if (distance >= nearest) continue;
      nearest = distance;
      near = other;
    }
    throw std::runtime_error("the study has no parameter '" + name + "'; " +
                             (near.empty() ? "it has " + list : "did you mean '" + near + "'?"));
  }

  /// How many letters must be put in, left out or replaced to make one word of the other.
  static std::size_t edits(const std::string& one, const std::string& other) {
    std::vector<std::size_t> row(other.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= one.size(); ++i) {
      std::size_t diagonal = row[0];
      row[0] = i;
      for (std::size_t j = 1; j < row.size(); ++j) {
        const std::size_t replaced = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
        diagonal = row[j];
        row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
      }
    }
    return row.back();
  }

  /// Tells which hyperparameters the program has asked for.
  void tell_asked() {
    if (params_.empty() || !channel_.is_wanted() || !channel_.is_open()) return;
    std::vector<Value> names;
    for (const std::string& name : asked_) names.emplace_back(name);
    send_members("read", {{"params", std::move(names)}});
  }

  static std::runtime_error wrong_type(const std::string& name, const std::string& wanted, const Value& found) {
    return std::runtime_error("STERLET_PARAMS: " + name + " must be " + wanted + " (found " + found.json() +
                              "); change its type in the study file");
  }

  void read_params(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) throw std::runtime_error(path + ": cannot be read, though STERLET_PARAMS names it");
    std::optional<Value> value = Value::parse(text.str());
    if (!value || value->kind() != Value::Kind::kMembers)
      throw std::runtime_error(path + ": not a JSON object of hyperparameters, though STERLET_PARAMS names it");
    params_ = value->members();
  }

  void read_agenda(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error(path + ": cannot be read, though STERLET_AGENDA names it");
    for (std::string line; std::getline(file, line);)
      if (auto message = Value::parse(line)) agenda_.push_back(std::move(*message));
  }

  void send_report(std::int64_t step, const std::map<std::string, double>& metrics, const char* first) {
    if (!channel_.is_wanted()) return;
    const Value values(Values(metrics.begin(), metrics.end()));
    channel_.send(std::string("{") + first + R"("report":{"metrics":)" + values.json() + R"(,"step":)" +
                      std::to_string(step) + "}}",
                  *first == '\0' ? detail::Channel::Kind::kReport : detail::Channel::Kind::kOther);
    step_ = step;
    take_due();
  }
  void send_members(const char* name, Values members) {
    if (channel_.is_wanted()) send(Value(Values{{name, std::move(members)}}).json());
  }

  void send(std::string line) { channel_.send(std::move(line), detail::Channel::Kind::kOther); }

  std::string hello_text() const {
    return std::string(R"({"hello":{"client":"cpp","live":)") + (options_.live ? "true" : "false") +
           (options_.loop ? R"(,"loop":true)" : "") + R"(,"protocol":1,"restores":)" +
           (options_.restores ? "true" : "false") + (length_ > 0 ? ",\"steps\":" + std::to_string(length_) : "") + "}}";
  }

  void receive() {
    channel_.receive(buffer_);
    take_lines();
    if (buffer_.size() > detail::Channel::kLineBytesMax) channel_.lose("a line longer than 64 KiB came");
    if (!active()) buffer_.clear();
  }

  void take_lines() {
    std::size_t start = 0;
    for (std::size_t end; (end = buffer_.find('\n', start)) != std::string::npos; start = end + 1)
      if (auto line = Value::parse(std::string_view(buffer_).substr(start, end - start))) {
        agenda_.push_back(std::move(*line));
        take_due();
      }
    buffer_.erase(0, start);
  }

  /// The step from which a message holds; 0: at once.
  static std::int64_t at_of(const Value& message) {
    const Value* at = message.find("at");
    return at ? at->integer().value_or(0) : 0;
  }

  /// Does what has no `at`, and what is due at the step last reported, in the order in which it came.
  void take_due() {
    if (agenda_.empty()) return;
    std::vector<Value> due, later;
    for (Value& message : agenda_) {
      const std::int64_t at = at_of(message);
      (at == 0 || at <= step_ ? due : later).push_back(std::move(message));
    }
    agenda_ = std::move(later);
    for (const Value& message : due) take(message);
  }

  // Keys and messages this version does not know are ignored, so that a newer Sterlet can speak to it.
  void take(const Value& line) {
    if (const Value* values = line.find("set")) {
      if (options_.live)
        messages_.push_back({Message::Kind::kSet, "", values->members(), 0});
      else
        refused(values->members(), "this program takes no live changes");
    }
    if (line.find("checkpoint")) messages_.push_back({Message::Kind::kCheckpoint, "", {}, 0});
    if (const Value* restore = line.find("restore")) {
      const Value* path = restore->find("path");
      const Value* values = restore->find("set");
      const std::string where = path ? path->text() : "";
      if (options_.restores)
        messages_.push_back(
            {Message::Kind::kRestore, where, values ? values->members() : Values(), steps_in(*restore)});
      else
        refused_restore(where, "this program cannot go back to a checkpoint while it runs");
    }
    if (line.find("prune")) take_end(Message::Kind::kPrune, at_of(line) != 0);
    if (line.find("stop")) take_end(Message::Kind::kStop, at_of(line) != 0 || options_.restores);
    if (const Value* ack = line.find("ack")) {
      acknowledged_ = true;
      const Value* prune = ack->find("prune");
      if (prune && prune->truth().value_or(false)) take_end(Message::Kind::kPrune, false);
    }
  }
  static std::int64_t steps_in(const Value& restore) {
    const Value* skip = restore.find("skip_steps");
    const double steps = skip ? skip->number().value_or(0) : 0;
    return steps > 0 && steps < 9e15 ? static_cast<std::int64_t>(steps) : 0;
  }
  void take_end(Message::Kind kind, bool can_wait) {
    const bool saves_first = can_wait && std::any_of(messages_.begin(), messages_.end(), [](const Message& message) {
                               return message.kind == Message::Kind::kCheckpoint;
                             });
    (saves_first ? stop_waits_ : stop_) = true;
    messages_.push_back({kind, "", {}, 0});
  }

  TrialOptions options_;
  Values params_;
  mutable std::set<std::string> asked_;  // Names, of the hyperparameters that the program wanted to know.
  detail::Channel channel_;
  std::int64_t step_ = 0;      // Of the last report.
  std::int64_t length_ = 0;    // Of the training in steps; 0: not told.
  std::vector<Value> agenda_;  // Messages whose step has not come.
  bool stop_ = false;
  bool stop_waits_ = false;  // Until the checkpoint before it was handed out.
  bool acknowledged_ = false;
  std::string buffer_;
  std::vector<Message> messages_;
};

/// What Trial::steps returns: to be iterated once.
class Steps {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = std::int64_t;
    using difference_type = std::int64_t;
    using pointer = const std::int64_t*;
    using reference = std::int64_t;

    explicit Iterator(Steps* steps) : steps_(steps) {}
    std::int64_t operator*() const { return steps_->step_; }
    Iterator& operator++() {
      steps_->finish_step();
      return *this;
    }
    /// Against end() alone.
    bool operator!=(const Iterator& /*end*/) const { return !steps_->is_over_; }

   private:
    Steps* steps_;
  };

  Steps(Trial& trial, std::int64_t last, StepCallbacks callbacks)
      : trial_(trial), last_(last), do_(std::move(callbacks)) {}
  Steps(const Steps&) = delete;
  Steps& operator=(const Steps&) = delete;

  Iterator begin() {
    const std::string path = trial_.resume_path();
    if (!path.empty() && do_.load) {
      step_ = step_in(path);
      do_.load(path);
      if (do_.skip && trial_.resume_skip() > 0) {
        do_.skip(trial_.resume_skip());
        trial_.restored(step_, path, trial_.resume_skip());
      }
    }
    trial_.step_ = step_;
    trial_.take_due();
    obey();
    next();
    return Iterator(this);
  }
  Iterator end() { return Iterator(this); }

 private:
  /// How many steps were done when that checkpoint was written: its name tells.
  static std::int64_t step_in(const std::string& path) {
    const std::string name = path.substr(path.rfind('/') + 1);
    std::int64_t step = 0;
    const char* first = name.data() + 5;
    const bool is_named = name.rfind("step-", 0) == 0;
    const auto read = is_named ? std::from_chars(first, name.data() + name.size(), step) : std::from_chars_result{};
    if (!is_named || read.ec != std::errc() || read.ptr == name.data() + name.size() || *read.ptr != '-')
      throw std::runtime_error(path + ": not a checkpoint that steps() wrote; its name is not step-NUMBER-...");
    return step;
  }

  // What is asked for holds from the moment at which this step is done and reported.
  void finish_step() {
    if (do_.save_every > 0 && step_ % do_.save_every == 0 && !trial_.checkpoint_dir().empty()) save();
    obey();
    next();
  }
  void next() {
    is_over_ = step_ >= last_ || trial_.should_stop();
    if (!is_over_) ++step_;
  }
  void obey() {
    for (const Message& message : trial_.poll()) {
      if (message.kind == Message::Kind::kCheckpoint) save();
      if (message.kind == Message::Kind::kRestore && !restore(message)) continue;
      if (!message.values.empty()) use(message.values);
    }
  }
  void save() {
    const std::string name =
        "step-" + std::to_string(step_) + "-" + std::to_string(trial_.attempt()) + "-" + std::to_string(++saved_);
    const std::string path = trial_.checkpoint_dir() + "/" + name, part = path + ".part";
    if (!do_.save || trial_.checkpoint_dir().empty())
      trial_.refused_checkpoint("this program writes no checkpoints");
    else if (!do_.save(part))
      trial_.refused_checkpoint(part + ": it could not be written");
    else if (!sync(part) || std::rename(part.c_str(), path.c_str()) != 0)
      trial_.refused_checkpoint(part + ": " + std::strerror(errno));
    else
      trial_.checkpointed(step_, name);
  }
  static bool sync(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    const bool is_synced = ::fsync(file) == 0;
    ::close(file);
    return is_synced;
  }
  bool restore(const Message& message) {
    if (!do_.load) return false;  // Never asked for, see Trial::steps.
    try {
      do_.load(message.path);
    } catch (const Refusal& refusal) {
      trial_.refused_restore(message.path, refusal.what());
      return false;
    }
    step_ = trial_.step_ = step_in(message.path);
    const std::int64_t skipped = do_.skip ? message.skip_steps : 0;
    if (skipped > 0) do_.skip(skipped);
    trial_.restored(step_, message.path, skipped);
    return true;
  }
  void use(const Values& values) {
    const Values before = trial_.params_;
    for (const auto& [name, value] : values) trial_.params_[name] = value;
    try {
      if (do_.use) do_.use(values);
    } catch (const Refusal& refusal) {
      trial_.params_ = before;
      trial_.refused(values, refusal.what());
      return;
    }
    trial_.applied(step_, values);
  }

  Trial& trial_;
  std::int64_t last_;
  StepCallbacks do_;
  std::int64_t step_ = 0;
  std::int64_t saved_ = 0;
  bool is_over_ = false;
};

inline Steps Trial::steps(std::int64_t last, StepCallbacks callbacks) {
  if (options_.restores != (callbacks.save && callbacks.load))
    throw std::invalid_argument("steps(): save and load go with TrialOptions::restores, and that with both");
  options_.loop = options_.loop || options_.restores;
  announce_steps(last);
  return Steps(*this, last, std::move(callbacks));
}

}  // namespace sterlet
