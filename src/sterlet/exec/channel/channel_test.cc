#include "sterlet/exec/channel/channel.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <limits>
#include <optional>

#include <gtest/gtest.h>

#include "sterlet/base/rng.h"
#include "sterlet/exec/channel/sender.h"
#include "sterlet/exec/test_support.h"

namespace sterlet::exec {
namespace {

/// A channel with clients of its own in this process; pumped by hand, so nothing depends on timing.
class ChannelTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Channel::open({.path = path_, .id = {7, 2}, .checkpoint_folder = "/ck"},
                                {.ack_next = &ack_next_, .step_last = &step_last_});
    ASSERT_TRUE(opened) << opened.error().message();
    channel_ = std::move(*opened);
  }

  Fd connect() const {
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.data(), path_.size());
    EXPECT_EQ(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    ::fcntl(socket.get(), F_SETFL, O_NONBLOCK);
    return socket;
  }

  /// Sends all of it, pumping where the socket is full. False if the connection was closed.
  bool say(const Fd& socket, std::string_view text) {
    while (!text.empty()) {
      const ssize_t got = ::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL);
      if (got < 0 && errno != EAGAIN) return false;
      if (got > 0) text.remove_prefix(static_cast<std::size_t>(got));
      if (got < 0) pump();
    }
    return true;
  }

  void pump() { channel_->pump(std::numeric_limits<std::size_t>::max(), events_); }

  static std::string hear(const Fd& socket) {
    std::string heard(1 << 21, '\0');
    const ssize_t got = ::recv(socket.get(), heard.data(), heard.size(), 0);
    heard.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return heard;
  }

  /// What one line is answered.
  std::string answer_to(const std::string& line) {
    const Fd client = connect();
    say(client, line + "\n");
    pump();
    return hear(client);
  }

  TestFolder folder_;
  std::string path_ = folder_.file("c");
  std::uint64_t ack_next_ = 1;
  std::int64_t step_last_ = 0;
  std::unique_ptr<Channel> channel_;
  std::vector<Event> events_;
};

