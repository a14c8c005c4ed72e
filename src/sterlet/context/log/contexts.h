#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sterlet/base/result.h"
#include "sterlet/context/keeper.h"
#include "sterlet/study/study.h"

namespace sterlet::context {

/// What the context of a study is taken with.
struct ContextOptions {
  std::string version;  ///< Sterlet's own.
  std::function<std::string(const char*)> environment;
  std::string hashes;  ///< See Hashes.
};

/// Of which study a context is taken.
Request context_request(const studyfile::StudySpec& spec, const ContextOptions& options);

/// Keeps what each launched trial depended on as documents of the study: a context that is equal to an earlier one is one
/// document, to which the trials point. Taking it delays nothing; see Keeper.
class ContextLog final {
 public:
  /// Without options, and without a storage, it does nothing.
  ContextLog(study::Study& study, const std::optional<ContextOptions>& options);

  void launched(std::int64_t trial);
  /// Whether there is something to write.
  bool has_come() const { return !taken_.empty() || (keeper_ && keeper_->has_taken()); }
  /// In the study's open transaction. What could not be committed is written by the next one.
  base::Result<void> write();
  /// After the commit. What a person should know of what was written, in sentences, each once.
  std::vector<std::string> was_written();
  /// Waits for what is still to be taken: some seconds at most, less if `is_hasty`. No more launches.
  void finish(bool is_hasty);

 private:
  study::Study& study_;
  std::unique_ptr<Keeper> keeper_;
  std::vector<Keeper::Taken> taken_;  // Not committed yet.
  std::set<std::string> told_;
};

}  // namespace sterlet::context
