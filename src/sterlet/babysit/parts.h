#pragma once

#include "sterlet/babysit/actions/action.h"
#include "sterlet/babysit/in_flight.h"
#include "sterlet/babysit/inbox.h"

namespace sterlet::babysit {

/// The parts of a model that is raised, each made once. They know each other by reference, mostly through the desk, so
/// that the order here is the order in which they must be made; and they are never moved.
struct Parts {
  Parts(study::Study& study, storage::Storage& storage, exec::Executor& executor, const base::Clock& clock,
        const Options& options)
      : model(study, storage, clock),
        checkpoints(options.trials_folder, options.retention),
        guard(model, checkpoints, options),
        pilot(model, options),
        desk{.study = study,
             .storage = storage,
             .executor = executor,
             .clock = clock,
             .options = options,
             .outbox = outbox,
             .model = model,
             .checkpoints = checkpoints,
             .pilot = pilot,
             .guard = guard},
        inbox(storage.live(), study.storage_id(), clock),
        in_flight(desk, inbox) {}
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  Outbox outbox;
  Model model;
  Checkpoints checkpoints;
  Guard guard;
  Pilot pilot;
  Desk desk;
  Inbox inbox;
  InFlight in_flight;
};

}  // namespace sterlet::babysit