TEST_F(ChannelTest, ReadsEveryKindOfMessage) {
  const Fd client = connect();
  say(client,
      R"({"hello":{"protocol":1,"client":"cpp","live":true,"restores":true,"steps":60}}
{"report":{"step":3,"metrics":{"val_error":0.21,"loss":"NaN"}}}
{"checkpoint":{"step":3,"path":"ck-3.pt"}}
{"checkpoint":{"step":4,"path":"/else/ck-4.pt"}}
{"applied":{"step":41,"set":{"rate":0.1}}}
{"restored":{"step":3,"path":"ck-3.pt","skipped_steps":30}}
{"refused":{"set":{"rate":0.1},"reason":"fixed"}}
{"failed":{"reason":"diverged"}}
{"value":0.19}
{"values":[1,"-Infinity"]}
{"refused":{"restore":{"path":"ck-2.pt"},"reason":"damaged"}}
)");
  pump();
  EXPECT_EQ(hear(client), "");
  ASSERT_EQ(events_.size(), 11U);
  for (const Event& event : events_) EXPECT_EQ(event.id, (AttemptId{7, 2}));
  EXPECT_TRUE(std::get<Event::Hello>(events_[0].what).live && std::get<Event::Hello>(events_[0].what).restores);
  EXPECT_EQ(std::get<Event::Hello>(events_[0].what).steps, 60);
  const auto& report = std::get<Event::Report>(events_[1].what);
  EXPECT_EQ(report.step, 3);
  EXPECT_EQ(report.metrics[0].first, "val_error");
  EXPECT_EQ(report.metrics[0].second, 0.21);
  EXPECT_TRUE(std::isnan(report.metrics[1].second));
  EXPECT_FALSE(report.ack);
  EXPECT_EQ(std::get<Event::Checkpoint>(events_[2].what).path, "/ck/ck-3.pt");
  EXPECT_EQ(std::get<Event::Checkpoint>(events_[3].what).path, "/else/ck-4.pt");
  EXPECT_EQ(base::json_line(std::get<Event::Applied>(events_[4].what).set), R"({"rate":0.1})");
  EXPECT_EQ(std::get<Event::Restored>(events_[5].what).path, "/ck/ck-3.pt");
  EXPECT_EQ(std::get<Event::Restored>(events_[5].what).skipped_steps, 30);
  EXPECT_EQ(std::get<Event::Refused>(events_[6].what).reason, "fixed");
  EXPECT_EQ(std::get<Event::Failed>(events_[7].what).reason, "diverged");
  EXPECT_EQ(std::get<Event::Value>(events_[8].what).values, std::vector<double>{0.19});
  EXPECT_EQ(std::get<Event::Value>(events_[9].what).values.back(), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(std::get<Event::Refused>(events_[10].what).kind, "restore");
}

TEST_F(ChannelTest, ReportWithoutAStepGetsTheNextOneAcrossConnections) {
  for (const char* line : {R"({"report":{"metrics":{"a":1}}})", R"({"report":{"step":9,"metrics":{"a":1}}})",
                           R"({"report":{"metrics":{"a":1}}})"}) {
    const Fd client = connect();
    say(client, line);  // Closed without the end of the line, too.
  }
  pump();
  const auto reports = of_kind<Event::Report>(events_);
  ASSERT_EQ(reports.size(), 3U);
  EXPECT_EQ(reports[0].step, 1);
  EXPECT_EQ(reports[1].step, 9);
  EXPECT_EQ(reports[2].step, 10);
}

TEST_F(ChannelTest, AnswersAReportThatWaits) {
  const Fd client = connect();
  say(client, R"({"report":{"step":3,"metrics":{"a":1}},"ack":true})"
              "\n");
  pump();
  const auto reports = of_kind<Event::Report>(events_);
  ASSERT_TRUE(reports.size() == 1 && reports[0].ack);
  EXPECT_EQ(hear(client), "");
  EXPECT_TRUE(channel_->acknowledge(*reports[0].ack, true));
  EXPECT_EQ(hear(client), "{\"ack\":{\"step\":3,\"prune\":true}}\n");
  EXPECT_FALSE(channel_->acknowledge(*reports[0].ack, true));
}

TEST_F(ChannelTest, AnswersAReporterThatClosedItsHalf) {
  const Fd client = connect();
  say(client, R"({"report":{"step":3,"metrics":{"a":1}},"ack":true})");
  ::shutdown(client.get(), SHUT_WR);
  pump();
  ASSERT_EQ(events_.size(), 1U);
  channel_->acknowledge(*std::get<Event::Report>(events_[0].what).ack, false);
  EXPECT_EQ(hear(client), "{\"ack\":{\"step\":3,\"prune\":false}}\n");
}

TEST_F(ChannelTest, ForgetsReportersThatDidNotWait) {
  for (std::size_t i = 0; i < 2 * Channel::kConnectionsMax; ++i) {
    const Fd client = connect();
    say(client, R"({"report":{"step":3,"metrics":{"a":1}},"ack":true})");
    pump();
  }
  pump();  // The last one's line has no end but that of its connection.
  EXPECT_EQ(events_.size(), 2 * Channel::kConnectionsMax);
  for (const auto& report : of_kind<Event::Report>(events_)) EXPECT_FALSE(channel_->acknowledge(*report.ack, false));
}

TEST_F(ChannelTest, SendsToThoseWhoGreeted) {
  EXPECT_FALSE(channel_->send({{"stop", base::Json::object()}}));
  const Fd silent = connect();
  pump();
  EXPECT_TRUE(channel_->send({{"stop", base::Json::object()}}));
  EXPECT_EQ(hear(silent), "{\"stop\":{}}\n");
  const Fd greeting = connect();
  say(greeting, "{\"hello\":{\"protocol\":1}}\n");
  pump();
  EXPECT_TRUE(channel_->send({{"set", {{"rate", 0.5}}}}));
  EXPECT_EQ(hear(silent), "");
  EXPECT_EQ(hear(greeting), "{\"set\":{\"rate\":0.5}}\n");
}

TEST_F(ChannelTest, NamesWhatIsWrongAndGoesOn) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{\"report\":", "invalid JSON at line 1, column 11; look for a missing comma, quote or bracket there"},
      {"[1]",
       "a message is a JSON object (found [1]); send for example {\"report\":{\"step\":1,\"metrics\":"
       "{\"loss\":0.5}}}"},
      {"{\"repot\":{}}", "unknown message 'repot'; did you mean 'report'?"},
      {"{\"report\":3}", "report: not an object with members (found 3)"},
      {"{\"report\":{}}", "report: no metrics; add \"metrics\": numbers by their names"},
      {"{\"report\":{\"step\":-1,\"metrics\":{\"a\":1}}}", "report: a step is a whole number from 0 (found -1)"},
      {"{\"report\":{\"step\":1.5,\"metrics\":{\"a\":1}}}", "report: a step is a whole number from 0 (found 1.5)"},
      {"{\"report\":{\"metrics\":{\"a\":true}}}",
       "report: metric 'a' is not a number (found true); send a number, or one of the texts \"NaN\", \"Infinity\", "
       "\"-Infinity\""},
      {"{\"values\":[]}", "values: an empty list; send one for each objective"},
      {"{\"values\":3}", "values: not a list (found 3)"},
      {"{\"checkpoint\":{\"step\":1}}", "checkpoint: no path; add \"path\": a text that is not empty"},
      {"{\"checkpoint\":{\"path\":\"a\"}}", "checkpoint: no step; add \"step\": a whole number from 0"},
      {"{\"value\":1,\"failed\":{\"reason\":\"x\"}}", "both value and failed in one message; send them as two lines"},
      {"{\"hello\":{\"protocol\":2}}",
       "hello: this Sterlet speaks channel protocol 1 (found 2); use the client that came with it"},
      {std::string(100, '['), "JSON nested deeper than 64 levels; flatten it"},
      {std::string(Channel::kLineBytesMax + 1, 'x'), "a line longer than 65536 bytes was ignored; send less at a time"},
  };
  for (const auto& [line, message] : cases) {
    EXPECT_EQ(answer_to(line), base::json_line({{"error", message}}) + "\n") << line.substr(0, 80);
  }
  EXPECT_TRUE(events_.empty());
  EXPECT_EQ(answer_to(R"({"value":1})"), "");
  EXPECT_EQ(events_.size(), 1U);
}

