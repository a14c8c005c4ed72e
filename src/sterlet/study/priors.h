#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sterlet/base/json.h"
#include "sterlet/base/result.h"
#include "sterlet/samplers/prior/prior.h"
#include "sterlet/study/ledger.h"

namespace sterlet::study {

/// Kind of the documents that priors are recorded in, and of the events that tell of them.
inline constexpr const char* kPriorKind = "prior";

/// Where the samplers of a study were told to expect good settings, and from which trial on.
struct PriorRecord {
  enum class Kind { kHint, kWarm };  ///< From a person, or from the good trials of another study.
  enum class End { kNone, kContradicted, kForgotten };

  std::int64_t number = 1;  ///< Among the study's priors, from 1.
  Kind kind = Kind::kHint;
  base::Json body;         ///< As it is recorded: see docs/warm.md.
  std::int64_t since = 0;  ///< The first trial that it holds for.
  double weight = 1;
  End end = End::kNone;
  std::int64_t until = 0;  ///< With an end: the first trial that it does not hold for any more.
  std::string why;         ///< The same: a sentence.
  std::int64_t created_ms = 0;

  /// "the hint learning_rate=0.01..0.03", "the warm start from 'mlp'".
  std::string text() const;
};

std::string_view text_of(PriorRecord::Kind kind);
std::string_view text_of(PriorRecord::End end);
/// learning_rate=0.01..0.03 optimizer=adam,sgd
std::string hint_text(const space::Space& space, const base::Json& params);
/// {"number":1,"kind":"hint","params":{..},"weight":3,"since":10,"state":"active|contradicted|forgotten",...}.
base::Json json_of(const PriorRecord& prior);

/// The priors of one study: what samplers are given beside its history. They are documents of the study, so that a
/// suggestion stays a function of what is recorded; without a storage memory keeps them. Calls that write come within
/// a transaction.
class Priors final {
 public:
  /// Borrows the ledger for its life.
  explicit Priors(Ledger& ledger) : ledger_(ledger) {}

  /// Takes in what others have recorded, and what was taken back. Cost: nothing while the ledger has read nothing.
  base::Result<void> follow();
  /// In the order they came, those that ended too.
  const std::vector<PriorRecord>& list() const { return list_; }
  /// Grows with every change of the list.
  std::int64_t revision() const { return revision_; }

  /// Records a hint for the next trial on. Errors: see samplers::prior_of_hint; kInvalidArgument for a weight.
  base::Result<PriorRecord> hint(const base::Json& params, double weight);
  /// Records what warm_start() has made of another study.
  base::Result<PriorRecord> warm(const base::Json& body);
  /// From the next trial on one is not followed. Errors: kNotFound; kConflict where it has ended.
  base::Result<PriorRecord> end(std::int64_t number, PriorRecord::End end, const std::string& why);

  /// Those that hold for that trial, as samplers take them. One that the space of today does not fit pulls nothing.
  std::vector<samplers::ActivePrior> active(std::int64_t trial) const;
  /// The same of one.
  std::optional<samplers::ActivePrior> active(const PriorRecord& prior) const;

 private:
  base::Result<void> record(const base::Json& body, const std::string& says);
  void take_in(const base::Json& body, std::int64_t created_ms);

  Ledger& ledger_;
  std::vector<PriorRecord> list_;
  std::int64_t revision_ = 0;
  std::int64_t reads_ = -1;  // The ledger's, when the list was read.
};

/// All priors of a stored study, for those who only look. Errors: kDisk.
base::Result<std::vector<PriorRecord>> load_priors(storage::Storage& storage, std::int64_t study);

}  // namespace sterlet::study
