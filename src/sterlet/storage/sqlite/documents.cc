#include "sterlet/storage/sqlite/documents.h"

#include <string>
#include <string_view>
#include <vector>

#include "sterlet/storage/sqlite/statement.h"

namespace sterlet::storage {

namespace {

using base::Result;

class SqliteDocuments final : public Documents {
 public:
  explicit SqliteDocuments(Connection& connection) : connection_(connection) {}

  Result<std::int64_t> add_document(std::int64_t study, const DocumentRecord& document) override {
    Statement& put = statement(
        "INSERT INTO documents (study_id, kind, trial, body, created_ms) VALUES (?, ?, ?, ?, ?) RETURNING id");
    put.bind(study).bind(document.kind).bind(document.trial).bind(document.body).bind(document.created_ms);
    std::int64_t id = 0;
    STERLET_PASS(connection_.each_row(put, [&](Statement& row) { id = row.integer(0); }));
    return id;
  }

  Result<std::int64_t> share_document(std::int64_t study, const DocumentRecord& document) override {
    Statement& select = statement(
        "SELECT id FROM documents WHERE study_id = ? AND kind = ? AND trial IS ? AND body = ? ORDER BY id LIMIT 1");
    select.bind(study).bind(document.kind).bind(document.trial).bind(document.body);
    std::int64_t id = 0;
    STERLET_PASS(connection_.each_row(select, [&](Statement& row) { id = row.integer(0); }));
    return id > 0 ? Result<std::int64_t>(id) : add_document(study, document);
  }

  Result<std::vector<std::string>> load_document_kinds(std::int64_t study) override {
    Statement& select = statement("SELECT DISTINCT kind FROM documents WHERE study_id = ? ORDER BY kind");
    std::vector<std::string> kinds;
    STERLET_PASS(connection_.each_row(select.bind(study), [&](Statement& row) { kinds.push_back(row.text(0)); }));
    return kinds;
  }

  Result<std::vector<DocumentRecord>> load_documents(std::int64_t study, const std::string& kind) override {
    return read(statement("SELECT id, trial, body, created_ms FROM documents WHERE study_id = ? AND kind = ? "
                          "ORDER BY id"),
                study, kind);
  }

  Result<std::optional<DocumentRecord>> last_document(std::int64_t study, const std::string& kind) override {
    STERLET_TRY(auto last, read(statement("SELECT id, trial, body, created_ms FROM documents WHERE study_id = ? AND "
                                          "kind = ? ORDER BY id DESC LIMIT 1"),
                                study, kind));
    return last.empty() ? std::nullopt : std::optional(std::move(last.front()));
  }

  Result<void> link_document(std::int64_t study, const std::string& kind, const DocumentLink& link) override {
    Statement& put =
        statement("INSERT OR REPLACE INTO document_links (study_id, kind, trial, document) VALUES (?, ?, ?, ?)");
    return connection_.write(put.bind(study).bind(kind).bind(link.trial).bind(link.document));
  }

  Result<std::vector<DocumentLink>> load_document_links(std::int64_t study, const std::string& kind) override {
    Statement& select =
        statement("SELECT trial, document FROM document_links WHERE study_id = ? AND kind = ? ORDER BY trial");
    std::vector<DocumentLink> links;
    STERLET_PASS(connection_.each_row(select.bind(study).bind(kind), [&](Statement& row) {
      links.push_back({.trial = row.integer(0), .document = row.integer(1)});
    }));
    return links;
  }

 private:
  Statement& statement(std::string_view sql) { return connection_.statement(sql); }

  Result<std::vector<DocumentRecord>> read(Statement& select, std::int64_t study, const std::string& kind) {
    std::vector<DocumentRecord> documents;
    STERLET_PASS(connection_.each_row(select.bind(study).bind(kind), [&](Statement& row) {
      documents.push_back({.id = row.integer(0),
                           .kind = kind,
                           .trial = row.integer_or_none(1),
                           .body = row.text(2),
                           .created_ms = row.integer(3)});
    }));
    return documents;
  }

  Connection& connection_;
};

}  // namespace

std::unique_ptr<Documents> make_sqlite_documents(Connection& connection) {
  return std::make_unique<SqliteDocuments>(connection);
}

}  // namespace sterlet::storage
