#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/babysit/checkpoint_reader.h"
#include "sterlet/babysit/model.h"
#include "sterlet/babysit/outbox.h"
#include "sterlet/babysit/record/retention.h"

namespace sterlet::babysit {

/// The model's checkpoints as files: what is read of them, off the loop, and which of them are deleted.
class Checkpoints final {
 public:
  Checkpoints(const std::string& trials_folder, const Retention& retention)
      : trials_folder_(trials_folder), retention_(retention) {}

  /// Of the model's trial, which is known once it is chosen.
  void set_trial(std::int64_t trial);
  const std::filesystem::path& folder() const { return folder_; }

  /// Asks for the content of what a program just told; see found().
  std::uint64_t read(const std::string& path) { return reader_.ask(folder_, path); }
  bool has(std::uint64_t ticket) const { return found_.contains(ticket); }
  /// What was read for that ticket, once; nothing: it is not there yet.
  std::optional<base::Result<base::FileChecksum>> found(std::uint64_t ticket);
  /// Takes in what has been read. Whether there was any.
  bool take_in();

  /// Whether a checkpoint is what was written; nothing: it is not known yet, its content is being read, and take_in()
  /// says when. An answer holds until forget_answers().
  std::optional<base::Result<void>> verify(const storage::CheckpointRecord& checkpoint);
  void forget_answers();
  /// Of these the first that is whole; a null pointer: none is. Nothing: not known yet.
  std::optional<const storage::CheckpointRecord*> first_whole(
      const std::vector<const storage::CheckpointRecord*>& candidates);

  void cancel() { reader_.cancel(); }
  int fd() const { return reader_.fd(); }
  std::int64_t bytes_read() const { return reader_.bytes_read(); }

  /// Marks those deleted that need not be kept, and has their files removed. `in_hand`: needed by what is going on.
  base::Result<void> clear_old(Model& model, Outbox& outbox, const std::vector<std::optional<std::int64_t>>& in_hand);
  /// Removes a file that was told and does not count, unless a checkpoint of the tree lies in it.
  void discard(const Tree& tree, const std::string& path, Outbox& outbox) const;

 private:
  std::string trials_folder_;
  Retention retention_;
  std::filesystem::path folder_;
  std::map<std::uint64_t, base::Result<base::FileChecksum>> found_;
  std::map<std::int64_t, std::uint64_t> asked_;         // Ticket of a checkpoint that is being verified, by id.
  std::map<std::int64_t, base::Result<void>> answers_;  // By id.
  bool is_quota_told_ = false;
  CheckpointReader reader_;
};

}  // namespace sterlet::babysit
