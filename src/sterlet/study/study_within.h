#pragma once

#include "sterlet/study/study.h"

namespace sterlet::study {

/// Runs `body` in a transaction of its own, unless one is open; taken back where it fails.
template <typename Body>
auto Study::within(Body body) -> decltype(body()) {
  if (storage_ == nullptr || in_transaction_) return body();
  STERLET_PASS(begin());
  auto result = body();
  if (!result) {
    storage_->rollback();
    in_transaction_ = false;
    return result;
  }
  STERLET_PASS(commit());
  return result;
}

}  // namespace sterlet::study
