#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/babysit/in_flight.h"

namespace sterlet::babysit {

/// What the program told, in the order in which it was told, until its turn comes.
///
/// A checkpoint counts only once its file has been read, and that may take minutes. What is told after it waits for it:
/// what follows a checkpoint must never be stored before it, or a model that is taken over in between would go on from an
/// earlier checkpoint than its reports say. So the queue is *blocked* while its first event is a checkpoint that is being
/// read; the files are read off the loop, which goes on with all else.
class Incoming final {
 public:
  /// All are borrowed.
  Incoming(const base::Clock& clock, const Model& model, Checkpoints& checkpoints, Outbox& outbox)
      : clock_(clock), model_(model), checkpoints_(checkpoints), outbox_(outbox) {}

  void add(exec::Event event);
  bool is_empty() const { return events_.empty(); }
  /// Nothing is there but reports that nobody waits for.
  bool has_only_reports() const;

  /// Looks whether the queue is blocked, once a turn. People are told when that is long, and a program that waits for the
  /// answer to a report gets it before it gives its channel up.
  void look();
  bool is_blocked() const { return blocked_ms_.has_value(); }
  /// What is said of a checkpoint that has been read for long; empty: none is.
  std::string reading_text() const;
  /// The next event; nothing: none is there, or the queue is blocked.
  std::optional<Heard> next();

 private:
  struct Waiting {
    exec::Event event;
    std::optional<std::uint64_t> ticket;  // Of the reading of a checkpoint.
  };

  const base::Clock& clock_;
  const Model& model_;
  Checkpoints& checkpoints_;
  Outbox& outbox_;
  std::deque<Waiting> events_;
  std::optional<std::int64_t> blocked_ms_;  // Since then.
  bool is_told_ = false;
};

/// So long a program's report is left without its answer; a client gives its channel up after 60 s.
inline constexpr std::int64_t kAnswerPatienceMs = 20000;

}  // namespace sterlet::babysit
