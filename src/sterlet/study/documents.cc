#include "sterlet/study/documents.h"

#include <utility>

#include <fmt/format.h>

namespace sterlet::study {

namespace {

using base::Result;

template <typename Write>
Result<std::int64_t> write_document(Ledger& ledger, const std::string& kind, const base::Json& body,
                                    std::optional<std::int64_t> trial, Write write) {
  const storage::DocumentRecord record{
      .kind = kind, .trial = trial, .body = base::json_line(body), .created_ms = ledger.clock().wall_ms()};
  return within(ledger, [&]() -> Result<std::int64_t> {
    std::int64_t id = 0;
    STERLET_PASS(ledger.store([&](storage::Storage& storage) -> Result<void> {
      STERLET_TRY(id, write(storage.documents(), record));
      return {};
    }));
    return id;
  });
}

Result<Document> read_document(const storage::DocumentRecord& record) {
  auto body = base::parse_json(record.body);
  if (!body || !body->is_object()) {
    return base::fail(base::ErrorCode::kDisk,
                      fmt::format("document {} of the kind '{}' is no JSON object", record.id, record.kind),
                      "restore the storage from a copy, or remove that row from its table documents");
  }
  return Document{.id = record.id, .trial = record.trial, .body = std::move(*body), .created_ms = record.created_ms};
}

}  // namespace

Result<std::int64_t> add_document(Ledger& ledger, const std::string& kind, const base::Json& body,
                                  std::optional<std::int64_t> trial) {
  return write_document(ledger, kind, body, trial, [&](storage::Documents& documents, const auto& record) {
    return documents.add_document(ledger.study().id, record);
  });
}

Result<std::int64_t> share_document(Ledger& ledger, const std::string& kind, const base::Json& body) {
  return write_document(ledger, kind, body, {}, [&](storage::Documents& documents, const auto& record) {
    return documents.share_document(ledger.study().id, record);
  });
}

Result<void> link_document(Ledger& ledger, const std::string& kind, std::int64_t trial, std::int64_t document) {
  return within(ledger, [&]() -> Result<void> {
    return ledger.store([&](storage::Storage& storage) {
      return storage.documents().link_document(ledger.study().id, kind, {.trial = trial, .document = document});
    });
  });
}

Result<std::vector<Document>> load_documents(storage::Storage& storage, std::int64_t study, const std::string& kind) {
  STERLET_TRY(const auto records, storage.documents().load_documents(study, kind));
  std::vector<Document> documents;
  for (const storage::DocumentRecord& record : records) {
    STERLET_TRY(auto document, read_document(record));
    documents.push_back(std::move(document));
  }
  return documents;
}

Result<std::optional<Document>> last_document(storage::Storage& storage, std::int64_t study, const std::string& kind) {
  STERLET_TRY(const auto record, storage.documents().last_document(study, kind));
  if (!record) return std::nullopt;
  STERLET_TRY(auto document, read_document(*record));
  return document;
}

}  // namespace sterlet::study
