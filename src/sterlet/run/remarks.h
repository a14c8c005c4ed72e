#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "sterlet/exec/executor.h"
#include "sterlet/run/course.h"
#include "sterlet/study/study.h"

namespace sterlet::run {

/// What a person is told once a run, however many trials give reason to.
class Remarks final {
 public:
  /// The study is borrowed.
  explicit Remarks(const study::Study& study);

  /// How a program's output is read; the first of each topic.
  std::optional<std::string> on_output(std::int64_t trial, const exec::Event::Noted& noted);
  /// Parameters that reached no program, by the first trial that was COMPLETE and whose client told what it was asked
  /// for.
  std::optional<std::string> on_ended(const study::Claim& claim, const Course& course);
  /// That time is over and running trials have the budget's grace; then that this is over, too.
  std::optional<std::string> on_grace(std::size_t running);
  std::optional<std::string> on_grace_over(std::size_t running);
  /// That the study was changed beside this run, which goes on with the change once what runs has ended; as of the
  /// study's last transaction.
  std::optional<std::string> on_changed(std::size_t running);

  /// That nothing runs here, and trials of another process, which may be dead, are waited for.
  std::optional<std::string> on_others();
  /// That the storage is locked; each time, as it holds trials up.
  static std::string on_locked(const std::string& storage);

 private:
  const study::Study& study_;
  int version_ = 0;  // Of the spec that is run.
  std::set<std::string> topics_;
};

}  // namespace sterlet::run
