#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sterlet/base/clock.h"
#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/storage/storage.h"
#include "sterlet/study/sessions.h"
#include "sterlet/study/study.h"

namespace sterlet::study {

// Kinds of what people want of one trial that a tuner runs.
inline constexpr std::string_view kStopKind = "stop";    ///< It ends as CANCELLED, and counts for nothing.
inline constexpr std::string_view kPruneKind = "prune";  ///< It ends as PRUNED, with what it has come to.
inline constexpr std::string_view kHoldKind = "hold";    ///< Its programs stand still, or go on.

/// Why a trial ends that such a line wants stopped or pruned: "stopped by ada".
std::string stop_reason(const storage::CommandRecord& command);

/// The mailbox as the tuner reads it. Calls but has_come() within a transaction of the study.
class Mail final {
 public:
  /// Borrows the mailbox, which may be null: nobody writes then.
  Mail(storage::Mailbox* mailbox, std::int64_t study, const base::Clock& clock)
      : mailbox_(mailbox), study_(study), clock_(clock) {}
  /// Whether somebody may have written since it was read last.
  base::Result<bool> has_come();
  base::Result<std::vector<storage::CommandRecord>> pending() const;
  base::Result<void> answer(std::int64_t command, const std::string& sentence) const;
  /// The transaction in which all that is pending was read was committed.
  void was_read() { is_unread_ = false; }

 private:
  storage::Mailbox* mailbox_;
  std::int64_t study_;
  const base::Clock& clock_;
  bool is_unread_ = false;
};

/// A wish for one running trial, on its way from any terminal to the tuner that runs it, by the storage's mailbox.
class Wish final {
 public:
  /// Writes it. The study is refreshed before. Errors: kConflict where the trial does not run, is the member of a
  /// population, or its tuner is gone.
  static base::Result<Wish> post(Study& study, storage::Storage& storage, const base::Clock& clock, std::int64_t trial,
                                 std::string_view kind);

  /// The tuner's answer, as a sentence, once there is one. Errors: kConflict where the trial has ended in another way, or
  /// its tuner is gone: the wish is then taken back.
  base::Result<std::optional<std::string>> answer();
  /// Takes it back where it was not answered, so that no later attempt of the trial gets it.
  base::Result<void> take_back();

 private:
  Wish(Study& study, storage::Storage& storage, const base::Clock& clock, std::int64_t trial);
  base::Result<bool> is_tuner_gone();

  Study& study_;
  storage::Storage& storage_;
  const base::Clock& clock_;
  std::int64_t trial_;
  int attempt_;
  std::int64_t command_ = 0;
  SessionWatch watch_;
};

}  // namespace sterlet::study
