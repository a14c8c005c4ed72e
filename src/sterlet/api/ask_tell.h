#pragma once

#include <optional>

#include "sterlet/base/clock.h"
#include "sterlet/context/log/contexts.h"
#include "sterlet/storage/mailbox.h"
#include "sterlet/storage/records.h"
#include "sterlet/study/study.h"

namespace sterlet::api {

/// Where the lines of an ask/tell stream come from and where their answers go: file descriptors.
struct Pipe {
  int in = 0;
  int out = 1;
  /// The study's session, with a storage: while it lives, nobody else takes the trials that were asked for here.
  std::optional<storage::SessionRecord> session = std::nullopt;
  /// Of the study's storage: where people ask for the end of one trial. Null: nobody does.
  storage::Mailbox* mailbox = nullptr;
  /// With a storage: what the contexts of trials that are asked for are taken with; nothing: none are.
  std::optional<context::ContextOptions> context = std::nullopt;
};

/// Answers the lines of the ask/tell stream (docs/ask-tell.md), each with one line, until they end. An error is
/// {"error":"line 42: ..."} and changes nothing; a line of more than 1 MiB is one. Lines that came together share a
/// wait for the disk, at most 10 ms of them: no answer to a tell, add or enqueue leaves before the disk has it.
///
/// Trials of sessions that are gone become LOST, to be handed out again: at the beginning, and every few seconds.
/// A trial that a person stops by the mailbox ends at once; its driver hears of it with its next report, and what it
/// tells of the trial's end is dropped.
/// Errors    kDisk, kUnreachable (nobody reads the answers).
base::Result<void> answer_lines(study::Study& study, const base::Clock& clock, const Pipe& pipe);

}  // namespace sterlet::api
