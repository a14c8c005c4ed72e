#include "sterlet/babysit/incoming.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace sterlet::babysit {

using exec::Event;

namespace {

constexpr std::int64_t kReadingNewsMs = 3000;  // A checkpoint that is read for longer is told of.

}  // namespace

void Incoming::add(Event event) {
  const auto* told = std::get_if<Event::Checkpoint>(&event.what);
  const bool counts = told != nullptr && event.id == model_.attempt.id && !model_.attempt.is_muted;
  const auto ticket = counts ? std::optional(checkpoints_.read(told->path)) : std::nullopt;
  events_.push_back({.event = std::move(event), .ticket = ticket});
}

bool Incoming::has_only_reports() const {
  return !events_.empty() && std::all_of(events_.begin(), events_.end(), [](const Waiting& waiting) {
    const auto* report = std::get_if<Event::Report>(&waiting.event.what);
    return report != nullptr && !report->ack;
  });
}

void Incoming::look() {
  const bool is_blocked = !events_.empty() && events_.front().ticket && !checkpoints_.has(*events_.front().ticket);
  if (!is_blocked) {
    blocked_ms_.reset();
    is_told_ = false;
    return;
  }
  const std::int64_t now = clock_.steady_ms();
  if (!blocked_ms_) blocked_ms_ = now;
  const std::int64_t waited_ms = now - *blocked_ms_;
  if (waited_ms >= kReadingNewsMs && !std::exchange(is_told_, true)) {
    const auto& told = std::get<Event::Checkpoint>(events_.front().event.what);
    outbox_.say(
        fmt::format("the checkpoint of step {} is being read for its checksum ({:.1f} GiB so far); what the "
                    "program tells meanwhile is stored after it",
                    told.step, static_cast<double>(checkpoints_.bytes_read()) / (1 << 30)));
  }
  if (waited_ms < kAnswerPatienceMs) return;
  for (Waiting& waiting : events_) {
    auto* report = std::get_if<Event::Report>(&waiting.event.what);
    if (report != nullptr && report->ack) outbox_.acknowledge(*std::exchange(report->ack, std::nullopt));
  }
}

std::string Incoming::reading_text() const {
  if (!is_told_) return {};
  return fmt::format("reads a checkpoint, {:.1f} GiB so far",
                     static_cast<double>(checkpoints_.bytes_read()) / (1 << 30));
}

std::optional<Heard> Incoming::next() {
  if (events_.empty()) return std::nullopt;
  Heard heard;
  if (const auto ticket = events_.front().ticket) {
    heard.checksum = checkpoints_.found(*ticket);
    if (!heard.checksum) return std::nullopt;
  }
  heard.event = std::move(events_.front().event);
  events_.pop_front();
  return heard;
}

}  // namespace sterlet::babysit
