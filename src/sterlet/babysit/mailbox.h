#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sterlet/babysit/record/tree.h"
#include "sterlet/base/clock.h"
#include "sterlet/study/study.h"

namespace sterlet::babysit {

/// A model as somebody finds it who wants something of it.
struct Found {
  storage::ModelRecord model;
  storage::State state = storage::State::kRunning;
  bool is_running = false;       ///< A living process raises it.
  std::string session;           ///< Of that process.
  std::int64_t last_change = 0;  ///< Id of the newest change; 0: none.
  std::int64_t last_undo_ms = 0;
  std::int64_t last_step = 0;
};

/// The model of that trial, or the one that runs, or the latest; nothing where the study has none.
base::Result<std::optional<Found>> find_model(const study::Study& study, storage::Storage& storage,
                                              const base::Clock& clock, std::optional<std::int64_t> trial);

/// Puts a command into the mailbox and waits for its answer: {"sentence":...} and more. Errors: what the model
/// answered; kConflict where it has finished, also since `found` was read: then nothing is put there; kTimeout after `wait_seconds` without an answer: the command stays. A
/// model that nobody raises now gets it when it goes on: {"sentence":...,"later":true}.
base::Result<base::Json> ask(storage::Storage& storage, const study::Study& study, const Found& found,
                             const std::string& kind, const base::Json& body, double wait_seconds,
                             const base::Clock& clock);

/// Refuses what is still wanted of models that have finished: nobody else would ever answer it. Joins the storage's open
/// transaction. Errors: those of the storage.
base::Result<void> refuse_of_finished(const study::Study& study, storage::Storage& storage, const base::Clock& clock);

}  // namespace sterlet::babysit
