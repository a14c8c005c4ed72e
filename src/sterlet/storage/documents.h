#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/base/result.h"

namespace sterlet::storage {

/// What is known about a study or one of its trials beside its results: a context, a plan, a verdict.
struct DocumentRecord {
  std::int64_t id = 0;  ///< Given by the storage; later ones are larger.
  /// What it is, such as "context". Text, so that a new kind is no matter of the storage's.
  std::string kind;
  std::optional<std::int64_t> trial;  ///< Nothing: the study.
  std::string body = "{}";            ///< JSON.
  std::int64_t created_ms = 0;
  bool operator==(const DocumentRecord&) const = default;
};

/// That a trial has a document which it may share with other trials.
struct DocumentLink {
  std::int64_t trial = 0;
  std::int64_t document = 0;
  bool operator==(const DocumentLink&) const = default;
};

/// Documents and which trials share them. Calls join the storage's open transaction; errors as Storage's.
class Documents {
 public:
  virtual ~Documents() = default;

  /// Returns its id.
  virtual base::Result<std::int64_t> add_document(std::int64_t study, const DocumentRecord& document) = 0;
  /// Returns the id of the first document of this kind, trial and body; adds one where there is none.
  virtual base::Result<std::int64_t> share_document(std::int64_t study, const DocumentRecord& document) = 0;
  /// Of which kinds the study has documents, by their letters.
  virtual base::Result<std::vector<std::string>> load_document_kinds(std::int64_t study) = 0;
  /// Of one kind, in the order they came.
  virtual base::Result<std::vector<DocumentRecord>> load_documents(std::int64_t study, const std::string& kind) = 0;
  /// Of one kind, the last that came.
  virtual base::Result<std::optional<DocumentRecord>> last_document(std::int64_t study, const std::string& kind) = 0;

  /// From now on the trial has this document of this kind, and no other one.
  virtual base::Result<void> link_document(std::int64_t study, const std::string& kind, const DocumentLink& link) = 0;
  /// Of one kind, by trial.
  virtual base::Result<std::vector<DocumentLink>> load_document_links(std::int64_t study, const std::string& kind) = 0;
};

}  // namespace sterlet::storage
