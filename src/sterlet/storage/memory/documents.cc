#include <set>
#include <utility>

#include "sterlet/storage/memory/database.h"

namespace sterlet::storage {

namespace {

using base::Result;

class MemoryDocuments final : public Documents {
 public:
  explicit MemoryDocuments(MemoryAccess& access) : access_(access) {}

  Result<std::int64_t> add_document(std::int64_t study, const DocumentRecord& document) override {
    STERLET_TRY(StudyTables * tables, access_.write(study));
    DocumentRecord stored = document;
    stored.id = access_.next_id();
    access_.set(tables->documents, stored.id, stored);
    access_.finish();
    return stored.id;
  }

  Result<std::int64_t> share_document(std::int64_t study, const DocumentRecord& document) override {
    for (const auto& [id, known] : access_.read(study).documents) {
      if (known.kind == document.kind && known.trial == document.trial && known.body == document.body) return id;
    }
    return add_document(study, document);
  }

  Result<std::vector<std::string>> load_document_kinds(std::int64_t study) override {
    std::set<std::string> kinds;
    for (const auto& [id, document] : access_.read(study).documents) kinds.insert(document.kind);
    return std::vector<std::string>(kinds.begin(), kinds.end());
  }

  Result<std::vector<DocumentRecord>> load_documents(std::int64_t study, const std::string& kind) override {
    std::vector<DocumentRecord> documents;
    for (const auto& [id, document] : access_.read(study).documents) {
      if (document.kind == kind) documents.push_back(document);
    }
    return documents;
  }

  Result<std::optional<DocumentRecord>> last_document(std::int64_t study, const std::string& kind) override {
    STERLET_TRY(auto documents, load_documents(study, kind));
    return documents.empty() ? std::nullopt : std::optional(std::move(documents.back()));
  }

  Result<void> link_document(std::int64_t study, const std::string& kind, const DocumentLink& link) override {
    STERLET_TRY(StudyTables * tables, access_.write(study));
    access_.set(tables->document_links, {kind, link.trial}, link.document);
    access_.finish();
    return {};
  }

  Result<std::vector<DocumentLink>> load_document_links(std::int64_t study, const std::string& kind) override {
    std::vector<DocumentLink> links;
    for (const auto& [key, document] : access_.read(study).document_links) {
      if (key.first == kind) links.push_back({.trial = key.second, .document = document});
    }
    return links;
  }

 private:
  MemoryAccess& access_;
};

}  // namespace

std::unique_ptr<Documents> make_memory_documents(MemoryAccess& access) {
  return std::make_unique<MemoryDocuments>(access);
}

}  // namespace sterlet::storage
