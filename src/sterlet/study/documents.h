#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/storage/documents.h"
#include "sterlet/study/ledger.h"

namespace sterlet::study {

/// Kinds of documents that several rooms read.
inline constexpr const char* kContextKind = "context";
inline constexpr const char* kVerdictKind = "verdict";

/// A document as it is read: its body is known to be a JSON object.
struct Document {
  std::int64_t id = 0;
  std::optional<std::int64_t> trial;  ///< Nothing: of the study.
  base::Json body;
  std::int64_t created_ms = 0;
};

/// Writes a document with the time of now, in a transaction or the open one, and returns its id. Memory keeps no
/// documents: a study without a storage has none, and the id is 0.
base::Result<std::int64_t> add_document(Ledger& ledger, const std::string& kind, const base::Json& body,
                                        std::optional<std::int64_t> trial = {});
/// The same, unless the study has an equal one of this kind: then that one's id, and its time stays.
base::Result<std::int64_t> share_document(Ledger& ledger, const std::string& kind, const base::Json& body);
/// From now on the trial has this document of this kind, and no other.
base::Result<void> link_document(Ledger& ledger, const std::string& kind, std::int64_t trial, std::int64_t document);

/// Of one kind, in the order they came. kDisk where one is no JSON object.
base::Result<std::vector<Document>> load_documents(storage::Storage& storage, std::int64_t study,
                                                   const std::string& kind);
base::Result<std::optional<Document>> last_document(storage::Storage& storage, std::int64_t study,
                                                    const std::string& kind);

}  // namespace sterlet::study
