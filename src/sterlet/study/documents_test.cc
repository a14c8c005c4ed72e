#include "sterlet/study/documents.h"

#include <gtest/gtest.h>

#include <memory>

#include "sterlet/storage/faulty.h"
#include "sterlet/storage/memory/memory.h"
#include "sterlet/study/strategies/registry.h"
#include "sterlet/study/upkeep.h"
#include "sterlet/studyfile/study_file.h"

namespace sterlet::study {
namespace {

constexpr const char* kStudy = "objective: loss\nparams: {x: {type: float, low: 0, high: 1}}\n";

struct FakeClock final : base::Clock {
  std::int64_t wall_ms() const override { return wall; }
  std::int64_t steady_ms() const override { return 0; }
  std::int64_t wall = 1'764'000'000'000;
};

class DocumentsOfAStudy : public testing::Test {
 protected:
  DocumentsOfAStudy()
      : file_(studyfile::parse_study_text(strategies(), kStudy, "s.yaml", "/").value()),
        storage_(std::make_unique<storage::FaultyStorage>(storage::make_memory_storage(clock_))),
        record_(
            storage_->create_study({.name = "s", .spec = base::json_line(studyfile::json_from_spec(file_.spec))}, {})
                .value()),
        ledger_(file_.spec, file_.space, {.storage = storage_.get(), .clock = &clock_, .session = "a"}) {
    EXPECT_TRUE(ledger_.bind(record_).has_value());
  }

  std::vector<Document> read(const std::string& kind) const {
    return load_documents(*storage_, record_.id, kind).value();
  }

  FakeClock clock_;
  studyfile::StudyFile file_;
  std::unique_ptr<storage::FaultyStorage> storage_;
  storage::StudyRecord record_;
  Ledger ledger_;
};

TEST_F(DocumentsOfAStudy, AreReadAsTheyWereWritten) {
  const auto plan = add_document(ledger_, "plan", {{"trials", 3}}).value();
  clock_.wall += 5;
  const auto of_trial = add_document(ledger_, "plan", {{"trials", 4}}, 7).value();
  const auto read_back = read("plan");
  ASSERT_EQ(read_back.size(), 2U);
  EXPECT_EQ(read_back[0].id, plan);
  EXPECT_EQ(read_back[0].body["trials"], 3);
  EXPECT_EQ(read_back[0].trial, std::nullopt);
  EXPECT_EQ(read_back[1].trial, 7);
  EXPECT_EQ(read_back[1].created_ms, 1'764'000'000'005);
  EXPECT_EQ(last_document(*storage_, record_.id, "plan").value()->id, of_trial);
  EXPECT_FALSE(last_document(*storage_, record_.id, "verdict").value().has_value());
}

TEST_F(DocumentsOfAStudy, AnEqualContextIsOneRow) {
  const auto first = share_document(ledger_, kContextKind, {{"a", 1}, {"b", 2}}).value();
  EXPECT_EQ(share_document(ledger_, kContextKind, {{"a", 1}, {"b", 2}}).value(), first);
  EXPECT_NE(share_document(ledger_, kContextKind, {{"a", 2}}).value(), first);
  ASSERT_TRUE(link_document(ledger_, kContextKind, 0, first).has_value());
  EXPECT_EQ(storage_->documents().load_document_links(record_.id, kContextKind).value(),
            (std::vector<storage::DocumentLink>{{.trial = 0, .document = first}}));
}

TEST_F(DocumentsOfAStudy, AreTakenBackWithTheTransactionTheyJoined) {
  {
    auto transaction = ledger_.begin().value();
    ASSERT_TRUE(add_document(ledger_, "plan", {{"trials", 3}}).has_value());
  }
  EXPECT_TRUE(read("plan").empty());
  storage_->set_fault({.call = 3});  // After begin() and the look for events.
  const auto failed = add_document(ledger_, "plan", {{"trials", 3}});
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().where, "add_document");
  storage_->clear_fault();
  EXPECT_TRUE(read("plan").empty());
  EXPECT_TRUE(add_document(ledger_, "plan", {{"trials", 3}}).has_value());
}

TEST_F(DocumentsOfAStudy, ADamagedOneIsASentence) {
  ASSERT_TRUE(storage_->documents().add_document(record_.id, {.kind = "plan", .body = "[1"}).has_value());
  const auto refused = load_documents(*storage_, record_.id, "plan");
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message().find("of the kind 'plan' is no JSON object; restore"), std::string::npos);
  EXPECT_FALSE(last_document(*storage_, record_.id, "plan").has_value());
}

TEST_F(DocumentsOfAStudy, ACopyHasThemAndItsTrialsPointToItsOwn) {
  ASSERT_TRUE(add_document(ledger_, "plan", {{"trials", 3}}).has_value());
  const auto context = share_document(ledger_, kContextKind, {{"a", 1}}).value();
  ASSERT_TRUE(link_document(ledger_, kContextKind, 0, context).has_value());
  const auto copy = copy_study(*storage_, record_, "t", CopyTrials::kYes, clock_).value();
  const auto contexts = load_documents(*storage_, copy.id, kContextKind).value();
  ASSERT_EQ(contexts.size(), 1U);
  EXPECT_NE(contexts[0].id, context);
  EXPECT_EQ(contexts[0].body["a"], 1);
  EXPECT_EQ(storage_->documents().load_document_links(copy.id, kContextKind).value(),
            (std::vector<storage::DocumentLink>{{.trial = 0, .document = contexts[0].id}}));
  EXPECT_EQ(load_documents(*storage_, copy.id, "plan").value().size(), 1U);
}

TEST(Documents, AStudyInMemoryHasNone) {
  const auto file = studyfile::parse_study_text(strategies(), kStudy, "s.yaml", "/").value();
  Ledger ledger(file.spec, file.space, {});
  EXPECT_EQ(add_document(ledger, "plan", {{"trials", 3}}).value(), 0);
}

}  // namespace
}  // namespace sterlet::study