TEST_F(ChannelTest, ALineMayComeInPieces) {
  const Fd client = connect();
  for (const char byte : std::string("\r\n{\"value\":\t0.25}\r\n{\"value\"")) {
    say(client, std::string_view(&byte, 1));
    pump();
  }
  EXPECT_EQ(events_.size(), 1U);
}

TEST_F(ChannelTest, GarbageNeverHarms) {
  // Random bytes, random edits of good lines, and long runs; the seed repeats any failure.
  base::RandomStream random({.seed = 1, .trial = 0, .stream = base::Stream::kSpace, .attempt = 0});
  const std::string good = R"({"report":{"step":3,"metrics":{"val_error":0.21,"b":1e308}},"ack":true})";
  for (int round = 0; round < 300; ++round) {
    const Fd client = connect();
    std::string text;
    for (int line = 0; line < 20; ++line) {
      std::string one = good;
      const auto kind = random.below(4);
      if (kind == 0) {
        one.resize(random.below(200));
        for (char& byte : one) byte = static_cast<char>(random.below(256));
      } else if (kind == 1) {
        for (int edit = 0; edit < 3; ++edit) one[random.below(one.size())] = static_cast<char>(random.below(256));
      } else if (kind == 2) {
        one = std::string(random.below(3 * Channel::kLineBytesMax), "[{\"x"[random.below(4)]);
      }
      text += one + "\n";
    }
    say(client, text);
    pump();
    hear(client);
    const std::size_t before = events_.size();
    say(client, "\n" + std::string(R"({"value":0.5})") + "\n");
    pump();
    EXPECT_EQ(events_.size(), before + 1) << "round " << round;
  }
}

TEST_F(ChannelTest, CutsOffWhoNeverReads) {
  const Fd client = connect();
  // Each bad line is answered, and nobody reads the answers: megabytes would pile up.
  std::string lines;
  for (int i = 0; i < 2000; ++i) lines += "x\n";
  bool open = true;
  for (int i = 0; i < 50 && open; ++i) {
    open = say(client, lines);
    pump();
  }
  EXPECT_FALSE(open);
  EXPECT_EQ(answer_to(R"({"value":1})"), "");
  EXPECT_EQ(events_.size(), 1U);
}

TEST_F(ChannelTest, RefusesTooManyConnections) {
  std::vector<Fd> clients;
  for (std::size_t i = 0; i < Channel::kConnectionsMax; ++i) {
    clients.push_back(connect());
    pump();
  }
  EXPECT_NE(hear(connect()), "x");
  const Fd late = connect();
  pump();
  EXPECT_NE(hear(late).find("more than 256 connections"), std::string::npos);
  clients.clear();
  pump();
  EXPECT_EQ(answer_to(R"({"value":1})"), "");
  EXPECT_EQ(events_.size(), 1U);
}

TEST_F(ChannelTest, SendToChannelNeedsSomebodyThere) {
  const auto sent = send_to_channel(path_, {{"value", 1}}, false);
  ASSERT_TRUE(sent) << sent.error().message();
  pump();
  EXPECT_EQ(events_.size(), 1U);
  const auto missing = send_to_channel(folder_.file("none"), {{"value", 1}}, true);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, base::ErrorCode::kUnreachable);
  EXPECT_FALSE(send_to_channel(std::string(200, 'x'), {{"value", 1}}, true));
}

}  // namespace
}  // namespace sterlet::exec
